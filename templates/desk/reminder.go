package desk

import (
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// ReminderPath is the page of the rule of a reminder.
func ReminderPath(slug string) string { return "/desk/reminders/" + slug }

// Reminders is the view of the list of rules.
type Reminders struct {
	Common
	All []ReminderLine
}

// ReminderLine is a rule, with when its mails leave.
type ReminderLine struct {
	Rule   mce.ReminderRule
	Event  mce.Event        // the only one that it is for; ID 0: for others too
	Coming []ReminderMoment // the next first
}

// Path is its page.
func (l ReminderLine) Path() string { return ReminderPath(l.Rule.Slug) }

// ReminderMoment is when a reminder of an event leaves next, on the venue's clocks.
type ReminderMoment struct {
	Event mce.Event
	At    time.Time
}

// Where is by what people know the event: its city, or its title where it has none.
func (m ReminderMoment) Where() mce.Text {
	if m.Event.City[mce.English] != "" {
		return m.Event.City
	}
	return m.Event.Title
}

// Path is the event's page.
func (m ReminderMoment) Path() string { return EventPath(m.Event.ID) }

// Reminders writes the list of rules.
func (p *Pages) Reminders(w io.Writer, lang mce.Lang, v Reminders) error {
	return p.write(w, "reminders", lang, v.Common, v)
}

// On which side of its anchor a reminder leaves, as the form has it.
const (
	Before   = "before"
	OnTheDay = "on"
	After    = "after"
)

// ReminderForm is the view of a rule: of the form by which who may changes it, and of what it does.
type ReminderForm struct {
	Common
	Rule               mce.ReminderRule // ID 0: a new one
	Days, Side, Useful string           // as they were entered
	Seen               string           // the mark of the rule that the form was filled with; empty: a new one
	Reason             string
	Fault, FaultIn     string      // in English
	Clash              bool        // the fault is that somebody else was faster
	Events             []mce.Event // all, the latest first
	Shown              bool        // what the rule does is said, too
	Coming             []ReminderMoment
	Previews           map[mce.Lang]template.HTML // of the body, as a mail has it
}

// WrittenReminder is a rule as the form has it.
func WrittenReminder(r mce.ReminderRule) ReminderForm {
	v := ReminderForm{Rule: r, Side: After, Days: strconv.Itoa(max(r.Days, -r.Days)), Useful: strconv.Itoa(r.Useful)}
	switch {
	case r.Days < 0:
		v.Side = Before
	case r.Days == 0 && !r.Daily:
		v.Side = OnTheDay
	}
	return v
}

// Reminder writes the page of a rule.
func (p *Pages) Reminder(w io.Writer, lang mce.Lang, v ReminderForm) error {
	return p.write(w, "reminder", lang, v.Common, v)
}

// Path is the page of the rule, or that of a new one.
func (v ReminderForm) Path() string {
	if v.Rule.ID == 0 {
		return "/desk/new-reminder"
	}
	return ReminderPath(v.Rule.Slug)
}

// Parts are the entries of the form, by what they are about.
func (v ReminderForm) Parts() []ReminderPart {
	parts := []ReminderPart{{"reminder.whom", v.whom()}, {"reminder.when", v.when()}, {"reminder.wording", v.wording()}}
	for _, part := range parts {
		for i := range part.Fields {
			if f := &part.Fields[i]; f.Name == v.FaultIn || f.Name == v.FaultIn+"-"+string(mce.English) {
				f.Fault = v.Fault
			}
		}
	}
	return parts
}

// ReminderPart is what is entered about one thing.
type ReminderPart struct {
	Name   string // of its message
	Fields []Field
}

func (v ReminderForm) whom() []Field {
	r := v.Rule
	audience := Field{Name: "audience", Label: "reminder.audience", Type: "choice", Value: string(r.Audience())}
	for _, a := range mce.Audiences() {
		audience.Options = append(audience.Options, Option{Value: string(a), Label: "audience." + string(a)})
	}
	kinds := Field{Name: "kinds", Label: "reminder.kinds", Type: "checks", Value: joined(r.Kinds), Hint: true, Optional: true}
	for _, k := range mce.EventKinds() {
		kinds.Options = append(kinds.Options, Option{Value: string(k), Label: "event." + string(k)})
	}
	event := Field{Name: "event", Label: "reminder.event", Type: "pick", Value: r.Event, Options: []Option{{Label: "reminder.every"}}}
	for _, e := range v.Events {
		event.Options = append(event.Options, Option{Value: e.Slug, Words: e.Title})
	}
	return []Field{audience, kinds, event}
}

func (v ReminderForm) when() []Field {
	r := v.Rule
	anchor := Field{Name: "anchor", Label: "reminder.anchor", Type: "pick", Value: string(r.Anchor)}
	for _, a := range []mce.Anchor{mce.AtStart, mce.AtEnd, mce.AtOpens, mce.AtCloses} {
		anchor.Options = append(anchor.Options, Option{Value: string(a), Label: "anchor." + string(a)})
	}
	side := Field{Name: "side", Label: "reminder.side", Type: "pick", Value: v.Side}
	for _, s := range []string{Before, OnTheDay, After} {
		side.Options = append(side.Options, Option{Value: s, Label: "side." + s})
	}
	return []Field{
		{Name: "days", Label: "reminder.days", Type: "number", Value: v.Days, Autocomplete: "off"}, side, anchor,
		{Name: "at", Label: "reminder.at", Type: "text", Value: r.At, Autocomplete: "off", Hint: true},
		{Name: "useful_hours", Label: "reminder.useful", Type: "number", Value: v.Useful, Autocomplete: "off", Hint: true},
		{Name: "daily", Label: "reminder.daily", Type: "box", Value: box(r.Daily), Hint: true},
	}
}

func (v ReminderForm) wording() []Field {
	r := v.Rule
	var out []Field
	for _, lang := range mce.Languages() {
		out = append(out, Field{
			Name: "subject-" + string(lang), Label: "reminder.subject", Lang: lang, Type: "text", Value: r.Subject[lang], Autocomplete: "off", Optional: lang != mce.English,
		})
	}
	for _, lang := range mce.Languages() {
		out = append(out, Field{
			Name: "body-" + string(lang), Label: "reminder.body", Lang: lang, Type: "prose", Value: r.Body[lang], Optional: lang != mce.English, Preview: v.Previews[lang],
		})
	}
	show := Field{Name: "show", Label: "reminder.shows", Type: "checks", Value: joined(r.Show), Optional: true}
	for _, s := range mce.Shows() {
		show.Options = append(show.Options, Option{Value: string(s), Label: "show." + string(s)})
	}
	return append(out, show, Field{Name: "reason", Type: "text", Value: v.Reason, Autocomplete: "off", Hint: true, Optional: true})
}

// General is a fault that is in no entry.
func (v ReminderForm) General() string {
	for _, part := range v.Parts() {
		for _, f := range part.Fields {
			if f.Fault != "" {
				return ""
			}
		}
	}
	return v.Fault
}

// joined is what checks have as their value.
func joined[T ~string](all []T) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return strings.Join(out, " ")
}

// ReminderRemoval is the view of the page that asks whether to remove a rule.
type ReminderRemoval struct {
	Common
	Rule   mce.ReminderRule
	Seen   string // the mark of the rule
	Reason string
	Fault  string // in English
}

// ReminderRemoval writes the page that asks whether to remove a rule.
func (p *Pages) ReminderRemoval(w io.Writer, lang mce.Lang, v ReminderRemoval) error {
	return p.write(w, "reminder_remove", lang, v.Common, v)
}

// Path is the rule's page.
func (v ReminderRemoval) Path() string { return ReminderPath(v.Rule.Slug) }

// ReasonField is the entry for the reason.
func (v ReminderRemoval) ReasonField() Field {
	return Field{Name: "reason", Type: "text", Value: v.Reason, Autocomplete: "off", Hint: true, Optional: true}
}
