package mce

import (
	"slices"
	"time"
)

// Dossier is everything that is kept about a person: what Article 15 GDPR lets them see, in the form that Article 20 asks for. Its names in
// JSON are stable, its times are UTC. Wishes are not in it: they are kept for seconds, until the scheduler has looked at them.
type Dossier struct {
	At            time.Time             `json:"at"` // when it was read
	Subscriber    DossierSubscriber     `json:"subscriber"`
	Consents      []DossierConsent      `json:"consents"`      // the oldest first
	Moves         []DossierMove         `json:"moves"`         // new addresses that nobody has confirmed yet
	Letters       []DossierLetter       `json:"letters"`       // the newest first; those of registrations among them
	Registrations []DossierRegistration `json:"registrations"` // under the same address, the latest event first
	Bookings      []DossierBooking      `json:"bookings"`      // of others, under the same address
	Invitations   []DossierInvitation   `json:"invitations"`   // the oldest first
	Contacts      []DossierContact      `json:"contacts"`
	Suppression   *DossierSuppression   `json:"suppression"` // null: the address may be written to
	DeskUser      *DossierUser          `json:"desk_user"`   // null: they do not work at the editors' desk
}

// DossierSubscriber is a Subscriber in the names of a dossier.
type DossierSubscriber struct {
	Email        string          `json:"email"`
	Name         string          `json:"name"`
	Organisation string          `json:"organisation"`
	Country      string          `json:"country"` // ISO 3166-1; empty: not told
	Language     Lang            `json:"language"`
	Topics       []string        `json:"topics"`
	Pace         ReadingPace     `json:"pace"`
	PausedUntil  *time.Time      `json:"paused_until"`
	State        SubscriberState `json:"state"`
	Since        time.Time       `json:"since"`         // when they came here first
	StateSince   time.Time       `json:"state_since"`   // when the state was reached
	LinkAskedAt  *time.Time      `json:"link_asked_at"` // when the link to their own page was last sent
}

// DossierUser is that the person works at the editors' desk. What they did there is in its audit log, which knows numbers and not people.
type DossierUser struct {
	Name     string   `json:"name"`
	Role     DeskRole `json:"role"`
	Language Lang     `json:"language"`
}

// DossierConsent is a line of the record of consent, and the address at that time.
type DossierConsent struct {
	Consent
	Email string `json:"email"`
}

// DossierMove is a new address that was asked for.
type DossierMove struct {
	Email string    `json:"email"`
	At    time.Time `json:"at"`
}

// DossierLetter is a letter, and what became of it.
type DossierLetter struct {
	At        time.Time  `json:"at"`
	Kind      LetterKind `json:"kind"`
	Subject   string     `json:"subject"`
	Lang      Lang       `json:"language"`
	Outcome   Outcome    `json:"outcome"`
	SettledAt *time.Time `json:"settled_at"`
	Code      int        `json:"code"`   // SMTP reply; 0: none
	Status    string     `json:"status"` // RFC 3463
	Answer    string     `json:"answer"` // the server's words, or why it was left out
}

// DossierRegistration is a place in an event.
type DossierRegistration struct {
	ID           int64             `json:"-"`
	Event        string            `json:"event"` // slug
	Title        Text              `json:"title"`
	Starts       time.Time         `json:"starts"`
	Ends         time.Time         `json:"ends"`
	TimeZone     string            `json:"time_zone"` // of the event
	EventState   EventState        `json:"event_state"`
	Contact      string            `json:"contact"` // whom to write to about the event; empty: the association
	State        RegistrationState `json:"state"`
	Name         string            `json:"name"`
	Organisation string            `json:"organisation"`
	Country      string            `json:"country"` // as the delegate wrote it
	Language     Lang              `json:"language"`
	Role         Role              `json:"role"`
	Zone         string            `json:"zone"`     // where they are at home; empty: not told
	Sessions     []string          `json:"sessions"` // those that they chose, by slug
	Code         string            `json:"code"`
	BookedBy     string            `json:"booked_by"` // the name of who registered them; empty: they themselves
	ArrivedAt    *time.Time        `json:"arrived_at"`
	RegisteredAt time.Time         `json:"registered_at"`
	CancelledAt  *time.Time        `json:"cancelled_at"`
	Reminders    []DossierReminder `json:"reminders"`
}

// Begins is when the event does, on its own clocks.
func (r DossierRegistration) Begins() time.Time { return InZone(r.Starts, r.TimeZone) }

// Done is Event.Done of its event.
func (r DossierRegistration) Done(now time.Time) bool {
	return r.EventState.off() || !r.Ends.After(now)
}

// DossierBooking is a registration of others.
type DossierBooking struct {
	ID       int64     `json:"-"`
	Event    string    `json:"event"` // slug
	Title    Text      `json:"title"`
	Name     string    `json:"name"`
	Language Lang      `json:"language"`
	People   int       `json:"people"` // how many they registered
	At       time.Time `json:"at"`
}

// DossierReminder is what became of a reminder: queued, or dropped and why.
type DossierReminder struct {
	Rule    string    `json:"rule"`
	Outcome string    `json:"outcome"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// DossierInvitation is that the person was invited to an event, by a rule of reminders.
type DossierInvitation struct {
	Event string    `json:"event"` // slug
	Title Text      `json:"title"`
	Rule  string    `json:"rule"`
	At    time.Time `json:"at"`
}

// DossierContact is an organisation that has the person among its contacts.
type DossierContact struct {
	Organisation string     `json:"organisation"`
	Country      string     `json:"country"`
	Membership   Membership `json:"membership"`
	Name         string     `json:"name"`
	Role         string     `json:"role"`
}

// DossierSuppression is why the address is not written to.
type DossierSuppression struct {
	Reason string    `json:"reason"`
	Source string    `json:"source"`
	At     time.Time `json:"at"`
}

// Ahead are the places in events that are still to come at now: as long as there is one, the person cannot be erased.
func (d Dossier) Ahead(now time.Time) []DossierRegistration {
	return slices.DeleteFunc(slices.Clone(d.Registrations), func(r DossierRegistration) bool {
		return r.State != Registered || r.EventState == EventCancelled || !r.Ends.After(now)
	})
}
