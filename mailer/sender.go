package mailer

import (
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Sender is who the letters come from.
type Sender struct {
	Site mce.Site
	// ReturnPath is where bounces go: an address in which a * is replaced by the letter's keyed token, so that each bounce names its
	// letter ("bounces+*@example.org"). Without a * every letter has the same. Empty means Site.From.
	ReturnPath string
	// LeaveMail is the mailbox of List-Unsubscribe's mailto, with the token in the subject. Empty means Site.From.
	LeaveMail string
}

func (s Sender) returnPath(l mce.Letter, keys *mce.Keys) string {
	if s.ReturnPath == "" {
		return s.Site.From
	}
	if !strings.Contains(s.ReturnPath, "*") {
		return s.ReturnPath
	}
	return strings.Replace(s.ReturnPath, "*", keys.Token(mce.ForReturn, l.ID, 0), 1)
}

func (s Sender) leaveMail() string {
	if s.LeaveMail == "" {
		return s.Site.From
	}
	return s.LeaveMail
}
