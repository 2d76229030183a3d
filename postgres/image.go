package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// Images lists all pictures with their files, but for the content of these; the newest first.
func (s *Store) Images(ctx context.Context) ([]mce.Image, error) { return images(ctx, s.db, "") }

// Image is one of them by its id, and whether content shows it or once showed it.
func (s *Store) Image(ctx context.Context, id int64) (mce.Image, error) {
	found, err := images(ctx, s.db, ` where i.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no such picture")
	}
	if err != nil {
		return mce.Image{}, err
	}
	i := found[0]
	err = s.db.GetContext(ctx, &i.Used, `select $1 in (`+usedImages+`)`, i.Name)
	return i, err
}

// ImageAlt is what the picture of a file shows; nothing where there is none.
func (s *Store) ImageAlt(ctx context.Context, file string) (mce.Text, error) {
	var alt jsonb[mce.Text]
	err := s.db.GetContext(ctx, &alt, `select i.alt from images i join image_files f on f.image_id = i.id where f.name = $1`, file)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return alt.V, err
}

// SayAlt says what the picture of a file shows, where nobody has said it.
func (s *Store) SayAlt(ctx context.Context, file string, alt mce.Text) error {
	const say = `update images set alt = $2 where alt = '{}' and id = (select image_id from image_files where name = $1)`
	_, err := s.db.ExecContext(ctx, say, file, jsonb[mce.Text]{alt})
	return err
}

func images(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Image, error) {
	var rows []struct {
		ID      int64
		Name    string
		Title   string
		Alt     jsonb[mce.Text]
		AddedAt time.Time `db:"added_at"`
		File    string
		Width   int
		Height  int
		Type    string
	}
	const read = `
		select i.id, i.name, i.title, i.alt, i.added_at, f.name as file, f.width, f.height, f.type
		from images i join image_files f on f.image_id = i.id`
	if err := sqlx.SelectContext(ctx, q, &rows, read+where+` order by i.id desc, f.width desc`, args...); err != nil {
		return nil, err
	}
	var out []mce.Image
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != r.ID {
			out = append(out, mce.Image{ID: r.ID, Name: r.Name, Title: r.Title, Alt: r.Alt.V, AddedAt: r.AddedAt.UTC()})
		}
		last := &out[len(out)-1]
		last.Files = append(last.Files, mce.ImageFile{Name: r.File, Width: r.Width, Height: r.Height, Type: r.Type})
	}
	return out, nil
}

// usedImages are the names of pictures that stand, or stood once, in a piece of content or a draft: mails that went out may show them.
const usedImages = `
	select (regexp_matches(piece::text, '/images/([0-9a-f]{32})-', 'g'))[1] as name from content_versions where piece::text like '%/images/%'
	union select (regexp_matches(entries::text, '/images/([0-9a-f]{32})-', 'g'))[1] from content_drafts where entries::text like '%/images/%'`

// UsedImages are the names of pictures that content shows, or once showed.
func (s *Store) UsedImages(ctx context.Context) (map[string]bool, error) {
	var names []string
	err := s.db.SelectContext(ctx, &names, usedImages)
	out := map[string]bool{}
	for _, name := range names {
		out[name] = true
	}
	return out, err
}

// ImageFile is a file of a picture with its content, by its name. The error is of code NotFound when there is none.
func (s *Store) ImageFile(ctx context.Context, name string) (mce.ImageFile, error) {
	var f mce.ImageFile
	err := s.db.GetContext(ctx, &f, `select name, width, height, type, content from image_files where name = $1`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return f, mce.NotFoundf("there is no such picture")
	}
	return f, err
}

// AddImage keeps a picture. One with the same name is the same picture: it stays, and what is said now, if anything, is what it shows.
func (s *Store) AddImage(ctx context.Context, i mce.Image, now time.Time) (mce.Image, error) {
	const add = `insert into images (name, title, alt, added_at, added_by) values ($1, $2, $3, $4, nullif($5::bigint, 0)) on conflict do nothing returning id`
	const addFile = `insert into image_files (image_id, name, width, height, type, content) values ($1, $2, $3, $4, $5, $6)`
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		by, _ := mce.DeedOf(ctx)
		err := tx.GetContext(ctx, &i.ID, add, i.Name, i.Title, jsonb[mce.Text]{i.Alt}, now, by.By.UserID)
		if errors.Is(err, sql.ErrNoRows) {
			if err := tx.GetContext(ctx, &i, `select id, title, added_at as addedat from images where name = $1`, i.Name); err != nil {
				return err
			}
			if len(i.Alt) == 0 {
				return nil
			}
			return saveAlt(ctx, tx, i.ID, i.Alt)
		} else if err != nil {
			return err
		}
		for _, f := range i.Files {
			if _, err := tx.ExecContext(ctx, addFile, i.ID, f.Name, f.Width, f.Height, f.Type, f.Content); err != nil {
				return err
			}
		}
		return auditDeed(ctx, tx, mce.AddedImage, mce.OnImage, i.ID, i.Name)
	})
	return i, err
}

// SaveImage says anew what a picture shows.
func (s *Store) SaveImage(ctx context.Context, id int64, alt mce.Text) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error { return saveAlt(ctx, tx, id, alt) })
}

func saveAlt(ctx context.Context, tx *sqlx.Tx, id int64, alt mce.Text) error {
	n, err := execCount(ctx, tx, `update images set alt = $2 where id = $1 and alt <> $2`, id, jsonb[mce.Text]{alt})
	if err != nil || n == 0 {
		return err
	}
	return auditDeed(ctx, tx, mce.ChangedImage, mce.OnImage, id, "")
}

// RemoveImage removes a picture. The error is of code Conflict when content shows it, or once showed it.
func (s *Store) RemoveImage(ctx context.Context, id int64) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		n, err := execCount(ctx, tx, `delete from images where id = $1 and name not in (`+usedImages+`)`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return mce.Conflictf("the picture stands, or stood once, in content; mails that went out may show it")
		}
		return auditDeed(ctx, tx, mce.RemovedImage, mce.OnImage, id, "")
	})
}
