package letter_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

func site() mce.Site {
	return mce.Site{
		Name:      "Major Cities of Europe",
		Short:     "MCE",
		Postal:    "Major Cities of Europe, c/o Comune di Prato, Piazza del Comune 2, 59100 Prato, Italy",
		PublicURL: "https://mail.majorcities.example",
		FromName:  "Major Cities of Europe",
		From:      "letters@mail.majorcities.example",
		ReplyTo:   "office@majorcities.example",
	}
}

var sharedLetters = sync.OnceValues(func() (*letter.Letters, error) { return letter.New(site()) })

func newLetters(t testing.TB) *letter.Letters {
	t.Helper()
	l, err := sharedLetters()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func en(s string) mce.Text        { return mce.Text{"en": s} }
func both(en, it string) mce.Text { return mce.Text{"en": en, "it": it} }
func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func prato() mce.Event {
	return mce.Event{
		ID: 1, Slug: "2023-prato", Kind: mce.Conference, State: mce.EventOpen,
		Title:   both("Annual conference 2023 in Prato", "Conferenza annuale 2023 a Prato"),
		Body:    both("Under the motto *A loom with a view*, speakers from cities, regions and research centres show how digital change is woven.", "Con il motto *A loom with a view*, relatori di città, regioni e centri di ricerca mostrano come si tesse il cambiamento digitale."),
		City:    en("Prato"),
		Venue:   both("Center for Contemporary Art Luigi Pecci", "Centro per l’arte contemporanea Luigi Pecci"),
		Address: "Viale della Repubblica 277, 59100 Prato",
		Contact: "mce2023@comune.prato.example", Link: "https://www.majorcities.example/conferences/2023-prato/",
		TimeZone: "Europe/Rome", Starts: at("2023-10-25T09:00:00+02:00"), Ends: at("2023-10-27T13:00:00+02:00"),
		Languages: []mce.Lang{"en"}, Interpretation: []mce.Lang{"it"},
		Sessions: []mce.Session{
			{Slug: "opening", Title: both("Opening", "Apertura"), Starts: at("2023-10-25T09:00:00+02:00"), Ends: at("2023-10-25T09:45:00+02:00"), Room: en("Auditorium"), Speakers: []string{"Benedetta Squittieri", "Giorgio Prister"}},
			{Slug: "twins", Title: en("Digital twins: what a city learns from its copy"), Starts: at("2023-10-25T09:45:00+02:00"), Ends: at("2023-10-25T11:00:00+02:00"), Room: en("Auditorium")},
			{Slug: "data", Title: en("Data governance"), Starts: at("2023-10-26T09:00:00+02:00"), Ends: at("2023-10-26T10:30:00+02:00"), Room: both("Room 2", "Sala 2"), Speakers: []string{"Anna Rossi"}},
		},
	}
}

func webinar() mce.Event {
	return mce.Event{
		ID: 2, Slug: "webinar-cyber", Kind: mce.Webinar, State: mce.EventOpen,
		Title:  en("Becoming David: local governments and cybersecurity"),
		Online: "https://meet.majorcities.example/david?room=1&lang=en", Link: "https://www.majorcities.example/webinars/david",
		TimeZone: "Europe/Athens", Starts: at("2023-11-14T15:00:00+02:00"), Ends: at("2023-11-14T16:30:00+02:00"),
		Languages: []mce.Lang{"en", "el"},
	}
}

func handouts() []mce.Resource {
	return []mce.Resource{
		{ID: 1, Slug: "twins", Kind: "handout", Title: both("Digital twins: the slides", "Gemelli digitali: le diapositive"), Body: en("With the figures of three cities."), Link: "https://www.majorcities.example/kb/twins.pdf", Event: "2023-prato"},
		{ID: 2, Slug: "interview", Kind: "video", Title: en("Interview with the CIO of Larissa"), Link: "https://www.majorcities.example/kb/larissa", Event: "2023-prato"},
	}
}

func draft() mce.Draft {
	prato, webinar, resources := prato(), webinar(), handouts()
	article := mce.Article{
		ID: 1, Slug: "prato-announced", Title: both("Prato hosts the annual conference 2023", "Prato ospita la conferenza annuale 2023"),
		Body: both("After ten years the network **comes back to Prato**, from 25 to 27 October.\n\nThe topics include\n\n- the role of technologies in the management of climate change,\n- data governance,\n- *digital twins* and more.\n\n> It is with pleasure that we announce that the next conference takes place in Prato.\n\nThe [programme](https://www.majorcities.example/conferences/2023-prato/programme?day=1&lang=en) is growing.",
			"Dopo dieci anni la rete **torna a Prato**, dal 25 al 27 ottobre."),
		Link:  "https://www.majorcities.example/news/prato",
		Image: "https://www.majorcities.example/img/pecci.jpg", ImageAlt: both("The ring of the Luigi Pecci centre in Prato", "L’anello del Centro Luigi Pecci a Prato"),
	}
	project := mce.Article{ID: 2, Slug: "eu-project", Title: en("Open call: cities for a project on data spaces"), Body: en("### Who can join\n\nAny member. Write to <projects@majorcities.example> by 30 November.")}
	return mce.Draft{
		Issue: mce.Issue{ID: 7, Series: "news", Number: 12, Subject: both("Prato calls, and three things to read", "Prato chiama, e tre cose da leggere"),
			Slot: mce.Slot{Wall: "2023-10-05 09:00", Due: at("2023-10-05T07:00:00Z")}},
		Series: mce.Series{ID: 1, Slug: "news", Name: both("MCE Newsletter", "Newsletter MCE"), TimeZone: "Europe/Rome", Languages: mce.Languages(),
			Sections: []mce.Section{
				{Slug: "events", Title: both("Events", "Eventi"), Kind: mce.KindEvent, Quota: 3},
				{Slug: "empty", Title: en("Nothing here"), Kind: mce.KindArticle, Quota: 3},
				{Slug: "news", Title: both("News of the association", "Notizie dell’associazione"), Kind: mce.KindArticle, Quota: 3},
				{Slug: "kb", Title: en("Knowledge base"), Kind: mce.KindResource, Quota: 3},
			}},
		Items: []mce.Item{
			{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 1}, Section: "news", Article: &article},
			{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: 1}, Section: "events", Event: &prato},
			{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: 2}, Section: "events", Event: &webinar},
			{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 2}, Section: "news", Article: &project},
			{ItemRef: mce.ItemRef{Kind: mce.KindResource, ID: 1}, Section: "kb", Resource: &resources[0]},
			{ItemRef: mce.ItemRef{Kind: mce.KindResource, ID: 2}, Section: "kb", Resource: &resources[1]},
		},
	}
}

func registration(lang mce.Lang) mce.Registration {
	return mce.Registration{ID: 5, Event: "2023-prato", Email: "anna.rossi@comune.example", Name: "Anna Rossi", Language: lang, State: mce.Registered, Code: "K7PM3XQ9"}
}

// congress is the conference with sessions to choose.
func congress() mce.Event {
	e := prato()
	e.Sessions[1].Optional, e.Sessions[2].Optional = true, true
	return e
}

// delegate comes from afar and chose one of them.
func delegate(lang mce.Lang) mce.Registration {
	r := registration(lang)
	r.Zone, r.Sessions = "Asia/Tokyo", []string{"data"}
	return r
}

// group is two who were registered together, one of whom waits.
func group(lang mce.Lang) []mce.Registration {
	first, second := registration(lang), delegate(lang)
	second.Name, second.State = "Γιώργος Παπαδόπουλος", mce.OnWaitingList
	return []mce.Registration{first, second}
}

// changed is the letter about an edit of the congress.
func changed(l *letter.Letters, lang mce.Lang, edit func(*mce.Event)) (mce.Edition, error) {
	old, e, r := congress(), congress(), delegate(lang)
	edit(&e)
	e.Sequence++
	return l.Change(old, e, r, r.Changes(old, e), at("2023-09-20T12:00:00Z"))
}

// everythingMoved is another week in another place, online too, with a session at another hour, one more, and without one that was chosen.
func everythingMoved(e *mce.Event) {
	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 7), e.Ends.AddDate(0, 0, 7)
	e.Venue, e.Address, e.Online = both("Museum of textiles", "Museo del tessuto"), "Via Puccetti 3, 59100 Prato", "https://meet.majorcities.example/prato"
	e.Sessions = append(e.Sessions[:1:1], mce.Session{
		Slug: "closing", Title: both("Closing", "Chiusura"), Starts: at("2023-11-03T12:00:00+01:00"), Ends: at("2023-11-03T13:00:00+01:00"), Room: en("Auditorium"),
	})
	e.Sessions[0].Starts, e.Sessions[0].Ends = at("2023-11-01T09:15:00+01:00"), at("2023-11-01T10:00:00+01:00")
}

func weekBefore() mce.ReminderRule {
	return mce.ReminderRule{ID: 1, Slug: "week-before", Anchor: mce.AtStart, Days: -7, At: "09:00", Useful: 48,
		Subject: both("In {days} days: {title}", "Tra {days} giorni: {title}"),
		Body:    both("We look forward to seeing you in **{city}**.\n\n{title} begins on {starts}.", "Non vediamo l’ora di incontrarci a **{city}**.\n\n{title} inizia {starts}."),
		Show:    []mce.Show{mce.ShowFacts, mce.ShowProgramme}}
}

func followUp() mce.ReminderRule {
	return mce.ReminderRule{ID: 2, Slug: "follow-up", Anchor: mce.AtEnd, Days: 3, At: "10:00", Useful: 240,
		Subject: en("Thank you for coming to {city}"),
		Body:    en("# Thank you\n\nHere is what remains of *{title}*."),
		Show:    []mce.Show{mce.ShowHandouts}}
}

func reader() mce.Subscriber {
	return mce.Subscriber{
		ID: 9, Email: "anna.rossi@comune.example", Details: mce.Details{Name: "Anna Rossi"}, State: mce.Active,
		Choices: mce.Choices{Language: "it", Topics: []string{"news"}, Pace: mce.EachIssue},
	}
}

// latest is an issue that has gone out, cut to some topics.
func latest() *mce.Draft {
	d := draft()
	d.Issue.StartedAt = at("2023-10-05T09:30:00Z")
	d.Items = d.Items[:2]
	return &d
}

func topics() []mce.Topic {
	return []mce.Topic{{Slug: "news", Name: both("Association news", "Notizie dell’associazione")}, {Slug: "eu", Name: en("EU projects")}}
}

// sample is one letter of ours.
type sample struct {
	name   string
	render func(l *letter.Letters, lang mce.Lang) (mce.Edition, error)
	slots  []string
}

func samples() []sample {
	stamp := at("2023-09-01T12:00:00Z")
	return []sample{
		{"newsletter", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) { return l.Newsletter(draft(), lang) }, []string{mce.SlotGreeting, mce.SlotToken}},
		{"archive", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) { return l.Archive(draft(), lang) }, nil},
		{"confirmation", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Confirmation(prato(), registration(lang), stamp)
		}, []string{mce.SlotGreeting, mce.SlotCode, mce.SlotToken}},
		{"confirmation-online", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Confirmation(webinar(), registration(lang), stamp)
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"confirmation-zone", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			r := delegate(lang)
			return l.Confirmation(congress(), r, stamp)
		}, []string{mce.SlotGreeting, mce.SlotCode, mce.SlotToken}},
		{"update", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			r := delegate(lang)
			r.Sessions = []string{"twins"}
			return l.Update(congress(), delegate(lang), r, stamp)
		}, []string{mce.SlotGreeting, mce.SlotCode, mce.SlotToken}},
		{"booking", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Booked(congress(), mce.Booking{ID: 3, Event: "2023-prato", Email: "segreteria@comune.example", Name: "Sara Bianchi", Language: lang}, group(lang))
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"waiting", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			r := delegate(lang)
			r.State = mce.OnWaitingList
			return l.Waiting(congress(), r, stamp)
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"cancellation", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Cancellation(congress(), delegate(lang), stamp)
		}, []string{mce.SlotGreeting}},
		{"change", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) { return changed(l, lang, everythingMoved) }, []string{mce.SlotGreeting, mce.SlotToken}},
		{"change-room", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return changed(l, lang, func(e *mce.Event) { e.Sessions[2].Room = both("Room 5", "Sala 5") })
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"change-cancelled", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return changed(l, lang, func(e *mce.Event) { e.State = mce.EventCancelled })
		}, []string{mce.SlotGreeting}},
		{"change-put-off", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return changed(l, lang, func(e *mce.Event) { e.State = mce.EventMoved })
		}, []string{mce.SlotGreeting}},
		{"change-on-again", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return change(l, inState(mce.EventMoved), congress(), lang)
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"reminder", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Reminder(weekBefore(), prato(), handouts(), lang)
		}, []string{mce.SlotGreeting, mce.SlotCode}},
		{"follow-up", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Reminder(followUp(), prato(), handouts(), lang)
		}, []string{mce.SlotGreeting}},
		{"welcome", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Welcome(lang, reader().Choices, latest())
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"welcome-first", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			return l.Welcome(lang, mce.Choices{Pace: mce.Monthly}, nil)
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"link", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) { return l.Link(lang) }, []string{mce.SlotGreeting, mce.SlotToken}},
		{"move", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) {
			p := reader()
			p.Language = lang
			return l.Move(p)
		}, []string{mce.SlotGreeting, mce.SlotToken}},
		{"opt-in", func(l *letter.Letters, lang mce.Lang) (mce.Edition, error) { return l.OptIn(lang, topics()) }, []string{mce.SlotGreeting, mce.SlotToken}},
	}
}

// rendered is every sample in every language, rendered once for all tests that only look.
type rendered struct {
	sample
	lang    mce.Lang
	edition mce.Edition
}

var sharedEditions = sync.OnceValues(func() (out []rendered, err error) {
	l, err := sharedLetters()
	if err != nil {
		return nil, err
	}
	for _, s := range samples() {
		for _, lang := range mce.Languages() {
			e, err := s.render(l, lang)
			if err != nil {
				return nil, fmt.Errorf("%s in %q: %w", s.name, lang, err)
			}
			out = append(out, rendered{s, lang, e})
		}
	}
	return out, nil
})

// each calls f for every letter in every language.
func each(t *testing.T, f func(t *testing.T, s sample, e mce.Edition)) {
	all, err := sharedEditions()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		t.Run(r.name+"/"+string(r.lang), func(t *testing.T) { f(t, r.sample, r.edition) })
	}
}
