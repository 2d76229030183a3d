package mce

import (
	"slices"
	"time"
)

// SettleFor is how long an edit of an event must have stood before its delegates are told of it: editors correct what they just wrote.
const SettleFor = 30 * time.Minute

// UrgentFrom is how long before an event begins its delegates are told at once.
const UrgentFrom = 24 * time.Hour

// What is the part of an event that has changed.
type What string

// What may change for delegates. A typo in a title, a speaker's name or a description is not among them.
const (
	CalledOffOrPutOff What = "off"    // cancelled, or put off to dates that are not known
	OnAgain           What = "on"     // it takes place after all
	ItsTime           What = "time"   // of the event
	ItsPlace          What = "place"  // of the event: city, venue or address
	ItsLink           What = "online" // the link into a virtual event; with no place any more, it has turned virtual
	SessionTime       What = "session time"
	SessionRoom       What = "session room"
	SessionNew        What = "session new"  // one for everybody
	SessionGone       What = "session gone" // one that concerned the person
)

// Change is one difference between what a delegate knows of an event and what stands now.
type Change struct {
	What     What
	Old, New Session // of changes of sessions; zero where there is none
}

// Urgent reports whether delegates are told of a change at once: the event begins within a day, or is going on; or it was to, as they know it.
func (e Event) Urgent(old Event, now time.Time) bool {
	soon := func(x Event) bool { return !x.Starts.After(now.Add(UrgentFrom)) && x.Ends.After(now) }
	return soon(e) || soon(old)
}

// Changes lists what has changed for the person since old, the event as they know it: the event's own first, then sessions in the order of time.
// Once it is off, nothing else matters.
func (r Registration) Changes(old, e Event) []Change {
	if e.Off() {
		if old.State == e.State {
			return nil
		}
		return []Change{{What: CalledOffOrPutOff}}
	}
	var out []Change
	note := func(w What, changed bool) {
		if changed {
			out = append(out, Change{What: w})
		}
	}
	note(OnAgain, old.Off())
	note(ItsTime, !old.Starts.Equal(e.Starts) || !old.Ends.Equal(e.Ends))
	note(ItsPlace, old.City[English] != e.City[English] || old.Venue[English] != e.Venue[English] || old.Address != e.Address)
	note(ItsLink, old.Online != e.Online)
	return append(out, r.sessionChanges(old, e)...)
}

// ChosenChanged reports whether one of the changes is of a session that the person chose.
func (r Registration) ChosenChanged(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool {
		return slices.Contains(r.Sessions, c.New.Slug) || slices.Contains(r.Sessions, c.Old.Slug)
	})
}

// sessionChanges leaves out sessions that moved along with the whole event, as the venue's clocks show it: the event's own change says it. The
// clocks may be set on the way.
func (r Registration) sessionChanges(old, e Event) (out []Change) {
	shift := wall(e.Starts, e).Sub(wall(old.Starts, old))
	for _, s := range e.Sessions {
		was, known := sessionBySlug(old, s.Slug)
		switch {
		case !r.Concerns(s):
		case !known:
			out = append(out, Change{What: SessionNew, New: s})
		default:
			if !wall(was.Starts, old).Add(shift).Equal(wall(s.Starts, e)) || !wall(was.Ends, old).Add(shift).Equal(wall(s.Ends, e)) {
				out = append(out, Change{What: SessionTime, Old: was, New: s})
			}
			if was.Room[English] != s.Room[English] {
				out = append(out, Change{What: SessionRoom, Old: was, New: s})
			}
		}
	}
	for _, s := range old.Sessions {
		if _, known := sessionBySlug(e, s.Slug); !known && r.Concerns(s) {
			out = append(out, Change{What: SessionGone, Old: s})
		}
	}
	return out
}

// wall is what the venue's clocks show, as if it were UTC.
func wall(t time.Time, e Event) time.Time {
	l := t.In(e.Zone())
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}

func sessionBySlug(e Event, slug string) (Session, bool) {
	i := slices.IndexFunc(e.Sessions, func(s Session) bool { return s.Slug == slug })
	if i < 0 {
		return Session{}, false
	}
	return e.Sessions[i], true
}
