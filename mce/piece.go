package mce

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Piece is a piece of content as it is worked on.
type Piece struct {
	Kind    ItemKind
	ID      int64 // 0: a new one
	Version int   // counts its changes, whoever made them
	Content Content
	Stale   []string // translations, by their fields, whose English has changed since
}

// Content is what a piece consists of: *Article, *Event or *Resource.
type Content interface {
	Check() error
	Name() Text // its title
	fields() map[string]any
	slug() *string
}

// NewContent is an empty one of a kind; nil for a kind that there is not.
func NewContent(kind ItemKind) Content {
	switch kind {
	case KindArticle:
		return &Article{}
	case KindEvent:
		return &Event{}
	case KindResource:
		return &Resource{}
	}
	return nil
}

// Name is the title.
func (a *Article) Name() Text { return a.Title }

// Name is the title.
func (e *Event) Name() Text { return e.Title }

// Name is the title.
func (r *Resource) Name() Text { return r.Title }

func (a *Article) slug() *string  { return &a.Slug }
func (e *Event) slug() *string    { return &e.Slug }
func (r *Resource) slug() *string { return &r.Slug }

func (a *Article) fields() map[string]any {
	return map[string]any{
		"title": &a.Title, "body": &a.Body, "link": &a.Link, "image": &a.Image, "image_alt": &a.ImageAlt, "topics": &a.Topics, "priority": &a.Priority,
		"publish_at": &a.From, "expire_at": &a.Until,
	}
}

func (r *Resource) fields() map[string]any {
	return map[string]any{
		"kind": &r.Kind, "title": &r.Title, "body": &r.Body, "link": &r.Link, "event": &r.Event, "topics": &r.Topics,
		"publish_at": &r.From, "expire_at": &r.Until,
	}
}

// Slug names the piece in addresses and imports.
func (p Piece) Slug() string { return *p.Content.slug() }

// Called is the piece under another slug.
func (p Piece) Called(slug string) Piece {
	*p.Content.slug() = slug
	return p
}

// Written is a piece as people write it in a form: each field by its name, a text by title and title_it, one of a session by session/SLUG/title.
type Written map[string]string

// sessionField is the name of a field of a session of an event.
func sessionField(slug, field string) string { return "session/" + slug + "/" + field }

// Sessions are the slugs of the sessions that are written of, sorted.
func (w Written) Sessions() []string {
	seen := map[string]bool{}
	for name := range w {
		if slug, _, ok := cutSession(name); ok {
			seen[slug] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// cutSession splits the name of a field of a session; ok is false for any other name.
func cutSession(name string) (slug, field string, ok bool) {
	rest, ok := strings.CutPrefix(name, "session/")
	if !ok {
		return "", "", false
	}
	slug, field, ok = strings.Cut(rest, "/")
	return slug, field, ok && slugForm.MatchString(slug)
}

// newSession is the form of the names that sessions have in a form before they have a slug.
var newSession = regexp.MustCompile(`^new-\d+$`)

// WithNewSession is the same with one session more, which has the times of the last; and its name.
func (w Written) WithNewSession(starts, ends string) (Written, string) {
	out, n := maps.Clone(w), 1
	for slices.Contains(w.Sessions(), "new-"+strconv.Itoa(n)) {
		n++
	}
	name := "new-" + strconv.Itoa(n)
	out[sessionField(name, "title")], out[sessionField(name, "starts")], out[sessionField(name, "ends")] = "", starts, ends
	return out, name
}

// Session is what is written of one of them, by the names of its fields.
func (w Written) Session(slug string) Written {
	out := Written{}
	for name, value := range w {
		if of, field, ok := cutSession(name); ok && of == slug {
			out[field] = value
		}
	}
	return out
}

// WithoutSession is the same, but for one session.
func (w Written) WithoutSession(slug string) Written {
	out := Written{}
	for name, value := range w {
		if of, _, ok := cutSession(name); !ok || of != slug {
			out[name] = value
		}
	}
	return out
}

// ZoneOf is on whose clocks the times of the content stand: an event has a zone of its own.
func ZoneOf(c Content, usual *time.Location) *time.Location {
	if e, ok := c.(*Event); ok && e.TimeZone != "" {
		return e.Zone()
	}
	return usual
}

// Write writes content down, times on the clocks of its own zone, or the usual one where it has none.
func Write(c Content, usual *time.Location) Written {
	zone, out := ZoneOf(c, usual), Written{}
	writeFields(out, "", c.fields(), zone)
	if e, ok := c.(*Event); ok {
		for i := range e.Sessions {
			writeFields(out, sessionField(e.Sessions[i].Slug, ""), e.Sessions[i].fields(), zone)
		}
	}
	return out
}

func writeFields(out Written, prefix string, fields map[string]any, zone *time.Location) {
	for name, from := range fields {
		if text, ok := from.(*Text); ok {
			for _, lang := range Languages() {
				out[prefix+TextField(name, lang)] = plainLines((*text)[lang])
			}
			continue
		}
		out[prefix+name] = plainLines(writeField(from, zone))
	}
}

// TextField is the name of a text's field in a language: title, title_it.
func TextField(name string, lang Lang) string {
	if lang == English {
		return name
	}
	return name + "_" + string(lang)
}

// plainLines is what a form makes of a text: lines end with one sign, and nothing blank stands around it.
func plainLines(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// settled is what is written of a field in the one way in which it is compared: of topics and languages only matters which they are.
func settled(name, value string) string {
	switch name[strings.LastIndexByte(name, '/')+1:] {
	case "topics", "languages", "interpretation":
		return strings.Join(slices.Sorted(slices.Values(words(value))), " ")
	}
	return plainLines(value)
}

func writeField(from any, zone *time.Location) string {
	switch from := from.(type) {
	case *string:
		return *from
	case *EventKind:
		return string(*from)
	case *EventState:
		return string(*from)
	case *Admission:
		return string(*from)
	case *time.Time:
		if from.IsZero() {
			return ""
		}
		return from.In(zone).Format("2006-01-02T15:04")
	case *int:
		return strconv.Itoa(*from)
	case *bool:
		if *from {
			return "yes"
		}
	case *[]string:
		return strings.Join(*from, " ")
	case *[]Lang:
		words := make([]string, len(*from))
		for i, l := range *from {
			words[i] = string(l)
		}
		return strings.Join(words, " ")
	case names:
		return strings.Join(*from.to, "; ")
	}
	return ""
}

// Rewrite changes content to what is written. What is written as it stands stays as it is, to the second and the blank. The sessions of an event are
// those that are written of; a new one takes its slug from its title. The error is a *FieldError where a field is at fault.
func Rewrite(c Content, to Written, usual *time.Location) error {
	e, isEvent := c.(*Event)
	if isEvent {
		if err := CheckZone(to["time_zone"]); err != nil {
			return &FieldError{"time_zone", err}
		}
		e.TimeZone = to["time_zone"]
	}
	zone := ZoneOf(c, usual)
	own := maps.Clone(to)
	maps.DeleteFunc(own, func(name, _ string) bool { return strings.HasPrefix(name, "session/") })
	if err := rewriteFields(c.fields(), own, zone); err != nil {
		return err
	}
	if isEvent {
		return e.rewriteSessions(to, zone)
	}
	return nil
}

func rewriteFields(fields map[string]any, to Written, zone *time.Location) error {
	now := Written{}
	writeFields(now, "", fields, zone)
	changed := map[string]string{}
	for name, value := range to {
		if settled(name, value) != settled(name, now[name]) {
			changed[name] = plainLines(value)
		}
	}
	return setFields(fields, changed, zone)
}

func (e *Event) rewriteSessions(to Written, zone *time.Location) error {
	var sessions []Session
	for _, slug := range to.Sessions() {
		s, known := sessionBySlug(*e, slug)
		if err := rewriteFields(s.fields(), to.Session(slug), zone); err != nil {
			return inSession(slug, err)
		}
		if s.Slug = slug; !known && newSession.MatchString(slug) {
			s.Slug = "" // named below, when those that stay are known
		}
		if err := s.checkWritten(slug); err != nil {
			return err
		}
		sessions = append(sessions, s)
	}
	for i := range sessions {
		if sessions[i].Slug == "" {
			taken := func(slug string) bool {
				return slices.ContainsFunc(sessions, func(s Session) bool { return s.Slug == slug })
			}
			sessions[i].Slug = FreeSlug(sessions[i].Title[English], "session", taken)
		}
	}
	slices.SortStableFunc(sessions, func(a, b Session) int {
		if c := a.Starts.Compare(b.Starts); c != 0 {
			return c
		}
		return a.Ends.Compare(b.Ends)
	})
	e.Sessions = sessions
	return nil
}

// inSession says in which session a field is at fault.
func inSession(slug string, err error) error {
	if f, ok := err.(*FieldError); ok { //nolint:errorlint // as setFields returns it
		return &FieldError{sessionField(slug, f.Field), f.Err}
	}
	return err
}

// checkWritten is check for who sees the session before them.
func (s Session) checkWritten(slug string) error {
	switch {
	case s.Title[English] == "":
		return &FieldError{sessionField(slug, "title"), Invalidf("a session needs its English title")}
	case s.Starts.IsZero():
		return &FieldError{sessionField(slug, "starts"), Invalidf("a session needs a beginning")}
	case !s.Ends.After(s.Starts):
		return &FieldError{sessionField(slug, "ends"), Invalidf("a session must end after it begins")}
	}
	return nil
}

// Blank has all fields of a kind, those of the named sessions too, as they are in a new one; nil for a kind that there is not.
func Blank(kind ItemKind, sessions ...string) Written {
	c := NewContent(kind)
	if c == nil {
		return nil
	}
	if e, ok := c.(*Event); ok {
		for _, slug := range sessions {
			e.Sessions = append(e.Sessions, Session{Slug: slug})
		}
	}
	return Write(c, time.UTC)
}
