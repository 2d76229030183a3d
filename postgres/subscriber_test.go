package postgres_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func (o *office) ask(email string) bool { return o.askAt(email, now) }

func (o *office) askAt(email string, when time.Time) bool {
	o.t.Helper()
	render := func() (mce.Edition, error) {
		return mce.Edition{Kind: mce.OptIn, Lang: "en", Subject: "Please confirm"}, nil
	}
	p := mce.Subscriber{Email: email, Choices: mce.Choices{Language: "en", Topics: []string{"news", "events", "news"}}}
	w := mce.Wish{Subscriber: p, Consent: mce.Consent{Wording: "I want letters", Source: "form", At: when}}
	return value(o.AskToConfirm(o.t.Context(), w, render, domain))(o.t)
}

// record lists the actions of a subscriber's consents and gives the id of the last.
func (o *office) record(id int64) (actions []string, last int64) {
	o.t.Helper()
	for _, c := range value(o.Consents(o.t.Context(), id))(o.t) {
		actions, last = append(actions, c.Action), c.ID
	}
	return actions, last
}

func TestAnImportLeavesKnownPeopleAlone(t *testing.T) {
	o := newOffice(t)
	o.readers("active@example.org en news", "left@example.org en news")
	value(o.Leave(t.Context(), o.subscriber("left@example.org").ID, "test", "", now))(t)
	o.ask("pending@example.org")
	o.sql(`insert into suppressions values ('bad@example.org', 'bounced', 'test', now())`)
	var told []int
	people := []mce.Subscriber{
		{Email: "ACTIVE@example.org", Choices: mce.Choices{Language: "it"}}, {Email: "Left@example.org"}, {Email: "pending@example.org"}, {Email: "Bad@example.org"},
		{Email: "New@example.org", Details: mce.Details{Name: "N"}, Choices: mce.Choices{Language: "it", Topics: []string{"news", "events", "news"}}},
	}
	got := value(o.ImportSubscribers(t.Context(), people, "they agreed", "list.csv", now, func(n int) { told = append(told, n) }))(t)
	if diff := cmp.Diff(mce.ImportResult{Added: 1, Known: 3, Suppressed: 1}, got, cmpopts.IgnoreFields(mce.ImportResult{}, "Left")); diff != "" {
		t.Error(diff)
	}
	var left []string
	for _, l := range got.Left {
		left = append(left, fmt.Sprint(l.Index, " ", l.Why, " ", l.Theirs.State))
	}
	if diff := cmp.Diff([]string{"0 known active", "1 known unsubscribed", "2 known pending", "3 suppressed "}, left); diff != "" {
		t.Error(diff)
	}
	for email, want := range map[string]mce.SubscriberState{"active@example.org": mce.Active, "left@example.org": mce.Unsubscribed, "pending@example.org": mce.Pending, "new@example.org": mce.Active} {
		if s := o.subscriber(email); s.State != want || email == "active@example.org" && s.Language != "en" {
			t.Errorf("%+v", s)
		}
	}
	added := o.subscriber("new@example.org")
	if diff := cmp.Diff([]string{"events", "news"}, added.Topics); diff != "" {
		t.Error(diff)
	}
	consents := value(o.Consents(t.Context(), added.ID))(t)
	if len(consents) != 1 || consents[0].Action != "imported" || consents[0].Wording != "they agreed" || consents[0].Source != "list.csv" || !consents[0].At.Equal(now) {
		t.Errorf("%+v", consents)
	}
	if all := value(o.Subscribers(t.Context(), mce.SubscriberQuery{}))(t); len(all) != 4 || len(told) != 1 || told[0] != 5 {
		t.Errorf("%d subscribers, told %v", len(all), told)
	}
	if _, err := o.SubscriberByEmail(t.Context(), "bad@example.org"); mce.ErrorCode(err) != mce.NotFound {
		t.Errorf("a suppressed address came in: %v", err)
	}
}

func TestAPersonIsAskedToConfirmOnceADay(t *testing.T) {
	o := newOffice(t)
	o.readers("active@example.org en news")
	o.sql(`insert into suppressions values ('bad@example.org', 'bounced', 'test', now())`)
	for _, c := range []struct {
		email string
		when  time.Time
		want  bool
	}{
		{"new@example.org", now, true}, {"NEW@example.org", now.Add(23 * time.Hour), false}, {"new@example.org", now.Add(25 * time.Hour), true},
		{"active@example.org", now, false}, {"Bad@example.org", now, false},
	} {
		if got := o.askAt(c.email, c.when); got != c.want {
			t.Errorf("%s at %s: %v", c.email, c.when, got)
		}
	}
	if n := o.sql(`select from letters where kind = 'opt_in'`); n != 2 {
		t.Errorf("%d letters", n)
	}
	l := o.claim(5)[0]
	if l.Purpose() != mce.ForConfirming || l.PersonID != o.subscriber("new@example.org").ID || l.CauseID == 0 {
		t.Errorf("%+v", l)
	}
}

func TestManyClicksAtOnceAskOnce(t *testing.T) {
	o := newOffice(t)
	var all errgroup.Group
	for range 8 {
		all.Go(func() error { o.ask("new@example.org"); return nil })
	}
	must(t, all.Wait())
	if n := o.sql(`select from letters where kind = 'opt_in'`); n != 1 {
		t.Errorf("%d letters ask the same person", n)
	}
}

func TestAWishWithoutItsLetterIsNotKept(t *testing.T) {
	o := newOffice(t)
	_, err := o.AskToConfirm(t.Context(), mce.Wish{Subscriber: mce.Subscriber{Email: "new@example.org"}, Consent: mce.Consent{Wording: "w", At: now}},
		func() (mce.Edition, error) { return mce.Edition{}, errors.New("no ink") }, domain)
	if err == nil || o.sql(`select from subscribers`) != 0 {
		t.Errorf("error %v", err)
	}
}

func TestConfirmingAndLeavingMayBeRepeated(t *testing.T) {
	o := newOffice(t)
	o.ask("new@example.org")
	id := o.subscriber("new@example.org").ID
	_, asked := o.record(id)
	for i, step := range []struct {
		do    func() (bool, error)
		want  bool
		state mce.SubscriberState
	}{
		{func() (bool, error) { return o.Confirm(t.Context(), id, asked, "link", "", plain{}, domain, now) }, true, mce.Active},
		{func() (bool, error) { return o.Confirm(t.Context(), id, asked, "link", "", plain{}, domain, now) }, false, mce.Active},
		{func() (bool, error) { return o.Leave(t.Context(), id, "one click", "", now) }, true, mce.Unsubscribed},
		{func() (bool, error) { return o.Leave(t.Context(), id, "one click", "", now) }, false, mce.Unsubscribed},
		{func() (bool, error) {
			return o.Confirm(t.Context(), id, asked, "an old link", "", plain{}, domain, now)
		}, false, mce.Unsubscribed},
	} {
		done, err := step.do()
		if s := value(o.SubscriberByID(t.Context(), id))(t); err != nil || done != step.want || s.State != step.state {
			t.Errorf("step %d: %v, %v, %s", i, done, err, s.State)
		}
	}
	actions, _ := o.record(id)
	if diff := cmp.Diff([]string{"asked", "confirmed", "withdrawn"}, actions); diff != "" {
		t.Error(diff)
	}
	if c := value(o.Consents(t.Context(), id))(t)[1]; c.Wording != "I want letters" {
		t.Errorf("confirmed what? %+v", c)
	}
	if l := o.claim(1)[0]; l.LeftOut != "no longer waiting for a confirmation" {
		t.Errorf("%+v", l)
	}
	_, err := o.Confirm(t.Context(), id, asked+1, "link", "", plain{}, domain, now)
	refused(t, err, mce.NotFound, "nothing to confirm")
	if done := value(o.Leave(t.Context(), 999, "link", "", now))(t); done {
		t.Error("nobody left")
	}
}

func TestConsentsAreOnlyEverAddedTo(t *testing.T) {
	o := newOffice(t)
	o.readers("a@example.org en news")
	for _, statement := range []string{`update consents set wording = 'more'`, `delete from consents`, `truncate consents`} {
		if _, err := o.db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}
