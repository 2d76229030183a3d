package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// addAudit writes a line of the audit log, in the transaction of what it tells of.
func addAudit(ctx context.Context, tx *sqlx.Tx, a mce.Audit) error {
	const add = `
		with line as (
			insert into audit (at, user_id, actor, action, object, object_id, detail, reason)
			values ($1, nullif($2::bigint, 0), $3, $4, $5, $6, $7, $8) returning id, at
		)
		insert into audit_origins (id, at, origin) select id, at, $9 from line where $9 <> ''`
	_, err := tx.ExecContext(ctx, add, a.At, a.By.UserID, a.By.Name, a.Action, a.Object, a.ObjectID, a.Detail, a.Reason, a.By.Origin)
	return err
}

// auditDeed is addAudit for what ctx says is being done; nothing is written of what the program does by itself.
func auditDeed(ctx context.Context, tx *sqlx.Tx, action mce.AuditAction, object mce.AuditObject, id int64, detail string) error {
	d, ok := mce.DeedOf(ctx)
	if !ok {
		return nil
	}
	return addAudit(ctx, tx, mce.Audit{At: d.At, By: d.By, Action: action, Object: object, ObjectID: id, Detail: detail, Reason: d.Reason})
}

type auditRow struct {
	ID       int64
	At       time.Time
	UserID   int64 `db:"user_id"`
	Actor    string
	Origin   string
	Action   mce.AuditAction
	Object   mce.AuditObject
	ObjectID int64 `db:"object_id"`
	Detail   string
	Reason   string
	ByEmail  string       `db:"by_email"`
	ByName   string       `db:"by_name"`
	ByRole   mce.DeskRole `db:"by_role"`
	OfID     int64        `db:"of_id"`
	OfEmail  string       `db:"of_email"`
	OfName   string       `db:"of_name"`
	OfRole   mce.DeskRole `db:"of_role"`
	OfEvent  int64        `db:"of_event"`
}

func (r auditRow) audit() mce.Audit {
	return mce.Audit{
		ID: r.ID, At: r.At.UTC(), By: mce.Actor{UserID: r.UserID, Name: r.Actor, Origin: r.Origin}, Action: r.Action, Object: r.Object, ObjectID: r.ObjectID,
		ByUser: mce.User{ID: r.UserID, Email: r.ByEmail, Name: r.ByName, Role: r.ByRole},
		OfUser: mce.User{ID: r.OfID, Email: r.OfEmail, Name: r.OfName, Role: r.OfRole}, OfEvent: r.OfEvent, Detail: r.Detail, Reason: r.Reason,
	}
}

// AuditLog is a page of the audit log, the newest line first. Users are searched by themselves: there are few of them, and many lines.
func (s *Store) AuditLog(ctx context.Context, q mce.AuditQuery) ([]mce.Audit, error) {
	const read = `
		with named as materialized (
			select array(select id from users where $2 <> '' and lower(coalesce(name, '') || ' ' || coalesce(email, '')) like lower($2)) as ids
		)
		select a.id, a.at, coalesce(a.user_id, 0) as user_id, a.actor, coalesce(o.origin, '') as origin, a.action, a.object, a.object_id, a.detail, a.reason,
			coalesce(b.email, '') as by_email, coalesce(b.name, '') as by_name, coalesce(b.role, '') as by_role,
			coalesce(f.id, 0) as of_id, coalesce(f.email, '') as of_email, coalesce(f.name, '') as of_name, coalesce(f.role, '') as of_role, coalesce(g.event_id, 0) as of_event
		from audit a
		left join audit_origins o on o.id = a.id
		left join users b on b.id = a.user_id
		left join users f on a.object = 'user' and f.id = a.object_id
		left join registrations g on a.object = 'registration' and g.id = a.object_id
		cross join named n
		where (a.id < $1 or $1 = 0)
			and ($2 = '' or lower(a.actor || ' ' || a.action || ' ' || a.object || ' ' || a.object_id || ' ' || a.detail || ' ' || a.reason) like lower($2)
				or a.user_id = any(n.ids) or a.object = 'user' and a.object_id = any(n.ids) or lower(o.origin) like lower($2))
			and (a.object = $4 or $4 = '') and (a.object_id = $5 or $5 = 0)
		order by a.id desc limit $3`
	var rows []auditRow
	err := s.db.SelectContext(ctx, &rows, read, q.Before, containing(q.Search), q.Limit, q.Object, q.Of)
	out := make([]mce.Audit, len(rows))
	for i, r := range rows {
		out[i] = r.audit()
	}
	return out, err
}

// AddAudit writes a line of what changes nothing else here.
func (s *Store) AddAudit(ctx context.Context, a mce.Audit) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error { return addAudit(ctx, tx, a) })
}
