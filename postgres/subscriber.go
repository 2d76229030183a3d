package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

type subscriberRow struct {
	ID           int64
	Email        string
	Name         string
	Organisation string
	Country      string
	Language     mce.Lang
	Topics       pq.StringArray
	Pace         mce.ReadingPace
	PausedUntil  *time.Time `db:"paused_until"`
	State        mce.SubscriberState
	CreatedAt    time.Time `db:"created_at"`
	ChangedAt    time.Time `db:"changed_at"`
}

const selectSubscribers = `
	select s.id, coalesce(s.email, '') as email, s.name, s.organisation, s.country, s.language, s.topics, s.pace, s.paused_until, s.state,
		s.created_at, s.changed_at
	from subscribers s`

func (r subscriberRow) subscriber() mce.Subscriber {
	return mce.Subscriber{
		ID: r.ID, Email: r.Email, Details: mce.Details{Name: r.Name, Organisation: r.Organisation, Country: r.Country},
		Choices: mce.Choices{Language: r.Language, Topics: r.Topics, Pace: r.Pace, PausedUntil: orZero(r.PausedUntil)}, State: r.State,
		CreatedAt: r.CreatedAt.UTC(), ChangedAt: r.ChangedAt.UTC(),
	}
}

// SubscriberByID is the subscriber that a token names.
func (s *Store) SubscriberByID(ctx context.Context, id int64) (mce.Subscriber, error) {
	return subscriber(ctx, s.db, ` where s.id = $1`, id)
}

// SubscriberByEmail is the subscriber with an address, in whatever case it is written.
func (s *Store) SubscriberByEmail(ctx context.Context, email string) (mce.Subscriber, error) {
	return subscriber(ctx, s.db, ` where lower(s.email) = lower($1)`, email)
}

func subscriber(ctx context.Context, q sqlx.QueryerContext, where string, arg any) (mce.Subscriber, error) {
	var row subscriberRow
	err := sqlx.GetContext(ctx, q, &row, selectSubscribers+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.Subscriber{}, mce.NotFoundf("there is no such subscriber")
	}
	return row.subscriber(), err
}

// Consents is what is on record about a subscriber, the oldest first.
func (s *Store) Consents(ctx context.Context, subscriberID int64) ([]mce.Consent, error) {
	var out []mce.Consent
	err := s.db.SelectContext(ctx, &out, `
		select id, action, wording, version, source, detail, at from consents where subscriber_id = $1 order by at, id`, subscriberID)
	return out, err
}

// AskToConfirm records the wish to subscribe and queues the letter that asks to confirm it. An address that is active already, was
// asked within a day, or is suppressed is left as it is; asked is false then, and callers answer people the same either way.
func (s *Store) AskToConfirm(ctx context.Context, w mce.Wish, render func() (mce.Edition, error), domain string) (asked bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if asked, err = s.ask(ctx, tx, w, render, domain); err != nil || !asked {
			return err
		}
		return auditPerson(ctx, tx, mce.AskedToConfirm, w.Subscriber.Email)
	})
	return asked && err == nil, err
}

func (s *Store) ask(ctx context.Context, tx *sqlx.Tx, w mce.Wish, render func() (mce.Edition, error), domain string) (asked bool, err error) {
	const upsert = `
		insert into subscribers (email, name, language, topics, organisation, country, pace, state, created_at, changed_at)
		values ($1, $2, $3, $4, $6, $7, $8, 'pending', $5, $5)
		on conflict (lower(email)) do update set name = excluded.name, organisation = excluded.organisation, country = excluded.country,
			language = excluded.language, topics = excluded.topics, pace = excluded.pace, paused_until = null,
			state = 'pending', changed_at = excluded.changed_at
		where subscribers.state <> 'active' and not exists (
			select from consents c where c.subscriber_id = subscribers.id and c.action = 'asked' and c.at > $5::timestamptz - interval '1 day')
		returning id`
	p, now := w.Subscriber, w.Consent.At
	// One wish of an address at a time: the next must see this one's consent.
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext(lower($1)))`, p.Email); err != nil {
		return false, err
	}
	var suppressed bool
	if err := tx.GetContext(ctx, &suppressed, `select exists (select from suppressions where email = lower($1))`, p.Email); err != nil || suppressed {
		return false, err
	}
	var id int64
	err = tx.GetContext(ctx, &id, upsert, p.Email, p.Name, p.Language, pq.Array(sorted(p.Topics)), now, p.Organisation, p.Country, paceOf(p.Pace))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e, err := render()
	if err != nil {
		return false, err
	}
	w.Consent.Action = "asked"
	consent, err := s.addConsent(ctx, tx, id, w.Consent)
	if err != nil {
		return false, err
	}
	return true, queueLetter(ctx, tx, e, person{subscriber: id, cause: consent}, domain, now)
}

// Confirm makes a pending subscriber active, and welcomes them. done is false when that had happened already, or when the person has left
// since: an old link does not bring anybody back.
func (s *Store) Confirm(
	ctx context.Context, subscriberID, consentID int64, source, origin string, welcome mce.Welcomer, domain string, now time.Time,
) (done bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		var wording, version, email string
		err := tx.QueryRowxContext(ctx, `
			select c.wording, c.version, coalesce(p.email, '') from consents c join subscribers p on p.id = c.subscriber_id
			where c.id = $1 and c.subscriber_id = $2 and c.action = 'asked'`, consentID, subscriberID).Scan(&wording, &version, &email)
		if errors.Is(err, sql.ErrNoRows) {
			return mce.NotFoundf("there is nothing to confirm any more; please subscribe again")
		}
		if err != nil {
			return err
		}
		if done, err = changeState(ctx, tx, subscriberID, mce.Pending, mce.Active, now); err != nil || !done {
			return err
		}
		if err := s.unmark(ctx, tx, email); err != nil {
			return err
		}
		if err := s.welcome(ctx, tx, subscriberID, welcome, domain, now); err != nil {
			return err
		}
		_, err = s.addConsent(ctx, tx, subscriberID, mce.Consent{Action: "confirmed", Wording: wording, Version: version, Source: source, Origin: origin, At: now})
		return err
	})
	return done && err == nil, err
}

// unmark forgets that an address was erased: a fresh opt-in brings the person back.
func (s *Store) unmark(ctx context.Context, tx *sqlx.Tx, email string) error {
	if s.keys == nil { // then nobody has been erased
		return nil
	}
	_, err := tx.ExecContext(ctx, `delete from erasures where mark = $1`, s.keys.Mark(email))
	return err
}

// Leave ends a subscription at once, also for letters that are in the outbox already. done is false when it had ended before. The reason
// is one of mce.LeaveReasons, or empty.
func (s *Store) Leave(ctx context.Context, subscriberID int64, source, reason string, now time.Time) (done bool, err error) {
	detail := ""
	if reason != "" {
		detail = "reason: " + reason
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		for _, from := range []mce.SubscriberState{mce.Active, mce.Pending} {
			if done, err = changeState(ctx, tx, subscriberID, from, mce.Unsubscribed, now); err != nil {
				return err
			}
			if done {
				_, err = s.addConsent(ctx, tx, subscriberID, mce.Consent{Action: "withdrawn", Source: source, Detail: detail, At: now})
				return errors.Join(err, leaving(ctx, tx, subscriberID), auditDeed(ctx, tx, mce.EndedSubscription, mce.OnSubscriber, subscriberID, ""))
			}
		}
		return nil
	})
	return done && err == nil, err
}

func changeState(ctx context.Context, tx *sqlx.Tx, id int64, from, to mce.SubscriberState, now time.Time) (bool, error) {
	res, err := tx.ExecContext(ctx, `update subscribers set state = $3, changed_at = $4 where id = $1 and state = $2`, id, from, to, now)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
