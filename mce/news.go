package mce

import "time"

// News is what the people of an event do not know of it yet: the edits since they were told.
type News struct {
	Event Event
	// Edited is when the last edit was noted; zero where everybody knows what stands.
	Edited time.Time
	// Due is from when on they are told; zero while nobody is to be told.
	Due time.Time
	// LetGo: an editor lets them be told at once.
	LetGo bool
	// Withheld is why an editor keeps it from them; empty: nobody does.
	Withheld string
	// For are those to whom something is new, by what is new to them, the most first.
	For []NewsFor
	// Unmoved is how many know another version of which nothing concerns them. They get no mail.
	Unmoved int
}

// NewsFor is what is new to some people.
type NewsFor struct {
	Old     Event // as they know it
	Changes []Change
	People  int
	Example Registration // one of them
}

// People is how many get a mail.
func (n News) People() (total int) {
	for _, f := range n.For {
		total += f.People
	}
	return total
}

// EventTally is how many people an event has, by how they stand.
type EventTally struct {
	EventID   int64 `db:"event_id"`
	Places    int   // taken; speakers take none
	Speakers  int
	Waiting   int
	Cancelled int
	Arrived   int
}

// ReminderTally is what became of a reminder at one of its dates, for how many.
type ReminderTally struct {
	RuleID  int64  `db:"rule_id"`
	Outcome string // queued or dropped
	Reason  string
	Due     time.Time
	People  int
}

// DelegateStanding is how somebody stands with an event, to choose people by.
type DelegateStanding string

// The standings of people; empty is whoever has not cancelled.
const (
	WithPlace    DelegateStanding = "place"
	WhoWaits     DelegateStanding = "waiting"
	WhoSpeaks    DelegateStanding = "speaker"
	WhoArrived   DelegateStanding = "arrived"
	WhoAway      DelegateStanding = "away" // has a place, and has not arrived
	WhoCancelled DelegateStanding = "cancelled"
)

// DelegateStandings lists them.
func DelegateStandings() []DelegateStanding {
	return []DelegateStanding{WithPlace, WhoWaits, WhoSpeaks, WhoArrived, WhoAway, WhoCancelled}
}

// DelegateQuery asks for a page of the people of an event, by name.
type DelegateQuery struct {
	EventID  int64
	Search   string // in names, addresses, organisations and codes; empty: all
	Standing DelegateStanding
	Booking  int64 // only those of it, also who cancelled; 0: of any or none
	Skip     int
	Limit    int
}
