package page_test

import (
	"io"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
)

// registrationSamples are the pages of those who have a place, and of those who booked some.
func registrationSamples(p *page.Pages) []sample {
	const at = "/registration/AbC-123_x"
	var out []sample
	for name, v := range map[string]page.Registration{
		"registration": {}, "registration-saved": {Saved: true}, "registration-name": {FaultIn: "name"},
		"registration-waiting": {Person: mce.Registration{State: mce.OnWaitingList}}, "registration-cancelled": {Person: mce.Registration{State: mce.Withdrawn}},
		"registration-arrived": {Person: mce.Registration{Arrived: time.Date(2023, 10, 25, 7, 0, 0, 0, time.UTC)}},
		"registration-over":    {Over: true}, "registration-off": {Over: true, Event: offer(mce.CalledOff).Event}, "registration-moved": {Over: true, Event: offer(mce.PutOff).Event},
		"registration-online": {Event: webinar()},
	} {
		out = append(out, sample{name, at, registration(p, v)})
	}
	for _, state := range []page.State{page.Asking, page.Done, page.Already, page.TooLate} {
		name := "cancel-" + string(state)
		if state == page.TooLate {
			name = "cancel-late-done" // an outcome too
		}
		out = append(out, sample{name, at + "/cancel", cancel(p, page.Cancel{State: state, Page: at})})
	}
	waits := mce.Registration{Name: "Ελένη Παπαδοπούλου", State: mce.OnWaitingList}
	return append(out,
		sample{"cancel-waiting", at + "/cancel", cancel(p, page.Cancel{State: page.Asking, Page: at, Person: waits})},
		sample{"cancel-for", "/booking/AbC-123_x/cancel/7", cancel(p, page.Cancel{State: page.Asking, Booked: true, Page: "/booking/AbC-123_x"})},
		sample{"cancel-for-done", "/booking/AbC-123_x/cancel/7", cancel(p, page.Cancel{State: page.Done, Booked: true, Page: "/booking/AbC-123_x"})},
		sample{"booking", "/booking/AbC-123_x", booking(p, page.Booking{Published: true, People: people()})},
		sample{"booking-over", "/booking/AbC-123_x", booking(p, page.Booking{Over: true, People: people()})},
		sample{"booking-nobody", "/booking/AbC-123_x", booking(p, page.Booking{})},
		sample{"forgotten", at, p.Forgotten},
	)
}

func anna() mce.Registration {
	return mce.Registration{
		ID: 7, Event: "prato-2023", Email: "anna@example.org", Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "Italia", Language: "it", Zone: "Europe/Athens",
		Sessions: []string{"twins"}, State: mce.Registered, Code: "AC7DEFGH",
	}
}

func registration(p *page.Pages, v page.Registration) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		r := anna()
		if v.Person.State != "" {
			r.State = v.Person.State
		}
		r.Arrived = v.Person.Arrived
		if v.Event.Slug == "" {
			v.Event = conference()
		}
		v.Common, v.Person, v.Particulars, v.Published = c, r, r.Particulars(), true
		if v.Stands() == "registered" && v.Event.HasDesk() {
			var err error
			if v.Picture, err = letter.DrawCode(r.Code); err != nil {
				return err
			}
		}
		return p.Registration(w, lang, v)
	}
}

func cancel(p *page.Pages, v page.Cancel) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Event, v.Published = c, conference(), true
		if v.Person.Name == "" {
			v.Person = anna()
		}
		return p.Cancel(w, lang, v)
	}
}

func people() []mce.Registration {
	waits, gone := anna(), anna()
	waits.ID, waits.Name, waits.Email, waits.State, waits.Organisation = 8, "Ελένη Παπαδοπούλου", "eleni@larissa.example", mce.OnWaitingList, ""
	gone.ID, gone.Name, gone.Email, gone.State = 9, "Luka Zupančič", "luka@ljubljana.example", mce.Withdrawn
	return []mce.Registration{anna(), waits, gone}
}

func booking(p *page.Pages, v page.Booking) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Event = c, conference()
		v.Booking = mce.Booking{Event: "prato-2023", Email: "office@prato.example", Name: "Bruno Bianchi", Language: "it"}
		return p.Booking(w, lang, v)
	}
}
