package mce

import "time"

// Keep says how long what is kept for a time only is kept.
type Keep struct {
	// Letters is in months, from 2 to 1200: so much lies at least between a letter and its removal. Letters go by whole calendar months
	// (UTC), and with them the editions that no other letter needs.
	Letters int
	// Unconfirmed is in days, from 2 to 365, after the last question: who did not confirm by then is forgotten.
	Unconfirmed int
	// Unsubscribed is in months, from 1 to 240, after the leaving: then the person is erased, and no list brings them back.
	Unsubscribed int
	// Delegates is in months, from 1 to 240, after the end of the event: then its registrations lose what is personal.
	Delegates int
}

// Times that nobody sets. A move and a wish are over within hours; what is older was forgotten by its person, or cannot be granted.
const (
	KeepMoves  = 7 * 24 * time.Hour
	KeepWishes = 7 * 24 * time.Hour
	// KeepOrderKeys is how long a program may at least send the same order anew; the night after it the key is forgotten.
	KeepOrderKeys = 24 * time.Hour
	KeepLogins    = 24 * time.Hour      // links into the desk, after they stopped working: until then it is said why they do
	KeepDrafts    = 90 * 24 * time.Hour // what somebody typed at the desk and did not save

	KeepUploads = 24 * time.Hour // a table of subscribers that somebody is importing at the desk

	KeepOrigins     = 12 // months: from which network address somebody did what the audit log keeps
	KeepFormerUsers = 36 // months: the name of a user who was removed
)

// Check refuses a time in which what is kept is still of use, or too long to reckon with. The error's field is letters, unconfirmed,
// unsubscribed or delegates.
func (k Keep) Check() *FieldError {
	for _, t := range []struct {
		field, unit        string
		value, least, most int
	}{
		{"letters", "months", k.Letters, 2, 1200},
		{"unconfirmed", "days", k.Unconfirmed, 2, 365}, // a question is good for a day at least: until then nobody is asked anew
		{"unsubscribed", "months", k.Unsubscribed, 1, 240},
		{"delegates", "months", k.Delegates, 1, 240},
	} {
		if t.value < t.least || t.value > t.most {
			return &FieldError{t.field, Invalidf("expected a number of %s from %d to %d, not %d", t.unit, t.least, t.most, t.value)}
		}
	}
	return nil
}

// LettersFrom is the first day, always the first of a month, whose letters are kept at now; the months before it lie whole in the past
// for longer than Letters.
func (k Keep) LettersFrom(now time.Time) time.Time {
	now = now.UTC()
	return time.Date(now.Year(), now.Month()-time.Month(k.Letters), 1, 0, 0, 0, 0, time.UTC)
}

// UnconfirmedFrom is the moment from which on questions are still waited for at now.
func (k Keep) UnconfirmedFrom(now time.Time) time.Time {
	return now.UTC().AddDate(0, 0, -k.Unconfirmed)
}

// UnsubscribedFrom is the moment from which on leavings are remembered with their person at now.
func (k Keep) UnsubscribedFrom(now time.Time) time.Time { return monthsBefore(now, k.Unsubscribed) }

// DelegatesFrom is the moment from which on the events' delegates are kept at now, by the events' ends.
func (k Keep) DelegatesFrom(now time.Time) time.Time { return monthsBefore(now, k.Delegates) }

// OriginsFrom is the moment from which on network addresses in the audit log are kept at now.
func OriginsFrom(now time.Time) time.Time { return monthsBefore(now, KeepOrigins) }

// FormerUsersFrom is the moment from which on removals of users are remembered with their names at now.
func FormerUsersFrom(now time.Time) time.Time { return monthsBefore(now, KeepFormerUsers) }

// monthsBefore is the same time of the same day so many months before, in UTC; where that month is shorter, of its last day.
func monthsBefore(now time.Time, months int) time.Time {
	now = now.UTC()
	then := now.AddDate(0, -months, 0)
	if then.Day() != now.Day() { // it went over into the next month
		then = then.AddDate(0, 0, -then.Day())
	}
	return then
}

// Purged is what was removed because its time was over, or would be.
type Purged struct {
	Removed  []PurgedMonth `json:"removed"`  // the oldest first; never nil
	Editions int           `json:"editions"` // mails that no letter needs any more
	Kept     []KeptMonth   `json:"kept"`     // months of letters that stay though their time is over; never nil

	Unconfirmed  int `json:"unconfirmed"`  // people who did not confirm, forgotten
	Lapsed       int `json:"lapsed"`       // people who had left before and did not confirm: they stand as having left again
	Unsubscribed int `json:"unsubscribed"` // people who left, erased
	Delegates    int `json:"delegates"`    // registrations without their person now
	Bookers      int `json:"bookers"`      // bookings without who made them now
	Invitations  int `json:"invitations"`  // who was invited to events that are over
	Moves        int `json:"moves"`        // new addresses that nobody confirmed
	Wishes       int `json:"wishes"`       // wishes that could not be granted
	OrderKeys    int `json:"order_keys"`   // keys of programs' orders
	Desk         int `json:"desk"`         // of the desk: links, sessions, network addresses in the audit log, names of former users
}

// None reports whether nothing went. Something may have been kept though its time is over.
func (p Purged) None() bool {
	return len(p.Removed)+p.Editions+p.Unconfirmed+p.Lapsed+p.Unsubscribed+p.Delegates+p.Bookers+p.Invitations+p.Moves+p.Wishes+p.OrderKeys+p.Desk == 0
}

// PurgedMonth is a month whose letters went.
type PurgedMonth struct {
	Month   string `json:"month"` // "2006-01"
	Letters int    `json:"letters"`
}

// KeptMonth is a month whose letters stay for now.
type KeptMonth struct {
	Month  string `json:"month"` // "2006-01"
	Reason string `json:"reason"`
}

// Letters is how many letters went.
func (p Purged) Letters() int {
	total := 0
	for _, m := range p.Removed {
		total += m.Letters
	}
	return total
}
