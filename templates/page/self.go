package page

import (
	"fmt"
	"io"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Self is the view of somebody's own page: who sees it has shown that they read the mailbox, so the address stands there in full.
type Self struct {
	Common
	mce.Details          // as entered, or as kept
	Email         string // where they are written to now
	NewEmail      string // as entered
	Active        bool   // there is a subscription that can be changed
	LeaveToken    string // opens the choices and leaves
	Saved, Asked  bool   // just now: the details, or a letter to the new address
	FaultIn       string // the entry at fault: name, organisation, country, email or same (it is the address that they have); empty: none
	Fault, Better string // as in Subscribe
}

// DetailsFault reports whether the fault is in what they tell of themselves, and not in the new address.
func (v Self) DetailsFault() bool {
	return v.FaultIn == "name" || v.FaultIn == "organisation" || v.FaultIn == "country"
}

// Data is the view of the page of all that is kept.
type Data struct {
	Common
	mce.Dossier
	Topics []mce.Topic // that there are
	Self   string      // path of their own page
}

// Erase is the view of the page that forgets somebody. Once it is done it has nothing personal.
type Erase struct {
	Common
	Email string
	State State
	Ahead []mce.DossierRegistration // places in events to come: there is no button while there is one
	Self  string                    // path of their own page
}

// The states of a move beside those of a confirmation; Already stands for a link that has been used or is too old.
const (
	Taken State = "taken" // the new address has a subscription of its own
	Ended State = "ended" // there is no subscription to move, or to confirm
)

// Move is the view of the page that confirms a new address.
type Move struct {
	Common
	MaskedAddress string // the present one: whoever opens the link may be a stranger
	NewEmail      string // Asking, Done and Taken
	State         State
}

// Self writes somebody's own page.
func (p *Pages) Self(w io.Writer, lang mce.Lang, v Self) error {
	return p.write(w, "me", lang, v.Common, v)
}

// Over writes the page of a link to one's own page whose time is over.
func (p *Pages) Over(w io.Writer, lang mce.Lang, v Common) error {
	return p.write(w, "over", lang, v, nil)
}

// Data writes all that is kept about somebody.
func (p *Pages) Data(w io.Writer, lang mce.Lang, v Data) error {
	return p.write(w, "data", lang, v.Common, v)
}

// Erase writes the page that forgets somebody.
func (p *Pages) Erase(w io.Writer, lang mce.Lang, v Erase) error {
	return p.write(w, "erase", lang, v.Common, v)
}

// Move writes the page that confirms a new address.
func (p *Pages) Move(w io.Writer, lang mce.Lang, v Move) error {
	return p.write(w, "move", lang, v.Common, v)
}

// Word is a value of a group (kind, outcome, …) in the reader's words; one that has none stands as it is.
func (f frame) Word(group string, value any) string {
	s, err := f.T(fmt.Sprintf("data.%s.%s", group, value))
	if err != nil {
		return fmt.Sprint(value)
	}
	return s
}

// fact is a line of a list of what is kept.
type fact struct {
	Name  string
	Value foreign
}

// Fact is a line whose name is a message.
func (f frame) Fact(id string, value any) (fact, error) {
	name, err := f.T(id)
	said, marked := value.(foreign)
	if !marked {
		said.Text = fmt.Sprint(value)
	}
	return fact{name, said}, err
}

// Maybe is a moment in the reader's words; empty where there is none.
func (f frame) Maybe(t *time.Time) string {
	if t == nil {
		return ""
	}
	return f.Moment(*t)
}

// Dates are the days of an event on its own calendar.
func (f frame) Dates(r mce.DossierRegistration) string {
	return f.Span(mce.InZone(r.Starts, r.TimeZone), mce.InZone(r.Ends, r.TimeZone))
}

// TopicNames are topics by their names, as a sentence lists them. One that is gone stands as its slug.
func (f frame) TopicNames(slugs []string, known []mce.Topic) string {
	names := make([]string, len(slugs))
	for i, slug := range slugs {
		names[i] = slug
		for _, t := range known {
			if t.Slug == slug {
				names[i], _ = t.Name.In(f.Lang)
			}
		}
	}
	return f.List(names)
}

// Agreed is a wording that somebody agreed to, in its language where it is one of ours.
func (f frame) Agreed(wording string) foreign {
	for _, lang := range mce.Languages() {
		if f.Site.ConsentWording(lang) == wording {
			return f.Foreign(lang, wording)
		}
	}
	return foreign{Text: wording}
}
