package mailer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// TestNoCancellationOvertakesItsInvitation that was put off with 451, however many sessions have nothing else to do: the calendar would take the
// invitation for the newer word.
func TestNoCancellationOvertakesItsInvitation(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	anna := busyRcpt + "-anna@example.org"
	s.register(anna, "bob@example.org")
	d := s.daemon(8, nil)
	s.await(d, 2)
	for _, who := range []string{anna, "bob@example.org"} {
		s.check(s.store.CancelRegistration(t.Context(), "prato-2023", who, s.letters, mailer.FixtureSite().Domain(), s.clock.Now()))
	}
	d.Wake()
	s.await(d, 1) // bob's, who has had his invitation
	s.relay.set(func() { s.relay.healed = true })
	for range 4 { // anna's is not due yet
		s.clock.advance(time.Minute)
		s.looks(d)
	}
	if got := s.outcomes(mce.Cancellation); got[mce.Waiting] != 1 || got[mce.Delivered] != 1 {
		t.Errorf("cancellations: %v", got)
	}
	s.clock.advance(10 * time.Minute)
	d.Wake()
	s.await(d, 2)
	var letters []int64
	for _, id := range s.relay.ids(anna) {
		token, _, _ := strings.Cut(strings.Trim(id, "<>"), "@")
		letter, _, err := mailer.FixtureKeys(t).Open(mce.ForReturn, token)
		s.check(err)
		letters = append(letters, letter)
	}
	if len(letters) != 2 || !slices.IsSorted(letters) {
		t.Errorf("the letters arrived in the order %v", letters)
	}
}

// looks waits until the mailer has found nothing on the express lane.
func (s *scene) looks(d *daemon) {
	s.t.Helper()
	for len(d.outbox.idle) > 0 {
		<-d.outbox.idle
	}
	d.Wake()
	select {
	case <-d.outbox.idle:
	case <-time.After(patience):
		s.t.Fatal("the mailer does not look for letters")
	}
}
