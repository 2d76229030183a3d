package mce

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// IssueState is where an issue stands. docs/states.md draws the table below.
type IssueState string

// The states of an issue. Sent, cancelled and skipped are final.
const (
	Assembled IssueState = "assembled"
	InReview  IssueState = "in_review"
	Approved  IssueState = "approved"
	Scheduled IssueState = "scheduled"
	Sending   IssueState = "sending"
	Paused    IssueState = "paused"
	Sent      IssueState = "sent"
	Cancelled IssueState = "cancelled"
	Skipped   IssueState = "skipped"
)

// IssueAction is what can be done to an issue.
type IssueAction string

// The actions. Void is the program's own: what was approved has changed.
const (
	Submit     IssueAction = "submit"
	Approve    IssueAction = "approve"
	ScheduleIt IssueAction = "schedule"
	Unschedule IssueAction = "unschedule"
	Start      IssueAction = "start"
	Finish     IssueAction = "finish"
	Pause      IssueAction = "pause"
	Resume     IssueAction = "resume"
	Void       IssueAction = "void"
	Cancel     IssueAction = "cancel"
)

// Transition is a row of the one table that says what may become of an issue.
type Transition struct {
	Action IssueAction
	From   []IssueState
	To     IssueState
}

// Transitions is that table.
func Transitions() []Transition {
	return []Transition{
		{Submit, []IssueState{Assembled}, InReview},
		{Approve, []IssueState{InReview}, Approved},
		{ScheduleIt, []IssueState{Approved}, Scheduled},
		{Unschedule, []IssueState{Scheduled}, Approved},
		{Void, []IssueState{Approved, Scheduled}, InReview},
		{Start, []IssueState{Scheduled}, Sending},
		{Pause, []IssueState{Sending}, Paused},
		{Resume, []IssueState{Paused}, Sending},
		{Finish, []IssueState{Sending}, Sent},
		{Cancel, []IssueState{Assembled, InReview, Approved, Scheduled, Sending, Paused}, Cancelled},
	}
}

// Next is the state that an action leads to, or an error of code Conflict that says what is possible instead.
func (s IssueState) Next(action IssueAction) (IssueState, error) {
	var can []string
	for _, t := range Transitions() {
		if !slices.Contains(t.From, s) {
			continue
		}
		if t.Action == action {
			return t.To, nil
		}
		if t.Action != Void && t.Action != Start && t.Action != Finish {
			can = append(can, string(t.Action))
		}
	}
	if len(can) == 0 {
		return "", Conflictf("the issue is %s; nothing more can be done with it", s.Words())
	}
	return "", Conflictf("the issue is %s: %s is not possible now, but %s", s.Words(), action, strings.Join(can, " or "))
}

// Words is the state as people read it.
func (s IssueState) Words() string {
	if s == InReview {
		return "in review"
	}
	return string(s)
}

// Approvable reports whether an issue can be approved: one that waits for that and, where nobody else has to approve it, one of which nobody has said yet
// that it is ready.
func (s IssueState) Approvable(by Approval) bool {
	_, err := s.Next(Approve)
	return err == nil || s == Assembled && by == ApprovalRequired
}

// Issue is one number of a series.
type Issue struct {
	ID           int64
	Series       string // slug
	SeriesID     int64
	Number       int // from 1, within the series
	Slot         Slot
	State        IssueState
	Subject      Text
	Preheader    Text   // what mail programs show beside the subject; nil: the first titles
	Note         Text   // Markdown above the items; nil: none
	Reason       string // why it was skipped, cancelled or sent back; else empty
	Seal         []byte // of what was approved; nil unless approved or later
	ApprovedBy   string
	AssembledAt  time.Time
	ScheduledFor time.Time // zero until scheduled
	StartedAt    time.Time
	FinishedAt   time.Time
}

// IssueWords are what editors write for an issue beside its items.
type IssueWords struct {
	Subject   Text // empty: the proposal
	Preheader Text // empty: the first titles
	Note      Text // Markdown; empty: none
}

// Mark stands for what the words say, as Series.Mark does.
func (w IssueWords) Mark() string { return markOf(w) }

// Words are those of the issue.
func (i Issue) Words() IssueWords { return IssueWords{i.Subject, i.Preheader, i.Note} }

// Editable reports whether editors may still change what the issue says: it has not begun to leave, nor come to an end.
func (i Issue) Editable() bool {
	return i.StartedAt.IsZero() && i.State != Skipped && i.State != Cancelled
}

// Item is a piece of content in an issue, frozen as words: what an edition is rendered from.
type Item struct {
	ItemRef
	Section  string    `json:"section"`
	Topics   []string  `json:"topics"`
	Article  *Article  `json:"article,omitempty"`
	Event    *Event    `json:"event,omitempty"`
	Resource *Resource `json:"resource,omitempty"`
}

// Draft is everything that an issue would say if it went out now: the issue, its series and its items with their current texts.
type Draft struct {
	Issue  Issue
	Series Series
	Items  []Item
	// Links are the addresses whose clicks are counted, as ItemLinks has them: mails lead to them by way of Site.GoURL. Nil: to themselves.
	Links []string
}

// Refs are the items.
func (d Draft) Refs() []ItemRef {
	out := make([]ItemRef, len(d.Items))
	for i, it := range d.Items {
		out[i] = it.ItemRef
	}
	return out
}

// ItemLinks lists where the items of the draft lead to, each address once, in their order.
func (d Draft) ItemLinks() []string {
	var out []string
	for _, it := range d.Items {
		if link := it.Link(); link != "" && !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return out
}

// For keeps the items for a reader of these topics; an item without topics is for everybody. A subject that is still the proposal is
// proposed anew, so that it never names what the edition does not have.
func (d Draft) For(topics []string) Draft {
	out := d
	out.Items = slices.DeleteFunc(slices.Clone(d.Items), func(it Item) bool {
		return len(it.Topics) > 0 && !slices.ContainsFunc(it.Topics, func(t string) bool { return slices.Contains(topics, t) })
	})
	if maps.Equal(d.Issue.Subject, d.Proposal()) {
		out.Issue.Subject = out.Proposal()
	}
	return out
}

// Proposal is the subject that the draft proposes for itself.
func (d Draft) Proposal() Text { return ProposeSubject(d.titles()) }

func (d Draft) titles() []Text {
	titles := make([]Text, len(d.Items))
	for i, it := range d.Items {
		titles[i] = it.Title()
	}
	return titles
}

// Topics lists the topics of the draft's items, sorted: only these tell editions apart.
func (d Draft) Topics() []string {
	var all []string
	for _, it := range d.Items {
		all = append(all, it.Topics...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// SealOf is the hash of everything that an approval approves: the words of the issue in all languages, the look they are rendered
// with (a fingerprint of the templates), whom it goes to, and, once it is scheduled, the moment.
func SealOf(d Draft, look string, moment time.Time) ([]byte, error) {
	sum := sha256.New()
	err := json.NewEncoder(sum).Encode(struct {
		Number    int
		Subject   Text
		Preheader Text `json:",omitempty"`
		Note      Text `json:",omitempty"`
		Items     []Item
		Sections  []Section
		Languages []Lang
		Clicks    bool `json:",omitempty"`
		Name      Text
		Audience  string
		Look      string
		Moment    string
	}{
		d.Issue.Number, d.Issue.Subject, d.Issue.Preheader, d.Issue.Note, d.Items, d.Series.Sections, d.Series.Languages, d.Series.Clicks, d.Series.Name,
		d.Series.Audience(), look, moment.UTC().Format(time.RFC3339Nano),
	})
	return sum.Sum(nil), err
}

// SentIssue is a line of the public archive.
type SentIssue struct {
	Series    string // slug
	Name      Text
	Number    int
	Date      time.Time // on which it went out, in the zone of the series
	Subject   Text
	Languages []Lang
}

// Slug is that of the piece; the kind where it has none.
func (it Item) Slug() string {
	switch {
	case it.Article != nil:
		return it.Article.Slug
	case it.Event != nil:
		return it.Event.Slug
	case it.Resource != nil:
		return it.Resource.Slug
	}
	return string(it.Kind)
}

// ItemText is a text of a piece, and the name of its entry in forms.
type ItemText struct {
	Entry string
	Text  Text
}

// Lacks reports whether the text is there, but not in a language.
func (t ItemText) Lacks(lang Lang) bool { return len(t.Text) > 0 && t.Text[lang] == "" }

// Texts are the words of the piece.
func (it Item) Texts() []ItemText {
	switch {
	case it.Article != nil:
		return []ItemText{{"title", it.Article.Title}, {"body", it.Article.Body}}
	case it.Event != nil:
		return []ItemText{{"title", it.Event.Title}, {"motto", it.Event.Motto}, {"body", it.Event.Body}}
	case it.Resource != nil:
		return []ItemText{{"title", it.Resource.Title}, {"body", it.Resource.Body}}
	}
	return nil
}

// Lacks reports whether a text of the piece is missing in a language. One that is missing in all is not missed.
func (it Item) Lacks(lang Lang) bool {
	return slices.ContainsFunc(it.Texts(), func(t ItemText) bool { return t.Lacks(lang) })
}

// Link is where the item leads to; empty: nowhere.
func (it Item) Link() string {
	switch {
	case it.Article != nil:
		return it.Article.Link
	case it.Event != nil:
		return it.Event.Link
	case it.Resource != nil:
		return it.Resource.Link
	}
	return ""
}

// Title is the headline of the item.
func (it Item) Title() Text {
	switch {
	case it.Article != nil:
		return it.Article.Title
	case it.Event != nil:
		return it.Event.Title
	case it.Resource != nil:
		return it.Resource.Title
	}
	return nil
}
