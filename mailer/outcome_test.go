package mailer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// fate is what the database says of a letter.
type fate struct {
	Outcome  mce.Outcome
	Attempts int
	Code     int
	Status   string
	Lane     string // in express: due, parked or, when it is not there, nothing
}

func (s *scene) fates(kind mce.LetterKind) map[string]fate {
	s.t.Helper()
	rows, err := s.db.Query(`
		select split_part(coalesce(p.email, r.email), '-', 1), l.outcome, l.attempts, l.code, l.status,
			case when x.letter_id is null then '' when x.parked then 'parked' when x.due > $2 then 'due' else 'overdue' end
		from letters l left join subscribers p on p.id = l.subscriber_id left join registrations r on r.id = l.registration_id
		left join express x on x.letter_id = l.id where l.kind = $1`, string(kind), s.clock.Now())
	s.check(err)
	defer rows.Close()
	out := map[string]fate{}
	for rows.Next() {
		var name string
		var f fate
		s.check(rows.Scan(&name, &f.Outcome, &f.Attempts, &f.Code, &f.Status, &f.Lane))
		out[name] = f
	}
	s.check(rows.Err())
	return out
}

var faults = []string{"good", busyRcpt, unknownRcpt, policyDot, cutAtData, cutAfterDot, hangAtDot, closeData, closeMail, "last"}

// wantFates is what judge says of each fault.
func wantFates(kind mce.LetterKind) map[string]fate {
	taken, again := fate{mce.Delivered, 1, 250, "", ""}, fate{mce.Deferred, 1, 0, "", "due"}
	doubt := again
	if kind.Bulk() {
		doubt = fate{mce.Uncertain, 1, 0, "", "parked"}
	}
	return map[string]fate{
		"good": taken, "last": taken, closeMail: taken, // its refusal met the next letter, which went over a new connection
		busyRcpt: {mce.Deferred, 1, 451, "4.3.0", "due"}, closeData: {mce.Deferred, 1, 421, "4.3.2", "due"}, cutAtData: again,
		unknownRcpt: {mce.Refused, 1, 550, "5.1.1", ""}, policyDot: {mce.Refused, 1, 550, "5.7.1", ""},
		cutAfterDot: doubt, hangAtDot: doubt,
	}
}

func (s *scene) compareFates(kind mce.LetterKind, want map[string]fate) {
	s.t.Helper()
	got := s.fates(kind)
	for name, w := range want {
		if got[name] != w {
			s.t.Errorf("%s, %s: %+v, want %+v", kind, name, got[name], w)
		}
	}
	if len(got) != len(want) {
		s.t.Errorf("%d letters of kind %s, want %d", len(got), kind, len(want))
	}
}

// TestEveryAnswerHasItsOutcome, for newsletters and for single letters, step by step and pipelined; and what is not at its end goes on
// to it.
func TestEveryAnswerHasItsOutcome(t *testing.T) {
	t.Parallel()
	const pipelining = "250-relay.example\r\n250 PIPELINING"
	for name, server := range map[string]struct {
		hello   string
		lenient bool
	}{
		"step by step":                     {"250 relay.example", false},
		"pipelined":                        {pipelining, false},
		"pipelined, content asked in vain": {pipelining, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.relay.hello, s.relay.lenient = server.hello, server.lenient
			everyAnswer(t, s)
			if n := s.relay.said("content for nobody"); n != 0 {
				t.Errorf("%d times something was sent to nobody", n)
			}
		})
	}
}

// A quoted local part is told to the relay as it is kept, in either dialogue.
func TestQuotedAddressesArrive(t *testing.T) {
	for _, hello := range []string{"250 relay.example", "250-relay.example\r\n250 PIPELINING"} {
		s := newScene(t)
		s.relay.hello = hello
		quoted := []string{`"anna @ home"@example.org`, `"say \"hi\" \\"@example.org`, `".dots..."@example.org`}
		s.subscribe(quoted...)
		s.send()
		d := s.daemon(1, nil)
		s.await(d, len(quoted))
		got := s.relay.letters()
		for _, to := range quoted {
			if got[to] != 1 {
				t.Errorf("%s was sent it %d times: %v", to, got[to], got)
			}
		}
	}
}

// A server that repeats what it was sent makes nobody's links readable in the database.
func TestWhatAServerQuotesIsKeptWithoutTokens(t *testing.T) {
	for _, hello := range []string{"250 relay.example", "250-relay.example\r\n250 PIPELINING"} {
		s := newScene(t)
		s.relay.hello = hello
		s.subscribe(quotesUs + "-reader@example.org")
		s.send()
		s.await(s.daemon(1, nil), 1)
		var said string
		s.check(s.db.QueryRow(`select detail from letters where outcome = 'refused'`).Scan(&said))
		site := mailer.FixtureSite()
		want := "5.7.1 not <" + site.LeaveURL("…") + ">, <mailto:" + site.From + "?subject=leave-…>,\n5.7.1 nor <…@" + site.Domain() + ">"
		if said != want {
			t.Errorf("%q is kept, want %q", said, want)
		}
	}
}

func everyAnswer(t *testing.T, s *scene) {
	t.Helper()
	var readers, delegates []string
	for _, f := range faults {
		readers, delegates = append(readers, f+"-reader@example.org"), append(delegates, f+"-delegate@example.org")
	}
	s.subscribe(readers...)
	issue := s.send()
	s.register(delegates...)
	d := s.daemon(1, nil)
	for range 2 {
		<-s.relay.hung
	}
	close(s.relay.resume)
	s.await(d, 2*len(faults))
	s.compareFates(mce.Newsletter, wantFates(mce.Newsletter))
	s.compareFates(mce.Confirmation, wantFates(mce.Confirmation))

	var suppressed []string
	rows, err := s.db.Query(`select email from suppressions order by email`)
	s.check(err)
	defer rows.Close()
	for rows.Next() {
		var email string
		s.check(rows.Scan(&email))
		suppressed = append(suppressed, email)
	}
	if want := []string{"unknown-delegate@example.org", "unknown-reader@example.org"}; !slices.Equal(suppressed, want) {
		t.Errorf("suppressed: %q, want %q", suppressed, want)
	}
	if err := d.Health(); err != nil {
		t.Errorf("single letters' faults are no reason to report: %v", err)
	}
	s.againLater(d, issue)
}

// againLater: what was deferred goes once the relay is well; what is parked stays.
func (s *scene) againLater(d *daemon, issue int64) {
	s.t.Helper()
	s.relay.set(func() { s.relay.healed = true })
	s.clock.advance(time.Hour)
	d.Wake()
	s.await(d, 3+5)
	want := map[mce.LetterKind]map[string]fate{}
	for _, kind := range []mce.LetterKind{mce.Newsletter, mce.Confirmation} {
		want[kind] = wantFates(kind)
		for name, f := range want[kind] {
			if f.Outcome == mce.Deferred {
				// The last words of a server stay with a letter only while they mean something.
				want[kind][name] = fate{mce.Delivered, 2, 250, "", ""}
			}
		}
		got := s.fates(kind)
		for name, w := range want[kind] {
			g := got[name]
			if g.Outcome != w.Outcome || g.Attempts != w.Attempts || g.Lane != w.Lane {
				s.t.Errorf("later: %s, %s: %+v, want %+v", kind, name, g, w)
			}
		}
	}
	for _, name := range []string{cutAfterDot, hangAtDot} {
		if n := s.relay.letters()[name+"-reader@example.org"]; n != 1 {
			s.t.Errorf("a newsletter in doubt was sent %d times", n)
		}
		ids := s.relay.ids(name + "-delegate@example.org")
		if len(ids) != 2 || ids[0] != ids[1] || ids[0] == "" {
			s.t.Errorf("a confirmation in doubt went as %q, want twice the same Message-ID", ids)
		}
	}
	done, err := s.store.FinishIssues(s.t.Context(), s.clock.Now())
	s.check(err)
	if len(done) > 0 {
		s.t.Error("the issue was closed with letters in doubt")
	}
	if p, err := s.store.IssueProgress(s.t.Context(), issue); err != nil || p[mce.Uncertain] != 2 {
		s.t.Errorf("progress %v, %v", p, err)
	}
}

func TestARelayThatIsDownCostsNoAttempt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.relay.set(func() { s.relay.down = true })
	s.newsletter(60)
	s.register("anna@example.org")
	d := s.daemon(2, nil)
	s.awaitLog("the mail relay does not take letters")
	if err := d.Health(); mce.ErrorCode(err) != mce.Unavailable {
		t.Errorf("health: %v", err)
	}
	if n := s.count(`select count(*) from letters where attempts = 0 and outcome = 'waiting'`); n != 61 {
		t.Errorf("%d letters are as they were: %v", n, s.outcomes(""))
	}
	s.relay.set(func() { s.relay.down = false })
	s.await(d, 61)
	if err := d.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
	s.onceEach(61)
	if n := s.count(`select count(*) from letters where attempts = 1 and outcome = 'delivered'`); n != 61 {
		t.Errorf("%d letters took one attempt: %v", n, s.outcomes(""))
	}
}

// TestNobodyListens: the same for a port that nothing listens at.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.newsletter(3)
	s.relay.Close()
	d := s.daemon(1, nil)
	s.awaitLog("the mail relay does not take letters")
	if err := d.Health(); mce.ErrorCode(err) != mce.Unavailable {
		t.Errorf("health: %v", err)
	}
	d.stop()
	if n := s.count(`select count(*) from letters where attempts = 0 and outcome = 'waiting'`); n != 3 {
		t.Errorf("%d letters are as they were: %v", n, s.outcomes(""))
	}
	if n := s.count(`select count(*) from runs where lease is not null`); n != 0 {
		t.Error("a run is still leased")
	}
}

// TestAReminderIsNeverLate: it lay in the outbox while nothing was delivered, and the conference has begun since.
func TestAReminderIsNeverLate(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.register("early@example.org", "late@example.org")
	event, err := s.store.Event(t.Context(), "prato-2023")
	s.check(err)
	rules, err := s.store.ReminderRules(t.Context())
	s.check(err)
	rule := rules[slices.IndexFunc(rules, func(r mce.ReminderRule) bool { return r.Slug == "week-before" })]
	latest := s.clock.Now().Add(2 * time.Hour)
	n, err := s.store.QueueReminder(t.Context(), rule, event, s.clock.Now().Add(time.Minute), latest, s.clock.Now(),
		func(l mce.Lang) (mce.Edition, error) { return s.letters.Reminder(rule, event, mce.Enclosures{}, l) }, "mail.example")
	s.check(err)
	if n != 2 {
		t.Fatalf("%d reminders", n)
	}
	s.clock.advance(2*time.Hour + time.Second)
	d := s.daemon(1, nil)
	s.await(d, 4)
	if got := s.outcomes(mce.Reminder); got[mce.Expired] != 2 {
		t.Errorf("reminders: %v", got)
	}
	if got := s.outcomes(mce.Confirmation); got[mce.Delivered] != 2 {
		t.Errorf("confirmations: %v", got)
	}
	if got := s.relay.letters(); fmt.Sprint(got) != "map[early@example.org:1 late@example.org:1]" {
		t.Errorf("sent: %v", got)
	}
}
