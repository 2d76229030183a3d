package scheduler_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/scheduler"
)

// register gives people places in the conference.
func (h *house) register(people ...mce.Registration) {
	h.t.Helper()
	for i := range people {
		people[i].Event = "prato"
	}
	_, err := h.store.Register(h.t.Context(), mce.Order{People: people}, h.letters, "mce.example", h.clock.Now())
	h.must(err)
}

// rehearse looks ahead. While the stage still stands, meanwhile is called.
func (h *house) rehearse(r scheduler.Rehearsal, meanwhile func()) (plan mce.Plan) {
	h.t.Helper()
	h.must(h.store.Rehearse(h.t.Context(), r.Begin(), func(stage *postgres.Store) (err error) {
		r.Stage, r.Letters, r.Domain = stage, h.letters, "mce.example"
		if plan, err = r.Plan(h.t.Context()); err == nil && meanwhile != nil {
			meanwhile()
		}
		return err
	}))
	return plan
}

// busyOctober has all that a tick knows of about the conference, on 14 October 2023: a series that sends by itself and one for the
// editors, an issue that they scheduled at an odd moment, delegates and one who waits while there is a place, an edit that has not settled, and
// reminders by each date of the event, one of which comes too late.
func busyOctober(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, at("2023-09-01T00:00:00Z"), func(l *mce.Library) {
		l.Articles = articles(9)
		for i := range l.Articles {
			l.Articles[i].From = at("2023-09-28T05:00:00Z").AddDate(0, 0, 4*i)
		}
		l.Events[0].Capacity, l.Events[0].Opens, l.Events[0].Closes = 2, at("2023-08-01T08:00:00Z"), at("2023-10-20T15:00:00Z")
		second := l.Series[0]
		second.Slug, second.Cron, second.TimeZone, second.Approval = "letter", "30 2 * * *", "Europe/Athens", mce.ApprovalRequired
		second.Clicks = true
		l.Series = append(l.Series, second)
		l.Events[0].Topics = []string{"news"}
		l.Reminders = rulesByEachDate()
		for i := range 3 {
			l.Resources = append(l.Resources, mce.Resource{
				Slug: fmt.Sprintf("handout-%d", i), Title: en("Handout"), Kind: "handout", Link: "https://kb.example/handout", Event: "prato", Window: mce.Window{From: at("2023-10-27T16:00:00Z").AddDate(0, 0, i)},
			})
		}
	})
	h.register(mce.Registration{Email: "anna@example.org", Name: "Anna", Language: "en"}, mce.Registration{Email: "bob@example.org", Name: "Bob", Language: "it"},
		mce.Registration{Email: "waits@example.org", Name: "Waits", Language: "it"})
	h.tick(at("2023-10-13T20:00:00Z"))
	waiting, err := h.store.UnscheduledOf(t.Context(), h.seriesID("letter"))
	h.must(err)
	for _, i := range waiting {
		_, err := h.store.Approve(t.Context(), i.ID, "editor", h.letters.Look(), h.clock.Now())
		h.must(err)
		_, err = h.store.Schedule(t.Context(), i.ID, at("2023-10-16T11:15:00Z"), h.letters.Look())
		h.must(err)
	}
	h.lib.Events[0].Capacity, h.lib.Events[0].Venue = 3, en("Another place")
	h.save()
	return h
}

func rulesByEachDate() (out []mce.ReminderRule) {
	for i, r := range []mce.ReminderRule{
		{Anchor: mce.AtStart, Days: -10}, {Anchor: mce.AtStart, Days: 0, At: "07:30"}, {Anchor: mce.AtOpens, Days: 85}, {Anchor: mce.AtEnd, Days: 3},
		{Anchor: mce.AtCloses, Days: -3, For: mce.ForWaiting}, {Anchor: mce.AtOpens, Days: 76}, {Anchor: mce.AtStart, Days: -1, For: mce.ForSpeakers},
		{Anchor: mce.AtEnd, Days: 1, Daily: true, Show: []mce.Show{mce.ShowHandouts}}, {Anchor: mce.AtStart, Days: -5, For: mce.ForInterested},
	} {
		r.Slug, r.Useful, r.Subject, r.Body = fmt.Sprintf("rule-%d", i), 24, en("{title}"), en("Body")
		if r.At == "" {
			r.At = "09:00"
		}
		out = append(out, r)
	}
	return out
}

func (h *house) seriesID(slug string) (id int64) {
	h.t.Helper()
	h.must(h.db.QueryRowContext(h.t.Context(), `select id from series where slug = $1`, slug).Scan(&id))
	return id
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestFromOneMomentToTheNextThePlanIsThatOfTicking, also where the clocks are set back.
func TestFromOneMomentToTheNextThePlanIsThatOfTicking(t *testing.T) {
	h := busyOctober(t)
	for _, approve := range []bool{false, true} {
		r := scheduler.Rehearsal{From: at("2023-10-13T23:00:00Z"), To: at("2023-10-31T00:00:00Z"), Approve: approve, People: true}
		jumps := h.rehearse(r, nil)
		if approve { // the ticks are many
			if got, want := inJSON(t, jumps), inJSON(t, h.rehearse(r.Every(5*time.Minute), nil)); got != want {
				t.Errorf("jumping gives\n%s\nticking\n%s", got, want)
			}
		}
		if !slices.ContainsFunc(jumps.Lines, func(l mce.Planned) bool { return l.ID == "prato/rule-7~2" }) {
			t.Error("no second digest of handouts")
		}
		fates := map[mce.Fate]int{}
		kinds := map[mce.LetterKind]int{}
		for _, l := range jumps.Lines {
			fates[l.Fate]++
			kinds[l.Kind]++
		}
		for _, f := range []mce.Fate{mce.Leaves, mce.Skips, mce.Drops, mce.Nowhere} {
			if fates[f] == 0 {
				t.Errorf("approve %v: nothing %s: %v", approve, f, fates)
			}
		}
		if fates[mce.Waits] > 0 == approve {
			t.Errorf("approve %v: %d issues wait", approve, fates[mce.Waits])
		}
		for _, k := range []mce.LetterKind{mce.Newsletter, mce.Reminder, mce.ChangeOf, mce.Confirmation, mce.Invitation} {
			if kinds[k] == 0 {
				t.Errorf("approve %v: no %s: %v", approve, k, kinds)
			}
		}
	}
}

// state is everything in the database: a hash of the rows of each table, and where each sequence stands.
func (h *house) state() (out map[string]string) {
	h.t.Helper()
	names, err := h.db.QueryContext(h.t.Context(), `
		select c.relname, c.relkind = 'S' from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')`)
	h.must(err)
	defer names.Close()
	out = map[string]string{}
	for names.Next() {
		var name, hash string
		var sequence bool
		h.must(names.Scan(&name, &sequence))
		query := `select count(*) || coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from ` + name + ` x`
		if sequence {
			query = `select last_value::text || is_called from ` + name
		}
		h.must(h.db.QueryRowContext(h.t.Context(), query).Scan(&hash))
		out[name] = hash
	}
	h.must(names.Err())
	return out
}

func TestARehearsalLeavesNothingAndIsHeardOfByNobody(t *testing.T) {
	h := busyOctober(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	heard := make(chan struct{}, 100)
	done := make(chan error, 1)
	go func() {
		done <- h.store.Listen(ctx, journal(func(string) {}), func() { heard <- struct{}{} }, func(int64) {})
	}()
	notify := func() {
		_, err := h.db.ExecContext(t.Context(), `select pg_notify('letters', '')`)
		h.must(err)
		<-heard
	}
	h.awaitListener()
	notify()
	before := h.state()
	plan := h.rehearse(scheduler.Rehearsal{From: at("2023-10-14T00:00:00Z"), To: at("2024-01-01T00:00:00Z"), Approve: true}, nil)
	if len(plan.Lines) < 10 {
		t.Fatalf("the plan has %d lines", len(plan.Lines))
	}
	after := h.state()
	for name := range after {
		if before[name] != after[name] {
			t.Errorf("%s is not as it was: %s, %s", name, before[name], after[name])
		}
	}
	if len(before) != len(after) {
		t.Errorf("there were %d tables and sequences, and are %d", len(before), len(after))
	}
	notify() // what the rehearsal might have said would have come first
	if n := len(heard); n > 0 {
		t.Errorf("%d notifications were heard", n)
	}
	stop()
	h.must(<-done)
}

// awaitListener waits until somebody listens.
func (h *house) awaitListener() {
	h.t.Helper()
	for h.count(`select from pg_stat_activity where datname = current_database() and query ilike 'listen%'`) == 0 {
		h.must(h.t.Context().Err())
	}
}

// TestARehearsalHoldsUpNobody: before it ends, a daemon does all that the rehearsal did; and no lock is held that anybody but a change of the
// schema waits for.
func TestARehearsalHoldsUpNobody(t *testing.T) {
	h := busyOctober(t)
	r := scheduler.Rehearsal{From: at("2023-10-14T00:00:00Z"), To: at("2023-11-02T00:00:00Z")}
	plan := h.rehearse(r, func() {
		strong := h.count(`
			select from pg_locks l join pg_class c on c.oid = l.relation
			where l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()
				and c.relnamespace = 'public'::regnamespace and l.mode <> 'AccessShareLock'`)
		if strong > 0 {
			t.Errorf("%d locks on real tables", strong)
		}
		_, err := h.db.ExecContext(t.Context(), `alter database `+h.database()+` set lock_timeout = '100ms'`)
		h.must(err)
		daemon := h.another()
		for now := r.From; now.Before(r.To); now = now.Add(6 * time.Hour) {
			h.clock.set(now)
			h.must(daemon.Tick(t.Context()))
		}
	})
	left := 0
	for _, l := range plan.Lines {
		left += len(l.Shares)
	}
	if n := h.count(`select from letters where created_at >= '2023-10-14'`); n == 0 || left == 0 {
		t.Errorf("the daemon sent %d letters, the rehearsal %d editions", n, left)
	}
}

// database is the name of the test's own.
func (h *house) database() (name string) {
	h.t.Helper()
	h.must(h.db.QueryRowContext(h.t.Context(), `select current_database()`).Scan(&name))
	return name
}

// TestWhatIsWithheldStandsInThePlan, with whom it is kept from and why, and does not leave in it.
func TestWhatIsWithheldStandsInThePlan(t *testing.T) {
	h := newHouse(t, at("2023-09-01T00:00:00Z"), nil)
	h.register(mce.Registration{Email: "anna@example.org", Name: "Anna", Language: "it"}, mce.Registration{Email: "bob@example.org", Name: "Bob", Language: "en"})
	h.lib.Events[0].Venue = en("Another place")
	h.save()
	h.tick(at("2023-09-01T00:01:00Z")) // notes the version
	e, err := h.store.Event(t.Context(), "prato")
	h.must(err)
	changes := func() (out []mce.Planned) {
		for _, l := range h.rehearse(scheduler.Rehearsal{From: h.clock.Now(), To: e.Ends}, nil).Lines {
			if l.Kind == mce.ChangeOf {
				out = append(out, l)
			}
		}
		return out
	}
	if got := changes(); len(got) != 1 || got[0].Fate != mce.Leaves || got[0].People != 2 {
		t.Fatalf("before anybody decides: %s", inJSON(t, got))
	}
	h.must(h.store.WithholdNews(t.Context(), e.ID, e.Version, "not signed yet", h.clock.Now()))
	got := changes()
	if len(got) != 1 || got[0].Fate != mce.Waits || got[0].People != 2 || got[0].Why != "an editor withholds it: not signed yet" || got[0].ID != "prato/change" || got[0].Subject == "" {
		t.Errorf("withheld: %s", inJSON(t, got))
	}
	h.must(h.store.LetNewsGo(t.Context(), e.ID, e.Version, h.clock.Now()))
	if got := changes(); len(got) != 1 || got[0].Fate != mce.Leaves || !got[0].At.Equal(h.clock.Now()) {
		t.Errorf("let go: %s", inJSON(t, got))
	}
}
