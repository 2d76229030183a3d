package desk

import (
	"io"
	"slices"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Issues is the view of a page of the list of issues.
type Issues struct {
	Common
	Issues []Work // the newest first
	Newest bool   // these are the newest
	Older  int64  // id from which on the next page goes; 0: there is none
}

// Issue is what every page of an issue is told. Its Path is that of the issue.
type Issue struct {
	Common
	Work
	Zone      string // of the series
	Languages []mce.Lang
	Approval  mce.Approval // of the series: who lets the issue go out
	Imminent  bool         // it leaves within minutes, by itself
	Here      string       // which page of the issue this is: the end of its address; empty: the first
	Passed    bool         // the page shows a check of what it says now, and nothing that was found hinders it
	Fault     string       // why what was asked for could not be done, in English
}

// Second reports whether a second person approves.
func (v Issue) Second() bool { return v.Approval == mce.ApprovalSecond }

// There is a moment on the clocks of the series.
func (v Issue) There(t time.Time) time.Time { return mce.InZone(t, v.Zone) }

// Can reports whether something can be done with the issue now, by who may.
func (v Issue) Can(action mce.IssueAction, may bool) bool {
	_, err := v.State.Next(action)
	return may && err == nil
}

// Approvable reports whether who may can approve the issue now.
func (v Issue) Approvable(may bool) bool { return may && v.State.Approvable(v.Approval) }

// Step is a page of an issue: the way that editors go.
type Step struct {
	Path, Name string
	Current    string // of aria-current: page, or empty
}

// Steps are the pages of the issue. There is no report before it has left.
func (v Issue) Steps() []Step {
	var out []Step
	for _, end := range []string{"", "view", "check", "send", "report"} {
		if end == "report" && v.StartedAt.IsZero() {
			continue
		}
		s := Step{Path: v.Path, Name: "step.content"}
		if end != "" {
			s = Step{Path: v.Path + "/" + end, Name: "step." + end}
		}
		if end == v.Here {
			s.Current = "page"
		}
		out = append(out, s)
	}
	return out
}

// IssueContent is the view of what is in an issue, and of its words.
type IssueContent struct {
	Issue
	Words     mce.Issue      // as they are, or as they were entered
	Stands    mce.IssueWords // as they are
	Seen      string         // their mark
	Overtaken bool           // somebody else has changed them while they were entered
	Sections  []IssueSection
	Aside     []Piece // what is not in it, and could be
	Closed    []Piece // what cannot be in it now
	Searched  bool    // for something to pull in
	Find      string  // by these words
	Found     []Piece
	Log       []mce.Audit // what was done to it, the last first
}

// IssueSection is a section with what is in it.
type IssueSection struct {
	Slug   string
	Title  mce.Text
	Pieces []Piece
}

// Piece is an item of an issue, or one that could be.
type Piece struct {
	mce.Decision
	Ref string // "article-3": its name in forms, and its place on the page
}

// Name is what buttons call the piece, for who hears them.
func (p Piece) Name() string { return p.Title[mce.English] }

// Form is the path of the form of what the piece says.
func (p Piece) Form() string { return PiecePath(p.Kind, p.ID) }

// Up reports whether there is a place before this one.
func (p Piece) Up() bool { return p.Position > 1 }

// Down reports whether there is a place behind this one in the section.
func (p Piece) Down(of IssueSection) bool { return p.Position < len(of.Pieces) }

// Choice is the choice of a section for a piece.
type Choice struct {
	Piece
	Sections []IssueSection
}

// Choose lets a section be chosen for a piece.
func (v IssueContent) Choose(p Piece) Choice { return Choice{p, v.Sections} }

// Line is an entry for words in a language.
type Line struct {
	Name    string // subject, preheader, note
	Lang    mce.Lang
	Value   string
	Good    int    // characters that mail programs show; 0: no matter
	Stands  string // what the issue says now
	Differs bool   // from what was entered, because somebody changed it meanwhile
}

// Long is how many characters there are.
func (l Line) Long() int { return len([]rune(l.Value)) }

// ID is the entry's name in the form.
func (l Line) ID() string { return l.Name + "-" + string(l.Lang) }

// What mail programs on telephones show, in characters.
const (
	goodSubject   = 50
	goodPreheader = 90
)

// Subjects are the entries of the subject, the languages side by side.
func (v IssueContent) Subjects() []Line {
	return v.lines("subject", goodSubject, v.Words.Subject, v.Stands.Subject)
}

// Further are those of what fewer issues have: preview text and opening note.
func (v IssueContent) Further() [][]Line {
	return [][]Line{
		v.lines("preheader", goodPreheader, v.Words.Preheader, v.Stands.Preheader), v.lines("note", 0, v.Words.Note, v.Stands.Note),
	}
}

func (v IssueContent) lines(name string, good int, value, stands mce.Text) []Line {
	var out []Line
	for _, lang := range v.Languages {
		out = append(out, Line{
			Name: name, Lang: lang, Value: value[lang], Good: good, Stands: stands[lang], Differs: v.Overtaken && stands[lang] != value[lang],
		})
	}
	return out
}

// Folded reports whether nobody wrote more than a subject.
func (v IssueContent) Folded() bool {
	for _, line := range slices.Concat(v.Further()...) {
		if line.Value != "" || line.Differs {
			return false
		}
	}
	return true
}

// Reading is how a preview is looked at.
type Reading struct {
	Lang     mce.Lang
	Topics   []string // of the reader; nil: all
	As       string   // address of a subscriber, whose language and topics these are; empty: nobody's
	Form     string   // text; empty: HTML
	Device   string   // phone; empty: a desk
	Colours  string   // light, dark; empty: as the device has them
	NoImages bool
}

// Takes reports whether the reader chose a topic.
func (r Reading) Takes(topic string) bool {
	if r.Topics == nil {
		return true
	}
	for _, t := range r.Topics {
		if t == topic {
			return true
		}
	}
	return false
}

// IssueView is the view of the preview.
type IssueView struct {
	Issue
	Reading
	Options   []string    // topics that tell editions apart
	Names     []mce.Topic // of all topics
	NoReader  string      // why there is no such subscriber, in English
	Empty     bool        // nothing in the issue is for such a reader
	Subjected string      // subject of this edition
	Preheader string
	Query     string   // of the address, for that of the mail
	Items     int      // that it has
	Pictures  int      // that these have
	To        string   // where test mails go
	TestIn    mce.Lang // and in which language; empty: in all
	Tested    bool     // the page answers the button of the test
}

// Height is how tall the frame of the mail is, in CSS pixels: about what its items take, because what runs nothing cannot say how tall it is.
func (v IssueView) Height() int {
	tall := 650 + 170*v.Items + 330*v.Pictures
	if v.Device == "phone" {
		return tall * 4 / 3
	}
	return tall
}

// Special reports whether it is looked at in a way that few need.
func (v IssueView) Special() bool {
	return v.Colours != "" || v.NoImages || v.As != "" || v.Reading.Topics != nil || v.NoReader != ""
}

// TopicName is the name of a topic.
func (v IssueView) TopicName(slug string) mce.Text {
	for _, t := range v.Names {
		if t.Slug == slug {
			return t.Name
		}
	}
	return mce.Text{mce.English: slug}
}

// IssueCheck is the view of the pre-flight.
type IssueCheck struct {
	Issue
	Checked   bool
	Report    mce.Report
	Findings  []Finding
	Overrides []mce.Override // what is answered for, of what the issue says now
	Blocking  []string       // rules that nobody answers for
	Seen      string         // names what the issue says, to be sent along with an approval
	Reason    string         // as it was entered
}

// Finding is one of the pre-flight.
type Finding struct {
	mce.Finding
	Anchor   string       // of what it is about, on the first page of the issue; empty: it is not there
	Entries  []Entry      // of the forms of the items that it is about
	Override mce.Override // who answers for it; zero: nobody
}

// Theirs reports whether the finding is advice for whoever runs the program: no entry of an editor mends it, and nothing waits for it.
func (f Finding) Theirs() bool {
	return f.Level == mce.Advisory && f.Anchor == "" && len(f.Entries) == 0
}

// Own are the findings that editors mend or answer for.
func (v IssueCheck) Own() []Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), Finding.Theirs)
}

// Operators are the others.
func (v IssueCheck) Operators() []Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), func(f Finding) bool { return !f.Theirs() })
}

// Entry is where something is mended.
type Entry struct {
	Slug  string // of the item
	Path  string // of its form
	Field string // of the form; empty: none alone
}

// IssueSend is the view of the page from which an issue leaves.
type IssueSend struct {
	Issue
	Editions  []Editions
	Pressed   string // the button that the page answers; empty: none
	When      string // as it was entered
	Moment    string // likewise
	Reason    string // likewise
	Suggested time.Time
	Presets   []mce.Preset
	Progress  mce.Progress
	Doubts    []mce.UncertainLetter
}

// Editions are those of a language.
type Editions struct {
	Lang    mce.Lang
	Parts   []mce.Part
	Readers int
}

// Readers is how many people would get the issue.
func (v IssueSend) Readers() (n int) {
	for _, e := range v.Editions {
		n += e.Readers
	}
	return n
}

// Several reports whether readers of a language get different editions.
func (v IssueSend) Several() bool {
	return slices.ContainsFunc(v.Editions, func(e Editions) bool { return len(e.Parts) > 1 })
}

// momentForm is how forms write a moment.
const momentForm = "2006-01-02T15:04"

// At is the moment that the form has: what was entered, if it is one.
func (v IssueSend) At() string {
	if _, err := time.Parse(momentForm, v.Moment); err == nil {
		return v.Moment
	}
	return v.Suggested.Format(momentForm)
}

// Chosen reports whether a way to choose a moment is the chosen one. At first none is: nobody sends to everybody by not looking.
func (v IssueSend) Chosen(when string) bool { return v.When == when }

// Some reports whether letters have had an outcome: those that none had are not shown.
func (v IssueSend) Some(o mce.Outcome) bool { return v.Progress.Letters[o] > 0 }

// Doubtful are the letters in doubt that the page shows.
func (v IssueSend) Doubtful() []mce.UncertainLetter { return v.Doubts[:min(len(v.Doubts), 50)] }

// CancelReason is the entry for why it is cancelled.
func (v IssueSend) CancelReason() Field {
	return Field{Name: "reason", Type: "text", Value: v.Reason, Autocomplete: "off", Hint: true}
}

// IssueReport is the view of what became of an issue.
type IssueReport struct {
	Issue
	Report   mce.IssueReport
	Counted  bool              // how often links are followed
	Compared []mce.IssueReport // with those before it, the latest last; its own is the last
}

// Followed reports whether links of any of the issues were followed.
func (v IssueReport) Followed() bool {
	return slices.ContainsFunc(v.Compared, func(r mce.IssueReport) bool { return r.Followed > 0 })
}

// IssueContent writes the first page of an issue.
func (p *Pages) IssueContent(w io.Writer, lang mce.Lang, v IssueContent) error {
	return p.write(w, "issue", lang, v.Common, v)
}

// IssueView writes the preview of an issue.
func (p *Pages) IssueView(w io.Writer, lang mce.Lang, v IssueView) error {
	return p.write(w, "issue_view", lang, v.Common, v)
}

// IssueCheck writes the pre-flight of an issue.
func (p *Pages) IssueCheck(w io.Writer, lang mce.Lang, v IssueCheck) error {
	return p.write(w, "issue_check", lang, v.Common, v)
}

// IssueSend writes the page from which an issue leaves.
func (p *Pages) IssueSend(w io.Writer, lang mce.Lang, v IssueSend) error {
	return p.write(w, "issue_send", lang, v.Common, v)
}

// IssueReport writes the report of an issue.
func (p *Pages) IssueReport(w io.Writer, lang mce.Lang, v IssueReport) error {
	return p.write(w, "issue_report", lang, v.Common, v)
}
