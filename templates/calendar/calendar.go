// Package calendar writes the calendar entries that travel with mails to delegates: iCalendar objects (RFC 5545) that invite to an
// event or take the invitation back (iTIP, RFC 5546).
//
// github.com/arran4/golang-ical builds, folds and escapes. What it leaves to its caller is done here: CRLF (it writes bare LF on Unix),
// parameter values (see person), and texts free of control characters and of invalid UTF-8, which it would pass on (see line).
package calendar

import (
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/majorcities/mce-mailer/mce"
)

// The methods, which must stand in the MIME type too: text/calendar; method=REQUEST (RFC 6047 §2.4).
const (
	MethodRequest = "REQUEST"
	MethodCancel  = "CANCEL"
)

const productID = "-//Major Cities of Europe//mce-mailer//EN"

// Organizer is who invites. Answers of calendars go to the address.
type Organizer struct{ Name, Address string }

// Request is the invitation of a delegate to an event; sent again with a higher sequence it is an update (RFC 5546 §3.2.2).
// The url is a page about the event and may be empty. It must not be one that acts for the delegate: calendars are seen by colleagues.
// Whether to invite or to cancel is the caller's decision: the states of event and registration are not looked at.
//
// Decided: PARTSTAT=ACCEPTED;RSVP=TRUE. Whoever registered has said yes. Google shows the entry as accepted, and an update does not ask
// for a new answer; Outlook ignores PARTSTAT here and asks once. RSVP=TRUE keeps the buttons, so that a "no" is heard of.
func Request(e mce.Event, r mce.Registration, by Organizer, url string, stamp time.Time) (string, error) {
	if err := checkURL(url); err != nil {
		return "", err
	}
	entry, err := newEntry(e, r, by, stamp, ics.ParticipationStatusAccepted, param(ics.ParameterRsvp, "TRUE"))
	if err != nil {
		return "", err
	}
	entry.SetStatus(ics.ObjectStatusConfirmed)
	entry.SetTimeTransparency(ics.TransparencyOpaque)
	addText(entry, ics.ComponentPropertyDescription, description(e, r.Language, url))
	if url != "" {
		entry.SetURL(url)
	}
	return serialize(MethodRequest, e, entry)
}

// Cancel takes the invitation back: the same UID with a higher sequence (RFC 5546 §3.2.5). It frees the time also in calendars that
// go on showing the entry, crossed out.
func Cancel(e mce.Event, r mce.Registration, by Organizer, stamp time.Time) (string, error) {
	entry, err := newEntry(e, r, by, stamp)
	if err != nil {
		return "", err
	}
	entry.SetStatus(ics.ObjectStatusCancelled)
	entry.SetTimeTransparency(ics.TransparencyTransparent)
	return serialize(MethodCancel, e, entry)
}

// UID names the calendar entry of a registration for ever: through updates, cancellation and re-registration. It changes with the
// domain of the organizer's address. RFC 7986 §5.3: it is a UUID (RFC 9562 §5.5), and identifies no user, host or domain.
func UID(r mce.Registration, by Organizer) string {
	domain := strings.ToLower(by.Address[strings.LastIndexByte(by.Address, '@')+1:])
	registration := fmt.Sprintf("%s/%d", r.Event, r.ID)
	return uuid.NewSHA1(uuid.NewSHA1(uuid.NameSpaceDNS, []byte(domain)), []byte(registration)).String()
}

// newEntry is the VEVENT with what both methods say; attendee adds to how the delegate is described.
func newEntry(e mce.Event, r mce.Registration, by Organizer, stamp time.Time, attendee ...ics.PropertyParameter) (*ics.VEvent, error) {
	if err := checkTimes(e); err != nil {
		return nil, err
	}
	if _, err := mce.ParseLang(string(r.Language)); err != nil {
		return nil, err
	}
	entry := ics.NewEvent(UID(r, by))
	entry.SetDtStampTime(stamp)
	entry.SetSequence(e.Sequence + r.Sequence) // both only grow, so their sum does (RFC 5545 §3.8.7.4)
	if err := addPerson(entry, ics.ComponentPropertyOrganizer, by.Name, by.Address); err != nil {
		return nil, err
	}
	attendee = append(attendee, ics.ParticipationRoleReqParticipant)
	if err := addPerson(entry, ics.ComponentPropertyAttendee, r.Name, r.Email, attendee...); err != nil {
		return nil, err
	}
	addTime(entry, ics.ComponentPropertyDtStart, e.Starts, e.Zone())
	addTime(entry, ics.ComponentPropertyDtEnd, e.Ends, e.Zone())
	addText(entry, ics.ComponentPropertySummary, summary(e, r.Language))
	addText(entry, ics.ComponentPropertyLocation, location(e, r.Language))
	return entry, nil
}

// serialize writes the entries of an event: at its own times, or within them.
func serialize(method string, e mce.Event, entries ...*ics.VEvent) (string, error) {
	cal := &ics.Calendar{}
	cal.SetProductId(productID)
	cal.SetVersion("2.0")
	cal.SetMethod(ics.Method(method))
	if zone := e.Zone(); zone != time.UTC {
		cal.AddVTimezone(timezone(zone, e.Starts, e.Ends))
	}
	for _, entry := range entries {
		cal.AddVEvent(entry)
	}
	var b strings.Builder
	err := cal.SerializeTo(&b, ics.WithNewLine("\r\n"))
	return b.String(), err
}

func param(name ics.Parameter, value string) ics.PropertyParameter {
	return &ics.KeyValues{Key: string(name), Value: []string{value}}
}
