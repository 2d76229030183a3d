package desk_test

import (
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/desk"
)

// TestWhateverMayStandOnAPageOfPeopleHasWords: of every state, letter and deed.
func TestWhateverMayStandOnAPageOfPeopleHasWords(t *testing.T) {
	p := newPages(t)
	admin := desk.Common{User: mce.User{ID: 1, Name: "Anna", Role: mce.Admin}}
	try := func(what string, write func(io.Writer, mce.Lang) error) {
		t.Helper()
		for _, lang := range mce.Languages() {
			if err := write(io.Discard, lang); err != nil {
				t.Errorf("%s in %s: %v", what, lang, err)
			}
		}
	}
	now := time.Unix(1_000_000, 0).UTC()
	place := mce.DossierRegistration{ID: 1, Title: mce.Text{"en": "Congress"}, State: mce.Registered, Role: mce.AsDelegate, Ends: now.Add(time.Hour), BookedBy: "Sara"}
	d := mce.Dossier{
		At: now, Suppression: &mce.DossierSuppression{Reason: "gone"}, DeskUser: &mce.DossierUser{Role: mce.Editor},
		Bookings: []mce.DossierBooking{{People: 1}, {People: 2}}, Invitations: []mce.DossierInvitation{{}}, Moves: []mce.DossierMove{{}},
	}
	for _, m := range []mce.Membership{mce.NoMember, mce.Member, mce.Sponsor} {
		d.Contacts = append(d.Contacts, mce.DossierContact{Membership: m})
	}
	for _, action := range []string{"asked", "confirmed", "imported", "changed", "withdrawn", "returned", "erased"} {
		d.Consents = append(d.Consents, mce.DossierConsent{Consent: mce.Consent{Action: action, Wording: "yes"}})
	}
	for _, kind := range []mce.LetterKind{
		"newsletter", "confirmation", "reminder", "certificate", "opt_in", "welcome", "link", "login", "move", "waiting", "cancellation", "change", "booking", "invitation",
	} {
		d.Letters = append(d.Letters, mce.DossierLetter{Kind: kind})
	}
	for _, o := range mce.Outcomes() {
		d.Letters = append(d.Letters, mce.DossierLetter{Kind: "newsletter", Outcome: o})
	}
	for i := range d.Letters {
		if d.Letters[i].Outcome == "" {
			d.Letters[i].Outcome = mce.Delivered
		}
	}
	for _, state := range []mce.RegistrationState{mce.Registered, mce.OnWaitingList, mce.Withdrawn} {
		place.State = state
		place.Reminders = []mce.DossierReminder{{Outcome: "queued"}, {Outcome: "dropped", Reason: "late"}}
		place.CancelledAt, place.ArrivedAt = &now, &now
		d.Registrations = append(d.Registrations, place)
	}
	place.State, place.ArrivedAt, place.Role = mce.Registered, nil, mce.AsSpeaker
	d.Registrations = append(d.Registrations, place)
	for _, state := range []mce.SubscriberState{"", mce.Pending, mce.Active, mce.Unsubscribed} {
		d.Subscriber = mce.DossierSubscriber{Email: "a@b.example", State: state, Pace: mce.Monthly, Language: mce.English, PausedUntil: &now}
		for _, blocked := range []*mce.DossierSuppression{nil, d.Suppression} {
			view := desk.Person{
				Common: admin, Ref: mce.PersonRef{As: mce.KnownReader, ID: 1}, Dossier: d, Now: now, Moments: d.Timeline([]mce.Audit{{Action: mce.ErasedPerson}}),
				Issues: []mce.GotIssue{{Outcome: mce.Refused}, {Reader: true}, {}},
			}
			view.Dossier.Suppression = blocked
			try("person "+string(state), func(w io.Writer, l mce.Lang) error { return p.Person(w, l, view) })
			for _, act := range view.Acts() {
				v := desk.PersonAct{Person: view, Act: act, Entered: url.Values{}}
				try("act "+string(act), func(w io.Writer, l mce.Lang) error { return p.PersonAct(w, l, v) })
			}
			for _, act := range view.PlaceActs(place) {
				v := desk.PersonAct{Person: view, Act: act, Place: &place}
				try("act "+string(act), func(w io.Writer, l mce.Lang) error { return p.PersonAct(w, l, v) })
			}
		}
	}
	var lines []mce.PersonLine
	for _, state := range []mce.SubscriberState{"", mce.Pending, mce.Active, mce.Unsubscribed} {
		lines = append(lines, mce.PersonLine{State: state, Suppressed: true, Places: 2, Bookings: 1})
	}
	list := desk.People{Common: admin, Lines: lines, Events: []mce.EventName{{Slug: "a", Title: mce.Text{"en": "A"}}}, Next: "x", Query: mce.PeopleQuery{After: "a"}}
	try("people", func(w io.Writer, l mce.Lang) error { return p.People(w, l, list) })
	growth := desk.Growth{Common: admin, Months: []mce.GrowthMonth{{Month: now, Left: map[string]int{"": 9}}}}
	for _, reason := range mce.LeaveReasons() {
		growth.Months[0].Left[reason] = mce.FewPeople
	}
	try("growth", func(w io.Writer, l mce.Lang) error { return p.Growth(w, l, growth) })
	tried := desk.Import{
		Common: admin, Upload: mce.Upload{ID: 1}, Tried: true, Entered: url.Values{}, Faults: []mce.LineFault{{Line: 2, Reason: "bad"}}, MoreFaults: 1, MoreConflicts: 2,
	}
	for _, column := range mce.SubscriberColumns() {
		if column != "email" && column != "state" {
			tried.Conflicts = append(tried.Conflicts, mce.ImportConflict{FieldConflict: mce.FieldConflict{Field: column}})
		}
	}
	try("import", func(w io.Writer, l mce.Lang) error { return p.Import(w, l, &tried) })
}
