package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// pieces are what stands in the database of a kind of content.
type pieces struct {
	table  string
	object mce.AuditObject
	own    string // columns of the list that events alone have
}

func piecesOf(kind mce.ItemKind) (pieces, error) {
	const none = `null::timestamptz as starts, '' as time_zone, '' as state`
	switch kind {
	case mce.KindArticle:
		return pieces{"articles", mce.OnArticle, none}, nil
	case mce.KindEvent:
		return pieces{"events", mce.OnEvent, `c.starts, c.time_zone, c.state`}, nil
	case mce.KindResource:
		return pieces{"resources", mce.OnResource, none}, nil
	}
	return pieces{}, mce.NotFoundf("there is no content of the kind %q", kind)
}

// decoded turns what the triggers keep of a piece into content; nil for one that was removed.
func decoded(kind mce.ItemKind, id int64, raw []byte) (mce.Content, error) {
	if raw == nil {
		return nil, nil
	}
	c := mce.NewContent(kind)
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("%s %d: %w", kind, id, err)
	}
	switch c := c.(type) {
	case *mce.Article:
		c.ID = id
	case *mce.Event:
		c.ID = id
	case *mce.Resource:
		c.ID = id
	}
	return c, nil
}

// Piece is a piece of content as it stands, with its version. The error is of code NotFound when there is none.
func (s *Store) Piece(ctx context.Context, kind mce.ItemKind, id int64) (mce.Piece, error) {
	return piece(ctx, s.db, kind, id)
}

func piece(ctx context.Context, q sqlx.QueryerContext, kind mce.ItemKind, id int64) (mce.Piece, error) {
	const read = `
		select version, piece, array(select field from stale_translations where kind = $1 and piece_id = $2 order by field) as stale
		from content_versions where kind = $1 and piece_id = $2 order by version desc limit 1`
	var row struct {
		Version int
		Piece   []byte
		Stale   pq.StringArray
	}
	err := sqlx.GetContext(ctx, q, &row, read, kind, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Piece == nil {
		return mce.Piece{}, mce.NotFoundf("there is no such %s (any more)", kind)
	}
	if err != nil {
		return mce.Piece{}, err
	}
	c, err := decoded(kind, id, row.Piece)
	return mce.Piece{Kind: kind, ID: id, Version: row.Version, Content: c, Stale: row.Stale}, err
}

// SavePiece writes a piece, adds one that has no id, and says of the translations in holds, by their fields, that they hold although their English
// has changed. The error is of code Conflict when the piece is not in the version any more that the caller began with. A new piece is given
// another slug where its own is taken.
func (s *Store) SavePiece(ctx context.Context, p mce.Piece, holds []string, action mce.AuditAction, now time.Time) (mce.Piece, error) {
	of, err := piecesOf(p.Kind)
	if err != nil {
		return p, err
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if p, err = readyToSave(ctx, tx, of, p); err != nil {
			return err
		}
		if err := putPiece(ctx, tx, p, now); err != nil {
			return err
		}
		before := p.Version
		if p, err = noted(ctx, tx, of, p); err != nil {
			return err
		}
		if len(holds) > 0 {
			const hold = `delete from stale_translations where kind = $1 and piece_id = $2 and field = any($3)`
			if _, err := tx.ExecContext(ctx, hold, p.Kind, p.ID, pq.Array(holds)); err != nil {
				return err
			}
			p.Stale = slices.DeleteFunc(p.Stale, func(field string) bool { return slices.Contains(holds, field) })
		}
		if p.Version == before && len(holds) == 0 {
			return nil // nothing has changed
		}
		return auditDeed(ctx, tx, action, of.object, p.ID, p.Slug()+", version "+strconv.Itoa(p.Version))
	})
	return p, err
}

// readyToSave says who writes, holds the piece, and refuses what has changed since.
func readyToSave(ctx context.Context, tx *sqlx.Tx, of pieces, p mce.Piece) (mce.Piece, error) {
	if err := sayWho(ctx, tx); err != nil {
		return p, err
	}
	if p.ID == 0 {
		return freshSlug(ctx, tx, of, p)
	}
	if _, err := tx.ExecContext(ctx, `select from `+of.table+` where id = $1 for update`, p.ID); err != nil {
		return p, err
	}
	now, err := piece(ctx, tx, p.Kind, p.ID)
	if err != nil {
		return p, err
	}
	if now.Version != p.Version {
		return p, mce.Conflictf("somebody has changed this since you opened it")
	}
	return p.Called(now.Slug()), nil
}

// freshSlug gives a new piece a slug that no other has, and lets nobody add one meanwhile.
func freshSlug(ctx context.Context, tx *sqlx.Tx, of pieces, p mce.Piece) (mce.Piece, error) {
	if _, err := tx.ExecContext(ctx, `lock table `+of.table+` in share row exclusive mode`); err != nil {
		return p, err
	}
	var fault error
	slug := mce.FreeSlug(p.Content.Name()[mce.English], string(p.Kind), func(slug string) (taken bool) {
		if err := tx.GetContext(ctx, &taken, `select exists (select from `+of.table+` where slug = $1)`, slug); err != nil {
			fault = err
			return false
		}
		return taken
	})
	return p.Called(slug), fault
}

// sayWho tells the triggers that keep content who writes it: whom the context names.
func sayWho(ctx context.Context, tx *sqlx.Tx) error {
	d, ok := mce.DeedOf(ctx)
	if !ok {
		return nil
	}
	const say = `select set_config('mce.user_id', $1, true), set_config('mce.actor', $2, true), set_config('mce.at', $3, true)`
	who := ""
	if d.By.UserID != 0 {
		who = strconv.FormatInt(d.By.UserID, 10)
	}
	_, err := tx.ExecContext(ctx, say, who, d.By.Name, d.At.Format(time.RFC3339Nano))
	return err
}

func putPiece(ctx context.Context, tx *sqlx.Tx, p mce.Piece, now time.Time) error {
	var lib mce.Library
	var put func(context.Context, *sqlx.Tx, mce.Library) error
	switch c := p.Content.(type) {
	case *mce.Article:
		lib.Articles, put = []mce.Article{*c}, saveArticles
	case *mce.Event:
		lib.Events, put = []mce.Event{*c}, eventsAt(now)
	case *mce.Resource:
		lib.Resources, put = []mce.Resource{*c}, saveResources
	}
	if err := checkTopics(ctx, tx, lib); err != nil {
		return err
	}
	return put(ctx, tx, lib)
}

// noted is the piece as it has just been written, with the version that the triggers have given it: they run now, not at the end.
func noted(ctx context.Context, tx *sqlx.Tx, of pieces, p mce.Piece) (mce.Piece, error) {
	if _, err := tx.ExecContext(ctx, `set constraints all immediate`); err != nil {
		return p, err
	}
	if err := tx.GetContext(ctx, &p.ID, `select id from `+of.table+` where slug = $1`, p.Slug()); err != nil {
		return p, err
	}
	return piece(ctx, tx, p.Kind, p.ID)
}

type versionRow struct {
	Version int
	At      time.Time
	Actor   string
	Piece   []byte
	Before  []byte
	userRow
}

// PieceHistory lists what became of a piece, the last change first: those before a version, or from the last on where before is 0.
func (s *Store) PieceHistory(ctx context.Context, kind mce.ItemKind, id int64, before, limit int) ([]mce.ContentVersion, error) {
	const read = `
		select v.version, v.at, v.actor, v.piece, b.piece as before, coalesce(u.id, 0) as id, coalesce(u.email, '') as email, coalesce(u.name, '') as name,
			coalesce(u.role, '') as role, coalesce(u.language, '') as language
		from content_versions v
		left join content_versions b on b.kind = v.kind and b.piece_id = v.piece_id and b.version = v.version - 1
		left join users u on u.id = v.user_id
		where v.kind = $1 and v.piece_id = $2 and (v.version < $3 or $3 = 0) order by v.version desc limit $4`
	var rows []versionRow
	if err := s.db.SelectContext(ctx, &rows, read, kind, id, before, limit); err != nil {
		return nil, err
	}
	out := make([]mce.ContentVersion, len(rows))
	for i, r := range rows {
		now, err := decoded(kind, id, r.Piece)
		if err != nil {
			return nil, err
		}
		was, err := decoded(kind, id, r.Before)
		if err != nil {
			return nil, err
		}
		out[i] = mce.ContentVersion{Version: r.Version, At: r.At.UTC(), By: mce.ContentActor{User: r.user(), Name: r.Actor}, Content: now, Before: was}
	}
	return out, nil
}

// PieceAt is a piece as it stood in one of its versions.
func (s *Store) PieceAt(ctx context.Context, kind mce.ItemKind, id int64, version int) (mce.ContentVersion, error) {
	found, err := s.PieceHistory(ctx, kind, id, version+1, 1)
	if err == nil && (len(found) == 0 || found[0].Version != version) {
		err = mce.NotFoundf("there is no such version")
	}
	if err != nil {
		return mce.ContentVersion{}, err
	}
	return found[0], nil
}
