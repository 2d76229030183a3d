package page

import (
	"io"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Privacy is the view of the privacy page.
type Privacy struct {
	Common
	Keep   mce.Keep
	Clicks bool // a newsletter counts how often its links are followed
}

// kept is a row of what is kept and how long: the messages that say it, and the number in the last.
type kept struct {
	Name, What, Time string
	Count            int
}

// Kept is the one place that lists what is kept. What is given a time of its own in mce.Keep belongs here too, with three messages in
// each language: privacy.kept.NAME, .what and .time, the last of which may say {{.Count}}.
func (v Privacy) Kept() []kept {
	row := func(name string, count int) kept {
		id := "privacy.kept." + name
		return kept{Name: id, What: id + ".what", Time: id + ".time", Count: count}
	}
	return []kept{
		row("unconfirmed", v.Keep.Unconfirmed),
		row("subscription", 0),
		row("left", v.Keep.Unsubscribed),
		row("consent", 0),
		row("move", int(mce.KeepMoves/(24*time.Hour))),
		row("registration", v.Keep.Delegates),
		row("letters", v.Keep.Letters),
		row("refused", 0),
		row("numbers", 0),
		row("desk", mce.KeepFormerUsers),
	}
}

// Privacy writes what is kept of whom, why and how long, and what one can do about it.
func (p *Pages) Privacy(w io.Writer, lang mce.Lang, v Privacy) error {
	return p.write(w, "privacy", lang, v.Common, v)
}

// Accessibility writes the accessibility statement.
func (p *Pages) Accessibility(w io.Writer, lang mce.Lang, v Common) error {
	return p.write(w, "accessibility", lang, v, nil)
}

// Postal is the association's address without its name, which many write into it.
func (f frame) Postal() string {
	return strings.TrimLeft(strings.TrimPrefix(f.Site.Postal, f.Site.Name), ", ")
}
