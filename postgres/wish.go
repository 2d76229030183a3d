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

// AddWish takes somebody's wish, whoever they are: it does the same for every address, and takes the same time.
func (s *Store) AddWish(ctx context.Context, w mce.Wish) error {
	const add = `
		insert into wishes (email, name, language, topics, wording, version, source, origin, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		p, c := w.Subscriber, w.Consent
		if _, err := tx.ExecContext(ctx, add, p.Email, p.Name, p.Language, pq.Array(p.Topics), c.Wording, c.Version, c.Source, c.Origin, c.At); err != nil {
			return err
		}
		return wake(ctx, tx)
	})
}

// GrantWish looks at the oldest wish: whoever may be asked is sent the letter that asks to confirm. more is false when there is none left.
// Several daemons may do so at once.
func (s *Store) GrantWish(ctx context.Context, render func(mce.Subscriber) (mce.Edition, error), domain string) (more bool, err error) {
	const take = `
		delete from wishes where id = (select id from wishes order by id limit 1 for update skip locked)
		returning email, name, language, topics, wording, version, source, origin, at`
	var row struct {
		Email, Name              string
		Language                 mce.Lang
		Topics                   pq.StringArray
		Wording, Version, Source string
		Origin                   string
		At                       time.Time
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &row, take); errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		more = true
		w := mce.Wish{
			Subscriber: mce.Subscriber{Email: row.Email, Name: row.Name, Language: row.Language, Topics: row.Topics},
			Consent:    mce.Consent{Wording: row.Wording, Version: row.Version, Source: row.Source, Origin: row.Origin, At: row.At},
		}
		_, err := s.ask(ctx, tx, w, func() (mce.Edition, error) { return render(w.Subscriber) }, domain)
		return err
	})
	return more && err == nil, err
}
