package mce

import (
	"html"
	"math/rand/v2"
	"strings"
	"time"
)

// LetterKind is what a letter is for; it decides headers, who is left out at the last moment, and what happens in doubt.
type LetterKind string

// The kinds of letter.
const (
	Newsletter   LetterKind = "newsletter"
	Confirmation LetterKind = "confirmation" // of a registration, with the calendar invitation
	Reminder     LetterKind = "reminder"
	OptIn        LetterKind = "opt_in"       // asks to confirm a subscription
	Welcome      LetterKind = "welcome"      // to a new reader, with the latest issue
	SelfLink     LetterKind = "link"         // the link to one's own page, asked for by whoever knows the address
	Move         LetterKind = "move"         // to a new address: asks to confirm it
	WaitingList  LetterKind = "waiting"      // to whom there was no place for
	Cancellation LetterKind = "cancellation" // of a registration
	ChangeOf     LetterKind = "change"       // of an event, or of their registration, to a delegate
	Booked       LetterKind = "booking"      // to who registered others
	Certificate  LetterKind = "certificate"  // a reminder with a certificate of attendance, to one delegate
	Invitation   LetterKind = "invitation"   // to an event, to a subscriber who chose one of its topics
)

// Bulk letters go to many who did not ask for this very one: they carry List-* headers, let single letters pass and, in doubt, are parked
// rather than sent again.
func (k LetterKind) Bulk() bool { return k == Newsletter || k == Invitation }

// Leavable letters can be left by their token, from the letter itself and by one click of a mail program.
func (k LetterKind) Leavable() bool { return k == Newsletter || k == Welcome || k == Invitation }

// Slot names of an edition: what is personal in a letter. Everything else is the same for all.
const (
	SlotGreeting = "GREETING" // "Dear Anna Rossi," or "Hello,"
	SlotToken    = "TOKEN"    // of the letter's person, for what Letter.Purpose says
	SlotCode     = "CODE"     // a delegate's code for the desk
)

// Edition is a mail frozen in one language: subject, HTML and text with slots for what is personal. A newsletter has one for
// each language and set of topics; a reminder one for each language; a confirmation one for each delegate.
type Edition struct {
	ID       int64
	Kind     LetterKind
	Lang     Lang
	Topics   []string // newsletter only
	Subject  string
	HTML     string
	Text     string
	Nonce    string  // marks the slots, see SlotMark
	Calendar string  // iCalendar text; empty for most
	Method   string  // iTIP method of the calendar: REQUEST or CANCEL
	Files    []File  // what it carries beside its words
	Handouts []int64 // resources that it tells of
	ReplyTo  string  // empty: the association's own
	ListID   string  // bulk only: the series' slug, or that of all invitations
	Number   int     // bulk only: the issue's number, or the event's
	Domain   string  // right half of the Message-IDs; set when the edition is kept
	IssueID  int64   // 0 unless newsletter
	// Latest is the last moment at which the letter is of use; zero means as long as retries go on.
	Latest time.Time
}

// File is something that an edition carries: a picture that its HTML shows, or a file to keep.
type File struct {
	Name    string // "programme.ics"
	Type    string // media type
	CID     string // Content-ID of a picture, by which the HTML shows it (<img src="cid:…">); empty: a file to keep
	Content []byte
}

// SlotMark is the word that stands for a slot in an edition's HTML and text. The nonce is new for each edition, so that no text
// from outside can contain it.
func SlotMark(nonce, slot string) string { return "zq" + nonce + slot + "qz" }

// Letter is one mail to one person: a row of the outbox, as a delivery session sees it.
type Letter struct {
	ID        int64
	Born      time.Time // day of its partition
	EditionID int64
	Kind      LetterKind
	CreatedAt time.Time // its Date header, the same at every try
	To        string
	Name      string // empty when unknown
	PersonID  int64  // what the token is made of: the subscriber, the registration, or the booking
	CauseID   int64  // and its second number: see the purposes of tokens
	Code      string // delegates only
	Attempts  int    // tries so far
	Single    bool   // it comes from the express lane, not from a run
	// LeftOut says why the letter must not go after all (unsubscribed, suppressed, cancelled …); empty: send it.
	LeftOut string
}

// Purpose is what the letter's token is good for.
func (l Letter) Purpose() Purpose {
	switch l.Kind {
	case Newsletter, Welcome, Invitation:
		return ForLeaving
	case OptIn:
		return ForConfirming
	case SelfLink:
		return ForSelf
	case Move:
		return ForMoving
	case Booked:
		return ForBooking
	case Confirmation, Reminder, Certificate, WaitingList, Cancellation, ChangeOf:
	}
	return ForDelegate
}

// Domain is that of the recipient's address, in small letters.
func (l Letter) Domain() string { return strings.ToLower(l.To[strings.LastIndexByte(l.To, '@')+1:]) }

// Outcome is what became of a letter.
type Outcome string

// The outcomes. Waiting is the only one that a letter leaves without a further decision by somebody.
const (
	Waiting   Outcome = "waiting"
	Delivered Outcome = "delivered" // the server took it
	Deferred  Outcome = "deferred"  // again later
	Refused   Outcome = "refused"   // the server will never take it
	Expired   Outcome = "expired"   // tried for as long as it made sense
	Uncertain Outcome = "uncertain" // the server's answer was lost
	LeftOut   Outcome = "left_out"  // the person had left before it went
	Failed    Outcome = "failed"    // it could not be made
)

// Try is what came of one try of a letter, to be settled.
type Try struct {
	Letter  Letter
	Outcome Outcome
	Code    int    // SMTP reply code; 0 when there was none
	Status  string // enhanced status code, RFC 3463; empty when there was none
	Detail  string // the server's words, or the cause
	// Suppress: the address itself is at fault, nobody shall write to it again.
	Suppress bool
	Due      time.Time // deferred only: when to try again
	// Untried: it was deferred before it was tried, because its domain or the relay can take no more at present. No attempt is spent.
	Untried bool
}

// RetryAfter is the pause before the next try of a letter that was tried n times (n ≥ 1): 5 minutes, then doubled up to 4 hours,
// plus up to a tenth at random, so that a thousand letters deferred together do not come back together.
func RetryAfter(n int) time.Duration {
	pause := 5 * time.Minute << min(max(n, 1)-1, 6)
	pause = min(pause, 4*time.Hour)
	return pause + rand.N(pause/10)
}

// RetryFor is how long a letter without a latest useful moment is tried: 5 days (RFC 5321 §4.5.4.1).
const RetryFor = 5 * 24 * time.Hour

// GiveUp reports whether a letter born at created is not worth another try at due. A zero latest means RetryFor.
func GiveUp(created, latest, due time.Time) bool {
	if latest.IsZero() {
		latest = created.Add(RetryFor)
	}
	return due.After(latest)
}

// Renderer makes the editions of an issue from a draft that holds only what the edition's readers chose.
type Renderer interface {
	// Look is a fingerprint of the templates: an approval seals it too.
	Look() string
	Newsletter(d Draft, lang Lang) (Edition, error)
	// Archive is the issue for the public: nothing personal, no slots.
	Archive(d Draft, lang Lang) (Edition, error)
}

// Filled is the edition with its slots filled by plain words, for a preview on a screen; it is not for sending.
func (e Edition) Filled(words map[string]string) Edition {
	for slot, w := range words {
		mark := SlotMark(e.Nonce, slot)
		e.HTML = strings.ReplaceAll(e.HTML, mark, html.EscapeString(w))
		e.Text = strings.ReplaceAll(e.Text, mark, w)
	}
	return e
}
