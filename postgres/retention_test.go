package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

// keep is the shortest time; with it the letters of March 2024, when now is, go from 1 June on.
var keep = mce.Keep{Letters: 2, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}

var june = at("2024-06-01T00:00:00Z")

func (o *office) purge(now time.Time) mce.Purged {
	o.t.Helper()
	return value(o.Purge(o.t.Context(), keep, now))(o.t)
}

// partitions are the months of letters that are there.
func (o *office) partitions() int {
	o.t.Helper()
	return o.sql(`select from pg_inherits where inhparent = 'letters'::regclass`)
}

// sent is an issue whose three letters have come to three different ends, and its numbers.
func (o *office) sent() (mce.Issue, map[mce.Outcome]int) {
	o.t.Helper()
	o.readers("anna@example.org en events news", "bruno@example.org it events news", "carla@example.org en news")
	i := o.sending()
	run, letters := o.lease(4)
	for n, outcome := range []mce.Outcome{mce.Delivered, mce.Refused, mce.LeftOut} {
		o.settle(outcome, letters[n])
	}
	must(o.t, o.ReturnRun(o.t.Context(), run))
	if done := value(o.FinishIssues(o.t.Context(), now))(o.t); len(done) != 1 {
		o.t.Fatalf("finished: %v", done)
	}
	return o.issue(i.ID), o.progress(i.ID)
}

func TestLettersGoWhenTheirWholeMonthIsOldEnough(t *testing.T) {
	o := newOffice(t)
	i, before := o.sent()
	if want := map[mce.Outcome]int{mce.Delivered: 1, mce.Refused: 1, mce.LeftOut: 1}; !cmp.Equal(before, want) {
		t.Fatalf("letters: %v", before)
	}
	o.register("dora@example.org")
	o.settle(mce.Delivered, o.claim(1)...)
	archive := value(o.SentIssues(t.Context()))(t)

	if p := o.purge(june.Add(-time.Second)); len(p.Removed)+len(p.Kept)+p.Editions != 0 {
		t.Errorf("before their time: %+v", p)
	}
	would := value(o.WouldPurge(t.Context(), keep, june))(t)
	if o.partitions() != 1 {
		t.Error("looking removes")
	}
	got := o.purge(june)
	want := mce.Purged{Removed: []mce.PurgedMonth{{Month: "2024-03", Letters: 4}}, Editions: 4, Kept: []mce.KeptMonth{}}
	if diff := cmp.Diff(want, got) + cmp.Diff(would, got); diff != "" || o.partitions() != 0 {
		t.Errorf("%d partitions are left\n%s", o.partitions(), diff)
	}
	if after := o.progress(i.ID); !cmp.Equal(before, after) {
		t.Errorf("letters of the issue: %v before, %v now", before, after)
	}
	if diff := cmp.Diff(archive, value(o.SentIssues(t.Context()))(t)); diff != "" {
		t.Errorf("the archive has changed:\n%s", diff)
	}
	for _, lang := range []mce.Lang{"en", "it"} {
		value(o.ArchivedEdition(t.Context(), "newsletter", 1, lang))(t)
	}
	if n := o.sql(`select from editions`); n != 2 {
		t.Errorf("%d editions are left", n)
	}
	if p := o.purge(june); len(p.Removed)+len(p.Kept)+p.Editions != 0 {
		t.Errorf("a second time: %+v", p)
	}
}

// TestOnlyOldLettersGo: a younger month, its letters and their editions stay.
func TestOnlyOldLettersGo(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	o.settle(mce.Delivered, o.claim(1)...)
	value(o.Register(t.Context(), mce.Order{People: delegates("bob@example.org")}, told, domain, at("2024-04-01T00:00:00Z")))(t)
	if p := o.purge(june); len(p.Removed) != 1 || p.Removed[0].Month != "2024-03" || p.Editions != 1 {
		t.Errorf("%+v", p)
	}
	_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: june})
	must(t, err)
	if len(letters) != 1 || letters[0].To != "bob@example.org" {
		t.Fatalf("%+v", letters)
	}
	value(o.Edition(t.Context(), letters[0].EditionID))(t)
}

func TestAMonthWithAnOpenLetterStays(t *testing.T) {
	for reason, scene := range map[string]func(*office) (end func()){
		"portions of newsletters to go: 1; with open letters, issue 1": func(o *office) func() {
			o.many(3)
			i := o.sending()
			return func() { value(o.Cancel(o.t.Context(), i.ID, "enough", june))(o.t) }
		},
		"single letters and retries to go: 1": func(o *office) func() {
			o.register("anna@example.org")
			return func() { o.settle(mce.Delivered, o.claim(1)...) }
		},
		"letters in doubt, waiting for a decision: 2; with open letters, issue 1": func(o *office) func() {
			o.many(2)
			i := o.sending()
			o.lease(4)
			o.crash()
			run, _ := o.lease(4)
			must(o.t, o.ReturnRun(o.t.Context(), run))
			return func() {
				value(o.Resolve(o.t.Context(), i.ID, false, june))(o.t)
				value(o.FinishIssues(o.t.Context(), june))(o.t)
			}
		},
		"with open letters, issue 1": func(o *office) func() {
			o.many(2)
			i := o.sending()
			o.sql(`delete from runs`)
			value(o.Pause(o.t.Context(), i.ID))(o.t)
			return func() { value(o.Cancel(o.t.Context(), i.ID, "enough", june))(o.t) }
		},
	} {
		t.Run(reason, func(t *testing.T) {
			o := newOffice(t)
			end := scene(o)
			want := mce.Purged{Removed: []mce.PurgedMonth{}, Kept: []mce.KeptMonth{{Month: "2024-03", Reason: reason}}}
			for _, got := range []mce.Purged{o.purge(june), value(o.WouldPurge(t.Context(), keep, june))(t)} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			if o.partitions() != 1 {
				t.Fatal("the partition is gone")
			}
			end()
			if p := o.purge(june); len(p.Removed) != 1 || len(p.Kept) != 0 {
				t.Errorf("when it is closed: %+v", p)
			}
		})
	}
}

// TestAReminderIsNotRepeatedWhenItsLetterIsGone: its event is still to come.
func TestAReminderIsNotRepeatedWhenItsLetterIsGone(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	if n := o.remind(); n != 1 {
		t.Fatalf("%d letters", n)
	}
	for range 2 { // the letters of a registration leave one after the other
		_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now.Add(time.Hour)})
		must(t, err)
		o.settle(mce.Delivered, letters...)
	}
	if p := o.purge(june); p.Letters() != 2 {
		t.Fatalf("%+v", p)
	}
	if n := o.remind(); n != 0 {
		t.Errorf("%d delegates are reminded again", n)
	}
}

func TestALongReaderIsNotWaitedFor(t *testing.T) {
	o := newOffice(t)
	_, before := o.sent()
	must(t, o.PreparePartitions(t.Context(), at("2024-01-05T00:00:00Z")))
	long := value(o.db.BeginTx(t.Context(), nil))(t)
	defer long.Rollback()
	_, err := long.ExecContext(t.Context(), `select from letters`)
	must(t, err)
	began := time.Now()
	p := o.purge(june)
	if len(p.Removed) != 0 || len(p.Kept) != 3 || p.Kept[0].Month != "2024-01" || p.Kept[2].Reason != p.Kept[0].Reason {
		t.Errorf("%+v", p)
	}
	if took := time.Since(began); took < 2*time.Second || took >= 6*time.Second {
		t.Errorf("it waited for %s: not for two seconds, or for each month anew", took)
	}
	if after := o.progress(1); !cmp.Equal(before, after) {
		t.Errorf("letters of the issue: %v before, %v now", before, after)
	}
	must(t, long.Commit())
	if p := o.purge(june); len(p.Removed) != 3 || len(p.Kept) != 0 {
		t.Errorf("when the reader is done: %+v", p)
	}
}

func TestDaemonsThatPurgeAtOnceRemoveOnce(t *testing.T) {
	o := newOffice(t)
	i, before := o.sent()
	for _, month := range []string{"2023-11-05", "2023-12-05", "2024-01-05", "2024-02-05"} {
		must(t, o.PreparePartitions(t.Context(), at(month+"T00:00:00Z")))
	}
	var all errgroup.Group
	done := make([]mce.Purged, 4)
	for n := range done {
		other := value(postgres.Open(t.Context(), o.url))(t)
		defer other.Close()
		all.Go(func() (err error) {
			done[n], err = other.Purge(t.Context(), keep, june)
			return err
		})
	}
	must(t, all.Wait())
	months, letters, editions := map[string]int{}, 0, 0
	for _, p := range done {
		for _, m := range p.Removed {
			months[m.Month]++
		}
		letters, editions = letters+p.Letters(), editions+p.Editions
	}
	want := map[string]int{"2023-11": 1, "2023-12": 1, "2024-01": 1, "2024-02": 1, "2024-03": 1}
	if diff := cmp.Diff(want, months); diff != "" || letters != 3 || editions != 3 {
		t.Errorf("%d letters, %d editions\n%s", letters, editions, diff)
	}
	if after := o.progress(i.ID); !cmp.Equal(before, after) {
		t.Errorf("letters of the issue: %v before, %v now", before, after)
	}
}

// TestALateOutcomeIsInTheSums: what is being settled while its month is to go counts, and goes with it.
func TestALateOutcomeIsInTheSums(t *testing.T) {
	o := newOffice(t)
	i, _ := o.sent()
	late := value(o.db.BeginTx(t.Context(), nil))(t)
	defer late.Rollback()
	_, err := late.ExecContext(t.Context(), `update letters set outcome = 'delivered' where outcome = 'left_out'`)
	must(t, err)
	purged := make(chan error, 1)
	go func() {
		_, err := o.Purge(t.Context(), keep, june)
		purged <- err
	}()
	o.blocked(1)
	must(t, late.Commit())
	must(t, <-purged)
	if p := o.progress(i.ID); o.partitions() != 0 || p[mce.Delivered] != 2 || p[mce.LeftOut] != 0 {
		t.Errorf("%d partitions; letters: %v", o.partitions(), p)
	}
}

// TestAFaultWithOneMonthLeavesTheOthersTheirTurn: somebody has hung a view of their own onto a partition.
func TestAFaultWithOneMonthLeavesTheOthersTheirTurn(t *testing.T) {
	o := newOffice(t)
	o.sent()
	must(t, o.PreparePartitions(t.Context(), at("2024-01-05T00:00:00Z")))
	o.sql(`create view ours as select id from letters_2024_01`)
	p, err := o.Purge(t.Context(), keep, june)
	if err == nil || len(p.Removed) != 2 || p.Removed[0].Month != "2024-02" || o.partitions() != 1 {
		t.Errorf("%v, %+v", err, p)
	}
}

func TestNoTimeIsNotATimeToKeep(t *testing.T) {
	o := newOffice(t)
	_, err := o.Purge(t.Context(), mce.Keep{}, june)
	refused(t, err, mce.Invalid, "from 2 to 1200")
}
