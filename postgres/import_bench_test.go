package postgres_test

import (
	"fmt"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

const benchPeople = 100_000

// list is a file of n people who are not known yet, in no order of their addresses, as files are.
func list(n int) []mce.Subscriber {
	people := make([]mce.Subscriber, n)
	for i := range people {
		at := i * 7919 % n
		people[i] = mce.Subscriber{
			Email: fmt.Sprintf("first.last%d@city%d.example", at, at%997), Details: mce.Details{Name: fmt.Sprintf("Reader Number %d", i), Organisation: "Città di Prato", Country: "IT"},
			Choices: mce.Choices{Language: mce.Languages()[i%2], Topics: []string{"news", "events"}},
		}
	}
	return people
}

// empty takes all readers away, and what is on record about them.
func (o *office) empty() {
	o.t.Helper()
	for _, table := range []string{"consents", "consent_seals"} {
		o.sql(`alter table ` + table + ` disable trigger user`)
	}
	o.sql(`truncate subscribers, consents, consent_details, consent_people, consent_seals, moves`)
}

// BenchmarkImport reads in a list of people, with their consents and the seals of those.
func BenchmarkImport(b *testing.B) {
	o := officeOf(b)
	must(b, o.UseKeys(b.Context(), testKeys(b)))
	people := list(benchPeople)
	for b.Loop() {
		b.StopTimer()
		o.empty()
		b.StartTimer()
		r, err := o.ImportSubscribers(b.Context(), people, "yes, send me letters", "registration desk, Larissa 2022", now, nil)
		if err != nil || r.Added != len(people) {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	b.ReportMetric(float64(b.N*len(people))/b.Elapsed().Seconds(), "rows/s")
	b.StopTimer()
	if v := value(o.VerifyConsents(b.Context(), ""))(b); len(v.Faults) > 0 || v.Records != len(people) {
		b.Errorf("%d records, %v", v.Records, v.Faults)
	}
}

// BenchmarkSearch looks for people among many, as the office does: by a part of an address, of a name, of nobody, and in a segment.
func BenchmarkSearch(b *testing.B) {
	o := officeOf(b)
	value(o.ImportSubscribers(b.Context(), list(benchPeople), "yes", "desk", now, nil))(b)
	o.sql(`insert into organisations (name, membership, domains, changed_at) select 'City ' || g, 'member', array['city' || g || '.example'], now() from generate_series(1, 80) g`)
	must(b, o.Vacuum(b.Context()))
	for name, c := range map[string]struct {
		q    mce.SubscriberQuery
		want int
	}{
		"address": {mce.SubscriberQuery{Search: "LAST4711@", Limit: 50}, 1},
		"name":    {mce.SubscriberQuery{Search: "number 77", Limit: 50}, 50},
		"nobody":  {mce.SubscriberQuery{Search: "nobody at all", Limit: 50}, 0},
		"members": {mce.SubscriberQuery{Segment: mce.Segment{Membership: []mce.Membership{mce.Member}, Languages: []mce.Lang{"it"}}, Limit: 50}, 50},
		"page":    {mce.SubscriberQuery{After: "first.last5", Limit: 50}, 50},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if found := value(o.Subscribers(b.Context(), c.q))(b); len(found) != c.want {
					b.Fatalf("%d found", len(found))
				}
			}
		})
	}
}
