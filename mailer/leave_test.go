package mailer_test

import (
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// readers gives the ids of an issue's readers in the order of their letters.
func (s *scene) readers() (ids []int64, addresses []string) {
	s.t.Helper()
	rows, err := s.db.Query(`select p.id, p.email from letters l join subscribers p on p.id = l.subscriber_id order by l.id`)
	s.check(err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		var address string
		s.check(rows.Scan(&id, &address))
		ids, addresses = append(ids, id), append(addresses, address)
	}
	s.check(rows.Err())
	return ids, addresses
}

// TestNobodyIsWrittenToWhoHasLeft: the server pauses in the middle of a page, and some whose letters are on it leave; also the reader of the
// letter that the server has been told of.
func TestNobodyIsWrittenToWhoHasLeft(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, hello string) {
		const readers, before = 60, 20
		s := newScene(t)
		s.relay.hello = hello
		paused, goOn := make(chan struct{}), make(chan struct{})
		count := 0
		s.relay.onTake = func(taken) {
			s.relay.mu.Lock()
			count++
			now := count
			s.relay.mu.Unlock()
			if now == before {
				close(paused)
			}
			if now >= before {
				<-goOn
			}
		}
		s.newsletter(readers)
		ids, addresses := s.readers()
		d := s.daemon(1, nil)
		<-paused
		d.LeaveOut(ids[before]) // the server has been told of it, or has it: it may go or not
		left := map[string]bool{}
		for _, i := range []int{40, 41, 50, 59} {
			d.LeaveOut(ids[i])
			left[addresses[i]] = true
		}
		close(goOn)
		s.awaits("all letters", func() bool { return s.outcomes("")[mce.Waiting] == 0 })
		d.stop()
		got := s.relay.letters()
		for i, address := range addresses {
			if want := !left[address]; (got[address] == 1) != want && i != before {
				t.Errorf("%s was sent it %d times", address, got[address])
			}
		}
		if n := s.count(`select count(*) from letters where outcome = 'left_out' and detail = 'unsubscribed' and attempts = 0`); n != readers-len(got) {
			t.Errorf("%d got it, %d are left out as unsubscribed: %v", len(got), n, s.outcomes(""))
		}
		if n := s.count(`select count(*) from runs`) + s.count(`select count(*) from express`); n != 0 {
			t.Errorf("%d rows are left of what was to do", n)
		}
	})
}

// TestWhoComesBackIsWrittenTo: what was read after somebody left goes by the database, which knows whether they are back. And letters to
// delegates are no concern of it, whatever their numbers.
func TestWhoComesBackIsWrittenTo(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.newsletter(3)
	s.register("anna@example.org", "bob@example.org", "carla@example.org")
	d := s.daemon(1, nil)
	for id := range int64(10) {
		d.LeaveOut(id)
	}
	s.await(d, 6)
	s.onceEach(6)
}
