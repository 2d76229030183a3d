package page

import (
	"net/http"
	"slices"

	"github.com/majorcities/mce-mailer/mce"
)

// Common is what every page is told: where it stands and how its reader wants to see it.
type Common struct {
	// Path is the page's own path below the public address, "/leave/AbC…": the language links, the display form and the page's button lead
	// to it. Empty means "/".
	Path    string
	Display Display
	// Editions are the page's own paths in its languages, where the path says the language; empty: one path, and ?lang.
	Editions map[mce.Lang]string
}

// State is how far a leaving or a confirmation is.
type State string

// The states. In the first the page has a button that POSTs to Common.Path; nothing has happened yet.
const (
	Asking  State = "asking"
	Done    State = "done"    // just now
	Already State = "already" // at an earlier time
)

// Confirm is the view of the opt-in page.
type Confirm struct {
	Common
	MaskedAddress string     // not shown when Ended
	State         State      // Asking, Done, Already or Ended
	Topics        []mce.Text // names of the chosen topics; none: they are not mentioned
	Wording       string     // the words agreed to, exactly as the record of consent keeps them; shown while asking
	WordingLang   mce.Lang   // the language of the wording; empty: the page's
}

// Subscribe is the view of the page on which people subscribe.
type Subscribe struct {
	Common
	Entered
	Topics  []mce.Topic       // to choose from
	Paces   []mce.ReadingPace // to choose from; fewer than two: nothing to choose
	Wording string            // what one agrees to
	Version string            // of the wording
	FaultIn string            // the entry at fault: email, name, organisation, country, language, topics, pace or agree; empty: none
	Fault   string            // what is wrong with it, in English; the page has words of its own for other languages
	Better  string            // an address that they may have meant
	Done    bool              // the wish is taken: the page says the same to everybody
}

// Entered is what somebody entered. Nothing is ticked until they tick it.
type Entered struct {
	Email        string
	Name         string
	Organisation string
	Country      string
	Language     mce.Lang
	Chosen       []string        // slugs of topics
	Pace         mce.ReadingPace // empty: each issue
	Agreed       bool
}

// Paced reports whether a pace is the one that was chosen.
func (e Entered) Paced(p mce.ReadingPace) bool {
	return p == e.Pace || p == mce.EachIssue && e.Pace == ""
}

// Ticked reports whether a topic was chosen.
func (e Entered) Ticked(t mce.Topic) bool { return slices.Contains(e.Chosen, t.Slug) }

// Error is the view of the error page.
type Error struct {
	Common
	Status int // of the HTTP answer; chooses the heading
	// Message is a sentence for people in English, as mce.ErrorMessage gives it; empty: the page's own words for the status. In another
	// language those come first, and the message only where they cannot stand for it: when what the reader sent was refused.
	Message string
}

// Kind chooses the words of an error page: whose turn is it now?
func (e Error) Kind() string {
	switch {
	case e.Status == http.StatusNotFound || e.Status == http.StatusGone:
		return "missing"
	case e.Status == http.StatusTooManyRequests:
		return "busy"
	case e.Status >= 500:
		return "ours"
	}
	return "refused"
}

// OwnWords reports whether the page says its own words for the status.
func (e Error) OwnWords(lang mce.Lang) bool { return e.Message == "" || lang != mce.English }

// Detail is the message, where the page shows it.
func (e Error) Detail(lang mce.Lang) string {
	if lang == mce.English || e.Kind() == "refused" {
		return e.Message
	}
	return ""
}
