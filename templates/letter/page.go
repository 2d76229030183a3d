package letter

import (
	"html/template"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// page is everything that a letter shows, in the order in which it is shown. Both templates say the same of it; what is empty vanishes.
type page struct {
	Lang      mce.Lang
	Subject   string // also the title of the HTML
	Preheader []words
	Brand     string // the association's name
	Browser   *link  // to the public page of the letter
	Kicker    string
	Heading   words // the one h1
	Subline   words
	Greeting  string // slot mark
	Intro     []string
	Body      rich
	List      []words
	News      []section // what is new to the reader, before all that stands
	Facts     []fact
	Code      *code
	Button    *link
	Programme *programme
	Sections  []section
	Closing   []string
	Footer    footer
}

// words are one line in a language; an empty Lang means that of whatever they stand in.
type words struct {
	Text string
	Lang mce.Lang
}

// rich is a Markdown text, ready for both parts.
type rich struct {
	HTML template.HTML // sanitised
	Text string
	Lang mce.Lang
}

// link leads to a web page or to a mailbox.
type link struct {
	Label string
	Title words // what it leads to; may be empty
	URL   string
}

// Plain is the target as the text part shows it: a mailbox without its scheme.
func (l link) Plain() string { return strings.TrimPrefix(l.URL, "mailto:") }

// Mailbox reports whether the link leads to one.
func (l link) Mailbox() bool { return strings.HasPrefix(l.URL, "mailto:") }

// fact is a line of a small table: when, where, in which languages.
type fact struct {
	Label string
	Lines []words
	Link  *link
}

// code is what a delegate says or shows at the desk.
type code struct {
	Label, Mark, Hint string
	Picture           template.URL // cid: of a picture that says the same to a scanner; may be empty
	Alt               string
}

type section struct {
	Title words
	Items []item
}

type item struct {
	Kicker string
	Title  words
	Image  string
	Alt    words
	Facts  []fact
	Body   rich
	Link   *link
}

type programme struct {
	Title string
	Days  []day
}

type day struct {
	Title    string
	Sessions []session
}

type session struct {
	Time  string
	Title words
	Room  words
	Who   string
}

type footer struct {
	Why     []string
	Share   *link // nothing personal in it
	Choices *link
	Leave   *link
	Contact *link
	Ask     string   // words before the contact
	Us      []string // who and where we are
}
