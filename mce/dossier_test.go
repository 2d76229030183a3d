package mce_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// TestTheNamesOfADossierAreStable: programs of others read them (Article 20 GDPR).
func TestTheNamesOfADossierAreStable(t *testing.T) {
	at := time.Date(2024, 3, 7, 8, 0, 0, 0, time.UTC)
	d := mce.Dossier{
		At:         at,
		Subscriber: mce.DossierSubscriber{Email: "a@example.org", Topics: []string{"news"}, State: mce.Active, Since: at, StateSince: at, PausedUntil: &at},
		Consents:   []mce.DossierConsent{{Consent: mce.Consent{ID: 7, Action: "changed", Version: "1", Detail: "name", Origin: "192.0.2.1", At: at}, Email: "a@example.org"}},
		Moves:      []mce.DossierMove{{Email: "b@example.org", At: at}},
		Letters:    []mce.DossierLetter{{At: at, Kind: mce.Newsletter, Outcome: mce.Delivered}},
		Registrations: []mce.DossierRegistration{{
			Event: "prato", Title: mce.Text{"en": "Conference"}, Starts: at, Ends: at, State: mce.Registered, RegisteredAt: at,
			Role: mce.AsSpeaker, Zone: "Asia/Tokyo", Sessions: []string{"data"}, BookedBy: "Sara", ArrivedAt: &at,
			Reminders: []mce.DossierReminder{{Rule: "soon", Outcome: "queued", At: at}},
		}},
		Bookings:    []mce.DossierBooking{{Event: "prato", Title: mce.Text{"en": "Conference"}, Name: "Sara", Language: "en", People: 2, At: at}},
		Invitations: []mce.DossierInvitation{{Event: "prato", Title: mce.Text{"en": "Conference"}, Rule: "invite", At: at}},
		Contacts:    []mce.DossierContact{{Organisation: "Prato", Membership: mce.Member}},
		Suppression: &mce.DossierSuppression{Reason: "bounced", Source: "bounce", At: at},
		DeskUser:    &mce.DossierUser{Name: "Sara", Role: mce.Editor, Language: mce.English},
	}
	const want = `{
  "at": "2024-03-07T08:00:00Z",
  "subscriber": {
    "email": "a@example.org", "name": "", "organisation": "", "country": "", "language": "", "topics": ["news"], "pace": "",
    "paused_until": "2024-03-07T08:00:00Z", "state": "active", "since": "2024-03-07T08:00:00Z", "state_since": "2024-03-07T08:00:00Z", "link_asked_at": null
  },
  "consents": [{
    "action": "changed", "wording": "", "version": "1", "source": "", "detail": "name", "origin": "192.0.2.1", "at": "2024-03-07T08:00:00Z", "email": "a@example.org"
  }],
  "moves": [{"email": "b@example.org", "at": "2024-03-07T08:00:00Z"}],
  "letters": [{
    "at": "2024-03-07T08:00:00Z", "kind": "newsletter", "subject": "", "language": "", "outcome": "delivered", "settled_at": null, "code": 0, "status": "", "answer": ""
  }],
  "registrations": [{
    "event": "prato", "title": {"en": "Conference"}, "starts": "2024-03-07T08:00:00Z", "ends": "2024-03-07T08:00:00Z", "time_zone": "", "event_state": "",
    "contact": "", "state": "registered", "name": "", "organisation": "", "country": "", "language": "", "role": "speaker", "zone": "Asia/Tokyo", "sessions": ["data"], "code": "",
    "booked_by": "Sara", "arrived_at": "2024-03-07T08:00:00Z", "registered_at": "2024-03-07T08:00:00Z", "cancelled_at": null,
    "reminders": [{"rule": "soon", "outcome": "queued", "reason": "", "at": "2024-03-07T08:00:00Z"}]
  }],
  "bookings": [{"event": "prato", "title": {"en": "Conference"}, "name": "Sara", "language": "en", "people": 2, "at": "2024-03-07T08:00:00Z"}],
  "invitations": [{"event": "prato", "title": {"en": "Conference"}, "rule": "invite", "at": "2024-03-07T08:00:00Z"}],
  "contacts": [{"organisation": "Prato", "country": "", "membership": "member", "name": "", "role": ""}],
  "suppression": {"reason": "bounced", "source": "bounce", "at": "2024-03-07T08:00:00Z"},
  "desk_user": {"name": "Sara", "role": "editor", "language": "en"}
}`
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var got, expected any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesAhead(t *testing.T) {
	now := time.Date(2024, 3, 7, 8, 0, 0, 0, time.UTC)
	d := mce.Dossier{Registrations: []mce.DossierRegistration{
		{Event: "to come", State: mce.Registered, EventState: mce.EventOpen, Ends: now.Add(time.Second)},
		{Event: "just over", State: mce.Registered, EventState: mce.EventOpen, Ends: now},
		{Event: "given back", State: mce.Withdrawn, EventState: mce.EventOpen, Ends: now.Add(time.Hour)},
		{Event: "cancelled", State: mce.Registered, EventState: mce.EventCancelled, Ends: now.Add(time.Hour)},
	}}
	if ahead := d.Ahead(now); len(ahead) != 1 || ahead[0].Event != "to come" || len(d.Registrations) != 4 {
		t.Errorf("%+v", ahead)
	}
}
