package page_test

import (
	"io"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// eventSamples are the pages that everybody sees of events.
func eventSamples(p *page.Pages) []sample {
	out := []sample{
		{"events", "/events", events(p, offers()...)},
		{"events-none", "/events", events(p)},
	}
	for _, s := range []mce.Standing{mce.Announced, mce.Open, mce.Full, mce.Closed, mce.PutOff, mce.CalledOff, mce.Over} {
		out = append(out, sample{"event-" + string(s), "/events/prato-2023", event(p, page.Event{Offer: offer(s)})})
	}
	entered := mce.Particulars{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "Italia", Language: "it", Zone: "Asia/Pyongyang", Sessions: []string{"twins"}}
	for name, v := range map[string]page.Event{
		"event-name": {FaultIn: "name", Email: "anna@example.org"}, "event-member": {FaultIn: "member", Email: "anna@example.org", Particulars: entered},
		"event-slip": {Better: "anna@gmail.com", Email: "anna@gmial.com", Particulars: entered, Newsletter: true},
		"event-done": {Done: true, Email: "anna@example.org", Newsletter: true},
		"event-late": {FaultIn: "event", Email: "anna@example.org", Particulars: entered},
	} {
		v.Offer = offer(mce.Open)
		if v.FaultIn == "event" {
			v.Offer = offer(mce.Closed)
		}
		out = append(out, sample{name, "/events/prato-2023", event(p, v)})
	}
	little := mce.Offer{Event: webinar(), Standing: mce.Announced}
	little.Opens = time.Date(2023, 11, 1, 9, 0, 0, 0, time.UTC)
	return append(out, sample{"event-webinar", "/events/webinar", event(p, page.Event{Offer: little})})
}

func events(p *page.Pages, all ...mce.Offer) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Events(w, lang, page.Events{Common: c, Offers: all})
	}
}

func event(p *page.Pages, v page.Event) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Topics, v.Wording, v.Version, v.Months = c, topics(), site().ConsentWording(lang), "2023-03", 24
		v.Body, v.BodyLang = `<p>Up to <strong>400 people</strong> meet for three days.</p>
<h3>Who comes</h3>
<ul>
<li>heads of IT,</li>
<li><a href="https://www.majorcities.example/members">members</a> of the association.</li>
</ul>`, mce.English
		return p.Event(w, lang, v)
	}
}

// conference has something of everything.
func conference() mce.Event {
	at := func(day, hour, minute int) time.Time { return time.Date(2023, 10, day, hour-2, minute, 0, 0, time.UTC) }
	return mce.Event{
		Slug: "prato-2023", Kind: mce.Conference, State: mce.EventOpen, Title: mce.Text{"en": "Annual conference 2023 in Prato", "it": "Conferenza annuale 2023 a Prato"},
		Motto: mce.Text{"en": "A loom with a view"}, Body: mce.Text{"en": "Up to **400 people** meet for three days."}, City: mce.Text{"en": "Prato"},
		Venue: mce.Text{"en": "Center for Contemporary Art Luigi Pecci", "it": "Centro per l’arte contemporanea Luigi Pecci"}, Address: "Viale della Repubblica 277, 59100 Prato",
		Contact: "mce2023@prato.example", Link: "https://www.majorcities.example/prato", TimeZone: "Europe/Rome", Starts: at(25, 9, 0), Ends: at(27, 13, 0),
		Languages: []mce.Lang{"en"}, Interpretation: []mce.Lang{"it"}, Topics: []string{"news", "eu"}, Capacity: 400, Closes: at(20, 18, 0),
		Sessions: []mce.Session{
			{Slug: "welcome", Title: mce.Text{"en": "Opening: welcome to Prato", "it": "Apertura: benvenuti a Prato"}, Starts: at(25, 9, 0), Ends: at(25, 9, 45),
				Room: mce.Text{"en": "Auditorium"}, Speakers: []string{"Councillor for Technological Innovation, Prato", "President, Major Cities of Europe"}},
			{Slug: "data", Title: mce.Text{"en": "Data governance: who holds the thread?"}, Starts: at(25, 14, 0), Ends: at(25, 15, 30),
				Room: mce.Text{"en": "Room 2", "it": "Sala 2"}, Interpretation: []mce.Lang{"it", "el"}, Optional: true},
			{Slug: "twins", Title: mce.Text{"en": "Digital twins: what they are good for on a Tuesday", "it": "Gemelli digitali: a che cosa servono in un martedì qualunque"},
				Starts: at(26, 10, 45), Ends: at(26, 12, 15), Optional: true},
			{Slug: "farewell", Title: mce.Text{"en": "Where we meet next"}, Starts: at(27, 12, 0), Ends: at(27, 13, 0)},
		},
	}
}

func webinar() mce.Event {
	begin := time.Date(2023, 11, 16, 13, 0, 0, 0, time.UTC)
	return mce.Event{
		Slug: "webinar", Kind: mce.Webinar, State: mce.EventOpen, Title: mce.Text{"en": "The first 72 hours after a ransomware attack"}, TimeZone: "Europe/Rome",
		Starts: begin, Ends: begin.Add(90 * time.Minute), Online: "https://meet.example/secret", Admission: mce.ForMembers,
	}
}

func offer(s mce.Standing) mce.Offer {
	o := mce.Offer{Event: conference(), Standing: s}
	switch s {
	case mce.CalledOff:
		o.State = mce.EventCancelled
	case mce.PutOff:
		o.State = mce.EventMoved
	case mce.Announced, mce.Open, mce.Full, mce.Closed, mce.Over:
	}
	return o
}

func offers() []mce.Offer {
	past := offer(mce.Over)
	past.Slug, past.Title = "larissa-2022", mce.Text{"en": "Annual conference 2022 in Larissa"}
	out := []mce.Offer{past, {Event: webinar(), Standing: mce.Open}}
	for _, s := range []mce.Standing{mce.Open, mce.Full, mce.Announced, mce.Closed, mce.PutOff, mce.CalledOff} {
		out = append(out, offer(s))
	}
	return out
}

// hostileOffer has the words wherever an event has any.
func hostileOffer(words string, s mce.Standing) mce.Offer {
	text, o := mce.Text{"en": words}, offer(s)
	o.Slug, o.Title, o.Motto, o.City, o.Venue, o.Address, o.Contact, o.Link, o.Online = words, text, text, text, text, words, words, words, words
	o.Languages, o.Interpretation = []mce.Lang{mce.Lang(words)}, []mce.Lang{mce.Lang(words)}
	for i := range o.Sessions {
		x := &o.Sessions[i]
		x.Slug, x.Title, x.Room, x.Speakers, x.Interpretation, x.Optional = words, text, text, []string{words}, []mce.Lang{"en", mce.Lang(words)}, true
	}
	return o
}

// hostilePlace has the words wherever a registration has any.
func hostilePlace(words string) mce.Registration {
	return mce.Registration{
		ID: 7, Event: words, Email: words, Name: words, Organisation: words, Country: words, Language: mce.Lang(words), Zone: words, Sessions: []string{words},
		State: mce.Registered, Code: words,
	}
}
