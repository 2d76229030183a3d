package letter

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Booking tells whoever registered others who of them has a place and who waits, in the order given; those who have withdrawn are left out.
// The invitations go to the people themselves, so there is nothing for the calendar here.
func (l *Letters) Booking(e mce.Event, b mce.Booking, people []mce.Registration, _ time.Time) (mce.Edition, error) {
	nonce, err := newNonce(e, b, people, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(b.Language)
	p := w.notice(e, nonce, "booking_subject", "booking_title")
	p.Intro = []string{w.say("booking_intro"), w.say("booking_mails")}
	p.Facts = w.facts(e, forEverybody)
	if placed := w.named(people, mce.Registered); len(placed) > 0 {
		p.Facts = append(p.Facts, fact{Label: w.say("booking_placed", "Count", len(placed)), Lines: placed})
	}
	if waiting := w.named(people, mce.OnWaitingList); len(waiting) > 0 {
		p.Facts = append(p.Facts, fact{Label: w.say("booking_waiting"), Lines: waiting})
	}
	p.Footer.Why = []string{w.say("why_booking")}
	out, err := w.finish(p, mce.Booked, nonce)
	out.ReplyTo = e.Contact
	return out, err
}

// named is those of the people who are in a state. Who gave no name is known by the address.
func (w *writer) named(people []mce.Registration, state mce.RegistrationState) (out []words) {
	for _, r := range people {
		if r.State != state {
			continue
		}
		name := oneLine(r.Name)
		if name == "" {
			name = oneLine(r.Email)
		}
		out = append(out, words{Text: name})
	}
	return out
}
