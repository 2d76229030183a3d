package desk

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// PeoplePath is the list of people.
const PeoplePath = "/desk/people"

// People is the view of the list of people.
type People struct {
	Common
	Query  mce.PeopleQuery
	Lines  []mce.PersonLine
	Events []mce.EventName // that may be picked
	Next   string          // address behind which the next page begins; empty: there is none
}

// People writes a page of the list of people.
func (p *Pages) People(w io.Writer, lang mce.Lang, v People) error {
	return p.write(w, "people", lang, v.Common, v)
}

// Fields are what people are looked for by.
func (v People) Fields() []Field {
	group := Field{Name: "group", Label: "people.group", Type: "pick", Value: string(v.Query.Group), Optional: true}
	for _, g := range mce.PeopleGroups() {
		group.Options = append(group.Options, Option{Value: string(g), Label: "people." + cmp.Or(string(g), "any")})
	}
	fields := []Field{{Name: "q", Label: "people.q", Type: "search", Value: v.Query.Search, Optional: true}, group}
	if len(v.Events) == 0 {
		return fields
	}
	event := Field{Name: "event", Label: "people.event", Type: "pick", Value: v.Query.Event, Options: []Option{{Label: "people.anyevent"}}, Optional: true}
	for _, e := range v.Events {
		event.Options = append(event.Options, Option{Value: e.Slug, Words: e.Title})
	}
	return append(fields, event)
}

// Narrowed reports whether not all people are asked for.
func (v People) Narrowed() bool {
	return v.Query.Search != "" || v.Query.Group != "" || v.Query.Event != ""
}

// NextPath is the next page.
func (v People) NextPath() string { return PeoplePath + "?" + v.values(v.Next).Encode() }

// FirstPath is the first page of the same people.
func (v People) FirstPath() string { return PeoplePath + "?" + v.values("").Encode() }

func (v People) values(after string) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Query.Search, "group": string(v.Query.Group), "event": v.Query.Event, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// PersonPath is the page of a person.
func PersonPath(ref mce.PersonRef) string { return PeoplePath + "/" + ref.String() }

// Person is the view of a person's page.
type Person struct {
	Common
	Ref     mce.PersonRef
	Dossier mce.Dossier
	Moments []mce.Moment   // the latest first
	Issues  []mce.GotIssue // likewise; of who is no subscriber there are none
	Topics  []mce.Topic    // all there are
	Now     time.Time
}

// Person writes a person's page.
func (p *Pages) Person(w io.Writer, lang mce.Lang, v Person) error {
	return p.write(w, "person", lang, v.Common, v)
}

// Path is the page itself; that of Common may name the person otherwise.
func (v Person) Path() string { return PersonPath(v.Ref) }

// Name is that of the subscriber, or of the latest registration or booking.
func (v Person) Name() string {
	name := v.Dossier.Subscriber.Name
	for _, r := range v.Dossier.Registrations {
		name = cmp.Or(name, r.Name)
	}
	for _, b := range v.Dossier.Bookings {
		name = cmp.Or(name, b.Name)
	}
	return name
}

// Reads reports whether they are or were a subscriber.
func (v Person) Reads() bool { return v.Ref.As == mce.KnownReader }

// Chosen are the topics that they chose.
func (v Person) Chosen() []mce.Topic { return mce.Chosen(v.Topics, v.Dossier.Subscriber.Topics) }

// Act is something that can be done on a person's behalf, by its name in addresses and messages.
type Act string

// The acts. Those of a registration come last.
const (
	ActChoices  Act = "choices"
	ActDetails  Act = "details"
	ActLeave    Act = "leave"
	ActAsk      Act = "ask"
	ActSuppress Act = "suppress"
	ActLift     Act = "lift"
	ActExport   Act = "export"
	ActErase    Act = "erase"
	ActResend   Act = "resend"
	ActCancel   Act = "cancel"
)

// acts are all of them.
func acts() []Act {
	return []Act{ActChoices, ActDetails, ActLeave, ActAsk, ActSuppress, ActLift, ActExport, ActErase, ActResend, ActCancel}
}

// Can reports whether something can be done for them as they stand; place is the registration that it is about, nil for none.
func (v Person) Can(a Act, place *mce.DossierRegistration) bool {
	s, blocked := v.Dossier.Subscriber.State, v.Dossier.Suppression != nil
	if ofPlace := a == ActResend || a == ActCancel; ofPlace != (place != nil) {
		return false
	}
	switch a {
	case ActChoices, ActDetails:
		return s == mce.Active
	case ActLeave:
		return s == mce.Active || s == mce.Pending
	case ActAsk:
		return (s == mce.Pending || s == mce.Unsubscribed) && !blocked
	case ActSuppress:
		return !blocked
	case ActLift:
		return blocked
	case ActExport, ActErase:
		return true
	case ActResend, ActCancel:
		return place.State != mce.Withdrawn && !place.Done(v.Now) && place.ArrivedAt == nil
	}
	return false
}

// Acts are what can be done for them, for who looks.
func (v Person) Acts() []Act {
	return slices.DeleteFunc(acts(), func(a Act) bool {
		return !v.Can(a, nil) || a == ActErase && !mce.May(v.User.Role, mce.ErasePeople)
	})
}

// PlaceActs are what can be done about a registration.
func (v Person) PlaceActs(place mce.DossierRegistration) []Act {
	return slices.DeleteFunc(acts(), func(a Act) bool { return !v.Can(a, &place) })
}

// PersonAct is the view of the page that asks before something is done.
type PersonAct struct {
	Person
	Act     Act
	Place   *mce.DossierRegistration // that it is about; nil: none
	Entered url.Values
	FaultIn string // field; empty: the fault is of the whole
	Fault   string // in English; empty: none
}

// PersonAct writes the page that asks before something is done.
func (p *Pages) PersonAct(w io.Writer, lang mce.Lang, v PersonAct) error {
	return p.write(w, "person_act", lang, v.Common, v)
}

// Known are the entries as they stand.
func (v PersonAct) Known() url.Values {
	s := v.Dossier.Subscriber
	out := url.Values{
		"name": {s.Name}, "organisation": {s.Organisation}, "country": {s.Country}, "language": {string(s.Language)}, "pace": {string(s.Pace)}, "topics": s.Topics,
	}
	if s.PausedUntil != nil {
		out.Set("pause", s.PausedUntil.Format(time.DateOnly))
	}
	return out
}

// Fields are what is asked.
func (v PersonAct) Fields() []Field {
	f := personFields{v.Entered, v.FaultIn, v.Fault, v.Topics}
	var out []Field
	switch v.Act {
	case ActChoices:
		out = append(f.choices(), f.of(Field{Name: "pause", Type: "date", Optional: true, Hint: true}))
	case ActDetails:
		out = f.details()
	case ActLeave:
		why := Field{Name: "why", Type: "pick", Optional: true, Options: []Option{{Label: "people.nowhy"}}}
		for _, reason := range mce.LeaveReasons() {
			why.Options = append(why.Options, Option{Value: reason, Label: "people.why." + reason})
		}
		out = []Field{f.of(why)}
	case ActAsk, ActSuppress, ActLift, ActExport, ActErase, ActResend, ActCancel:
	}
	return append(out, f.reason())
}

// NewPerson is the view of the form that asks somebody to subscribe.
type NewPerson struct {
	Common
	Topics         []mce.Topic
	Entered        url.Values
	FaultIn, Fault string // as of PersonAct
}

// NewPerson writes the form that asks somebody to subscribe.
func (p *Pages) NewPerson(w io.Writer, lang mce.Lang, v NewPerson) error {
	return p.write(w, "person_new", lang, v.Common, v)
}

// Fields are what is asked.
func (v NewPerson) Fields() []Field {
	f := personFields{v.Entered, v.FaultIn, v.Fault, v.Topics}
	out := []Field{f.of(Field{Name: "email", Type: "email"})}
	return append(append(append(out, f.details()...), f.choices()...), f.reason())
}

// personFields makes fields of what was entered of a person.
type personFields struct {
	entered        url.Values
	faultIn, fault string
	topics         []mce.Topic
}

// of completes a field. Their words are their own: the same entries mean something else of users.
func (p personFields) of(f Field) Field {
	f.Label, f.Value = "people.field."+f.Name, p.entered.Get(f.Name)
	if f.Type == "checks" {
		f.Value = strings.Join(p.entered[f.Name], " ")
	}
	if p.faultIn == f.Name {
		f.Fault = p.fault
	}
	return f
}

func (p personFields) reason() Field { return p.of(Field{Name: "reason", Type: "text", Hint: true}) }

func (p personFields) details() []Field {
	return []Field{
		p.of(Field{Name: "name", Type: "text", Optional: true}), p.of(Field{Name: "organisation", Type: "text", Optional: true}),
		p.of(Field{Name: "country", Type: "text", Optional: true, Hint: true}),
	}
}

func (p personFields) choices() []Field {
	topics := Field{Name: "topics", Type: "checks"}
	for _, t := range p.topics {
		topics.Options = append(topics.Options, Option{Value: t.Slug, Words: t.Name})
	}
	pace := Field{Name: "pace", Type: "choice"}
	for _, x := range []mce.ReadingPace{mce.EachIssue, mce.Monthly} {
		pace.Options = append(pace.Options, Option{Value: string(x), Label: "people.pace." + string(x)})
	}
	pace = p.of(pace)
	pace.Value = cmp.Or(pace.Value, string(mce.EachIssue))
	return []Field{p.of(Field{Name: "language", Type: "choice", Options: languages()}), p.of(topics), pace}
}
