package postgres

import (
	"context"
	"maps"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// SetSubject gives an issue a subject of the editors' own; an empty one brings the proposal back.
func (s *Store) SetSubject(ctx context.Context, id int64, subject mce.Text) (mce.Issue, error) {
	return s.edit(ctx, id, mce.GaveSubject, func(tx *sqlx.Tx, d mce.Draft) (string, error) {
		if len(subject) == 0 {
			subject = d.Proposal()
		}
		_, err := tx.ExecContext(ctx, `update issues set subject = $2 where id = $1`, id, jsonb[mce.Text]{subject})
		return subject[mce.English], err
	})
}

// SetWords gives an issue all its words at once. Seen is the mark of those that stood there when they were written: if it has others by now, the error is
// of code Conflict.
func (s *Store) SetWords(ctx context.Context, id int64, words mce.IssueWords, seen string) (mce.Issue, error) {
	return s.edit(ctx, id, mce.ChangedWords, func(tx *sqlx.Tx, d mce.Draft) (string, error) {
		if d.Issue.Words().Mark() != seen {
			return "", mce.Conflictf("somebody has changed the words of the issue meanwhile; compare them with yours, then save again")
		}
		if len(words.Subject) == 0 {
			words.Subject = d.Proposal()
		}
		var changed []string
		for _, part := range []struct {
			name     string
			old, new mce.Text
		}{{"subject", d.Issue.Subject, words.Subject}, {"preview text", d.Issue.Preheader, words.Preheader}, {"note", d.Issue.Note, words.Note}} {
			if !maps.Equal(part.old, part.new) {
				changed = append(changed, part.name)
			}
		}
		_, err := tx.ExecContext(ctx, `update issues set subject = $2, preheader = $3, note = $4 where id = $1`,
			id, jsonb[mce.Text]{words.Subject}, jsonb[mce.Text]{words.Preheader}, jsonb[mce.Text]{words.Note})
		return strings.Join(changed, ", "), err
	})
}
