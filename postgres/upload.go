package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// KeepUpload keeps a table that a user is about to import, in place of the one before.
func (s *Store) KeepUpload(ctx context.Context, userID int64, u mce.Upload) (id int64, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `delete from desk_uploads where user_id = $1`, userID); err != nil {
			return err
		}
		return tx.GetContext(ctx, &id, `
			insert into desk_uploads (user_id, name, content, at) values ($1, $2, $3, $4) returning id`, userID, u.Name, u.Content, u.At)
	})
	return id, err
}

// Upload is a table that a user has uploaded; the error is of code NotFound when it is gone, or somebody else's.
func (s *Store) Upload(ctx context.Context, userID, id int64) (mce.Upload, error) {
	var row struct {
		ID      int64
		Name    string
		Content []byte
		At      time.Time
	}
	err := s.db.GetContext(ctx, &row, `select id, name, content, at from desk_uploads where id = $1 and user_id = $2`, id, userID)
	if errors.Is(err, sql.ErrNoRows) {
		err = mce.NotFoundf("the table is not here any more: it was imported, or replaced by another, or a day has passed; please upload it again")
	}
	return mce.Upload{ID: row.ID, Name: row.Name, Content: row.Content, At: row.At.UTC()}, err
}

// DropUpload removes a user's table.
func (s *Store) DropUpload(ctx context.Context, userID, id int64) error {
	_, err := s.db.ExecContext(ctx, `delete from desk_uploads where id = $1 and user_id = $2`, id, userID)
	return err
}
