package calendar

import (
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/majorcities/mce-mailer/mce"
)

// MethodPublish is for entries that nobody is asked to answer (RFC 5546 §3.2.1).
const MethodPublish = "PUBLISH"

// Programme is an entry for each session of the event that the person chose, and one that takes back each of those dropped: sessions that they, or
// the event, had before. It is empty where there are none. They are published, for an invitation holds one UID and is answered; the answer that
// counts is that to the event.
func Programme(e mce.Event, r mce.Registration, dropped []mce.Session, by Organizer, stamp time.Time) (string, error) {
	var entries []*ics.VEvent
	for _, list := range []struct {
		sessions []mce.Session
		status   ics.ObjectStatus
	}{{r.Chosen(e), ics.ObjectStatusConfirmed}, {dropped, ics.ObjectStatusCancelled}} {
		for _, s := range list.sessions {
			entry, err := newSessionEntry(e, s, r, by, stamp)
			if err != nil {
				return "", err
			}
			entry.SetStatus(list.status)
			entries = append(entries, entry)
		}
	}
	if len(entries) == 0 {
		return "", nil
	}
	return serialize(MethodPublish, e, entries...)
}

// SessionUID names the entry of a session in the calendar of a registration for ever.
func SessionUID(r mce.Registration, s mce.Session, by Organizer) string {
	return uuid.NewSHA1(uuid.MustParse(UID(r, by)), []byte(s.Slug)).String()
}

func newSessionEntry(e mce.Event, s mce.Session, r mce.Registration, by Organizer, stamp time.Time) (*ics.VEvent, error) {
	at := e
	at.Starts, at.Ends = s.Starts, s.Ends
	if err := checkTimes(at); err != nil {
		return nil, err
	}
	entry := ics.NewEvent(SessionUID(r, s, by))
	entry.SetDtStampTime(stamp)
	entry.SetSequence(e.Version + r.Sequence) // a session has no count of its own; both only grow, so their sum does
	if err := addPerson(entry, ics.ComponentPropertyOrganizer, by.Name, by.Address); err != nil {
		return nil, err
	}
	addTime(entry, ics.ComponentPropertyDtStart, s.Starts, e.Zone())
	addTime(entry, ics.ComponentPropertyDtEnd, s.Ends, e.Zone())
	title := textIn(s.Title, r.Language)
	if title.words == "" {
		title = text{words: line(s.Slug)}
	}
	addText(entry, ics.ComponentPropertySummary, title)
	addText(entry, ics.ComponentPropertyLocation, sessionLocation(e, s, r.Language))
	return entry, nil
}

// sessionLocation is the room and where it is.
func sessionLocation(e mce.Event, s mce.Session, lang mce.Lang) text {
	room, place := textIn(s.Room, lang), location(e, lang)
	if room.words == "" || place.words == "" {
		return text{words: room.words + place.words}
	}
	return text{words: room.words + ", " + place.words}
}
