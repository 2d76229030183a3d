package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Subscribers lists those that a query asks for, in the order of their addresses.
func (s *Store) Subscribers(ctx context.Context, q mce.SubscriberQuery) ([]mce.Subscriber, error) {
	var out []mce.Subscriber
	err := s.EachSubscriber(ctx, q, func(p mce.Subscriber) error {
		out = append(out, p)
		return nil
	})
	return out, err
}

// EachSubscriber is Subscribers one by one, for lists of any length. An error of see ends it.
func (s *Store) EachSubscriber(ctx context.Context, q mce.SubscriberQuery, see func(mce.Subscriber) error) (err error) {
	list := selectSubscribers + ` where s.state <> 'erased' and (s.state = $1 or $1 = '')
		and ($2 = '' or s.searched like lower($2))
		and ($3 = '' or lower(s.email) > lower($3)) and ` + inSegment(5) + `
		order by lower(s.email) limit nullif($4::integer, 0)`
	args := append([]any{string(q.State), containing(q.Search), q.After, q.Limit}, segmentArgs(q.Segment)...)
	rows, err := s.db.QueryxContext(ctx, list, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r subscriberRow
		if err := rows.StructScan(&r); err != nil {
			return err
		}
		if err := see(r.subscriber()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// containing is the pattern of texts that contain s; empty for an empty s, which asks nothing.
func containing(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s) + "%"
}
