package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

type subscriberRow struct {
	ID        int64
	Email     string
	Name      string
	Language  mce.Lang
	Topics    pq.StringArray
	State     mce.SubscriberState
	CreatedAt time.Time `db:"created_at"`
	ChangedAt time.Time `db:"changed_at"`
}

const selectSubscribers = `select id, coalesce(email, '') as email, name, language, topics, state, created_at, changed_at from subscribers`

func (r subscriberRow) subscriber() mce.Subscriber {
	return mce.Subscriber{
		ID: r.ID, Email: r.Email, Name: r.Name, Language: r.Language, Topics: r.Topics, State: r.State,
		CreatedAt: r.CreatedAt.UTC(), ChangedAt: r.ChangedAt.UTC(),
	}
}

// Subscribers lists subscribers by address; those in a state, or all for "".
func (s *Store) Subscribers(ctx context.Context, state mce.SubscriberState) ([]mce.Subscriber, error) {
	var rows []subscriberRow
	err := s.db.SelectContext(ctx, &rows, selectSubscribers+` where state <> 'erased' and (state = $1 or $1 = '') order by lower(email)`, string(state))
	out := make([]mce.Subscriber, len(rows))
	for i, r := range rows {
		out[i] = r.subscriber()
	}
	return out, err
}

// SubscriberByID is the subscriber that a token names.
func (s *Store) SubscriberByID(ctx context.Context, id int64) (mce.Subscriber, error) {
	return subscriber(ctx, s.db, ` where id = $1`, id)
}

// SubscriberByEmail is the subscriber with an address, in whatever case it is written.
func (s *Store) SubscriberByEmail(ctx context.Context, email string) (mce.Subscriber, error) {
	return subscriber(ctx, s.db, ` where lower(email) = lower($1)`, email)
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

// ImportResult says what an import did.
type ImportResult struct {
	Added      int `json:"added"`
	Known      int `json:"known"`      // left as they are: their own choice is newer than the file
	Suppressed int `json:"suppressed"` // must not be written to
	Erased     int `json:"erased"`     // asked to be forgotten: only they themselves can come back
}

// ImportSubscribers adds confirmed subscribers, all or none, with the consent that the file rests on. Addresses that are known in any
// state are left alone: an import never brings back who left, or who was erased. The subscribers must have passed the checks. progress, if not nil, is told
// how many are done.
func (s *Store) ImportSubscribers(ctx context.Context, people []mce.Subscriber, wording, source string, now time.Time, progress func(done int)) (ImportResult, error) {
	const portion = 5000
	var total ImportResult
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		done := 0
		for part := range slices.Chunk(people, portion) {
			r, err := s.importPortion(ctx, tx, part, wording, source, now)
			if err != nil {
				return err
			}
			total.Added, total.Known = total.Added+r.Added, total.Known+r.Known
			total.Suppressed, total.Erased = total.Suppressed+r.Suppressed, total.Erased+r.Erased
			if done += len(part); progress != nil {
				progress(done)
			}
		}
		return nil
	})
	return total, err
}

func (s *Store) importPortion(ctx context.Context, tx *sqlx.Tx, people []mce.Subscriber, wording, source string, now time.Time) (ImportResult, error) {
	const add = `
		with incoming as (
			select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $8::bytea[]) as t (email, name, language, topics, mark)
		), wanted as (
			select * from incoming t where not exists (select from erasures x where x.mark = t.mark)
		), allowed as (
			select * from wanted t where not exists (select from suppressions x where x.email = lower(t.email))
		), added as (
			insert into subscribers (email, name, language, topics, state, created_at, changed_at)
			select email, name, language, string_to_array(topics, ','), 'active', $5, $5 from allowed
			on conflict (lower(email)) do nothing
			returning id, email
		), agreed as (
			insert into consents (subscriber_id, action, wording, source, at) select id, 'imported', $6, $7, $5 from added
			returning id, subscriber_id
		), details as (
			insert into consent_details (consent_id, email) select g.id, a.email from agreed g join added a on a.id = g.subscriber_id
		)
		select array(select id from agreed) as consents, (select count(*) from incoming) - (select count(*) from wanted) as erased,
			(select count(*) from wanted) - (select count(*) from allowed) as suppressed`
	n := len(people)
	emails, names, langs, topics, marks := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make(pq.ByteaArray, n)
	for i, p := range people {
		emails[i], names[i], langs[i], topics[i] = p.Email, p.Name, string(p.Language), strings.Join(sorted(p.Topics), ",")
		if s.keys != nil { // without them nobody has been erased
			marks[i] = s.keys.Mark(p.Email)
		}
	}
	var added struct {
		Consents           pq.Int64Array
		Erased, Suppressed int
	}
	err := tx.GetContext(ctx, &added, add, pq.Array(emails), pq.Array(names), pq.Array(langs), pq.Array(topics), now, wording, source, marks)
	if err != nil {
		return ImportResult{}, err
	}
	r := ImportResult{Added: len(added.Consents), Suppressed: added.Suppressed, Erased: added.Erased}
	r.Known = n - r.Added - r.Suppressed - r.Erased
	return r, s.seal(ctx, tx, added.Consents)
}

// sorted gives topics the one order in which equal sets are equal columns.
func sorted(topics []string) []string {
	out := slices.Sorted(slices.Values(topics))
	return slices.Compact(out)
}

// AskToConfirm records the wish to subscribe and queues the letter that asks to confirm it. An address that is active already, was
// asked within a day, or is suppressed is left as it is; asked is false then, and callers answer people the same either way.
func (s *Store) AskToConfirm(ctx context.Context, w mce.Wish, render func() (mce.Edition, error), domain string) (asked bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		asked, err = s.ask(ctx, tx, w, render, domain)
		return err
	})
	return asked && err == nil, err
}

func (s *Store) ask(ctx context.Context, tx *sqlx.Tx, w mce.Wish, render func() (mce.Edition, error), domain string) (asked bool, err error) {
	const upsert = `
		insert into subscribers (email, name, language, topics, state, created_at, changed_at) values ($1, $2, $3, $4, 'pending', $5, $5)
		on conflict (lower(email)) do update set name = excluded.name, language = excluded.language, topics = excluded.topics,
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
	err = tx.GetContext(ctx, &id, upsert, p.Email, p.Name, p.Language, pq.Array(sorted(p.Topics)), now)
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

// Confirm makes a pending subscriber active. done is false when that had happened already, or when the person has left since: an old
// link does not bring anybody back.
func (s *Store) Confirm(ctx context.Context, subscriberID, consentID int64, source, origin string, now time.Time) (done bool, err error) {
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
		if s.keys != nil { // a fresh opt-in brings an erased person back
			if _, err := tx.ExecContext(ctx, `delete from erasures where mark = $1`, s.keys.Mark(email)); err != nil {
				return err
			}
		}
		_, err = s.addConsent(ctx, tx, subscriberID, mce.Consent{Action: "confirmed", Wording: wording, Version: version, Source: source, Origin: origin, At: now})
		return err
	})
	return done && err == nil, err
}

// Leave ends a subscription at once, also for letters that are in the outbox already. done is false when it had ended before.
func (s *Store) Leave(ctx context.Context, subscriberID int64, source string, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		for _, from := range []mce.SubscriberState{mce.Active, mce.Pending} {
			if done, err = changeState(ctx, tx, subscriberID, from, mce.Unsubscribed, now); err != nil {
				return err
			}
			if done {
				_, err = s.addConsent(ctx, tx, subscriberID, mce.Consent{Action: "withdrawn", Source: source, At: now})
				return errors.Join(err, leaving(ctx, tx, subscriberID))
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
