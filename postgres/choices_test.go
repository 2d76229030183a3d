package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func consentAt(when time.Time) mce.Consent {
	return mce.Consent{Wording: "yes", Version: "2024-03", Source: "own page", Origin: "192.0.2.7", At: when}
}

// lines are a subscriber's record of consent, "action: detail".
func (o *office) lines(email string) (out []string) {
	o.t.Helper()
	for _, c := range value(o.Consents(o.t.Context(), o.subscriber(email).ID))(o.t) {
		out = append(out, c.Action+": "+c.Detail)
	}
	return out
}

func TestChoicesAreKeptAndRecorded(t *testing.T) {
	o := recorded(t)
	id := o.subscriber("anna@example.org").ID
	until := now.AddDate(0, 1, 0)
	for _, step := range []struct {
		name    string
		choices mce.Choices
		changed bool
	}{
		{"the same", mce.Choices{Language: "en", Topics: []string{"news"}}, false},
		{"the same, with the pace said", mce.Choices{Language: "en", Topics: []string{"news", "news"}, Pace: mce.EachIssue}, false},
		{"all of it", mce.Choices{Language: "it", Topics: []string{"news", "events"}, Pace: mce.Monthly, PausedUntil: until}, true},
		{"the same again", mce.Choices{Language: "it", Topics: []string{"events", "news"}, Pace: mce.Monthly, PausedUntil: until}, false},
		{"no pause", mce.Choices{Language: "it", Topics: []string{"events", "news"}, Pace: mce.Monthly}, true},
	} {
		if changed, err := o.SaveChoices(t.Context(), id, step.choices, consentAt(now)); err != nil || changed != step.changed {
			t.Errorf("%s: changed %v, %v", step.name, changed, err)
		}
	}
	want := mce.Choices{Language: "it", Topics: []string{"events", "news"}, Pace: mce.Monthly}
	if diff := cmp.Diff(want, o.subscriber("anna@example.org").Choices); diff != "" {
		t.Error(diff)
	}
	record := []string{"imported: ", "changed: topics: events, news; language: it; pace: monthly; paused until 2024-04-07", "changed: no pause"}
	if diff := cmp.Diff(record, o.lines("anna@example.org")); diff != "" {
		t.Error(diff)
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}

func TestDetailsAreKeptAndTheRecordNamesThemWithoutTellingThem(t *testing.T) {
	o := recorded(t)
	id := o.subscriber("anna@example.org").ID
	d := mce.Details{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT"}
	for i, want := range []bool{true, false} {
		if changed, err := o.SaveDetails(t.Context(), id, d, consentAt(now)); err != nil || changed != want {
			t.Errorf("time %d: changed %v, %v", i, changed, err)
		}
	}
	if diff := cmp.Diff(d, o.subscriber("anna@example.org").Details); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"imported: ", "changed: name, organisation, country"}, o.lines("anna@example.org")); diff != "" {
		t.Error(diff)
	}
	last := value(o.Proof(t.Context(), "anna@example.org"))(t).Lines[1]
	if last.Wording != "yes" || last.Version != "2024-03" || last.Source != "own page" || last.Origin != "192.0.2.7" || last.Email != "anna@example.org" {
		t.Errorf("%+v", last)
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}

func TestOnlyAnActiveSubscriptionIsChanged(t *testing.T) {
	o := recorded(t)
	o.ask("emil@example.org")
	for _, email := range []string{"bob@example.org", "emil@example.org"} {
		id, before := o.subscriber(email).ID, len(o.lines(email))
		_, err := o.SaveChoices(t.Context(), id, mce.Choices{Language: "it", Topics: []string{"news"}}, consentAt(now))
		refused(t, err, mce.Conflict, "there is no subscription to change")
		_, err = o.SaveDetails(t.Context(), id, mce.Details{Name: "B"}, consentAt(now))
		refused(t, err, mce.Conflict, "there is no subscription to change")
		if s := o.subscriber(email); s.Name != "" || s.Language != "en" || len(o.lines(email)) != before {
			t.Errorf("%+v", s)
		}
	}
	_, err := o.SaveDetails(t.Context(), 999, mce.Details{}, consentAt(now))
	refused(t, err, mce.NotFound, "no such subscriber")
}

// TestLeavingIsTakenBackForAMonth: 31 days to the second, however long the month was.
func TestLeavingIsTakenBackForAMonth(t *testing.T) {
	o := recorded(t)
	for name, c := range map[string]struct {
		left, back time.Time
		want       bool
	}{
		"at once":                     {now, now, true},
		"at the end of the time":      {now, now.Add(mce.UndoFor - time.Second), true},
		"when the time is over":       {now, now.Add(mce.UndoFor), false},
		"from the end of a month":     {at("2025-01-31T23:59:59Z"), at("2025-03-03T23:59:58Z"), true},
		"past the end of the next":    {at("2025-01-31T23:59:59Z"), at("2025-03-03T23:59:59Z"), false},
		"over a change of the clocks": {at("2024-03-20T00:30:00Z"), at("2024-04-20T00:29:59Z"), true},
	} {
		t.Run(name, func(t *testing.T) {
			email := o.newcomer()
			id := o.subscriber(email).ID
			value(o.Leave(t.Context(), id, "leave link", "", c.left))(t)
			for _, want := range []bool{c.want, false} { // the second time there is nothing to take back
				if done := value(o.Return(t.Context(), id, "leave page", "192.0.2.9", c.back))(t); done != want {
					t.Errorf("done: %v", done)
				}
			}
			record := value(o.Proof(t.Context(), email))(t).Lines
			if last := record[len(record)-1]; (last.Action == "returned") != c.want || c.want && (last.Wording != "yes" || last.Origin != "192.0.2.9") {
				t.Errorf("%+v", last)
			}
		})
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}

// newcomer imports somebody whom nobody knows and gives their address.
func (o *office) newcomer() string {
	o.t.Helper()
	email := "newcomer" + time.Now().Format("150405.000000000") + "@example.org"
	o.readers(email + " en news")
	return email
}

func TestNobodyReturnsWhoDidNotLeave(t *testing.T) {
	o := recorded(t)
	o.ask("emil@example.org")
	value(o.Leave(t.Context(), o.subscriber("emil@example.org").ID, "test", "", now))(t) // asked, and never confirmed
	for _, email := range []string{"anna@example.org", "emil@example.org"} {
		if done := value(o.Return(t.Context(), o.subscriber(email).ID, "leave page", "", now))(t); done {
			t.Errorf("%s came back from nowhere", email)
		}
	}
	gone := o.subscriber("carla@example.org").ID
	must(t, o.Erase(t.Context(), "carla@example.org", "test", now))
	if done := value(o.Return(t.Context(), gone, "leave page", "", now))(t); done {
		t.Error("an erased person came back")
	}
}
