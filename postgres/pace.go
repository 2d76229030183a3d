package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Admit asks limits that all daemons share, and gives an answer to each demand. No two demands may have the same name.
func (s *Store) Admit(ctx context.Context, demands []mce.Demand, now time.Time) ([]mce.Grant, error) {
	names := make([]string, len(demands))
	for i, d := range demands {
		names[i] = d.Name
	}
	grants := make([]mce.Grant, len(demands))
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		paces, err := lockPaces(ctx, tx, names)
		if err != nil {
			return err
		}
		for i, d := range demands {
			if grants[i].Seated, err = seat(ctx, tx, d); err != nil {
				return err
			}
			grants[i] = grant(paces[d.Name], d, grants[i].Seated, now)
		}
		return savePaces(ctx, tx, paces)
	})
	return grants, err
}

func grant(p *mce.Pace, d mce.Demand, seated bool, now time.Time) mce.Grant {
	g := mce.Grant{Seated: seated}
	if !seated { // its letters come again when there may be a seat, and take nobody's time before that
		return g
	}
	g.Letters, g.Again = p.Take(d.Limit, d.Letters, d.Urgent, now)
	for range d.Letters - g.Letters {
		g.Later = append(g.Later, p.Later(d.Limit, now))
	}
	return g
}

// lockPaces reads what was used so far and keeps other daemons from it: in the order of names, so that no two wait for each other.
func lockPaces(ctx context.Context, tx *sqlx.Tx, names []string) (map[string]*mce.Pace, error) {
	if _, err := tx.ExecContext(ctx, `
		insert into paces (name) select n from unnest($1::text[]) n order by n on conflict do nothing`, pq.Array(names)); err != nil {
		return nil, err
	}
	var rows []struct {
		Name    string
		FreeAt  time.Time `db:"free_at"`
		LaterAt time.Time `db:"later_at"`
		Day     time.Time
		Sent    int
	}
	err := tx.SelectContext(ctx, &rows, `
		select name, greatest(free_at, '1970-01-01') as free_at, greatest(later_at, '1970-01-01') as later_at,
			greatest(day, '1970-01-01') as day, sent
		from paces where name = any($1) order by name for update`, pq.Array(names))
	paces := make(map[string]*mce.Pace, len(rows))
	for _, r := range rows {
		paces[r.Name] = &mce.Pace{FreeAt: r.FreeAt, LaterAt: r.LaterAt, Day: r.Day.UTC(), Sent: r.Sent}
	}
	return paces, err
}

func savePaces(ctx context.Context, tx *sqlx.Tx, paces map[string]*mce.Pace) error {
	const save = `update paces set free_at = $2, later_at = $3, day = $4, sent = $5 where name = $1`
	for name, p := range paces {
		day := p.Day
		if day.IsZero() { // nothing was granted
			day = time.Unix(0, 0).UTC()
		}
		if _, err := tx.ExecContext(ctx, save, name, p.FreeAt, p.LaterAt, day.Format(time.DateOnly), p.Sent); err != nil {
			return err
		}
	}
	return nil
}

// seat takes a seat, or finds that the lease has one already. The pace is locked, so nobody else counts meanwhile.
func seat(ctx context.Context, tx *sqlx.Tx, d mce.Demand) (bool, error) {
	if d.Limit.Sessions == 0 || d.Lease == "" {
		return true, nil
	}
	const take = `
		with gone as (
			delete from seats where name = $1 and leased_until < now()
		), taken as (
			select count(*) as n from seats where name = $1 and leased_until >= now() and lease <> $2
		)
		insert into seats (name, lease, leased_until)
		select $1, $2, now() + interval '` + leaseTime + `' from taken where taken.n < $3
		on conflict (name, lease) do update set leased_until = excluded.leased_until`
	seats := d.Limit.Sessions
	if !d.Urgent {
		seats = max(1, seats-1)
	}
	res, err := tx.ExecContext(ctx, take, d.Name, d.Lease, seats)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LeaveSeats gives back all seats of a lease.
func (s *Store) LeaveSeats(ctx context.Context, lease string) error {
	_, err := s.db.ExecContext(ctx, `delete from seats where lease = $1`, lease)
	return err
}

// PaceStatus is how far a limit has been used.
type PaceStatus struct {
	Name     string    `json:"name"`
	Sessions int       `json:"sessions"`          // that have letters for it in hand
	Today    int       `json:"letters_today"`     // UTC
	FreeAt   time.Time `db:"free_at" json:"next"` // when the next letter may go
}

func (s *Store) paceStatuses(ctx context.Context, now time.Time) ([]PaceStatus, error) {
	out := []PaceStatus{}
	err := s.db.SelectContext(ctx, &out, `
		select p.name, greatest(p.free_at, $1) as free_at, case when p.day = $1::timestamptz::date then p.sent else 0 end as today,
			(select count(*) from seats s where s.name = p.name and s.leased_until >= now()) as sessions
		from paces p where p.day >= $1::timestamptz::date - 7 order by p.name`, now)
	return out, err
}
