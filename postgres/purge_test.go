package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

// sealed is an office whose record of consent is sealed.
func sealed(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	return o
}

// asked asks somebody to confirm, with a letter of their own that has their address in it.
func (o *office) asked(email string, when time.Time) mce.Subscriber {
	o.t.Helper()
	w := mce.Wish{
		Subscriber: mce.Subscriber{
			Email: email, Details: mce.Details{Name: "Name of " + email, Organisation: "City of " + email, Country: "IT"},
			Choices: mce.Choices{Language: mce.English, Topics: []string{"news"}},
		},
		Consent: mce.Consent{Wording: "yes", Source: "form", Origin: "192.0.2.1", At: when},
	}
	own := func() (mce.Edition, error) {
		return mce.Edition{Kind: mce.OptIn, Lang: "en", Subject: "For " + email, HTML: email, Text: email}, nil
	}
	if !value(o.AskToConfirm(o.t.Context(), w, own, domain))(o.t) {
		o.t.Fatalf("%s was not asked", email)
	}
	return o.subscriber(email)
}

func (o *office) leave(email string, when time.Time) mce.Subscriber {
	o.t.Helper()
	if !value(o.Leave(o.t.Context(), o.subscriber(email).ID, "test", "", when))(o.t) {
		o.t.Fatalf("%s had left before", email)
	}
	return o.subscriber(email)
}

// gone purges at a moment as was foretold, and checks the record of consent.
func (o *office) gone(when time.Time, want mce.Purged) {
	o.t.Helper()
	before := o.verify("")
	would := value(o.WouldPurge(o.t.Context(), keep, when))(o.t)
	got := o.purge(when)
	if diff := cmp.Diff(would, got); diff != "" {
		o.t.Errorf("not what was foretold:\n%s", diff)
	}
	got.Removed, got.Editions, got.Kept = nil, 0, nil // letters have tests of their own
	if diff := cmp.Diff(want, got); diff != "" {
		o.t.Errorf("at %s:\n%s", when, diff)
	}
	if r := o.verify(before.Head); len(r.Faults) > 0 {
		o.t.Errorf("the record of consent: %v", r.Faults)
	}
}

func (o *office) nowhere(words ...string) {
	o.t.Helper()
	for _, w := range words {
		if found := o.everywhere(w); len(found) > 0 {
			o.t.Errorf("%q stands in %v", w, found)
		}
	}
}

func (o *office) imports(email string) mce.ImportResult {
	o.t.Helper()
	people := []mce.Subscriber{{Email: email, Choices: mce.Choices{Language: mce.English}}}
	return value(o.ImportSubscribers(o.t.Context(), people, "yes", "list.csv", now, nil))(o.t)
}

func TestInvitationsOfPastEventsGo(t *testing.T) {
	o := inviting(t, nil)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	o.invite()
	keep := mce.Keep{Letters: 240, Unconfirmed: 365, Unsubscribed: 240, Delegates: 2}
	over := value(o.Event(t.Context(), "prato"))(t).Ends.AddDate(0, 2, 0)
	for when, want := range map[time.Time]int{over.Add(-time.Second): 0, over.AddDate(0, 0, 1): 3} {
		if p := value(o.WouldPurge(t.Context(), keep, when))(t); p.Invitations != want {
			t.Errorf("at %s: %d would go, want %d", when, p.Invitations, want)
		}
	}
	if p := value(o.Purge(t.Context(), keep, over.AddDate(0, 0, 1)))(t); p.Invitations != 3 {
		t.Errorf("%d went", p.Invitations)
	}
	if n := o.sql(`select from invitations`); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestWhoDoesNotConfirmIsForgotten(t *testing.T) {
	o := sealed(t)
	anna := o.asked("anna@example.org", now)
	o.asked("bob@example.org", now.Add(time.Hour))
	o.readers("carla@example.org en news")
	o.settle(mce.Refused, o.claim(1)...)
	o.sql(`update letters set detail = '5.1.1 <anna@example.org>' where subscriber_id = $1`, anna.ID)
	o.sql(`insert into moves (subscriber_id, email, at) values ($1, 'anna2@example.org', $2)`, anna.ID, now.AddDate(0, 0, 30))
	month := now.AddDate(0, 0, 30)
	o.gone(month, mce.Purged{})
	o.gone(month.Add(time.Second), mce.Purged{Unconfirmed: 1})
	o.nowhere("anna")
	p := value(o.SubscriberByID(t.Context(), anna.ID))(t)
	if p.State != mce.Erased || p.Name+p.Organisation+p.Country != "" || len(p.Topics) > 0 {
		t.Errorf("%+v", p)
	}
	record := value(o.Consents(t.Context(), anna.ID))(t)
	if len(record) != 2 || record[1].Action != "erased" || record[1].Source != "retention" || !record[1].At.Equal(month.Add(time.Second)) {
		t.Errorf("%+v", record)
	}
	for email, want := range map[string]mce.SubscriberState{"bob@example.org": mce.Pending, "carla@example.org": mce.Active} {
		if s := o.subscriber(email); s.State != want {
			t.Errorf("%s is %s", email, s.State)
		}
	}
	if _, marked, err := o.ErasedAt(t.Context(), "anna@example.org"); marked || err != nil {
		t.Errorf("there is a mark: %v", err)
	}
	if r := o.imports("anna@example.org"); r.Added != 1 {
		t.Errorf("they cannot be imported: %+v", r)
	}
}

// TestAQuestionAskedAnewIsWaitedForAnew: the last question counts.
func TestAQuestionAskedAnewIsWaitedForAnew(t *testing.T) {
	o := sealed(t)
	o.asked("anna@example.org", now)
	o.asked("anna@example.org", now.AddDate(0, 0, 20))
	o.gone(now.AddDate(0, 0, 50), mce.Purged{})
	o.gone(now.AddDate(0, 0, 51), mce.Purged{Unconfirmed: 1})
}

// TestWhoHadLeftAndDoesNotConfirmHasLeft: somebody typed their address anew. A list must not bring them back.
func TestWhoHadLeftAndDoesNotConfirmHasLeft(t *testing.T) {
	for how, come := range map[string]func(*office){
		"imported":  func(o *office) { o.readers("anna@example.org en news") },
		"confirmed": func(o *office) { o.optIn("anna@example.org") },
	} {
		t.Run(how, func(t *testing.T) {
			o := sealed(t)
			come(o)
			left := now.AddDate(0, 2, 0)
			anna := o.leave("anna@example.org", left)
			o.asked("anna@example.org", left.AddDate(0, 0, 1))
			o.gone(left.AddDate(0, 0, 32), mce.Purged{Lapsed: 1})
			p := o.subscriber("anna@example.org")
			if p.ID != anna.ID || p.State != mce.Unsubscribed || !p.ChangedAt.Equal(left) {
				t.Errorf("%+v", p)
			}
			if r := o.imports("anna@example.org"); r.Known != 1 {
				t.Errorf("%+v", r)
			}
			o.gone(left.AddDate(3, 0, 0), mce.Purged{})
			o.gone(left.AddDate(3, 0, 1), mce.Purged{Unsubscribed: 1})
			o.nowhere("anna")
		})
	}
}

// TestWhoOnlyRefusedAQuestionWasNeverSubscribed: they left while pending, and were asked anew.
func TestWhoOnlyRefusedAQuestionWasNeverSubscribed(t *testing.T) {
	o := sealed(t)
	o.asked("anna@example.org", now)
	o.leave("anna@example.org", now.Add(time.Hour))
	o.asked("anna@example.org", now.AddDate(0, 0, 2))
	o.gone(now.AddDate(0, 0, 40), mce.Purged{Unconfirmed: 1})
	o.nowhere("anna")
}

// TestALateLapseIsErasedInTheSameNight: the time counts from when they left, however late the question.
func TestALateLapseIsErasedInTheSameNight(t *testing.T) {
	o := sealed(t)
	o.readers("anna@example.org en news")
	o.leave("anna@example.org", now)
	o.asked("anna@example.org", now.AddDate(3, 0, -10))
	o.gone(now.AddDate(3, 0, 30), mce.Purged{Lapsed: 1, Unsubscribed: 1})
	o.nowhere("anna")
}

func TestWhoLeftLongAgoIsErased(t *testing.T) {
	o := sealed(t)
	anna := o.asked("anna@example.org", now)
	_, question := o.record(anna.ID)
	value(o.Confirm(t.Context(), anna.ID, question, "link", "192.0.2.2", plain{}, domain, now))(t)
	o.readers("bob@example.org en news", "carla@example.org en news")
	o.leave("anna@example.org", now)
	o.leave("bob@example.org", now.Add(time.Minute))
	o.sql(`insert into suppressions values ('anna@example.org', 'refused', 'test', now())`)
	years := now.AddDate(3, 0, 0)
	o.gone(years, mce.Purged{})
	o.gone(years.Add(time.Second), mce.Purged{Unsubscribed: 1})
	if found := o.everywhere("anna"); !cmp.Equal(found, []string{"suppressions"}) { // that a server refused it is not hers alone
		t.Errorf("she stands in %v", found)
	}
	o.sql(`delete from suppressions`)
	if r := o.imports("Anna@example.org"); r.Erased != 1 || r.Added != 0 {
		t.Errorf("a list brings her back: %+v", r)
	}
	if s := o.subscriber("carla@example.org"); s.State != mce.Active {
		t.Errorf("%+v", s)
	}
	o.asked("anna@example.org", years.AddDate(0, 1, 0)) // she herself may
}

// TestAFormerAddressOfWhoLeftIsMarkedToo: a list of long ago has them under it.
func TestAFormerAddressOfWhoLeftIsMarkedToo(t *testing.T) {
	o := sealed(t)
	o.readers("anna@example.org en news")
	o.moved("anna@example.org", "anna@new.example")
	o.leave("anna@new.example", now)
	o.gone(now.AddDate(4, 0, 0), mce.Purged{Unsubscribed: 1})
	o.nowhere("anna")
	for _, email := range []string{"anna@example.org", "anna@new.example"} {
		if r := o.imports(email); r.Erased != 1 {
			t.Errorf("%s: %+v", email, r)
		}
	}
}

// TestTheOfficesOwnRecordsStay: a contact of a member who leaves the newsletter is still its contact, a delegate still one.
func TestTheOfficesOwnRecordsStay(t *testing.T) {
	o := sealed(t)
	o.readers("anna@example.org en news")
	o.leave("anna@example.org", now.AddDate(-4, 0, 0))
	o.register("anna@example.org")
	o.sql(`insert into organisations (name, changed_at) values ('City', now())`)
	o.sql(`insert into contacts (organisation_id, email) values (1, 'anna@example.org')`)
	o.gone(now, mce.Purged{Unsubscribed: 1})
	if diff := cmp.Diff([]string{"contacts", "registrations"}, o.everywhere("anna@example.org")); diff != "" {
		t.Error(diff)
	}
	if l := o.claim(5); len(l) != 1 || l[0].LeftOut != "" {
		t.Errorf("her confirmation: %+v", l)
	}
}

func TestDelegatesOfPastEventsLoseTheirNames(t *testing.T) {
	o := sealed(t)
	people := []mce.Registration{
		{Event: "prato", Email: "anna@example.org", Name: "Anna", Organisation: "City of Anna", Country: "Annaland", Language: "en"},
		{Event: "prato", Email: "bob@example.org", Name: "Bob", Language: "it"},
	}
	booker := mce.Booking{Event: "prato", Email: "bob@example.org", Name: "Bob", Language: "it"}
	value(o.Register(t.Context(), mce.Order{Booker: &booker, People: people}, personal, domain, now))(t)
	must(t, o.CancelRegistration(t.Context(), "prato", "bob@example.org", told, domain, now))
	o.settle(mce.Refused, o.claim(5)...)
	o.sql(`update letters set detail = '5.1.1 <anna@example.org>'`)
	codes := o.sql(`select from registrations where code <> ''`)
	over := at("2024-10-25T11:00:00Z").AddDate(2, 0, 0)
	o.gone(over, mce.Purged{})
	o.gone(over.Add(time.Second), mce.Purged{Delegates: 2, Bookers: 1})
	o.nowhere("anna", "bob")
	if n := o.sql(`select from registrations where state = 'registered'`); n != 1 || codes != 2 {
		t.Errorf("%d places are taken", n)
	}
	if n := o.sql(`select from registrations where state = 'cancelled'`); n != 1 {
		t.Errorf("%d places are cancelled", n)
	}
	o.gone(over.AddDate(1, 0, 0), mce.Purged{})
}

// TestAConfirmationLosesItsWordsWithItsDelegate: letters may be kept for longer than delegates.
func TestAConfirmationLosesItsWordsWithItsDelegate(t *testing.T) {
	o := sealed(t)
	value(o.Register(t.Context(), mce.Order{People: delegates("anna@example.org")}, personal, domain, now))(t)
	o.remind()
	long := mce.Keep{Letters: 1200, Unconfirmed: 30, Unsubscribed: 36, Delegates: 1}
	if p := value(o.Purge(t.Context(), long, now.AddDate(1, 0, 0)))(t); p.Delegates != 1 || len(p.Removed) > 0 {
		t.Errorf("%+v", p)
	}
	o.nowhere("anna")
	if n := o.sql(`select from editions where kind = 'confirmation' and subject || html || plain || calendar = ''`); n != 1 {
		t.Error("the confirmation has its words still")
	}
	if n := o.sql(`select from editions where kind = 'reminder' and subject <> ''`); n != 1 {
		t.Error("the reminder, which is everybody's, has lost its words")
	}
	for _, l := range o.claim(5) {
		if l.LeftOut != "the person was erased" {
			t.Errorf("%+v", l)
		}
	}
}

func TestWhatWasLeftLyingGoesAfterAWeek(t *testing.T) {
	o := sealed(t)
	o.readers("anna@example.org en news")
	week := now.AddDate(0, 0, 7)
	for _, when := range []time.Time{now, week} {
		o.sql(`insert into moves (subscriber_id, email, at) values (1, 'new@example.org', $1)`, when)
		must(t, o.AddWish(t.Context(), mce.Wish{Subscriber: mce.Subscriber{Email: "eva@example.org", Choices: mce.Choices{Language: "en"}}, Consent: mce.Consent{At: when}}))
	}
	o.gone(week, mce.Purged{})
	o.gone(week.Add(time.Second), mce.Purged{Moves: 1, Wishes: 1})
	if m, w := o.sql(`select from moves`), o.sql(`select from wishes`); m != 1 || w != 1 {
		t.Errorf("%d moves and %d wishes are left", m, w)
	}
}

// TestTheDeskForgets: the log stays whole, and nobody is in it any more.
func TestTheDeskForgets(t *testing.T) {
	o := sealed(t)
	boss := o.user("boss", mce.Admin)
	anna := o.user("anna", mce.Editor)
	by := mce.Actor{UserID: boss.ID, Origin: "192.0.2.9"}
	o.asks(anna.Email, "browser", "192.0.2.9", now)
	o.asks(anna.Email, "browser", "192.0.2.9", now)
	if fault := o.logsIn(o.links()[0], "browser", "cookie", now); fault != mce.LoginGood {
		t.Fatal(fault)
	}
	end := now.Add(mce.LoginFor)
	o.gone(now.Add(mce.SessionIdle), mce.Purged{})
	o.gone(now.Add(mce.SessionIdle+time.Second), mce.Purged{Desk: 1})
	o.gone(end.Add(mce.KeepLogins), mce.Purged{})
	o.gone(end.Add(mce.KeepLogins+time.Second), mce.Purged{Desk: 2})
	must(t, o.RemoveUser(t.Context(), anna.ID, by, "left", now))
	before := o.log()
	o.gone(now.AddDate(1, 0, 0), mce.Purged{})
	o.gone(now.AddDate(1, 0, 1), mce.Purged{Desk: 2}) // hers at the log-in, and the admin's
	o.nowhere("192.0.2.")
	o.gone(now.AddDate(3, 0, 0), mce.Purged{})
	o.gone(now.AddDate(3, 0, 1), mce.Purged{Desk: 1})
	o.nowhere("anna")
	o.logged(strings.NewReplacer(" anna", " ", "anna: log in anna", ": log in").Replace(before))
}

// TestDaemonsForgetEachPersonOnce: more people than one portion takes, and several daemons at it.
func TestDaemonsForgetEachPersonOnce(t *testing.T) {
	o := sealed(t)
	const people = 1234
	lines := make([]string, people)
	for i := range lines {
		lines[i] = fmt.Sprintf("reader%04d@example.org en news", i)
	}
	o.readers(lines...)
	o.sql(`update subscribers set state = 'unsubscribed', changed_at = $1`, now.AddDate(-4, 0, 0))
	var all errgroup.Group
	done := make([]mce.Purged, 4)
	for n := range done {
		other := value(postgres.Open(t.Context(), o.url))(t)
		t.Cleanup(func() { other.Close() })
		must(t, other.UseKeys(t.Context(), testKeys(t)))
		all.Go(func() (err error) {
			done[n], err = other.Purge(t.Context(), keep, now)
			return err
		})
	}
	must(t, all.Wait())
	total := 0
	for _, p := range done {
		total += p.Unsubscribed
	}
	total += o.purge(now).Unsubscribed // whom each had passed over for the other
	if marks, lines := o.sql(`select from erasures`), o.sql(`select from consents where action = 'erased'`); total != people || marks != people || lines != people {
		t.Errorf("%d people, %d marks, %d lines", total, marks, lines)
	}
	o.nowhere("example.org")
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}

// TestWhoIsJustConfirmingIsPassedOver: their click holds their line.
func TestWhoIsJustConfirmingIsPassedOver(t *testing.T) {
	o := sealed(t)
	o.asked("anna@example.org", now)
	click := value(o.db.BeginTx(t.Context(), nil))(t)
	defer click.Rollback()
	_, err := click.ExecContext(t.Context(), `update subscribers set state = 'active'`)
	must(t, err)
	if p := o.purge(now.AddDate(0, 2, 0)); p.Unconfirmed != 0 {
		t.Errorf("%+v", p)
	}
	must(t, click.Commit())
	if p := o.purge(now.AddDate(0, 2, 0)); p.Unconfirmed != 0 || o.subscriber("anna@example.org").State != mce.Active {
		t.Errorf("%+v", p)
	}
}

// TestAFaultWithOneKindLeavesTheOthersTheirTurn: marks cannot be made.
func TestAFaultWithOneKindLeavesTheOthersTheirTurn(t *testing.T) {
	o := sealed(t)
	o.readers("anna@example.org en news")
	o.leave("anna@example.org", now.AddDate(-4, 0, 0))
	o.asked("bob@example.org", now.AddDate(-1, 0, 0))
	o.register("carla@example.org")
	o.sql(`create function no() returns trigger language plpgsql as 'begin raise exception ''not mine''; end'`)
	o.sql(`create trigger no before insert on erasures for each row execute function no()`)
	later := now.AddDate(3, 0, 0)
	p, err := o.Purge(t.Context(), keep, later)
	if err == nil || p.Unsubscribed != 0 || p.Unconfirmed != 1 || p.Delegates != 1 {
		t.Errorf("%v, %+v", err, p)
	}
	if len(o.everywhere("anna")) == 0 {
		t.Error("she went by halves")
	}
	o.sql(`drop trigger no on erasures`)
	o.gone(later, mce.Purged{Unsubscribed: 1})
}

func TestWithoutKeysNobodyIsForgotten(t *testing.T) {
	o := newOffice(t)
	o.ask("anna@example.org")
	p, err := o.Purge(t.Context(), keep, now.AddDate(1, 0, 0))
	if err == nil || p.Unconfirmed != 0 || o.subscriber("anna@example.org").State != mce.Pending {
		t.Errorf("%v, %+v", err, p)
	}
}
