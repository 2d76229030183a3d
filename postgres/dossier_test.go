package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// known is an office that knows all that can be known of dora@example.org, in every table that names a person; and as much of others.
func known(t *testing.T) *office {
	o := recorded(t)
	const email = "dora@example.org"
	id := o.subscriber(email).ID
	value(o.SaveDetails(t.Context(), id, mce.Details{Name: "Dora Bianchi", Organisation: "Comune di Dorano", Country: "IT"}, consentAt(now)))(t)
	value(o.SaveChoices(t.Context(), id, mce.Choices{Language: "it", Topics: []string{"news"}, Pace: mce.EachIssue}, consentAt(now)))(t)
	booker := mce.Booking{Event: "prato", Email: "Dora@example.org", Name: "Dora Bianchi", Language: "it"}
	value(o.Register(t.Context(), mce.Order{Booker: &booker, People: delegates(email)}, personal, domain, now))(t)
	value(o.Register(t.Context(), mce.Order{People: delegates("anna@example.org")}, personal, domain, now))(t)
	o.sql(`insert into reminders (rule_id, registration_id, due, outcome, reason, at) select u.id, r.id, $1, 'dropped', 'registered too late', $1 from reminder_rules u, registrations r where r.email = $2`, now, email)
	o.sql(`insert into invitations (rule_id, event_id, subscriber_id, due, at) select u.id, e.id, $2, $1, $1 from reminder_rules u, events e`, now, id)
	o.sending()
	_, newsletters := o.lease(4)
	for _, l := range newsletters {
		o.settle(mce.Delivered, l)
	}
	for _, l := range o.claim(20) {
		if l.To == email && l.Code != "" { // a delegate's
			must(t, o.Settle(t.Context(), []mce.Try{{Letter: l, Outcome: mce.Refused, Code: 550, Status: "5.1.1", Detail: "<DORA@example.org>: unknown"}}, now))
		}
	}
	must(t, o.AddWish(t.Context(), mce.Wish{Kind: mce.ForLink, Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: "it"}}, Consent: mce.Consent{At: now}}))
	for more := true; more; {
		more = value(o.GrantWish(t.Context(), plain{}, domain))(t)
	}
	o.sql(`insert into organisations (name, country, membership, changed_at) values ('City of Prato', 'IT', 'member', now())`)
	o.sql(`insert into contacts select id, 'Dora@example.org', 'D. Bianchi', 'CIO' from organisations`)
	o.sql(`insert into contacts select id, 'anna@example.org', 'A. Rossi', 'Secretary' from organisations`)
	o.askToMove(email, "dora@city.example", now)
	return o
}

func TestADossierHoldsAllThatIsKnown(t *testing.T) {
	o := known(t)
	o.sql(`insert into suppressions values ('dora@example.org', 'unknown', 'refused at delivery', $1)`, now)
	d := value(o.Dossier(t.Context(), o.subscriber("dora@example.org").ID, now.Add(time.Hour)))(t)
	var letters []string
	for _, l := range d.Letters {
		letters = append(letters, strings.Join([]string{string(l.Kind), l.Subject, string(l.Lang), string(l.Outcome), l.Status, l.Answer}, "|"))
		if !l.At.Equal(now) || (l.SettledAt != nil) != (l.Outcome != mce.Waiting) {
			t.Errorf("%+v", l)
		}
	}
	if len(d.Registrations) != 1 || len(d.Registrations[0].Code) != 8 {
		t.Fatalf("%+v", d.Registrations)
	}
	d.Registrations[0].Code, d.Letters = "", nil
	consent := func(action, detail, wording, version, source, origin string) mce.DossierConsent {
		return mce.DossierConsent{Email: "dora@example.org", Consent: mce.Consent{
			Action: action, Detail: detail, Wording: wording, Version: version, Source: source, Origin: origin, At: now,
		}}
	}
	want := mce.Dossier{
		At: now.Add(time.Hour),
		Subscriber: mce.DossierSubscriber{
			Email: "dora@example.org", Name: "Dora Bianchi", Organisation: "Comune di Dorano", Country: "IT", Language: "it", Topics: []string{"news"},
			Pace: mce.EachIssue, State: mce.Active, Since: now, StateSince: now, LinkAskedAt: &now,
		},
		Consents: []mce.DossierConsent{
			consent("asked", "", "yes", "", "form", "192.0.2.1"), consent("confirmed", "", "yes", "", "link", "192.0.2.2"),
			consent("changed", "name, organisation, country", "yes", "2024-03", "own page", "192.0.2.7"),
			consent("changed", "language: it", "yes", "2024-03", "own page", "192.0.2.7"),
		},
		Moves: []mce.DossierMove{{Email: "dora@city.example", At: now}},
		Registrations: []mce.DossierRegistration{{
			Event: "prato", Title: both("Conference", "Conferenza"), Starts: at("2024-10-23T07:00:00Z"), Ends: at("2024-10-25T11:00:00Z"), TimeZone: "Europe/Rome",
			EventState: mce.EventOpen, State: mce.Registered, Name: "Delegate dora@example.org", Language: "en", Role: mce.AsDelegate, Sessions: []string{}, BookedBy: "Dora Bianchi", RegisteredAt: now,
			Reminders: []mce.DossierReminder{{Rule: "soon", Outcome: "dropped", Reason: "registered too late", At: now}},
		}},
		Bookings:    []mce.DossierBooking{{Event: "prato", Title: both("Conference", "Conferenza"), Name: "Dora Bianchi", Language: "it", People: 1, At: now}},
		Invitations: []mce.DossierInvitation{{Event: "prato", Title: both("Conference", "Conferenza"), Rule: "soon", At: now}},
		Contacts:    []mce.DossierContact{{Organisation: "City of Prato", Country: "IT", Membership: mce.Member, Name: "D. Bianchi", Role: "CIO"}},
		Suppression: &mce.DossierSuppression{Reason: "unknown", Source: "refused at delivery", At: now},
	}
	for i := range d.Consents {
		d.Consents[i].ID = 0
	}
	for i := range d.Registrations {
		d.Registrations[i].ID = 0
	}
	for i := range d.Bookings {
		d.Bookings[i].ID = 0
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"move|From dora@example.org|it|waiting||", "link|link|it|waiting||", "newsletter|Primo|it|delivered||",
		"booking|For Dora Bianchi|it|waiting||", "confirmation|For Delegate dora@example.org|en|refused|5.1.1|<DORA@example.org>: unknown",
		"welcome|welcome|en|waiting||", "confirmation|See you in ||waiting||",
	}, letters); diff != "" {
		t.Error(diff)
	}
}

// TestADossierIsOnePersons: nothing of anybody else is in it, whoever shares an issue, an event, an organisation or an address that was.
func TestADossierIsOnePersons(t *testing.T) {
	o := known(t)
	for _, email := range []string{"anna@example.org", "carla@example.org"} {
		raw := value(json.Marshal(value(o.Dossier(t.Context(), o.subscriber(email).ID, now))(t)))(t)
		for _, words := range []string{"dora", "bianchi", "192.0.2"} {
			if strings.Contains(strings.ToLower(string(raw)), words) {
				t.Errorf("the dossier of %s tells %q: %s", email, words, raw)
			}
		}
	}
	o.moved("anna@example.org", "anna@city.example")
	d := value(o.Dossier(t.Context(), o.subscriber("anna@city.example").ID, now))(t)
	if len(d.Registrations)+len(d.Contacts)+len(d.Invitations) != 0 || len(d.Consents) != 2 || len(d.Letters) != 2 {
		t.Errorf("who moved takes along what stands under the old address, which may be somebody else's now: %+v", d)
	}
}

func TestADossierOfNobodyAndOfSomebodyNew(t *testing.T) {
	o := recorded(t)
	_, err := o.Dossier(t.Context(), 999, now)
	refused(t, err, mce.NotFound, "no such subscriber")
	gone := o.subscriber("carla@example.org").ID
	must(t, o.Erase(t.Context(), "carla@example.org", "test", now))
	_, err = o.Dossier(t.Context(), gone, now)
	refused(t, err, mce.NotFound, "no such subscriber")
	raw := string(value(json.Marshal(value(o.Dossier(t.Context(), o.subscriber("bob@example.org").ID, now))(t)))(t))
	for _, want := range []string{`"state":"unsubscribed"`, `"moves":[]`, `"letters":[]`, `"registrations":[]`, `"invitations":[]`, `"contacts":[]`, `"suppression":null`} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
}

// TestNoIndexKnowsWhatSettlingChanges: else the second write of a letter would touch it (no HOT update), a hundred thousand times.
func TestNoIndexKnowsWhatSettlingChanges(t *testing.T) {
	o := newOffice(t)
	o.many(1)
	o.sending()
	rows, err := o.db.QueryContext(t.Context(), `select indexdef from pg_indexes where schemaname = 'public' and tablename like 'letters%' and tablename <> 'letter_sums'`)
	must(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var def string
		must(t, rows.Scan(&def))
		all = append(all, def)
		for _, changed := range []string{"outcome", "attempts", "code", "status", "detail", "settled_at"} {
			if strings.Contains(def, changed) {
				t.Errorf("%s is changed when a letter is settled: %s", changed, def)
			}
		}
		if strings.Contains(def, "booking_id") && !strings.Contains(def, "WHERE (booking_id IS NOT NULL)") {
			t.Errorf("a fan-out adds to %s", def)
		}
		if strings.Contains(def, "registration_id") && !strings.Contains(def, "WHERE (registration_id IS NOT NULL)") {
			t.Errorf("a fan-out adds to %s", def)
		}
	}
	must(t, rows.Err())
	if len(all) < 6 { // three of the table, three of its first partition
		t.Errorf("%q", all)
	}
}
