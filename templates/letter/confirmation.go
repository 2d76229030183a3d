package letter

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar"
)

// Confirmation tells a delegate that the registration r for the event e stands, with the invitation for the calendar, stamped with at.
// It is in the delegate's language, and its Reply-To is the event's contact.
func (l *Letters) Confirmation(e mce.Event, r mce.Registration, at time.Time) (mce.Edition, error) {
	nonce, err := newNonce(e, r, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(r.Language)
	p := w.notice(e, nonce, "confirm_subject", "confirm_title")
	p.Intro = []string{w.say("confirm_intro"), w.say("confirm_calendar")}
	p.Facts = w.factsFor(e, r)
	p.Code = w.code(e, mce.SlotMark(nonce, mce.SlotCode))
	picture, err := w.scannable(p.Code, r)
	if err != nil {
		return mce.Edition{}, err
	}
	p.Programme = w.programmeFor(e, r)
	out, err := w.finish(p, mce.Confirmation, nonce)
	if err != nil {
		return mce.Edition{}, err
	}
	out.Files = picture
	out.ReplyTo, out.Method = e.Contact, calendar.MethodRequest
	out.Calendar, err = calendar.Request(e, r, l.organizer(), webURL(e.Link), at)
	return out, err
}
