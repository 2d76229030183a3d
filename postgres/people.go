package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// peopleKeys are the addresses that a query asks for, in small letters and in their order. $1 is the pattern, $2 the group, $3 the event, $4 after
// which address, $5 how many. Each table is asked by itself for as many as are wanted, by its index of addresses: a page of a long list costs no more
// than one of a short one.
const peopleKeys = `
	with keys as (
		(select distinct lower(s.email) as key from subscribers s
		where s.email is not null and lower(s.email) > $4 and ($1 = '' or s.searched like lower($1))
			and $2 in ('', 'active', 'pending', 'unsubscribed', 'suppressed') and ($2 in ('', 'suppressed') or s.state = $2)
			and ($2 <> 'suppressed' or exists (select from suppressions x where x.email = lower(s.email))) and $3 = ''
		order by 1 limit $5)
		union
		(select distinct lower(r.email) from registrations r
		where r.email is not null and lower(r.email) > $4 and ($1 = '' or r.searched like lower($1)) and $2 in ('', 'delegate', 'suppressed')
			and ($2 <> 'suppressed' or exists (select from suppressions x where x.email = lower(r.email)))
			and ($3 = '' or r.event_id = (select id from events where slug = $3))
		order by 1 limit $5)
		union
		(select distinct lower(b.email) from bookings b
		where b.email is not null and lower(b.email) > $4 and ($1 = '' or b.searched like lower($1)) and $2 in ('', 'booker', 'suppressed')
			and ($2 <> 'suppressed' or exists (select from suppressions x where x.email = lower(b.email))) and $3 = ''
		order by 1 limit $5)
		order by 1 limit $5
	)`

// People are a page of the people of the desk, in the order of their addresses.
func (s *Store) People(ctx context.Context, q mce.PeopleQuery) ([]mce.PersonLine, error) {
	const list = peopleKeys + `
		select case when s.id is not null then 's' when r.id is not null then 'r' else 'b' end as "as", coalesce(s.id, r.id, b.id) as id,
			coalesce(s.email, r.email, b.email) as email, coalesce(nullif(s.name, ''), r.name, b.name, '') as name,
			coalesce(nullif(s.organisation, ''), r.organisation, '') as organisation, coalesce(s.state, '') as state,
			exists (select from suppressions x where x.email = k.key) as suppressed,
			(select count(*) from registrations p where lower(p.email) = k.key and p.state <> 'cancelled') as places,
			(select count(*) from bookings p where lower(p.email) = k.key) as bookings
		from keys k
		left join subscribers s on lower(s.email) = k.key
		left join lateral (select id, email, name, organisation from registrations where lower(email) = k.key order by id desc limit 1) r on true
		left join lateral (select id, email, name from bookings where lower(email) = k.key order by id desc limit 1) b on true
		order by k.key`
	var rows []struct {
		As                        mce.KnownAs
		ID                        int64
		Email, Name, Organisation string
		State                     mce.SubscriberState
		Suppressed                bool
		Places, Bookings          int
	}
	err := s.db.SelectContext(ctx, &rows, list, containing(q.Search), q.Group, q.Event, q.After, q.Limit)
	out := make([]mce.PersonLine, len(rows))
	for i, r := range rows {
		out[i] = mce.PersonLine{
			Ref: mce.PersonRef{As: r.As, ID: r.ID}, Email: r.Email, Name: r.Name, Organisation: r.Organisation, State: r.State, Suppressed: r.Suppressed,
			Places: r.Places, Bookings: r.Bookings,
		}
	}
	return out, err
}

// EventsWithDelegates are the events that somebody ever registered for, the latest first.
func (s *Store) EventsWithDelegates(ctx context.Context) ([]mce.EventName, error) {
	var rows []struct {
		Slug  string
		Title jsonb[mce.Text]
	}
	err := s.db.SelectContext(ctx, &rows, `
		select e.slug, e.title from events e where exists (select from registrations r where r.event_id = e.id and r.email is not null)
		order by e.starts desc, e.id`)
	out := make([]mce.EventName, len(rows))
	for i, r := range rows {
		out[i] = mce.EventName{Slug: r.Slug, Title: r.Title.V}
	}
	return out, err
}

// addressOf is the address of a person; the error is of code NotFound when there is none, or they were erased.
func addressOf(ctx context.Context, q sqlx.QueryerContext, ref mce.PersonRef) (email string, err error) {
	table, ok := map[mce.KnownAs]string{mce.KnownReader: "subscribers", mce.KnownDelegate: "registrations", mce.KnownBooker: "bookings"}[ref.As]
	if !ok {
		return "", mce.NotFoundf("there is no such person")
	}
	err = sqlx.GetContext(ctx, q, &email, `select email from `+table+` where id = $1 and email is not null`, ref.ID)
	if errors.Is(err, sql.ErrNoRows) {
		err = mce.NotFoundf("there is no such person")
	}
	return email, err
}

// refOf is how the desk names who has an address: as a subscriber where they are one. The id is 0 for who is not known yet.
func refOf(ctx context.Context, q sqlx.QueryerContext, email string) (ref mce.PersonRef, err error) {
	const find = `
		select x."as", x.id from (
			select 's' as "as", 1 as rank, id from subscribers where lower(email) = lower($1)
			union all select 'r', 2, id from registrations where lower(email) = lower($1)
			union all select 'b', 3, id from bookings where lower(email) = lower($1)
		) x order by x.rank, x.id desc limit 1`
	var row struct {
		As mce.KnownAs
		ID int64
	}
	err = sqlx.GetContext(ctx, q, &row, find, email)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.PersonRef{As: mce.KnownReader}, nil
	}
	return mce.PersonRef{As: row.As, ID: row.ID}, err
}
