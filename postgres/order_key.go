package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// registerOnce is register for an order that may have been carried out before.
func registerOnce(ctx context.Context, tx *sqlx.Tx, o mce.Order, notices mce.Notices, domain string, now time.Time) ([]mce.Registration, error) {
	people, done, err := ordered(ctx, tx, o.Key, now)
	if err != nil || done {
		return people, err
	}
	if people, err = register(ctx, tx, o, notices, domain, now); err != nil {
		return nil, err
	}
	return people, keepOrdered(ctx, tx, o.Key, people)
}

// ordered notes the key of an order, or gives what was registered under it; nil is no key. Whoever sends the same order at the same moment waits
// here until the first of them is done. A key that stands for another order is an error of code Conflict with the cause ErrKeyReused.
func ordered(ctx context.Context, tx *sqlx.Tx, k *mce.OrderKey, now time.Time) (people []mce.Registration, done bool, err error) {
	if k == nil {
		return nil, false, nil
	}
	const note = `
		insert into order_keys (token_id, key, request, at) values ($1, $2, $3, $4) on conflict (token_id, key) do nothing returning id`
	var id int64
	if err := tx.GetContext(ctx, &id, note, k.Token, k.Key, k.Request, now); !errors.Is(err, sql.ErrNoRows) {
		return nil, false, err
	}
	var kept struct {
		Request       []byte
		Registrations pq.Int64Array
	}
	if err := tx.GetContext(ctx, &kept, `select request, registrations from order_keys where token_id = $1 and key = $2`, k.Token, k.Key); err != nil {
		return nil, false, err
	}
	if !bytes.Equal(kept.Request, k.Request) {
		return nil, false, &mce.Error{Code: mce.Conflict, Message: "This key was sent with another body before; use a new key for a new order.", Err: mce.ErrKeyReused}
	}
	people, err = registrations(ctx, tx, ` where r.id = any($1) order by array_position($1, r.id)`, kept.Registrations)
	return people, true, err
}

// keepOrdered remembers what was registered under a key.
func keepOrdered(ctx context.Context, tx *sqlx.Tx, k *mce.OrderKey, people []mce.Registration) error {
	if k == nil {
		return nil
	}
	ids := make(pq.Int64Array, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	_, err := tx.ExecContext(ctx, `update order_keys set registrations = $3 where token_id = $1 and key = $2`, k.Token, k.Key, ids)
	return err
}
