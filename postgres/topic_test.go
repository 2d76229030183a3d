package postgres_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestATopicIsNotRemovedWhileSomethingIsBeingGivenIt: else the content would be hidden from everybody.
func TestATopicIsNotRemovedWhileSomethingIsBeingGivenIt(t *testing.T) {
	o := newOffice(t)
	must(t, o.AddTopic(t.Context(), mce.Topic{Slug: "energy", Name: both("Energy", "Energia")}))
	tx := value(o.db.BeginTx(t.Context(), nil))(t)
	defer tx.Rollback()
	var slug string
	must(t, tx.QueryRowContext(t.Context(), `select slug from topics where slug = 'energy' for key share`).Scan(&slug)) // as who saves content does
	removed := make(chan error, 1)
	go func() { removed <- o.RemoveTopic(t.Context(), "energy") }()
	const waits = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
	for end := time.Now().Add(20 * time.Second); ; {
		var n int
		must(t, o.db.QueryRowContext(t.Context(), waits).Scan(&n))
		if n > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it does not wait for who saves content")
		}
	}
	if _, err := tx.ExecContext(t.Context(), `update articles set topics = array['energy'] where id = (select min(id) from articles)`); err != nil {
		t.Fatal(err)
	}
	must(t, tx.Commit())
	refused(t, <-removed, mce.Conflict, "is in use")
}
