package postgres

import (
	"fmt"

	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// inSegment is the condition that a subscriber s is in a segment, whose fields are the five parameters from number first on.
func inSegment(first int) string {
	return fmt.Sprintf(`
	(cardinality($%[1]d::text[]) = 0 or s.topics && $%[1]d::text[])
	and (cardinality($%[2]d::text[]) = 0 or s.language = any($%[2]d))
	and (cardinality($%[3]d::text[]) = 0 or s.country = any($%[3]d))
	and (cardinality($%[4]d::text[]) = 0 or coalesce((
		select min(o.membership) from organisations o, lateral (select s.email) who
		where o.membership <> 'none' and `+belongs+`), 'none') = any($%[4]d))
	and (cardinality($%[5]d::text[]) = 0 or exists (
		select from registrations r join events e on e.id = r.event_id
		where lower(r.email) = lower(s.email) and r.state = 'registered' and e.slug = any($%[5]d)))`,
		first, first+1, first+2, first+3, first+4)
}

func segmentArgs(s mce.Segment) []any {
	return []any{pq.Array(strs(s.Topics)), pq.Array(strs(s.Languages)), pq.Array(strs(s.Countries)), pq.Array(strs(s.Membership)), pq.Array(strs(s.Events))}
}

// isReader is the condition that a subscriber s gets the letters of a series: $1 is the moment, $2 its pace, $3 to $7 its segment. Who chose
// a pace that no series for everybody has gets each issue.
func isReader() string {
	return `s.state = 'active' and (s.paused_until is null or s.paused_until <= $1)
	and (s.pace = $2 or not exists (select from series o where o.pace = s.pace and not o.paused and o.segment = '{}')) and ` + inSegment(3)
}
