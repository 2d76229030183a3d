package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// newsChoice is what an editor decided about telling the people of an event.
type newsChoice struct {
	LetGo    int `db:"let_go"`
	Withheld string
}

func newsChoiceOf(ctx context.Context, q sqlx.QueryerContext, eventID int64) (c newsChoice, err error) {
	err = sqlx.GetContext(ctx, q, &c, `select let_go, withheld from events where id = $1`, eventID)
	return c, err
}

// tells reports whether somebody who knows an event as old may be told of it now, when its last edit was at edited.
func (c newsChoice) tells(old, e mce.Event, edited, now time.Time) bool {
	return c.Withheld == "" && (c.LetGo >= e.Version || !edited.After(now.Add(-mce.SettleFor)) || e.Urgent(old, now))
}

// News is what the people of an event do not know of it yet, as it stands at now.
func (s *Store) News(ctx context.Context, eventID int64, now time.Time) (n mce.News, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		n, err = news(ctx, tx, eventID, now)
		return err
	})
	return n, err
}

func news(ctx context.Context, tx *sqlx.Tx, eventID int64, now time.Time) (mce.News, error) {
	e, err := eventByID(ctx, tx, eventID)
	n := mce.News{Event: e}
	if err != nil || !e.Ends.After(now) {
		return n, err
	}
	choice, err := newsChoiceOf(ctx, tx, eventID)
	if err != nil {
		return n, err
	}
	n.Withheld, n.LetGo = choice.Withheld, choice.LetGo >= e.Version
	people, err := behind(ctx, tx, e)
	if err != nil || len(people) == 0 {
		return n, err
	}
	known, edited, err := knownVersions(ctx, tx, e)
	if err != nil {
		return n, err
	}
	n.Edited = edited
	return sortNews(n, people, known, now)
}

// WithheldNews is what editors withhold from the people of events at now, the next event first. Where nobody would be told of anything, there is none.
func (s *Store) WithheldNews(ctx context.Context, now time.Time) (out []mce.News, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		const withheld = `
			select e.id from events e
			where e.ends > $1 and e.withheld <> '' and exists (
				select from registrations r where r.event_id = e.id and r.state in ('registered', 'waiting') and r.told < e.version)
			order by e.starts, e.id`
		var ids []int64
		if err := tx.SelectContext(ctx, &ids, withheld, now); err != nil {
			return err
		}
		for _, id := range ids {
			n, err := news(ctx, tx, id, now)
			if err != nil {
				return err
			}
			if len(n.For) > 0 {
				out = append(out, n)
			}
		}
		return nil
	})
	return out, err
}

// sortNews puts the people by what is new to them.
func sortNews(n mce.News, people []mce.Registration, known map[int]mce.Event, now time.Time) (mce.News, error) {
	n.Due = n.Edited.Add(mce.SettleFor)
	groups := map[string]int{}
	for _, r := range people {
		old, ok := known[r.Told]
		changes := []mce.Change(nil)
		if ok {
			changes = r.Changes(old, n.Event)
		}
		if len(changes) == 0 {
			n.Unmoved++
			continue
		}
		if n.Event.Urgent(old, now) {
			n.Due = now
		}
		same, err := json.Marshal(changes)
		if err != nil {
			return n, err
		}
		i, seen := groups[string(same)]
		if !seen {
			i = len(n.For)
			groups[string(same)] = i
			n.For = append(n.For, mce.NewsFor{Old: old, Changes: changes, Example: r})
		}
		n.For[i].People++
	}
	slices.SortStableFunc(n.For, func(a, b mce.NewsFor) int { return cmp.Compare(b.People, a.People) })
	switch {
	case len(n.For) == 0 || n.Withheld != "":
		n.Due = time.Time{}
	case n.LetGo:
		n.Due = n.Edited
	}
	return n, nil
}

// behind are the people of an event who know another version of it than the one that stands, in order of their registrations.
func behind(ctx context.Context, q sqlx.QueryerContext, e mce.Event) ([]mce.Registration, error) {
	return registrations(ctx, q, ` where r.event_id = $1 and r.state in ('registered', 'waiting') and r.told < $2 order by r.id`, e.ID, e.Version)
}

// LetNewsGo lets the people of an event be told what has changed of it by the next tick, without waiting until the edit has settled, and also where
// it was withheld. The version is the one that the editor looked at: if the event has changed since, the error is of code Conflict.
func (s *Store) LetNewsGo(ctx context.Context, eventID int64, version int, now time.Time) error {
	return s.decideNews(ctx, eventID, version, mce.LetNewsGo, now, func(c *newsChoice) error {
		c.LetGo, c.Withheld = version, ""
		return nil
	})
}

// WithholdNews keeps what has changed of an event from its people until LetNewsGo, also what changes later. The reason is told to the other editors.
func (s *Store) WithholdNews(ctx context.Context, eventID int64, version int, reason string, now time.Time) error {
	return s.decideNews(ctx, eventID, version, mce.WithheldNews, now, func(c *newsChoice) error {
		c.LetGo, c.Withheld = 0, reason
		return nil
	})
}

func (s *Store) decideNews(ctx context.Context, eventID int64, version int, action mce.AuditAction, now time.Time, decide func(*newsChoice) error) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `select from events where id = $1 for no key update`, eventID); err != nil {
			return err
		}
		n, err := news(ctx, tx, eventID, now)
		switch {
		case err != nil:
			return err
		case n.Event.Version != version:
			return mce.Conflictf("the event has changed since you opened this page; look at it again, then decide")
		case len(n.For) == 0 && n.Withheld == "":
			return mce.Conflictf("everybody knows what stands: there is nothing to tell")
		}
		choice := newsChoice{}
		if err := decide(&choice); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update events set let_go = $2, withheld = $3 where id = $1`, eventID, choice.LetGo, choice.Withheld); err != nil {
			return err
		}
		return auditDeed(ctx, tx, action, mce.OnEvent, eventID, n.Event.Slug)
	})
}

// EventTallies counts the people of all events, by how they stand. Events without any have none.
func (s *Store) EventTallies(ctx context.Context) (out []mce.EventTally, err error) {
	err = s.db.SelectContext(ctx, &out, selectTallies+` group by event_id`)
	return out, err
}

// EventTally counts the people of one event.
func (s *Store) EventTally(ctx context.Context, eventID int64) (out mce.EventTally, err error) {
	var found []mce.EventTally
	if err = s.db.SelectContext(ctx, &found, selectTallies+` where event_id = $1 group by event_id`, eventID); err == nil && len(found) > 0 {
		return found[0], nil
	}
	return mce.EventTally{EventID: eventID}, err
}

const selectTallies = `
	select event_id, count(*) filter (where state = 'registered' and role <> 'speaker') as places,
		count(*) filter (where state = 'registered' and role = 'speaker') as speakers, count(*) filter (where state = 'waiting') as waiting,
		count(*) filter (where state = 'cancelled') as cancelled, count(*) filter (where arrived_at is not null) as arrived
	from registrations`

// ReminderTallies is what became of the reminders of an event, at each of their dates, the earliest first.
func (s *Store) ReminderTallies(ctx context.Context, eventID int64) (out []mce.ReminderTally, err error) {
	err = s.db.SelectContext(ctx, &out, `
		select m.rule_id, m.outcome, m.reason, m.due, count(*) as people
		from reminders m join registrations r on r.id = m.registration_id where r.event_id = $1
		group by m.rule_id, m.outcome, m.reason, m.due order by m.due, m.rule_id, m.outcome`, eventID)
	return out, err
}
