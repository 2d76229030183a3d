package mce

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Actor is who does something that the audit log keeps.
type Actor struct {
	UserID int64  // 0: not at the desk
	Name   string // of who is no user: "root at the command line"
	Origin string // network address; empty where there is none
}

// AuditAction is what was done, by the name that the log keeps for ever.
type AuditAction string

// The actions of users and about users, and those of editors on issues; the others about issues are IssueAction.
const (
	LoggedIn     AuditAction = "log in"
	LoggedOut    AuditAction = "log out"
	EndedSession AuditAction = "end sessions"
	AddedUser    AuditAction = "add user"
	ChangedUser  AuditAction = "change user"
	RemovedUser  AuditAction = "remove user"
	GaveSubject  AuditAction = "give a subject"
	ChangedWords AuditAction = "change the words"
	PlacedItem   AuditAction = "place an item"
	LeftOutItem  AuditAction = "leave an item out"
	HeldItem     AuditAction = "hold an item"
	Reassembled  AuditAction = "assemble anew"
	Overrode     AuditAction = "answer for a finding"
	SentProof    AuditAction = "send a test"
	SettledDoubt AuditAction = "settle doubts"
	LetNewsGo    AuditAction = "tell of changes now"
	WithheldNews AuditAction = "withhold changes"
	Enrolled     AuditAction = "register somebody"
	ChangedPlace AuditAction = "change a registration"
	Arrival      AuditAction = "check in"
	ListedPlaces AuditAction = "download the people of an event"
	UndidArrival AuditAction = "undo a check-in"
	BeganIssue   AuditAction = "begin"
	SavedSeries  AuditAction = "save a newsletter"
	SavedTopic   AuditAction = "save a topic"
	RemovedTopic AuditAction = "remove a topic"
	SavedRule    AuditAction = "save a reminder"
	RemovedRule  AuditAction = "remove a reminder"

	EndedSubscription AuditAction = "unsubscribe"
	ChangedPerson     AuditAction = "change a subscription"
	SuppressedPerson  AuditAction = "suppress"
	LiftedSuppression AuditAction = "lift a suppression"
	AskedToConfirm    AuditAction = "ask to confirm"
	ErasedPerson      AuditAction = "erase"
	ExportedPerson    AuditAction = "export what is kept"
	CancelledPlace    AuditAction = "cancel a registration"
	ToldAgain         AuditAction = "tell again of a registration"
	ImportedPeople    AuditAction = "import subscribers"
)

// IssueEdits are the actions by which a user has an issue in hand.
func IssueEdits() []AuditAction {
	return []AuditAction{AuditAction(Submit), BeganIssue, GaveSubject, ChangedWords, PlacedItem, LeftOutItem, HeldItem, Reassembled}
}

// ContentEdits are the actions by which a user has a piece of content in hand.
func ContentEdits() []AuditAction {
	return []AuditAction{AddedContent, ChangedContent, RestoredContent}
}

// AuditObject is the kind of thing that something was done to.
type AuditObject string

// The kinds.
const (
	OnUser         AuditObject = "user"
	OnIssue        AuditObject = "issue"
	OnSeries       AuditObject = "series"
	OnSubscriber   AuditObject = "subscriber"
	OnRegistration AuditObject = "registration"
	OnBooking      AuditObject = "booking"
	OnImport       AuditObject = "import" // its id is 0
	OnReminder     AuditObject = "reminder"
	OnTopic        AuditObject = "topic" // known by its slug, in the detail; its id is 0
)

// Audit is a line of the audit log. It names users by their ids alone: a name can be forgotten, a line cannot.
type Audit struct {
	ID       int64
	At       time.Time
	By       Actor
	ByUser   User // read with it; zero where By is no user
	Action   AuditAction
	Object   AuditObject
	ObjectID int64
	OfUser   User   // read with it, where the object is a user
	OfEvent  int64  // likewise, id of the event where it is a registration that is still kept
	Detail   string // what changed, nothing personal: "role: editor → admin"
	Reason   string // as it was given; empty: none
}

// AuditQuery asks for a page of the log, the newest first.
type AuditQuery struct {
	Object AuditObject // only what was done to it; empty: all
	Of     int64       // its id; 0: to any of the kind
	Search string      // in action, detail, reason and the present names and addresses of users; empty: all
	Before int64       // only lines older than the one of this id; 0: from the newest
	Limit  int
}

// Deed is what somebody is about to do, as far as the audit log wants to know beforehand.
type Deed struct {
	By     Actor
	Reason string
	At     time.Time
}

// Evidence is what the record of consent says of who did something on a person's behalf, and why; empty for what is not done at the desk.
func (d Deed) Evidence() string {
	if d.By.UserID == 0 {
		return ""
	}
	return strings.TrimSuffix(fmt.Sprintf("user %d: %s", d.By.UserID, d.Reason), ": ")
}

type deedKey struct{}

// WithDeed says on whose behalf what follows is done: what changes an issue writes that into the audit log, in its own transaction. Without it the
// program acts by itself, of which there is no line.
func WithDeed(ctx context.Context, d Deed) context.Context {
	return context.WithValue(ctx, deedKey{}, d)
}

// DeedOf is what WithDeed said; ok is false for what the program does by itself.
func DeedOf(ctx context.Context) (d Deed, ok bool) {
	d, ok = ctx.Value(deedKey{}).(Deed)
	return d, ok
}
