package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Departures empties the outbox of a rehearsal, as if all had been delivered, and tells what was in it: letters with the same subject that have the
// same cause together. With people it names them too.
func (s *Store) Departures(ctx context.Context, people bool) ([]mce.Departure, error) {
	const take = `
		with single as (delete from express returning born, letter_id),
		many as (delete from runs returning born, first_id, last_id),
		gone as ( -- apart, because nothing is known of how full these tables are, and only the first can be joined by hashing
			select l.* from single x join letters l on l.born = x.born and l.id = x.letter_id
			union all select l.* from many x join letters l on l.born = x.born and l.id between x.first_id and x.last_id
		)
		select l.kind, coalesce(v.slug, '') as event, coalesce(v.time_zone, '') as zone, e.lang, e.topics, e.subject, count(*) as people,
			case when $1 then array_agg(coalesce(s.email, r.email, '') order by l.id) end as "to"
		from gone l
		join editions e on e.id = l.edition_id
		left join subscribers s on s.id = l.subscriber_id
		left join registrations r on r.id = l.registration_id
		left join events v on v.id = case when l.kind = 'invitation' then l.cause_id else r.event_id end
		group by l.kind, v.slug, v.time_zone, e.lang, e.topics, e.subject
		order by l.kind, v.slug, e.lang, e.subject, e.topics`
	var rows []struct {
		Kind    mce.LetterKind
		Event   string
		Zone    string
		Lang    mce.Lang
		Topics  pq.StringArray
		Subject string
		People  int
		To      pq.StringArray
	}
	err := s.db.SelectContext(ctx, &rows, take, people)
	out := make([]mce.Departure, len(rows))
	for i, r := range rows {
		out[i] = mce.Departure{Kind: r.Kind, Event: r.Event, Zone: r.Zone, Share: mce.Share{Lang: r.Lang, Topics: r.Topics, Subject: r.Subject, People: r.People, To: r.To}}
	}
	return out, err
}

// NextMoment is the earliest moment after now that something in the database waits for by its own date: an issue that is scheduled, or an edit of an
// event that settles, unless the event comes so near before that it is urgent. Zero when nothing does.
func (s *Store) NextMoment(ctx context.Context, now time.Time) (time.Time, error) {
	const next = `
		with behind as (
			select v.at + make_interval(secs => $2) as settled, e.starts - make_interval(secs => $3) as urgent
			from events e join event_versions v on v.event_id = e.id and v.version = e.version
			where e.ends > $1 and exists (
				select from registrations r where r.event_id = e.id and r.state in ('registered', 'waiting') and r.told < e.version)
		)
		select min(t) from (
			select scheduled_for as t from issues where state = 'scheduled'
			union all select settled from behind union all select urgent from behind where urgent < settled
		) x where t > $1`
	var at *time.Time
	err := s.db.GetContext(ctx, &at, next, now, mce.SettleFor.Seconds(), mce.UrgentFrom.Seconds())
	return orZero(at), err
}
