package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/migrations"
)

// arranged is what an issue's items are, in order, as "section slug".
func (o *office) arranged(id int64) (out []string) {
	o.t.Helper()
	for _, d := range value(o.Decisions(o.t.Context(), id))(o.t) {
		if d.Verdict == mce.In {
			out = append(out, d.Section+" "+d.Slug)
		}
	}
	return out
}

func (o *office) item(name string) mce.ItemRef {
	o.t.Helper()
	return value(o.ItemNamed(o.t.Context(), name))(o.t)
}

// words changes those of an issue.
func (o *office) words(id int64, change func(*mce.IssueWords)) (mce.Issue, error) {
	o.t.Helper()
	w := o.issue(id).Words()
	seen := w.Mark()
	change(&w)
	return o.SetWords(o.t.Context(), id, w, seen)
}

func TestWordsThatAreNoOthersVoidNothing(t *testing.T) {
	o := newOffice(t)
	i := o.scheduled()
	if got, err := o.words(i.ID, func(*mce.IssueWords) {}); err != nil || got.State != mce.Scheduled {
		t.Errorf("%s, %v", got.State, err)
	}
}

func TestEditorsArrangeAnIssue(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	value(o.Place(t.Context(), i.ID, o.item("article/second"), mce.Place{Section: "news", Position: 1}, now))(t)
	moved := value(o.Place(t.Context(), i.ID, o.item("prato"), mce.Place{Section: "news", Position: 99}, now))(t)
	if diff := cmp.Diff([]string{"news second", "news first", "news prato"}, o.arranged(i.ID)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(en("Second · First"), moved.Subject); diff != "" {
		t.Errorf("the proposal did not follow: %s", diff)
	}
	out := value(o.TakeOut(t.Context(), i.ID, o.item("first"), mce.Dropped))(t)
	value(o.TakeOut(t.Context(), i.ID, o.item("prato"), mce.Held))(t)
	if diff := cmp.Diff(en("Second · Conference"), out.Subject); diff != "" {
		t.Error(diff)
	}
	want := map[string]mce.Verdict{"second": mce.In, "first": mce.Dropped, "prato": mce.Held}
	if diff := cmp.Diff(want, o.verdicts(i.ID)); diff != "" {
		t.Error(diff)
	}
	// The next issue has what was held, and not what was left out.
	want = map[string]mce.Verdict{"second": mce.Dropped, "first": mce.Dropped, "prato": mce.In}
	if diff := cmp.Diff(want, o.verdicts(o.assemble(1).ID)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatACancelledIssueLeftOutMayRun(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	value(o.TakeOut(t.Context(), i.ID, o.item("first"), mce.Dropped))(t)
	value(o.Cancel(t.Context(), i.ID, "test", now))(t)
	if got := o.verdicts(o.assemble(1).ID)["first"]; got != mce.In {
		t.Error(got)
	}
}

func TestAnArrangementVoidsTheApprovalAndSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*office, int64) (mce.Issue, error)
		why  string
	}{
		"order": {func(o *office, id int64) (mce.Issue, error) {
			return o.Place(o.t.Context(), id, o.item("prato"), mce.Place{Section: "news", Position: 1}, now)
		}, "the order has changed"},
		"pulled in": {func(o *office, id int64) (mce.Issue, error) {
			return o.Place(o.t.Context(), id, o.item("second"), mce.Place{Section: "news", Position: 9}, now)
		}, "“Second” has come in"},
		"taken out": {func(o *office, id int64) (mce.Issue, error) {
			return o.TakeOut(o.t.Context(), id, o.item("prato"), mce.Dropped)
		}, "“Conference” is not in it any more"},
		"note": {func(o *office, id int64) (mce.Issue, error) {
			return o.words(id, func(w *mce.IssueWords) { w.Note = en("Hello") })
		}, "the opening note has changed"},
		"preheader": {func(o *office, id int64) (mce.Issue, error) {
			return o.words(id, func(w *mce.IssueWords) { w.Preheader = en("Read") })
		}, "the preview text has changed"},
		"subject": {func(o *office, id int64) (mce.Issue, error) { return o.SetSubject(o.t.Context(), id, en("Read")) }, "the subject has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			i := o.scheduled()
			got, err := c.edit(o, i.ID)
			must(t, err)
			if got.State != mce.InReview || got.Seal != nil || !strings.Contains(got.Reason, c.why) {
				t.Errorf("%s: %q", got.State, got.Reason)
			}
			if diff := cmp.Diff(got, o.issue(i.ID)); diff != "" {
				t.Error(diff)
			}
			o.start(o.approveAndSchedule(i.ID).ID)
			_, err = c.edit(o, i.ID)
			refused(t, err, mce.Conflict, "its content cannot be changed any more")
		})
	}
}

func TestAnAudienceThatDriftedVoidsTheApproval(t *testing.T) {
	o := newOffice(t)
	i := o.scheduled()
	o.many(10)
	if void := value(o.VoidChanged(t.Context(), "look", now.Add(10*60e9)))(t); len(void) != 0 {
		t.Fatalf("a small drift: %+v", void)
	}
	o.readers("eleventh@example.org en news")
	if void := value(o.VoidChanged(t.Context(), "look", now.Add(11*60e9)))(t); len(void) != 0 {
		t.Fatal("counted at every tick")
	}
	_, err := o.StartSending(t.Context(), i.ID, plain{}, domain, now)
	refused(t, err, mce.Conflict, "11 people would get it now, and 0 would have when it was approved")
	o.approveAndSchedule(i.ID)
	o.sql(`update subscribers set state = 'unsubscribed'`)
	void := value(o.VoidChanged(t.Context(), "look", now.Add(20*60e9)))(t)
	if len(void) != 1 || !strings.Contains(void[0].Reason, "0 people would get it now, and 11 would have") {
		t.Errorf("%+v", void)
	}
}

func TestANewAssemblyOfAnIssueKeepsWhatEditorsDid(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	value(o.TakeOut(t.Context(), i.ID, o.item("first"), mce.Held))(t)
	lib := library()
	lib.Articles = append(lib.Articles, mce.Article{Slug: "third", Title: en("Third"), Body: en("B"), Priority: 5, Window: lib.Articles[0].Window})
	o.save(lib)
	value(o.Reassemble(t.Context(), i.ID, now))(t)
	if diff := cmp.Diff([]string{"news third", "dates prato"}, o.arranged(i.ID)); diff != "" {
		t.Error(diff)
	}
	if got := o.verdicts(i.ID); got["first"] != mce.Held || got["second"] != mce.Held {
		t.Error(got)
	}
}

func TestWhatRanCanBePulledInAgain(t *testing.T) {
	o := newOffice(t)
	o.assemble(0)
	i := o.assemble(1)
	found := value(o.Published(t.Context(), i, "FIRST", 10, now))(t)
	if len(found) != 1 || found[0].Slug != "first" || found[0].RanIn != 1 {
		t.Fatalf("%+v", found)
	}
	value(o.Place(t.Context(), i.ID, found[0].ItemRef, mce.Place{Section: "news", Position: 1}, now))(t)
	var reason string
	for _, x := range value(o.Explain(t.Context(), i.ID))(t) {
		if x.Slug == "first" {
			reason = x.Reason
		}
	}
	if reason != `an editor put it there: number 1 of section "news"; it ran in number 1, too` {
		t.Error(reason)
	}
	if more := value(o.Published(t.Context(), i, "first", 10, now))(t); len(more) != 0 {
		t.Errorf("%+v", more)
	}
	for _, c := range []string{"nothing%", "_", ""} {
		if n := len(value(o.Published(t.Context(), i, c, 1, now))(t)); (c == "") != (n == 1) {
			t.Errorf("%q finds %d", c, n)
		}
	}
}

func TestASecondPersonApproves(t *testing.T) {
	o := newOffice(t)
	lib := library()
	lib.Series[0].Approval = mce.ApprovalSecond
	o.save(lib)
	i := o.assemble(0)
	as := func(name string) mce.Deed { return mce.Deed{By: mce.Actor{Name: name}, At: now} }
	anna, bob := mce.WithDeed(t.Context(), as("anna")), mce.WithDeed(t.Context(), as("bob"))
	value(o.SetSubject(bob, i.ID, en("Ours")))(t)
	value(o.SetWords(anna, i.ID, mce.IssueWords{Note: en("Note")}, o.issue(i.ID).Words().Mark()))(t)
	_, err := o.Approve(anna, i.ID, "anna", "look", now)
	refused(t, err, mce.Conflict, "a second person has to approve it")
	p := o.pieceOf(mce.KindArticle, "first")
	article(p).Title = en("Rewritten")
	value(o.SavePiece(bob, p, nil, mce.ChangedContent, now))(t)
	_, err = o.Approve(bob, i.ID, "bob", "look", now)
	refused(t, err, mce.Conflict, "or a piece in it")
	p = o.pieceOf(mce.KindArticle, "first")
	article(p).Title = en("Written by anna")
	value(o.SavePiece(anna, p, nil, mce.RestoredContent, now))(t)
	if i := value(o.Approve(bob, i.ID, "bob", "look", now))(t); i.State != mce.Approved {
		t.Error(i.State)
	}
}

func TestAnEmptyIssueIsNotApproved(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	for _, name := range []string{"first", "prato"} {
		value(o.TakeOut(t.Context(), i.ID, o.item(name), mce.Dropped))(t)
	}
	_, err := o.Approve(t.Context(), i.ID, "anna", "look", now)
	refused(t, err, mce.Conflict, "there is nothing in issue")
}

// TestReasonsAreKeptWithTheirWords: what is read says in English what "issue explain" shows, and knows of what it speaks.
func TestReasonsAreKeptWithTheirWords(t *testing.T) {
	o := newOffice(t)
	lib := library()
	later := mce.Article{Slug: "later", Title: en("Later"), Body: en("B"), Window: mce.Window{From: at("2024-03-08T23:30:00Z")}}
	lib.Articles = append(lib.Articles, later)
	o.save(lib)
	i := o.assemble(0)
	value(o.Place(t.Context(), i.ID, o.item("second"), mce.Place{Section: "news", Position: 1}, now))(t)
	value(o.TakeOut(t.Context(), i.ID, o.item("prato"), mce.Dropped))(t)
	got := map[string]mce.Reason{}
	for _, d := range value(o.Decisions(t.Context(), i.ID))(t) {
		got[d.Slug] = d.Reason
	}
	for _, x := range value(o.Explain(t.Context(), i.ID))(t) {
		if r := got[x.Slug]; r.String() != x.Reason || r.Text != x.Reason {
			t.Errorf("%s: %q, kept as %q, explained as %q", x.Slug, r, r.Text, x.Reason)
		}
	}
	want := map[string]mce.Reason{
		"first":  {Kind: mce.ReasonPlace, Number: 2, Section: "news", Text: `number 2 of section "news"`},
		"second": {Kind: mce.ReasonPlace, Number: 1, Section: "news", ByHand: true, Text: `an editor put it there: number 1 of section "news"`},
		"prato":  {Kind: mce.ReasonOut, Text: "an editor left it out"},
		"later":  {Kind: mce.ReasonBegins, When: later.From, Text: "its time begins on 9 March 2024, 00:30"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAReasonOfAnOlderDatabaseStaysInItsWords, also when the issue is assembled anew; and the way back works.
func TestAReasonOfAnOlderDatabaseStaysInItsWords(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	value(o.TakeOut(t.Context(), i.ID, o.item("first"), mce.Held))(t)
	steps := value(goose.NewProvider(goose.DialectPostgres, o.db, migrations.Files))(t)
	value(steps.DownTo(t.Context(), 27))(t)
	value(steps.Up(t.Context()))(t)
	for range 2 {
		for _, d := range value(o.Decisions(t.Context(), i.ID))(t) {
			if d.Slug == "first" && d.Reason != (mce.Reason{Text: "an editor holds it for the next issue"}) {
				t.Errorf("%+v", d.Reason)
			}
		}
		value(o.Reassemble(t.Context(), i.ID, now))(t)
	}
}
