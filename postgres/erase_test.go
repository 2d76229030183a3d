package postgres_test

import (
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// everywhere lists the tables in which words stand, in any column.
func (o *office) everywhere(words string) (tables []string) {
	o.t.Helper()
	rows, err := o.db.QueryContext(o.t.Context(), `
		select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`)
	must(o.t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		must(o.t, rows.Scan(&name))
		all = append(all, name)
	}
	must(o.t, rows.Err())
	for _, name := range all {
		var n int
		must(o.t, o.db.QueryRowContext(o.t.Context(), `select count(*) from `+name+` t where lower(t::text) like '%' || lower($1) || '%'`, words).Scan(&n))
		if n > 0 {
			tables = append(tables, name)
		}
	}
	return tables
}

// TestAnErasedPersonIsNowhere: a reader who asked, was suppressed, is named in what a server said, and was at a conference.
func TestAnErasedPersonIsNowhere(t *testing.T) {
	o := recorded(t)
	const email, name = "dora@example.org", "Delegate dora@example.org"
	o.sql(`update subscribers set name = $1 where email = $2`, name, email)
	anna := mce.Booking{Event: "prato", Email: "anna@example.org", Name: "Anna", Language: "it"}
	value(o.Register(t.Context(), mce.Order{Booker: &anna, People: delegates(email, "anna@example.org")}, personal, domain, now))(t)
	for _, l := range o.claim(10) {
		if l.To == email {
			must(t, o.Settle(t.Context(), []mce.Try{{Letter: l, Outcome: mce.Refused, Detail: "5.1.1 <DORA@example.org>: unknown", Suppress: true}}, now))
		}
	}
	refused(t, o.Erase(t.Context(), email, "test", now), mce.Conflict, "still to come")
	if found := o.everywhere(email); len(found) < 6 {
		t.Fatalf("before, she stands in %v only", found)
	}
	over := now.AddDate(1, 0, 0)
	must(t, o.Erase(t.Context(), "Dora@Example.org", "test", over))
	for _, words := range []string{email, "dora"} {
		if found := o.everywhere(words); len(found) > 0 {
			t.Errorf("%q stands in %v", words, found)
		}
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Errorf("the record is not valid any more: %v", r.Faults)
	}
	if found := o.everywhere("anna@example.org"); len(found) == 0 {
		t.Error("somebody else was erased too")
	}
	if _, ok, err := o.ErasedAt(t.Context(), email); !ok || err != nil {
		t.Errorf("the mark does not know her: %v", err)
	}
	refused(t, o.Erase(t.Context(), email, "test", over), mce.NotFound, "nothing is known")
}

// TestWhoMovedAndIsErasedIsNowhere: neither under the new address, nor under the old one, nor under one that was only asked for.
func TestWhoMovedAndIsErasedIsNowhere(t *testing.T) {
	o := known(t)
	must(t, o.CancelRegistration(t.Context(), "prato", "dora@example.org", told, domain, now))
	must(t, o.Erase(t.Context(), "anna@example.org", "test", now.AddDate(1, 0, 0)))
	id := o.subscriber("dora@example.org").ID
	must(t, o.ConfirmMove(t.Context(), id, o.lastMove(), mce.Consent{Wording: "yes", Source: "new address", Origin: "192.0.2.8", At: now}))
	o.askToMove("dora@city.example", "dora@third.example", now)
	o.sql(`insert into suppressions values ('dora@example.org', 'unknown', 'bounce', now())`)
	for _, email := range []string{"dora@example.org", "dora@city.example"} {
		for _, kind := range []mce.WishKind{mce.ForLink, mce.ToSubscribe} {
			must(t, o.AddWish(t.Context(), mce.Wish{
				Kind: kind, Subscriber: mce.Subscriber{Email: email, Details: mce.Details{Organisation: "Comune di Dorano"}, Choices: mce.Choices{Language: "it"}},
				Consent: mce.Consent{Origin: "192.0.2.3", At: now},
			}))
		}
	}
	for _, words := range []string{"dora@example.org", "dora@city.example"} {
		if found := o.everywhere(words); len(found) < 4 {
			t.Fatalf("before, %s stands in %v only", words, found)
		}
	}
	must(t, o.Erase(t.Context(), "dora@example.org", "test", now)) // as a delegate
	must(t, o.Erase(t.Context(), "Dora@City.example", "own page", now))
	for _, words := range []string{"dora@", "dora bianchi", "comune di dorano", "192.0.2"} {
		if found := o.everywhere(words); len(found) > 0 {
			t.Errorf("%q stands in %v", words, found)
		}
	}
	for _, email := range []string{"dora@example.org", "dora@city.example"} {
		if _, ok, err := o.ErasedAt(t.Context(), email); !ok || err != nil {
			t.Errorf("the mark of %s is not there: %v", email, err)
		}
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Errorf("the record is not valid any more: %v", r.Faults)
	}
	if s := value(o.SubscriberByID(t.Context(), id))(t); s.State != mce.Erased || s.Details != (mce.Details{}) {
		t.Errorf("%+v", s)
	}
}

// TestAFormerAddressIsErasedUnlessItIsSomebodyElses: the old address of a person is theirs, until another reads there.
func TestAFormerAddressIsErasedUnlessItIsSomebodyElses(t *testing.T) {
	for name, heir := range map[string]bool{"theirs": false, "somebody else's": true} {
		t.Run(name, func(t *testing.T) {
			o := recorded(t)
			o.moved("anna@example.org", "anna@city.example")
			if heir {
				o.readers("other@example.org en news")
				o.moved("other@example.org", "anna@example.org")
			}
			o.sql(`insert into suppressions values ('anna@example.org', 'unknown', 'bounce', now())`)
			must(t, o.Erase(t.Context(), "anna@city.example", "own page", now))
			_, marked, err := o.ErasedAt(t.Context(), "anna@example.org")
			if left := o.everywhere("anna@example.org"); err != nil || marked == heir || (len(left) > 0) != heir {
				t.Errorf("marked %v, %v; stands in %v", marked, err, left)
			}
			if heir && o.subscriber("anna@example.org").State != mce.Active {
				t.Error("the heir is gone")
			}
		})
	}
}

// TestOnlyTheyThemselvesComeBack: a list does not bring an erased person back, a confirmed wish of their own does.
func TestOnlyTheyThemselvesComeBack(t *testing.T) {
	o := recorded(t)
	must(t, o.Erase(t.Context(), "anna@example.org", "test", now))
	r := value(o.ImportSubscribers(t.Context(), []mce.Subscriber{
		{Email: "ANNA@example.org", Choices: mce.Choices{Language: mce.English}}, {Email: "new@example.org", Choices: mce.Choices{Language: mce.English}},
	}, "yes", "import", now, nil))(t)
	if r.Erased != 1 || r.Added != 1 || r.Known != 0 {
		t.Errorf("%+v", r)
	}
	o.optIn("anna@example.org")
	if s := value(o.SubscriberByEmail(t.Context(), "anna@example.org"))(t); s.State != mce.Active {
		t.Errorf("she is %s", s.State)
	}
	if _, ok, _ := o.ErasedAt(t.Context(), "anna@example.org"); ok {
		t.Error("she came back, and is said to be erased")
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}
