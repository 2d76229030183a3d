package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// after is some days after the conference of the library.
var after = at("2024-10-29T09:00:00Z")

// later is an office of a conference that is over, with delegates, and handouts that were published by then.
func later(t *testing.T, rule mce.ReminderRule, handouts ...string) *office {
	t.Helper()
	o := newOffice(t)
	lib := library()
	rule.Slug, rule.Anchor, rule.At, rule.Useful, rule.Subject, rule.Body = "soon", mce.AtEnd, "09:00", 12, en("S"), en("B")
	lib.Reminders = []mce.ReminderRule{rule}
	for i, slug := range handouts {
		lib.Resources = append(lib.Resources, mce.Resource{
			Slug: slug, Kind: "handout", Title: en(slug), Link: "https://example.org/" + slug, Event: "prato", Topics: []string{"events"},
			Window: mce.Window{From: after.Add(time.Duration(i-len(handouts)) * time.Minute)},
		})
	}
	o.save(lib)
	o.register("anna@example.org", "bob@example.org", "carla@example.org")
	o.settle(mce.Delivered, o.claim(10)...)
	return o
}

func (o *office) onlyRule() (mce.ReminderRule, mce.Event) {
	o.t.Helper()
	return value(o.ReminderRules(o.t.Context()))(o.t)[0], value(o.EventsAround(o.t.Context(), now))(o.t)[0]
}

// tellOf queues a mail that tells of handouts, due at a time.
func (o *office) tellOf(due time.Time, handouts ...int64) (int, error) {
	rule, event := o.onlyRule()
	return o.QueueReminder(o.t.Context(), rule, event, due, due.Add(time.Hour), due, func(lang mce.Lang) (mce.Edition, error) {
		e, err := o.reminder(lang)
		e.Handouts = handouts
		return e, err
	}, domain)
}

func (o *office) newHandouts(due time.Time) (slugs []string, ids []int64) {
	o.t.Helper()
	_, event := o.onlyRule()
	for _, r := range value(o.NewHandouts(o.t.Context(), event.ID, due, due))(o.t) {
		slugs, ids = append(slugs, r.Slug), append(ids, r.ID)
	}
	return slugs, ids
}

var daily = mce.ReminderRule{Daily: true, Show: []mce.Show{mce.ShowHandouts}}

func TestAHandoutIsToldOfOnce(t *testing.T) {
	o := later(t, daily, "first", "second")
	if slugs, _ := o.newHandouts(after.Add(-90 * time.Second)); !slices.Equal(slugs, []string{"first"}) {
		t.Errorf("what was published later is in it: %v", slugs)
	}
	slugs, ids := o.newHandouts(after)
	if !slices.Equal(slugs, []string{"first", "second"}) {
		t.Fatal(slugs)
	}
	for _, want := range []int{3, 0} {
		if n := value(o.tellOf(after, ids...))(t); n != want {
			t.Errorf("%d letters, want %d", n, want)
		}
	}
	if slugs, _ := o.newHandouts(after); len(slugs) != 0 {
		t.Errorf("%v are new still", slugs)
	}
	o.sql(`insert into resources (slug, kind, title, link, event_id, topics, publish_at) select 'third', kind, title, link, event_id, topics, $1 from resources where slug = 'first'`, after.Add(time.Hour))
	slugs, ids = o.newHandouts(after.AddDate(0, 0, 1))
	if n := value(o.tellOf(after.AddDate(0, 0, 1), ids...))(t); n != 3 || !slices.Equal(slugs, []string{"third"}) {
		t.Errorf("%d letters about %v on the next day", n, slugs)
	}
}

// A mail that goes to nobody has told nobody.
func TestHandoutsThatNobodyWasToldOfStayNew(t *testing.T) {
	o := later(t, daily, "first")
	o.sql(`update registrations set state = 'cancelled'`)
	_, ids := o.newHandouts(after)
	if n := value(o.tellOf(after, ids...))(t); n != 0 {
		t.Errorf("%d letters", n)
	}
	if slugs, _ := o.newHandouts(after); len(slugs) != 1 {
		t.Error(slugs)
	}
}

// Of daemons that found the same handouts one tells of them, and a digest that lists one that was told of meanwhile does not leave.
func TestDaemonsThatTellAtOnceTellOnce(t *testing.T) {
	o := later(t, daily, "first")
	_, ids := o.newHandouts(after)
	var all errgroup.Group
	for i := range 6 {
		all.Go(func() error { _, err := o.tellOf(after.Add(time.Duration(i)*time.Second), ids...); return err })
	}
	must(t, all.Wait())
	if n := o.sql(`select from letters where kind = 'reminder'`); n != 3 {
		t.Errorf("%d letters for three delegates", n)
	}
}

// The thanks list what there is, and the digest goes on from there; what was told before may stand in the thanks again.
func TestWhatTheThanksShowedIsTold(t *testing.T) {
	o := later(t, mce.ReminderRule{Show: []mce.Show{mce.ShowHandouts}}, "first", "second")
	_, ids := o.newHandouts(after)
	o.sql(`insert into handouts_told (event_id, resource_id, rule_id, at) select event_id, $1, (select id from reminder_rules), now() from resources where id = $1`, ids[0])
	if n := value(o.tellOf(after, ids...))(t); n != 3 {
		t.Errorf("%d letters", n)
	}
	if slugs, _ := o.newHandouts(after); len(slugs) != 0 {
		t.Errorf("%v are new still", slugs)
	}
}

func TestAHandoutThatTheWebSiteRemovesTakesItsMemoryAlong(t *testing.T) {
	o := later(t, daily, "first")
	_, ids := o.newHandouts(after)
	value(o.tellOf(after, ids...))(t)
	if o.sql(`delete from resources where id = $1`, ids[0]) != 1 {
		t.Error("it stays")
	}
}

var certified = mce.ReminderRule{For: mce.ForArrived, Show: []mce.Show{mce.ShowCertificate}}

func (o *office) certify(render func(mce.Registration) (mce.Edition, error)) (int, error) {
	rule, event := o.onlyRule()
	return o.QueuePersonal(o.t.Context(), rule, event, after, after.Add(time.Hour), after, render, domain)
}

func certificateFor(r mce.Registration) (mce.Edition, error) {
	e, err := note(mce.Certificate, r.Language)
	e.HTML = r.Name
	e.Files = []mce.File{{Name: "certificate.pdf", Type: "application/pdf", Content: []byte("%PDF " + r.Email)}}
	return e, err
}

func TestACertificateIsForWhoArrived(t *testing.T) {
	o := later(t, certified)
	o.sql(`update registrations set arrived_at = $1 where email <> 'bob@example.org'`, now)
	o.sql(`update registrations set state = 'cancelled' where email = 'carla@example.org'`)
	for _, want := range []int{1, 0} {
		if n := value(o.certify(certificateFor))(t); n != want {
			t.Errorf("%d certificates, want %d", n, want)
		}
	}
	_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 10, Now: after})
	must(t, err)
	if len(letters) != 1 || letters[0].To != "anna@example.org" || letters[0].LeftOut != "" || letters[0].Purpose() != mce.ForDelegate {
		t.Fatalf("%+v", letters)
	}
	e := value(o.Edition(t.Context(), letters[0].EditionID))(t)
	if len(e.Files) != 1 || string(e.Files[0].Content) != "%PDF anna@example.org" || !e.Latest.Equal(after.Add(time.Hour)) {
		t.Errorf("%+v", e)
	}
}

// A conference of hundreds is done in portions; several daemons share them, and a fault in the middle keeps what was done.
func TestCertificatesAreMadeInPortions(t *testing.T) {
	o := later(t, certified)
	var more []string
	for i := range 77 {
		more = append(more, fmt.Sprintf("delegate%d@example.org", i))
	}
	o.register(more...)
	o.sql(`update registrations set arrived_at = $1`, now)
	var made atomic.Int32
	n, err := o.certify(func(r mce.Registration) (mce.Edition, error) {
		if made.Add(1) == 40 {
			return mce.Edition{}, errors.New("no ink")
		}
		return certificateFor(r)
	})
	if err == nil || n != 25 {
		t.Errorf("%d letters, %v", n, err)
	}
	var all errgroup.Group
	for range 4 {
		all.Go(func() error { _, err := o.certify(certificateFor); return err })
	}
	must(t, all.Wait())
	value(o.certify(certificateFor))(t)
	if n := o.sql(`select from letters where kind = 'certificate'`); n != 80 {
		t.Errorf("%d letters for 80 delegates", n)
	}
	if n := o.sql(`select from reminders where outcome = 'queued'`); n != 80 {
		t.Errorf("%d are remembered", n)
	}
}

func TestAnErasedDelegatesCertificateIsNowhere(t *testing.T) {
	o := later(t, certified)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	o.sql(`update registrations set arrived_at = $1`, now)
	value(o.certify(certificateFor))(t)
	must(t, o.Erase(t.Context(), "anna@example.org", "test", after))
	if n := o.sql(`select from edition_files where convert_from(content, 'UTF8') like '%anna%'`) + o.sql(`select from editions where html like '%anna%'`); n != 0 {
		t.Errorf("it stands in %d places", n)
	}
	if found := o.everywhere("anna@example.org"); len(found) > 0 {
		t.Error(found)
	}
}

func TestTheNextEventOfAKind(t *testing.T) {
	o := newOffice(t)
	lib := library()
	add := func(slug string, kind mce.EventKind, state mce.EventState, starts string, from time.Time) {
		e := lib.Events[0]
		e.Slug, e.Kind, e.State, e.Starts, e.Window = slug, kind, state, at(starts), mce.Window{From: from}
		e.Ends = e.Starts.Add(time.Hour)
		lib.Events = append(lib.Events, e)
	}
	add("webinar", mce.Webinar, mce.EventOpen, "2025-01-01T09:00:00Z", now)
	add("cancelled", mce.Conference, mce.EventCancelled, "2025-02-01T09:00:00Z", now)
	add("secret", mce.Conference, mce.EventOpen, "2025-03-01T09:00:00Z", after.Add(time.Second))
	add("next", mce.Conference, mce.EventAnnounced, "2025-10-01T09:00:00Z", now)
	add("after-next", mce.Conference, mce.EventAnnounced, "2026-10-01T09:00:00Z", now)
	o.save(lib)
	event := value(o.Event(t.Context(), "prato"))(t)
	if next := value(o.NextEvent(t.Context(), event, after))(t); next == nil || next.Slug != "next" {
		t.Errorf("%+v", next)
	}
	last := value(o.Event(t.Context(), "after-next"))(t)
	if next := value(o.NextEvent(t.Context(), last, after))(t); next != nil {
		t.Errorf("%+v", next)
	}
}

// Who was at the last conference, still reads us and has not registered for this one.
func TestWhoReturnsIsInvited(t *testing.T) {
	o := inviting(t, func(l *mce.Library) {
		l.Reminders[0].For = mce.ForReturning
		for i, slug := range []string{"older", "last", "webinar", "off"} {
			e := l.Events[0]
			e.Slug, e.Starts = slug, at("2022-01-01T09:00:00Z").AddDate(0, i, 0)
			e.Ends = e.Starts.Add(time.Hour)
			if slug == "webinar" {
				e.Kind = mce.Webinar
			}
			if slug == "off" {
				e.State = mce.EventCancelled
			}
			l.Events = append(l.Events, e)
		}
	})
	for email, event := range map[string]string{
		"Anna@example.org": "last", "bob@example.org": "older", "came@example.org": "webinar", "comes@example.org": "last", "stranger@example.org": "last", "gone@example.org": "last",
	} {
		o.sql(`insert into registrations (event_id, email, name, state, code, created_at) select id, $1, 'N', 'registered', $1, now() from events where slug = $2`, email, event)
	}
	rule := value(o.ReminderRules(t.Context()))(t)[0]
	event := value(o.Event(t.Context(), "prato"))(t)
	due := now.Add(time.Hour)
	value(o.QueueReminder(t.Context(), rule, event, due, due.Add(time.Hour), due, o.invitation, domain))(t)
	if to, leftOut := o.invited(); !slices.Equal(to, []string{"anna@example.org"}) {
		t.Error(to, leftOut)
	}
	for email, want := range map[string]bool{"anna@example.org": true, "bob@example.org": false} {
		if p := value(o.Prospects(t.Context(), email, now))(t); p[0].Event.Slug != "prato" || p[0].Returning != want {
			t.Errorf("%s: %+v", email, p)
		}
	}
}
