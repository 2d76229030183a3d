package mce

import "time"

// ContentLine is a piece of content in a list.
type ContentLine struct {
	ID        int64
	Slug      string
	Title     Text
	Window                 // when it is shown
	Languages []Lang       // that it has a title in
	Stale     []Lang       // of translations whose English has changed since
	Starts    time.Time    // of an event; zero for others
	TimeZone  string       // of an event
	State     EventState   // of an event
	ChangedAt time.Time    // last
	ChangedBy ContentActor // who did
}

// ContentActor is who wrote a version of a piece: a user of the desk, or another by the name of their role in the database or of the command line.
type ContentActor struct {
	User User
	Name string // empty: a user
}

// Shown says when content is seen.
type Shown string

// The times of content.
const (
	ShownLater Shown = "later"
	ShownNow   Shown = "now"
	ShownOnce  Shown = "once" // not any more
)

// Showns lists them.
func Showns() []Shown { return []Shown{ShownLater, ShownNow, ShownOnce} }

// At says how a window stands at a moment.
func (w Window) At(now time.Time) Shown {
	switch {
	case now.Before(w.From):
		return ShownLater
	case w.Open(now):
		return ShownNow
	}
	return ShownOnce
}

// Translation is what a piece may lack in a language.
type Translation string

// What may be looked for.
const (
	TranslationMissing Translation = "missing"
	TranslationStale   Translation = "stale"
)

// ContentQuery asks for a page of a list.
type ContentQuery struct {
	Kind        ItemKind
	Search      string      // in titles, texts and slugs; empty: all
	Shown       Shown       // empty: whenever
	Translation Translation // empty: however it is
	Now         time.Time   // for Shown
	Skip, Limit int
}

// ContentVersion is a state that a piece has had.
type ContentVersion struct {
	Version int
	At      time.Time
	By      ContentActor
	Content Content // nil: it was removed
	Before  Content // the version before; nil: there was none
}

// ContentDraft is what a user was typing.
type ContentDraft struct {
	Kind    ItemKind
	ID      int64 // of the piece; 0: a new one
	Version int   // of it, with which they began
	Entries Written
	At      time.Time // on the wall clock; zero: there is none
}

// Actions and objects of the audit log about content.
const (
	AddedContent    AuditAction = "add content"
	ChangedContent  AuditAction = "change content"
	RestoredContent AuditAction = "restore content"
	AddedImage      AuditAction = "add picture"
	ChangedImage    AuditAction = "change picture"
	RemovedImage    AuditAction = "remove picture"

	OnArticle  AuditObject = "article"
	OnEvent    AuditObject = "event"
	OnResource AuditObject = "resource"
	OnImage    AuditObject = "picture"
)

// Image is a picture that content may show.
type Image struct {
	ID      int64
	Name    string // in its addresses
	Title   string // what the file was called
	Alt     Text   // what it shows, in every language
	AddedAt time.Time
	Files   []ImageFile // the widest first
	Used    bool        // it stands, or stood once, in a piece of content
}

// ImageFile is a picture in one width.
type ImageFile struct {
	Name          string // below /images/
	Width, Height int    // in pixels
	Type          string // media type
	Content       []byte // not read with lists
}

// ImageURL is the public address of a file of a picture.
func (s Site) ImageURL(file string) string { return s.URL("images", file) }
