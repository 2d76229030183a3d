package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Seals of the record of consent. Every transaction that adds to the record seals what it added, at its end, one after the other: the
// chain has one order. What was added by a program without the secret is sealed by the next one that has it (SealConsents).

// addConsent adds a line to a subscriber's record of consent, with the address that the person has, and seals it.
func (s *Store) addConsent(ctx context.Context, tx *sqlx.Tx, subscriberID int64, c mce.Consent) (id int64, err error) {
	const add = `
		with added as (
			insert into consents (subscriber_id, action, wording, version, source, detail, at) values ($1, $2, $3, $4, $5, $6, $7) returning id
		), details as (
			insert into consent_details (consent_id, email, origin)
			select added.id, p.email, $8 from added, subscribers p where p.id = $1 and p.email is not null
		)
		select id from added`
	if d, ok := mce.DeedOf(ctx); ok && c.Origin == "" {
		c.Origin = d.Evidence() // of who was erased nothing stands beside the line, so neither does this
	}
	if err := tx.GetContext(ctx, &id, add, subscriberID, c.Action, c.Wording, c.Version, c.Source, c.Detail, c.At, c.Origin); err != nil {
		return 0, err
	}
	return id, s.seal(ctx, tx, []int64{id})
}

// holdChain lets nobody else continue the chain until the transaction ends, so sealing comes last.
func holdChain(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext('consent seals'))`)
	return err
}

// seal continues the chain with consents that were added, and gives their persons keys.
func (s *Store) seal(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	if s.keys == nil || len(ids) == 0 {
		return nil // SealConsents makes up for it
	}
	if err := holdChain(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		insert into consent_people (subscriber_id, key)
		select distinct subscriber_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) from consents c
		where id = any($1) and action <> 'erased' and not exists (select from consent_people p where p.subscriber_id = c.subscriber_id)
		on conflict do nothing`, pq.Array(ids)); err != nil {
		return fmt.Errorf("keys of the record of consent: %w", err)
	}
	var rows []sealRow
	if err := tx.SelectContext(ctx, &rows, selectEvidence+` where c.id = any($1) order by c.id`, pq.Array(ids)); err != nil {
		return err
	}
	return s.continueChain(ctx, tx, len(rows), func(i int) mce.Evidence { return rows[i].evidence() })
}

// continueChain seals n lines of the record that were added, in their order. The transaction holds the chain.
func (s *Store) continueChain(ctx context.Context, tx *sqlx.Tx, n int, line func(i int) mce.Evidence) error {
	var head sealRow
	err := tx.GetContext(ctx, &head, `select seq, hash from consent_seals order by seq desc limit 1`)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for done := 0; done < n; done += sealPortion {
		size := min(sealPortion, n-done)
		consents, before := make([]int64, size), head.Seq
		var commitments, hashes []byte // end to end
		for i := range size {
			e := line(done + i)
			e.Seq = head.Seq + 1
			commitment := e.Commit()
			head.Seq, head.Hash = e.Seq, s.keys.Seal(head.Hash, e, commitment)
			consents[i], commitments, hashes = e.ID, append(commitments, commitment...), append(hashes, head.Hash...)
		}
		if _, err := tx.ExecContext(ctx, `
			insert into consent_seals (seq, consent_id, commitment, hash)
			select $1::bigint + n, consent, substring($3::bytea from 32 * n::integer - 31 for 32), substring($4::bytea from 32 * n::integer - 31 for 32)
			from unnest($2::bigint[]) with ordinality as t (consent, n)`, before, pq.Array(consents), commitments, hashes); err != nil {
			return err
		}
	}
	return nil
}

type sealRow struct {
	Seq          int64
	ConsentID    int64 `db:"consent_id"`
	SubscriberID int64 `db:"subscriber_id"`
	Action       string
	Wording      string
	Version      string
	Source       string
	Detail       string
	At           time.Time
	Email        sql.NullString
	Origin       sql.NullString
	Key          []byte
	Commitment   []byte
	Hash         []byte
	Erased       bool
}

func (r sealRow) evidence() mce.Evidence {
	return mce.Evidence{
		Consent: mce.Consent{
			ID: r.ConsentID, Action: r.Action, Wording: r.Wording, Version: r.Version, Source: r.Source, Detail: r.Detail,
			Origin: r.Origin.String, At: r.At.UTC(),
		},
		Seq: r.Seq, SubscriberID: r.SubscriberID, Email: r.Email.String, PersonKey: r.Key,
	}
}

const selectEvidence = `
	select coalesce(s.seq, 0) as seq, c.id as consent_id, c.subscriber_id, c.action, c.wording, c.version, c.source, c.detail, c.at, d.email, d.origin,
		p.key, s.commitment, s.hash, coalesce(b.state = 'erased', false) as erased
	from consents c
	left join subscribers b on b.id = c.subscriber_id
	left join consent_details d on d.consent_id = c.id
	left join consent_people p on p.subscriber_id = c.subscriber_id
	left join consent_seals s on s.consent_id = c.id`

// personKeySize is the length of the key of a person's commitments.
const personKeySize = 32

// sealPortion is how many consents are sealed or looked at together.
const sealPortion = 5000

// SealConsents seals what stands in the record without a seal: what is older than the chain, or was added without the secret.
func (s *Store) SealConsents(ctx context.Context) (sealed int, err error) {
	for {
		var ids []int64
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
			if err := tx.SelectContext(ctx, &ids, `
				select id from consents c where not exists (select from consent_seals s where s.consent_id = c.id) order by id limit $1`, sealPortion); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `
				insert into consent_details (consent_id, email) select c.id, p.email from consents c join subscribers p on p.id = c.subscriber_id
				where c.id = any($1) and p.email is not null on conflict do nothing`, pq.Array(ids)); err != nil {
				return err
			}
			return s.seal(ctx, tx, ids)
		})
		if sealed += len(ids); err != nil || len(ids) < sealPortion {
			return sealed, err
		}
	}
}

// ConsentReport is what VerifyConsents found.
type ConsentReport struct {
	Records int      `json:"records"`
	Head    string   `json:"head"` // hash of the last seal: written down elsewhere, it proves later that nothing was taken away behind it
	Faults  []string `json:"faults"`
}

// maxFaults are listed; after the first the others say little.
const maxFaults = 20

// VerifyConsents goes through the whole record and finds what was changed, taken away or put in between without the program. A head that
// was noted earlier must still be a seal of the chain; "" is none.
func (s *Store) VerifyConsents(ctx context.Context, noted string) (ConsentReport, error) {
	r := ConsentReport{Faults: []string{}}
	fault := func(format string, args ...any) {
		if len(r.Faults) < maxFaults {
			r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
		}
	}
	seen := noted == ""
	err := s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		var hash []byte
		for last := int64(0); ; {
			var rows []sealRow
			if err := tx.SelectContext(ctx, &rows, selectEvidence+` where s.seq > $1 order by s.seq limit $2`, last, sealPortion); err != nil {
				return err
			}
			for _, row := range rows {
				if row.Seq != last+1 {
					fault("%d records before number %d are missing", row.Seq-last-1, row.Seq)
				}
				if words := s.examine(hash, row); words != "" {
					fault("record %d (consent %d): %s", row.Seq, row.ConsentID, words)
				}
				last, hash = row.Seq, row.Hash
				seen = seen || fmt.Sprintf("%x", hash) == noted
				r.Records++
			}
			if len(rows) < sealPortion {
				break
			}
		}
		r.Head = fmt.Sprintf("%x", hash)
		return s.loose(ctx, tx, fault)
	})
	if !seen {
		fault("the head noted earlier is not part of the record any more")
	}
	return r, err
}

// examine says what is wrong with a record; "" for nothing.
func (s *Store) examine(before []byte, r sealRow) string {
	if !bytes.Equal(s.keys.Seal(before, r.evidence(), r.Commitment), r.Hash) {
		return "it is not what was sealed"
	}
	known := r.Email.Valid && r.Key != nil
	switch {
	case known && len(r.Key) != personKeySize:
		return "the person's key is not one of ours" // one with a zero behind it would commit to the same (RFC 2104 §2)
	case known && !bytes.Equal(r.evidence().Commit(), r.Commitment):
		return "the address or the origin is not what was sealed"
	case !known && !r.Erased:
		return "the address or the person's key is missing, though the person was not erased"
	}
	return ""
}

// loose finds what in the record has lost each other.
func (s *Store) loose(ctx context.Context, tx *sqlx.Tx, fault func(string, ...any)) error {
	for _, look := range []struct{ words, find string }{
		{"consent %d has no seal: it was not written by this program", `
			select c.id from consents c where not exists (select from consent_seals s where s.consent_id = c.id) order by c.id limit $1`},
		{"consent %d is gone, though its seal is there", `
			select s.consent_id from consent_seals s where not exists (select from consents c where c.id = s.consent_id) order by 1 limit $1`},
		{"consent %d is gone, though its details are there", `
			select d.consent_id from consent_details d where not exists (select from consents c where c.id = d.consent_id) order by 1 limit $1`},
		{"a key is there of subscriber %d, who is not", `
			select p.subscriber_id from consent_people p where not exists (select from subscribers b where b.id = p.subscriber_id) order by 1 limit $1`},
		{"subscriber %d was erased, and not by this program", `
			select b.id from subscribers b where b.state = 'erased'
				and not exists (select from consents c where c.subscriber_id = b.id and c.action = 'erased') order by b.id limit $1`},
	} {
		var ids []int64
		if err := tx.SelectContext(ctx, &ids, look.find, maxFaults); err != nil {
			return err
		}
		for _, id := range ids {
			fault(look.words, id)
		}
	}
	return nil
}

// Proof is one person's record of consent.
type Proof struct {
	Subscriber mce.Subscriber
	Lines      []ProofLine
}

// ProofLine is a consent with its place in the chain.
type ProofLine struct {
	mce.Evidence
	Hash string
}

// Proof is the record of one person's consent, the oldest first.
func (s *Store) Proof(ctx context.Context, email string) (Proof, error) {
	p := Proof{}
	var err error
	if p.Subscriber, err = s.SubscriberByEmail(ctx, email); err != nil {
		return p, err
	}
	var rows []sealRow
	err = s.db.SelectContext(ctx, &rows, selectEvidence+` where c.subscriber_id = $1 order by c.at, c.id`, p.Subscriber.ID)
	for _, r := range rows {
		p.Lines = append(p.Lines, ProofLine{r.evidence(), fmt.Sprintf("%x", r.Hash)})
	}
	return p, err
}
