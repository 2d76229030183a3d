package letter

import (
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar"
)

// notice begins a letter about an event to one person.
func (w *writer) notice(e mce.Event, nonce, subject, heading string) *page {
	title := w.words(e.Title)
	p := w.page(w.say(subject, "Title", title.Text))
	p.Kicker = w.eventKind(e.Kind)
	p.Heading = words{Text: w.say(heading)}
	p.Subline = title
	p.Preheader = append([]words{title}, w.when(e)...)
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	w.eventFooter(p, e)
	return p
}

// manage is the way to the page of a registration.
func (w *writer) manage(nonce string) *link {
	return webLink(w.say("manage"), words{}, w.site.RegistrationURL(mce.SlotMark(nonce, mce.SlotToken)))
}

// Booked tells who registered others how each of them stands; each of them gets a mail of their own.
func (l *Letters) Booked(e mce.Event, b mce.Booking, people []mce.Registration) (mce.Edition, error) {
	nonce, err := newNonce("booking", e, b, people, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(b.Language)
	p := w.notice(e, nonce, "booked_subject", "booked_title")
	p.Intro = []string{w.say("booked_intro", "Count", len(people))}
	p.Closing = []string{w.say("booked_own")}
	for _, r := range people {
		state := "booked_place"
		if r.State == mce.OnWaitingList {
			state = "booked_waiting"
		}
		p.List = append(p.List, words{Text: oneLine(w.say(state, "Name", r.Name))})
	}
	p.Facts = w.facts(e, forEverybody)
	p.Button = webLink(w.say("booked_button"), words{}, l.site.BookingURL(mce.SlotMark(nonce, mce.SlotToken)))
	p.Footer.Why = []string{w.say("why_booked")}
	out, err := w.finish(p, mce.Booked, nonce)
	out.ReplyTo = e.Contact
	return out, err
}

// Waiting tells that all places are taken and the person is on the waiting list. There is nothing for the calendar yet.
func (l *Letters) Waiting(e mce.Event, r mce.Registration, _ time.Time) (mce.Edition, error) {
	nonce, err := newNonce("waiting", e, r, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(r.Language)
	p := w.notice(e, nonce, "waiting_subject", "waiting_title")
	p.Intro = []string{w.say("waiting_intro"), w.say("waiting_next")}
	p.Facts = w.factsFor(e, r)
	p.Button = w.manage(nonce)
	out, err := w.finish(p, mce.WaitingList, nonce)
	out.ReplyTo = e.Contact
	return out, err
}

// Cancellation tells that a registration has ended: r as it was, with the sequence that it has now. It takes the invitation back; who only
// waited was never invited.
func (l *Letters) Cancellation(e mce.Event, r mce.Registration, at time.Time) (mce.Edition, error) {
	nonce, err := newNonce("cancellation", e, r, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(r.Language)
	p := w.notice(e, nonce, "cancel_subject", "cancel_title")
	p.Intro = []string{w.say("cancel_intro")}
	if r.State == mce.Registered {
		p.Intro = append(p.Intro, w.say("cancel_calendar"))
	}
	p.Facts = w.facts(e, forEverybody)
	p.Button = webLink(w.say("event_more"), words{}, e.Link)
	p.Closing = []string{w.say("cancel_error")}
	out, err := w.finish(p, mce.Cancellation, nonce)
	if err != nil || r.State != mce.Registered {
		out.ReplyTo = e.Contact
		return out, err
	}
	out.ReplyTo, out.Method = e.Contact, calendar.MethodCancel
	if out.Calendar, err = calendar.Cancel(e, r, l.organizer(r), at); err != nil {
		return out, err
	}
	nothing := r
	nothing.Sessions = nil
	out.Files, err = w.entries(nil, e, nothing, r.Chosen(e), at)
	return out, err
}

// organizer is who invites, at the address that the answer of a person's calendar goes to.
func (l *Letters) organizer(r mce.Registration) calendar.Organizer {
	by := calendar.Organizer{Name: l.site.FromName, Address: l.site.From}
	if l.answers != "" {
		by.Address = strings.Replace(l.answers, "*", l.keys.Token(mce.ForCalendar, r.ID, 0), 1)
	}
	return by
}
