package mailer

import (
	"errors"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// phase is how far a letter's dialogue had come.
type phase int

const (
	phaseMail phase = iota // MAIL FROM
	phaseRcpt              // RCPT TO
	phaseData              // DATA, and the content up to its final dot
	phaseDot               // behind the final dot
)

// answer is how the dialogue about one letter ended.
type answer struct {
	phase  phase
	code   int    // of the reply; 0: there was none
	text   string // of the reply, or why there was none
	broken bool   // the connection is of no more use
	err    error  // nil when the letter was taken
}

// relayFault: it is the relay that refuses us, whatever the letter: it wants a log-in, does not take our sender, does not relay for us, or
// closes the service before it has heard whom the letter is to. Attempts are not spent on that: a fault of ours must not use up a whole
// issue. Servers that put off their refusals give some of these to RCPT.
func (a answer) relayFault() bool {
	switch {
	case a.err == nil:
		return false
	case a.phase == phaseMail:
		return a.code == 0 || a.code == 421 || a.code == 454 || a.code/100 == 5
	case a.phase == phaseRcpt:
		status := enhanced(a.text)
		return a.code == 530 || a.code == 535 || status == "5.7.0" || aboutSender(status) ||
			a.code/100 == 5 && strings.Contains(strings.ToLower(a.text), "relay") // "554 5.7.1 Relay access denied" has no code of its own
	}
	return false
}

// judge says what an answer means for the letter. Before the final dot a broken connection, a time-out, 421 and every 4yz are
// temporary; after it, no answer means that nobody knows (RFC 5321 §4.5.4.1).
func judge(l mce.Letter, latest time.Time, a answer, now time.Time) mce.Try {
	t := mce.Try{Letter: l, Code: a.code, Status: enhanced(a.text), Detail: clip(a.text)}
	switch {
	case a.err == nil:
		t.Outcome = mce.Delivered
	case errors.Is(a.err, errLeft):
		t.Outcome = mce.LeftOut
	case a.code == 0 && a.phase == phaseDot && l.Kind.Bulk():
		t.Outcome = mce.Uncertain
	case a.code == 0 || a.code/100 == 4:
		// A transactional letter in doubt is sent again too, with its Message-ID: twice is better than never.
		t = deferred(t, latest, now)
	default:
		t.Outcome = mce.Refused
		t.Suppress = a.phase == phaseRcpt && strings.HasPrefix(t.Status, "5.1.") && !aboutSender(t.Status)
	}
	return t
}

// aboutSender: X.1.* of RFC 3463 §3.2 is about the recipient's address (5.7.* and the like are about us or the content), but for two
// codes about the sender's, which servers that put off their refusals give to RCPT too: a fault of ours must not suppress every reader.
func aboutSender(status string) bool { return status == "5.1.7" || status == "5.1.8" }

// fewTries are made in any case: an issue may have been paused for longer than letters are tried.
const fewTries = 4

// deferred sets the time of the next try, or gives up when that would be too late to be of use.
func deferred(t mce.Try, latest, now time.Time) mce.Try {
	t.Due = now.Add(mce.RetryAfter(t.Letter.Attempts + 1))
	t.Outcome = mce.Deferred
	early := latest.IsZero() && t.Letter.Attempts+1 < fewTries
	if !early && mce.GiveUp(t.Letter.CreatedAt, latest, t.Due) {
		t.Outcome, t.Due = mce.Expired, time.Time{}
	}
	return t
}

// maxPoison is how often a letter that cannot be made is tried; a mended program may manage it.
const maxPoison = 3

// unmade sets a letter aside that could not be stamped; the others go on.
func unmade(l mce.Letter, err error, now time.Time) mce.Try {
	t := mce.Try{Letter: l, Outcome: mce.Failed, Detail: clip(err.Error())}
	if l.Attempts+1 < maxPoison {
		t.Outcome, t.Due = mce.Deferred, now.Add(mce.RetryAfter(l.Attempts+1))
	}
	return t
}

var statusForm = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// enhanced is the status code that a reply begins with (RFC 2034 §4), or "".
func enhanced(text string) string { return statusForm.FindString(text) }

// without is the answer with tokens taken out of the server's words. Servers repeat what they were sent, return paths and links above all; what
// they say is kept and logged, and a token must stand in neither.
func (a answer) without(tokens ...mce.Token) answer {
	for _, t := range tokens {
		a.text = strings.ReplaceAll(a.text, t, "…")
	}
	var reply *textproto.Error
	if errors.As(a.err, &reply) {
		reply.Msg = a.text
	}
	return a
}

// clip keeps a server's words at a length that a person reads.
func clip(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�")
	if len(s) > 500 {
		s = strings.ToValidUTF8(s[:500], "") + " …"
	}
	return s
}
