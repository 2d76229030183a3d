package desk_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// slowly is a look ahead that a test lets end.
type slowly struct {
	looks atomic.Int32
	let   chan mce.Plan
}

func (s *slowly) Plan(ctx context.Context, from, to time.Time) (mce.Plan, error) {
	s.looks.Add(1)
	select {
	case p, ok := <-s.let:
		if !ok {
			return p, errors.New("the database is gone")
		}
		p.From, p.To = from, to
		return p, nil
	case <-ctx.Done():
		return mce.Plan{}, ctx.Err()
	}
}

func reminderAt(at time.Time) mce.Plan {
	return mce.Plan{Lines: []mce.Planned{{
		ID: "prato-2023/week", At: mce.InZone(at, "Europe/Rome"), Zone: "Europe/Rome", Kind: mce.Reminder, Fate: mce.Leaves, Event: "prato-2023",
		Subject: "In a week: Prato", People: 12, Shares: []mce.Share{{Lang: "en", People: 12}}, Why: "7 days before, for delegates",
	}}}
}

func TestAPlanIsMadeOnceForAllAndAnewAfterADeed(t *testing.T) {
	h := newHouse(t)
	s := &slowly{let: make(chan mce.Plan)}
	h.plans = s
	anna := h.user("Anna", mce.Admin)
	b, other := h.as(anna), h.as(anna)
	token := b.get("/desk/me").token()

	// Who comes first waits, and who comes meanwhile waits for the same.
	first := make(chan answer, 2)
	for _, by := range []*browser{b, other} {
		go func() { first <- by.get("/desk/") }()
	}
	s.let <- reminderAt(business.Add(24 * time.Hour))
	for range 2 {
		(<-first).wants(t, http.StatusOK, "In a week: Prato", "19 October 2023")
	}
	b.get("/desk/").wants(t, http.StatusOK, "12 people: English 12")
	if n := s.looks.Load(); n != 1 {
		t.Fatalf("%d looks", n)
	}

	// One's own language changes no plan; after a deed that may, the older one is shown while the newer one is made, and then what has become of it.
	b.ask(http.MethodPost, "/desk/me", map[string][]string{"token": {token}, "language": {"en"}}).wants(t, http.StatusSeeOther)
	if body := b.get("/desk/").body; strings.Contains(body, "looked at anew") {
		t.Error("one's own language makes a plan old")
	}
	b.ask(http.MethodPost, "/desk/new-topic", map[string][]string{"token": {token}, "name-en": {"Mobility"}, "name-it": {"Mobilità"}}).wants(t, http.StatusSeeOther)
	b.get("/desk/").wants(t, http.StatusOK, "19 October 2023", "It is being looked at anew.")
	s.let <- reminderAt(business.Add(48 * time.Hour))
	eventually(t, func() bool {
		body := b.get("/desk/").body
		return strings.Contains(body, "Moves from Thursday 19 October 2023") && !strings.Contains(body, "looked at anew")
	})

	// A plan that cannot be made leaves the older one, and is asked for again.
	h.wall.pass(2 * time.Minute)
	close(s.let)
	eventually(t, func() bool { return strings.Contains(b.get("/desk/").body, "could not be looked ahead") })
	b.get("/desk/").wants(t, http.StatusOK, "20 October 2023", "Moves from")
	if n := s.looks.Load(); n != 3 {
		t.Errorf("%d looks", n)
	}
}

// TestAPlanFromBeforeADeedIsNotTakenForNew: who acts while a look is on its way is told that there will be another.
func TestAPlanFromBeforeADeedIsNotTakenForNew(t *testing.T) {
	h := newHouse(t)
	s := &slowly{let: make(chan mce.Plan)}
	h.plans = s
	b := h.as(h.user("Anna", mce.Admin))
	token := b.get("/desk/me").token()
	first := make(chan answer)
	go func() { first <- b.get("/desk/") }()
	eventually(t, func() bool { return s.looks.Load() == 1 })
	b.ask(http.MethodPost, "/desk/new-topic", map[string][]string{"token": {token}, "name-en": {"Mobility"}, "name-it": {"Mobilità"}}).wants(t, http.StatusSeeOther)
	s.let <- reminderAt(business.Add(24 * time.Hour))
	(<-first).wants(t, http.StatusOK, "It is being looked at anew.")
}

func TestWithoutAPlanTheIssuesAreShownAllTheSame(t *testing.T) {
	h := newHouse(t)
	s := &slowly{let: make(chan mce.Plan)}
	close(s.let)
	h.plans = s
	h.as(h.user("Anna", mce.Editor)).get("/desk/").wants(t, http.StatusOK, "could not be looked ahead", "No issue is in progress")
}

// home is the Home page with the plan that is on its way, if one is.
func (b *browser) home() (page answer) {
	b.h.t.Helper()
	eventually(b.h.t, func() bool {
		page = b.get("/desk/")
		return page.Header.Get("Refresh") == "" && !strings.Contains(page.body, "looked at anew")
	})
	return page
}

// eventually looks until something holds.
func eventually(t testing.TB, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatal("it never came about")
		}
	}
}

func TestHomeShowsEveryMailToCome(t *testing.T) {
	h := newHouse(t)
	h.subscribers(20)
	issue := h.issue()
	b := h.as(h.user("Anna", mce.Editor))
	page := b.home()
	page.wants(t, http.StatusOK, "Check and approve it", "waits for an approval", "Only if somebody approves and schedules it by then.", "30 people: English 20, Italian 10")
	if link := "/desk/issues/" + itoa(int(issue.ID)); !strings.Contains(page.body, `href="`+link+`/check"`) || !strings.Contains(page.body, `href="`+link+`"`) {
		t.Error("nothing leads to the issue")
	}
	page.wants(t, http.StatusOK, "Newsletter", "no words in Italian") // somebody reads Italian, and a piece has none

	// Further ahead is another plan.
	b.get("/desk/?weeks=26").wants(t, http.StatusOK, "coming 26 weeks")
	b.get("/desk/?weeks=1000").wants(t, http.StatusOK, "coming 6 weeks")

	// What hinders an approval is told though nobody has pressed the button of the check.
	h.checks.finds(mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "subject", Words: "It says Wednesday, and that is a Thursday."})
	h.exec(`update issues set preheader = '{"en": "Another line, so that it is another issue"}'`)
	b.get("/desk/").wants(t, http.StatusOK, "keeps it from being approved: weekday")
}
