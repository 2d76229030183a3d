package page_test

import (
	"io"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// render is how a sample is written.
type render = func(io.Writer, mce.Lang, page.Common) error

// selfSamples are the pages of those who have shown that they read the mailbox.
func selfSamples(p *page.Pages) []sample {
	const at = "/me/AbC-123_x"
	out := []sample{
		{"over", at, func(w io.Writer, lang mce.Lang, c page.Common) error { return p.Over(w, lang, c) }},
		{"data", at + "/data", data(p, dossier())},
		{"data-little", at + "/data", data(p, littleDossier())},
	}
	details := mce.Details{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT"}
	for name, v := range map[string]page.Self{
		"me": {Details: details, Active: true}, "me-new": {Active: true}, "me-ended": {Details: details},
		"me-saved-done": {Details: details, Active: true, Saved: true}, "me-asked-done": {Details: details, Active: true, Asked: true, NewEmail: "anna.rossi@comune.example"},
		"me-name":  {Details: details, Active: true, FaultIn: "name"},
		"me-fault": {Active: true, FaultIn: "email", NewEmail: "anna@", Fault: "\"anna@\" is not an address: nothing stands behind the @."},
		"me-slip":  {Active: true, NewEmail: "anna@gmial.com", Better: "anna@gmail.com"},
	} {
		out = append(out, sample{name, at, own(p, v)})
	}
	for name, v := range map[string]page.Erase{
		"erase": {State: page.Asking}, "erase-ahead": {State: page.Asking, Ahead: dossier().Registrations[:1]},
		"erase-done": {State: page.Done}, "erase-already": {State: page.Already},
	} {
		out = append(out, sample{name, at + "/erase", erase(p, v)})
	}
	for _, state := range []page.State{page.Asking, page.Done, page.Already, page.Taken, page.Ended} {
		out = append(out, sample{"move-" + string(state), "/move/AbC-123_x", move(p, state)})
	}
	return out
}

func own(p *page.Pages, v page.Self) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Email, v.LeaveToken = c, "anna@example.org", "DeF-456_y"
		return p.Self(w, lang, v)
	}
}

func data(p *page.Pages, d mce.Dossier) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		topics := []mce.Topic{{Slug: "news", Name: mce.Text{"en": "Association news", "it": "Notizie dell’associazione"}}, {Slug: "eu", Name: mce.Text{"en": "EU projects"}}}
		return p.Data(w, lang, page.Data{Common: c, Dossier: d, Topics: topics, Self: "/me/AbC-123_x"})
	}
}

func erase(p *page.Pages, v page.Erase) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Self = c, "/me/AbC-123_x"
		if v.State == page.Asking {
			v.Email = "anna@example.org"
		}
		return p.Erase(w, lang, v)
	}
}

func move(p *page.Pages, state page.State) render {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Move(w, lang, page.Move{Common: c, MaskedAddress: "a…@example.org", NewEmail: "anna.rossi@comune.example", State: state})
	}
}

// dossier has something of everything.
func dossier() mce.Dossier {
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2023, month, day, hour, 0, 0, 0, time.UTC)
	}
	when := func(t time.Time) *time.Time { return &t }
	return mce.Dossier{
		At: at(11, 3, 9),
		Subscriber: mce.DossierSubscriber{
			Email: "anna@example.org", Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT", Language: "it", Topics: []string{"eu", "news"},
			Pace: mce.Monthly, PausedUntil: when(at(12, 1, 0)), State: mce.Active, Since: at(3, 1, 8), StateSince: at(3, 1, 9), LinkAskedAt: when(at(11, 3, 8)),
		},
		Consents: []mce.DossierConsent{
			{Email: "anna@old.example", Consent: mce.Consent{
				Action: "asked", Wording: site().ConsentWording("it"), Version: "2023-03", Source: "subscribe page", Origin: "192.0.2.7", At: at(3, 1, 8),
			}},
			{Email: "anna@example.org", Consent: mce.Consent{Action: "changed", Wording: "Yes, please.", Source: "own page", Detail: "topics: eu, news; pace: monthly", At: at(6, 2, 8)}},
		},
		Moves: []mce.DossierMove{{Email: "anna.rossi@comune.example", At: at(11, 2, 8)}},
		Letters: []mce.DossierLetter{
			{At: at(10, 18, 8), Kind: mce.Newsletter, Subject: "A loom with a view: il programma di Prato è completo", Lang: "it", Outcome: mce.Delivered, SettledAt: when(at(10, 18, 9)), Code: 250},
			{At: at(10, 2, 8), Kind: mce.Confirmation, Subject: "Your place in Prato", Lang: "en", Outcome: mce.Refused, SettledAt: when(at(10, 2, 9)), Code: 550, Status: "5.2.2", Answer: "mailbox full"},
			{At: at(10, 1, 8), Kind: mce.Reminder, Outcome: mce.Waiting},
		},
		Registrations: []mce.DossierRegistration{
			{
				Event: "prato", Title: mce.Text{"en": "Annual conference 2023 in Prato", "it": "Conferenza annuale 2023 a Prato"}, Starts: at(10, 25, 7), Ends: at(10, 27, 11),
				TimeZone: "Europe/Rome", EventState: mce.EventOpen, Contact: "prato@example.org", State: mce.Registered, Name: "Anna Rossi",
				Organisation: "Comune di Prato", Country: "Italy", Language: "en", Role: mce.AsDelegate, Zone: "Europe/Athens", Sessions: []string{"data-governance", "digital-twins"}, Code: "AC7DEFGH", BookedBy: "Sara Bianchi", ArrivedAt: when(at(10, 25, 6)), RegisteredAt: at(10, 2, 8),
				Reminders: []mce.DossierReminder{{Rule: "soon", Outcome: "queued", At: at(10, 18, 7)}, {Rule: "late", Outcome: "dropped", Reason: "no longer useful", At: at(10, 25, 7)}},
			},
			{
				Event: "webinar", Title: mce.Text{"en": "Digital twins"}, Starts: at(5, 3, 7), Ends: at(5, 3, 9), TimeZone: "Europe/Rome", State: mce.Withdrawn,
				Name: "Anna Rossi", Language: "it", Role: mce.AsSpeaker, Code: "WX7DEFGH", RegisteredAt: at(4, 2, 8), CancelledAt: when(at(4, 20, 8)),
			},
		},
		Bookings: []mce.DossierBooking{{
			Event: "webinar", Title: mce.Text{"en": "Digital twins"}, Name: "Anna Rossi", Language: "it", People: 3, At: at(4, 2, 8),
		}},
		Contacts:    []mce.DossierContact{{Organisation: "Comune di Prato", Country: "IT", Membership: mce.Member, Name: "Anna Rossi", Role: "CIO"}},
		Suppression: &mce.DossierSuppression{Reason: "5.2.2 mailbox full", Source: "refused at delivery", At: at(10, 2, 9)},
	}
}

// littleDossier is of somebody of whom little is known.
func littleDossier() mce.Dossier {
	at := time.Date(2023, 3, 1, 8, 0, 0, 0, time.UTC)
	return mce.Dossier{
		At:         at,
		Subscriber: mce.DossierSubscriber{Email: "b@example.org", Language: "en", Pace: mce.EachIssue, State: mce.Unsubscribed, Since: at, StateSince: at},
		Consents:   []mce.DossierConsent{{Email: "b@example.org", Consent: mce.Consent{Action: "imported", Wording: "They agreed\nat our stand.", Source: "import", At: at}}},
	}
}

// hostileDossier has the same words wherever words may come from outside.
func hostileDossier(words string) mce.Dossier {
	lang, text := mce.Lang(words), mce.Text{"en": words}
	return mce.Dossier{
		Subscriber: mce.DossierSubscriber{
			Email: words, Name: words, Organisation: words, Country: words, Language: lang, Topics: []string{words}, Pace: mce.ReadingPace(words), State: mce.SubscriberState(words),
		},
		Consents: []mce.DossierConsent{{
			Consent: mce.Consent{Action: words, Wording: words, Version: words, Source: words, Detail: words, Origin: words}, Email: words,
		}},
		Moves: []mce.DossierMove{{Email: words}},
		Letters: []mce.DossierLetter{{
			Kind: mce.LetterKind(words), Subject: words, Lang: lang, Outcome: mce.Outcome(words), Status: words, Answer: words,
		}},
		Registrations: []mce.DossierRegistration{{
			Event: words, Title: text, TimeZone: words, Contact: words, State: mce.RegistrationState(words), Name: words, Organisation: words,
			Country: words, Language: lang, Code: words, Reminders: []mce.DossierReminder{{Rule: words, Outcome: words, Reason: words}},
		}},
		Contacts:    []mce.DossierContact{{Organisation: words, Country: words, Membership: mce.Membership(words), Name: words, Role: words}},
		Suppression: &mce.DossierSuppression{Reason: words, Source: words},
	}
}
