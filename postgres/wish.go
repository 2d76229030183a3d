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
		insert into wishes (kind, email, name, organisation, country, language, topics, pace, wording, version, source, origin, at,
			browser, next, until)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	if w.Kind == "" {
		w.Kind = mce.ToSubscribe
	}
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		p, c := w.Subscriber, w.Consent
		if _, err := tx.ExecContext(ctx, add, w.Kind, p.Email, p.Name, p.Organisation, p.Country, p.Language, pq.Array(strs(p.Topics)), paceOf(p.Pace),
			c.Wording, c.Version, c.Source, c.Origin, c.At, w.Login.Browser, w.Login.Next, orNull(w.Login.Until)); err != nil {
			return err
		}
		return wake(ctx, tx)
	})
}

// GrantWish looks at the oldest wish: whoever may be asked is sent the letter that asks to confirm, or the link to their own page or
// into the desk. more is false when there is none left. Several daemons may do so at once.
func (s *Store) GrantWish(ctx context.Context, render mce.WishLetters, domain string) (more bool, err error) {
	const take = `
		delete from wishes where id = (select id from wishes order by id limit 1 for update skip locked)
		returning kind, email, name, organisation, country, language, topics, pace, wording, version, source, origin, at,
			browser, next, until`
	var row struct {
		Kind                               mce.WishKind
		Email, Name, Organisation, Country string
		Language                           mce.Lang
		Topics                             pq.StringArray
		Pace                               mce.ReadingPace
		Wording, Version, Source, Origin   string
		At                                 time.Time
		Browser                            []byte
		Next                               string
		Until                              *time.Time
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &row, take); errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		more = true
		switch row.Kind {
		case mce.ForLink:
			return sendLink(ctx, tx, row.Email, render.Link, domain, row.At)
		case mce.ToLogIn:
			ask := mce.LoginAsk{Browser: row.Browser, Next: row.Next, Until: orZero(row.Until)}
			return sendLogin(ctx, tx, row.Email, row.Origin, ask, render.Login, domain, row.At)
		case mce.ToSubscribe:
		}
		w := mce.Wish{
			Subscriber: mce.Subscriber{
				Email: row.Email, Details: mce.Details{Name: row.Name, Organisation: row.Organisation, Country: row.Country},
				Choices: mce.Choices{Language: row.Language, Topics: row.Topics, Pace: row.Pace},
			},
			Consent: mce.Consent{Wording: row.Wording, Version: row.Version, Source: row.Source, Origin: row.Origin, At: row.At},
		}
		_, err := s.ask(ctx, tx, w, func() (mce.Edition, error) { return render.OptIn(w.Subscriber) }, domain)
		return err
	})
	return more && err == nil, err
}

// sendLink queues the letter with the link to one's own page: to who is subscribed or has left, at most once an hour. Anybody who knows the
// address may ask; only its owner reads it.
func sendLink(ctx context.Context, tx *sqlx.Tx, email string, render func(mce.Lang) (mce.Edition, error), domain string, now time.Time) error {
	const mark = `
		update subscribers s set linked_at = $2
		where lower(s.email) = lower($1) and s.state in ('active', 'unsubscribed')
			and (s.linked_at is null or s.linked_at <= $2::timestamptz - interval '1 hour')
			and not exists (select from suppressions x where x.email = lower(s.email))
		returning s.id, s.language`
	var p struct {
		ID       int64
		Language mce.Lang
	}
	if err := tx.GetContext(ctx, &p, mark, email, now); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	edition, err := sharedEdition(ctx, tx, mce.SelfLink, p.Language, 0, nil, func() (mce.Edition, error) { return render(p.Language) }, domain, now)
	if err != nil {
		return err
	}
	return queueLetterOf(ctx, tx, edition, mce.SelfLink, person{subscriber: p.ID, cause: now.Add(mce.SelfFor).Unix()}, now)
}
