package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// moveLetter has the address in it, as a letter of ours must not: erasing takes it out all the same.
func moveLetter(p mce.Subscriber) (mce.Edition, error) {
	return mce.Edition{Kind: mce.Move, Lang: p.Language, Subject: "From " + p.Email, HTML: p.Email, Text: p.Email, Nonce: "n"}, nil
}

func (o *office) askToMove(from, to string, when time.Time) bool {
	o.t.Helper()
	return value(o.AskToMove(o.t.Context(), o.subscriber(from).ID, to, moveLetter, domain, when))(o.t)
}

// lastMove is the number of the newest move.
func (o *office) lastMove() (id int64) {
	o.t.Helper()
	must(o.t, o.db.QueryRowContext(o.t.Context(), `select max(id) from moves`).Scan(&id))
	return id
}

// moved moves a reader.
func (o *office) moved(from, to string) {
	o.t.Helper()
	id := o.subscriber(from).ID
	if !o.askToMove(from, to, now) {
		o.t.Fatalf("%s is not asked", to)
	}
	must(o.t, o.ConfirmMove(o.t.Context(), id, o.lastMove(), mce.Consent{Wording: "yes", Source: "new address", Origin: "192.0.2.8", At: now}))
}

func TestANewAddressIsWrittenToBeforeItIsBelieved(t *testing.T) {
	o := recorded(t)
	anna := o.subscriber("anna@example.org")
	if !o.askToMove("anna@example.org", "anna@city.example", now) {
		t.Fatal("not asked")
	}
	l := o.claim(10)
	letter := l[len(l)-1]
	if letter.To != "anna@city.example" || letter.Purpose() != mce.ForMoving || letter.PersonID != anna.ID || letter.CauseID != o.lastMove() || letter.LeftOut != "" {
		t.Errorf("%+v", letter)
	}
	p, to, err := o.Moving(t.Context(), anna.ID, letter.CauseID)
	if err != nil || p.Email != "anna@example.org" || to != "anna@city.example" {
		t.Errorf("%s to %s, %v", p.Email, to, err)
	}
	if o.subscriber("anna@example.org").ID != anna.ID {
		t.Error("she moved unasked")
	}
	must(t, o.ConfirmMove(t.Context(), anna.ID, letter.CauseID, mce.Consent{Wording: "yes", Source: "new address", Origin: "192.0.2.8", At: now}))
	if o.subscriber("Anna@City.example").ID != anna.ID {
		t.Error("she did not move")
	}
	if diff := cmp.Diff([]string{"imported: ", "changed: address"}, o.lines("anna@city.example")); diff != "" {
		t.Error(diff)
	}
	lines := value(o.Proof(t.Context(), "anna@city.example"))(t).Lines
	if lines[0].Email != "anna@example.org" || lines[1].Email != "anna@city.example" || lines[1].Origin != "192.0.2.8" {
		t.Errorf("the record does not tell both addresses: %+v", lines)
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
	for range 2 {
		_, _, err = o.Moving(t.Context(), anna.ID, letter.CauseID)
		refused(t, err, mce.NotFound, "nothing to confirm any more")
		refused(t, o.ConfirmMove(t.Context(), anna.ID, letter.CauseID, consentAt(now)), mce.NotFound, "nothing to confirm any more")
	}
}

func TestWhoIsAskedToMove(t *testing.T) {
	o := recorded(t)
	o.sql(`insert into suppressions values ('gone@example.org', 'bounced', 'test', now())`)
	for _, c := range []struct {
		name, from, to string
		when           time.Time
		want           bool
	}{
		{"their own address", "anna@example.org", "ANNA@example.org", now, false},
		{"a suppressed one", "anna@example.org", "Gone@example.org", now, false},
		{"one that is free", "anna@example.org", "free@example.org", now, true},
		{"the same within a day", "anna@example.org", "free@example.org", now.Add(23 * time.Hour), false},
		{"the same, by another reader", "carla@example.org", "FREE@example.org", now.Add(23 * time.Hour), false},
		{"the same a day later", "anna@example.org", "free@example.org", now.Add(25 * time.Hour), true},
		{"another reader's, who is asked as well", "anna@example.org", "carla@example.org", now, true},
	} {
		if got := o.askToMove(c.from, c.to, c.when); got != c.want {
			t.Errorf("%s: asked %v", c.name, got)
		}
	}
	_, err := o.AskToMove(t.Context(), o.subscriber("bob@example.org").ID, "bob@city.example", moveLetter, domain, now)
	refused(t, err, mce.Conflict, "there is no subscription to change")
	_, err = o.AskToMove(t.Context(), 999, "bob@city.example", moveLetter, domain, now)
	refused(t, err, mce.NotFound, "no such subscriber")
}

func TestAMoveWithoutItsLetterIsNotKept(t *testing.T) {
	o := recorded(t)
	_, err := o.AskToMove(t.Context(), o.subscriber("anna@example.org").ID, "anna@city.example",
		func(mce.Subscriber) (mce.Edition, error) { return mce.Edition{}, errors.New("no ink") }, domain, now)
	if err == nil || o.sql(`select from moves`) != 0 {
		t.Errorf("error %v", err)
	}
}

func TestAnAddressThatHasASubscriptionIsNotTaken(t *testing.T) {
	o := recorded(t)
	anna := o.subscriber("anna@example.org").ID
	o.askToMove("anna@example.org", "carla@example.org", now)
	refused(t, o.ConfirmMove(t.Context(), anna, o.lastMove(), consentAt(now)), mce.Conflict, "is known here already")
	if o.subscriber("anna@example.org").ID != anna || len(o.lines("anna@example.org")) != 1 {
		t.Error("something changed")
	}
	o.askToMove("anna@example.org", "free@example.org", now)
	value(o.Leave(t.Context(), anna, "test", "", now))(t)
	refused(t, o.ConfirmMove(t.Context(), anna, o.lastMove(), consentAt(now)), mce.Conflict, "there is no subscription to change")
	refused(t, o.ConfirmMove(t.Context(), o.subscriber("carla@example.org").ID, o.lastMove(), consentAt(now)), mce.NotFound, "nothing to confirm")
}

func TestManyClicksAtOnceMoveOnce(t *testing.T) {
	o := recorded(t)
	anna := o.subscriber("anna@example.org").ID
	o.askToMove("anna@example.org", "anna@city.example", now)
	move := o.lastMove()
	var all errgroup.Group
	for range 8 {
		all.Go(func() error {
			if err := o.ConfirmMove(t.Context(), anna, move, consentAt(now)); mce.ErrorCode(err) != mce.NotFound {
				return err
			}
			return nil
		})
	}
	must(t, all.Wait())
	if diff := cmp.Diff([]string{"imported: ", "changed: address"}, o.lines("anna@city.example")); diff != "" {
		t.Error(diff)
	}
	if r := o.verify(""); len(r.Faults) > 0 {
		t.Error(r.Faults)
	}
}

// TestMovingToAnErasedAddressUnmarksIt: whoever confirms reads it, and wants it again.
func TestMovingToAnErasedAddressUnmarksIt(t *testing.T) {
	o := recorded(t)
	must(t, o.Erase(t.Context(), "carla@example.org", "test", now))
	o.moved("anna@example.org", "carla@example.org")
	if _, ok, _ := o.ErasedAt(t.Context(), "carla@example.org"); ok {
		t.Error("the address is in use, and is said to be erased")
	}
}
