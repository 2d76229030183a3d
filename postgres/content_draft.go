package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// ContentDraft is what a user was typing into the form of a piece, or of a new one; its time is zero where there is nothing.
func (s *Store) ContentDraft(ctx context.Context, userID int64, kind mce.ItemKind, id int64) (mce.ContentDraft, error) {
	var row struct {
		Version int
		Entries jsonb[mce.Written]
		At      time.Time
	}
	err := s.db.GetContext(ctx, &row, `select version, entries, at from content_drafts where user_id = $1 and kind = $2 and piece_id = $3`, userID, kind, id)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.ContentDraft{Kind: kind, ID: id}, nil
	}
	return mce.ContentDraft{Kind: kind, ID: id, Version: row.Version, Entries: row.Entries.V, At: row.At.UTC()}, err
}

// KeepContentDraft keeps what a user is typing, in place of what they typed before.
func (s *Store) KeepContentDraft(ctx context.Context, userID int64, d mce.ContentDraft) error {
	const keep = `
		insert into content_drafts (user_id, kind, piece_id, version, entries, at) values ($1, $2, $3, $4, $5, $6)
		on conflict (user_id, kind, piece_id) do update set version = excluded.version, entries = excluded.entries, at = excluded.at`
	_, err := s.db.ExecContext(ctx, keep, userID, d.Kind, d.ID, d.Version, jsonb[mce.Written]{d.Entries}, d.At)
	return err
}

// DropContentDraft forgets it.
func (s *Store) DropContentDraft(ctx context.Context, userID int64, kind mce.ItemKind, id int64) error {
	_, err := s.db.ExecContext(ctx, `delete from content_drafts where user_id = $1 and kind = $2 and piece_id = $3`, userID, kind, id)
	return err
}
