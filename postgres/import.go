package postgres

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

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
