package desk

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// ContentForm is the view of the form of a piece of content.
type ContentForm struct {
	Common
	Piece    mce.Piece   // as it stands; ID 0: a new one
	Version  int         // with which what is written began
	Written  mce.Written // what stands in the entries
	At       time.Time   // now
	Zone     string      // on whose clocks times are that have none of their own
	Topics   []mce.Topic
	Events   []mce.ContentLine // that a resource may be of
	Images   []Picture
	Issues   []mce.Issue              // in work that it is in
	Next     []mce.Text               // newsletters of which the next issue may have it, where that is certain
	FaultIn  string                   // name of the field; empty: in none
	Fault    string                   // in English; empty: none
	Focus    string                   // name of the field to begin with
	Draft    time.Time                // when it was typed, on the wall clock of the zone; zero: it is what stands
	Previews map[string]template.HTML // of fields in Markdown; empty: there are none
}

// Saved reports whether the piece was saved a moment ago.
func (v ContentForm) Saved() bool { return v.Said.ID == "content-saved" && v.Piece.ID != 0 }

// ShownFrom is when it begins to be shown, ShownUntil when it ends, on the usual wall clock; zero: for ever.
func (v ContentForm) ShownFrom() time.Time { return mce.InZone(v.Piece.Candidate().From, v.Zone) }

// Now reports whether it is shown already, and for ever.
func (v ContentForm) Now() bool {
	c := v.Piece.Candidate()
	return !c.From.After(v.At) && c.Until.IsZero()
}

// ShownUntil is when it ends to be shown; zero: never.
func (v ContentForm) ShownUntil() time.Time {
	until := v.Piece.Candidate().Until
	if until.IsZero() {
		return until
	}
	return mce.InZone(until, v.Zone)
}

// PeoplePath is the page of an event with its people.
func (v ContentForm) PeoplePath() string { return EventPath(v.Piece.ID) }

// PiecePath is the form's own.
func (v ContentForm) PiecePath() string { return PiecePath(v.Piece.Kind, v.Piece.ID) }

// Ref is its name on the page of an issue.
func (v ContentForm) Ref() string { return fmt.Sprintf("%s-%d", v.Piece.Kind, v.Piece.ID) }

// ListPath leads to the others: of events to those with their people.
func (v ContentForm) ListPath() string {
	if v.Piece.Kind == mce.KindEvent {
		return EventsPath
	}
	return ContentPath(v.Piece.Kind)
}

// NewPath is the form of a new piece of the kind.
func (v ContentForm) NewPath() string { return PiecePath(v.Piece.Kind, 0) }

// Overtaken reports whether somebody has changed the piece since what is written was begun.
func (v ContentForm) Overtaken() bool { return v.Version != v.Piece.Version }

// Programme reports whether the piece has sessions.
func (v ContentForm) Programme() bool { return v.Piece.Kind == mce.KindEvent }

// Group is a part of the form.
type Group struct {
	Name   string // of its message
	Rows   []Row
	Rare   bool   // few pieces need anything of it
	Else   string // name of the message that says what holds where nothing is entered; empty: there is nothing to say
	Folded bool   // it is rare, and nothing in it was entered or is wrong
}

// Row is an entry, or one text in its languages side by side.
type Row struct {
	Fields []Field
	Stale  string // the field whose English has changed since; empty: none
}

// Groups are the parts of the form, in order: those that few need behind the others.
func (v ContentForm) Groups() []Group {
	var often, rare []Group
	for _, g := range v.groups() {
		if !g.Rare {
			often = append(often, g)
			continue
		}
		g.Folded = v.untouched(g.Rows)
		rare = append(rare, g)
	}
	return append(often, rare...)
}

func (v ContentForm) groups() []Group {
	switch v.Piece.Kind {
	case mce.KindArticle:
		return append(v.articleGroups(), v.readers(), v.shown(v.zone()))
	case mce.KindResource:
		return []Group{
			{Name: "content.group.words", Rows: []Row{
				one(v.field("kind", "choice", options("resource", "handout", "video"), true)), v.words("title", "text", true), v.words("body", "prose", false),
				v.line("link", "url", true), one(v.field("event", "pick", v.events(), false)),
			}},
			v.readers(), v.shown(v.zone()),
		}
	case mce.KindEvent:
		return append(v.eventGroups(), v.readers(), v.shown())
	}
	return nil
}

// readers are whom the piece is for: where there are no topics, and nothing stands before anything else, that is everybody.
func (v ContentForm) readers() Group {
	g := Group{Name: "content.group.readers", Rare: len(v.Topics) == 0, Else: "content.else.readers"}
	if !g.Rare {
		g.Rows = append(g.Rows, one(v.field("topics", "checks", v.topics(), false)))
	}
	if v.Piece.Kind == mce.KindArticle {
		g.Rows = append(g.Rows, v.line("priority", "number", false))
	}
	return g
}

// shown is when: a new piece at once, and for ever.
func (v ContentForm) shown(clocks ...Row) Group {
	rows := []Row{v.line("publish_at", "datetime-local", v.Piece.ID != 0), v.line("expire_at", "datetime-local", false)}
	g := Group{Name: "content.group.shown", Rows: append(rows, clocks...), Rare: true, Else: "content.else.shown"}
	if v.Piece.ID != 0 {
		g.Else = "content.else.already"
	}
	return g
}

// Clocks are those on which the moments of the form are read: an event's are its own.
func (v ContentForm) Clocks() string {
	if v.Piece.Kind == mce.KindEvent && v.Written["time_zone"] != "" {
		return v.Written["time_zone"]
	}
	return v.Zone
}

// zone is on whose clocks it is shown.
func (v ContentForm) zone() Row {
	f := v.field("zone", "pick", zones(v.Zone), true)
	f.Value = v.Zone
	return one(f)
}

func (v ContentForm) articleGroups() []Group {
	picture := []Row{v.line("image_file", "file", false)}
	if len(v.Images) > 0 {
		picture = append(picture, one(v.picture()))
	}
	return []Group{
		{Name: "content.group.words", Rows: []Row{v.words("title", "text", true), v.words("body", "prose", true), v.line("link", "url", false)}},
		{Name: "content.group.picture", Rows: append(picture, v.words("image_alt", "text", false))},
		{Name: "content.group.elsewhere", Rows: []Row{one(v.elsewhere())}, Rare: true},
	}
}

func (v ContentForm) eventGroups() []Group {
	var kinds, states []string
	for _, k := range mce.EventKinds() {
		kinds = append(kinds, string(k))
	}
	for _, s := range mce.EventStates() {
		states = append(states, string(s))
	}
	state := one(v.field("state", "pick", options("event", states...), true))
	when := []Row{
		one(v.field("kind", "pick", options("event", kinds...), true)), one(v.field("time_zone", "pick", zones(v.Written["time_zone"]), true)),
		{Fields: []Field{v.field("starts", "datetime-local", nil, true), v.field("ends", "datetime-local", nil, true)}},
	}
	places := []Row{
		v.line("capacity", "number", false), one(v.field("admission", "choice", options("admission", "everyone", "members"), true)),
		v.line("opens", "datetime-local", false), v.line("closes", "datetime-local", false), v.line("contact", "email", false),
	}
	if v.Piece.ID == 0 { // it is announced first
		places = append([]Row{state}, places...)
	} else {
		when = append([]Row{state}, when...)
	}
	return []Group{
		{Name: "content.group.words", Rows: []Row{v.words("title", "text", true), v.words("body", "prose", false)}},
		{Name: "content.group.when", Rows: when},
		{Name: "content.group.where", Rows: []Row{v.words("city", "text", false), v.words("venue", "text", false)}},
		{Name: "content.group.places", Rows: places, Rare: true},
		{Name: "content.group.links", Rows: []Row{
			v.words("motto", "text", false), v.line("address", "text", false), v.line("online", "url", false), v.line("link", "url", false), v.line("feedback", "url", false),
		}, Rare: true},
		{Name: "content.group.languages", Rows: []Row{one(v.field("languages", "checks", spoken(v.Written["languages"]), false)),
			one(v.field("interpretation", "checks", spoken(v.Written["interpretation"]), false))}, Rare: true},
	}
}

// Session is one of the programme in the form.
type Session struct {
	Slug string
	Rows []Row
}

// Sessions are the programme, in the order of the times as they are written.
func (v ContentForm) Sessions() []Session {
	slugs := v.Written.Sessions()
	slices.SortStableFunc(slugs, func(a, b string) int {
		return strings.Compare(v.Written["session/"+a+"/starts"], v.Written["session/"+b+"/starts"])
	})
	out := make([]Session, len(slugs))
	for i, slug := range slugs {
		at := "session/" + slug + "/"
		out[i] = Session{slug, []Row{
			v.words(at+"title", "text", true),
			{Fields: []Field{v.field(at+"starts", "datetime-local", nil, true), v.field(at+"ends", "datetime-local", nil, true)}},
			v.words(at+"room", "text", false),
			v.line(at+"speakers", "text", false),
			one(v.field(at+"interpretation", "checks", spoken(v.Written[at+"interpretation"]), false)),
			one(v.field(at+"optional", "box", nil, false)),
		}}
	}
	return out
}

// untouched reports whether nothing in entries was entered, or is wrong.
func (v ContentForm) untouched(rows []Row) bool {
	for _, row := range rows {
		for _, f := range row.Fields {
			if !v.usual(f.Name, f.Value) || f.Fault != "" || row.Stale != "" {
				return false
			}
		}
	}
	return true
}

// usual reports whether nothing is entered that a new piece has not, or one that is shown already.
func (v ContentForm) usual(name, value string) bool {
	switch name {
	case "priority", "capacity":
		return value == "" || value == "0"
	case "admission":
		return value == string(mce.ForEveryone)
	case "state":
		return value == string(mce.EventAnnounced)
	case "publish_at":
		return value <= mce.InZone(v.At, v.Clocks()).Format(momentForm)
	case "zone":
		return true
	}
	return value == ""
}

func one(f Field) Row { return Row{Fields: []Field{f}} }

// line is a row with one entry.
func (v ContentForm) line(name, kind string, required bool) Row {
	return one(v.field(name, kind, nil, required))
}

// words is a row with a text, the English on the left.
func (v ContentForm) words(name, kind string, required bool) Row {
	var row Row
	for _, lang := range mce.Languages() {
		f := v.field(name, kind, nil, required && lang == mce.English)
		if lang != mce.English {
			english := f
			f = v.field(name+"_"+string(lang), kind, nil, false)
			f.Label, f.Hint = english.Label, english.Hint
			if slices.Contains(v.Piece.Stale, f.Name) {
				row.Stale = f.Name
			}
		}
		f.Lang = lang
		row.Fields = append(row.Fields, f)
	}
	return row
}

// hinted are the fields that have a hint.
const hinted = " body link image_file image_elsewhere image_alt topics priority zone expire_at state time_zone online capacity opens closes contact languages interpretation feedback event speakers optional "

func (v ContentForm) field(name, kind string, options []Option, required bool) Field {
	f := Field{
		Name: name, Label: v.label(name), Type: kind, Value: v.Written[name], Autocomplete: "off", Options: options, Optional: !required, Focus: name == v.Focus,
		Preview: v.Previews[name],
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	f.Hint = strings.Contains(hinted, " "+base+" ") && (base != "interpretation" || base == name)
	if kind == "checks" || kind == "pick" || kind == "choice" || kind == "box" {
		f.Autocomplete, f.Optional = "", false
	}
	if name == v.FaultIn {
		f.Fault, f.Focus = v.Fault, false
	}
	return f
}

func (v ContentForm) label(name string) string {
	if rest, ok := strings.CutPrefix(name, "session/"); ok {
		return fieldLabel(true, rest[strings.IndexByte(rest, '/')+1:])
	}
	return fieldLabel(false, name)
}

func options(of string, values ...string) []Option {
	out := make([]Option, len(values))
	for i, value := range values {
		out[i] = Option{Value: value, Label: of + "." + value}
	}
	return out
}

func (v ContentForm) topics() []Option {
	var out []Option
	for _, t := range v.Topics {
		out = append(out, Option{Value: t.Slug, Words: t.Name})
	}
	return out
}

func (v ContentForm) events() []Option {
	out := []Option{{Label: "event.none"}}
	for _, e := range v.Events {
		out = append(out, Option{Value: e.Slug, Words: e.Title})
	}
	return withNow(out, v.Written["event"])
}

// picture is the entry that chooses one of our pictures.
func (v ContentForm) picture() Field {
	all := []Option{{Label: "image.none"}}
	for _, i := range v.Images {
		all = append(all, Option{Value: i.URL, Words: i.Called()})
	}
	f := v.field("image", "pick", all, false)
	if !v.ours() { // the other entry has it
		f.Value, f.Fault = "", ""
	}
	return f
}

// elsewhere is the entry for the address of another.
func (v ContentForm) elsewhere() Field {
	f := v.field("image_elsewhere", "url", nil, false)
	if !v.ours() {
		f.Value = v.Written["image"]
		if v.FaultIn == "image" {
			f.Fault = v.Fault
		}
	}
	return f
}

// Chosen is the picture that is chosen, if it is one of ours.
func (v ContentForm) Chosen() *Picture {
	for _, i := range v.Images {
		if i.URL == v.Written["image"] {
			return &i
		}
	}
	return nil
}

// ours reports whether the picture that was chosen is one of ours.
func (v ContentForm) ours() bool { return v.Chosen() != nil }

// zones are those to choose from, and the one that is chosen.
func zones(chosen string) []Option {
	var out []Option
	for _, zone := range append(mce.Homes(), "UTC") {
		out = append(out, Option{Value: zone, Name: strings.ReplaceAll(zone, "_", " ")})
	}
	return withNow(out, chosen)
}

// spoken are the languages of conferences, and those that are chosen.
func spoken(chosen string) []Option {
	var out []Option
	for _, lang := range []string{"en", "it", "de", "el", "es", "fr"} {
		out = append(out, Option{Value: lang, Label: "spoken." + lang})
	}
	for _, lang := range strings.Fields(chosen) {
		out = withNow(out, lang)
	}
	return out
}

// withNow adds what is chosen where it is not among the options, so that it stays.
func withNow(out []Option, now string) []Option {
	if now == "" || slices.ContainsFunc(out, func(o Option) bool { return o.Value == now }) {
		return out
	}
	return append(out, Option{Value: now, Name: now})
}
