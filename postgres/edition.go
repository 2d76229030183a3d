package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

func insertEdition(ctx context.Context, q sqlx.QueryerContext, e mce.Edition, domain string, now time.Time) (id int64, err error) {
	const insert = `
		insert into editions (kind, issue_id, lang, topics, subject, html, plain, nonce, calendar, method, reply_to, list_id, number, domain, latest, created_at)
		values ($1, nullif($2, 0), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		returning id`
	err = sqlx.GetContext(ctx, q, &id, insert, e.Kind, e.IssueID, e.Lang, pq.Array(strs(e.Topics)), e.Subject, e.HTML, e.Text, e.Nonce,
		e.Calendar, e.Method, e.ReplyTo, e.ListID, e.Number, domain, orNull(e.Latest), now)
	if err != nil || len(e.Files) == 0 {
		return id, err
	}
	return id, insertFiles(ctx, q, id, e.Files)
}

func insertFiles(ctx context.Context, q sqlx.QueryerContext, edition int64, files []mce.File) error {
	const insert = `
		insert into edition_files (edition_id, position, name, type, cid, content)
		select $1, f.position, f.name, f.type, f.cid, f.content
		from unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) with ordinality as f (name, type, cid, content, position)
		returning position`
	var names, types, cids []string
	var contents pq.ByteaArray
	for _, f := range files {
		names, types, cids, contents = append(names, f.Name), append(types, f.Type), append(cids, f.CID), append(contents, f.Content)
	}
	var kept []int
	return sqlx.SelectContext(ctx, q, &kept, insert, edition, pq.Array(names), pq.Array(types), pq.Array(cids), contents)
}

const selectEdition = `
	select id, kind, coalesce(issue_id, 0) as issue_id, lang, topics, subject, html, plain, nonce, calendar, method, reply_to, list_id,
		number, domain, latest
	from editions`

type editionRow struct {
	ID       int64
	Kind     mce.LetterKind
	IssueID  int64 `db:"issue_id"`
	Lang     mce.Lang
	Topics   pq.StringArray
	Subject  string
	HTML     string
	Plain    string
	Nonce    string
	Calendar string
	Method   string
	ReplyTo  string `db:"reply_to"`
	ListID   string `db:"list_id"`
	Number   int
	Domain   string
	Latest   *time.Time
}

func (r editionRow) edition() mce.Edition {
	return mce.Edition{
		ID: r.ID, Kind: r.Kind, IssueID: r.IssueID, Lang: r.Lang, Topics: r.Topics, Subject: r.Subject, HTML: r.HTML, Text: r.Plain,
		Nonce: r.Nonce, Calendar: r.Calendar, Method: r.Method, ReplyTo: r.ReplyTo, ListID: r.ListID, Number: r.Number,
		Domain: r.Domain, Latest: orZero(r.Latest),
	}
}

// Edition is one frozen mail by its id, with its files.
func (s *Store) Edition(ctx context.Context, id int64) (mce.Edition, error) {
	e, err := s.edition(ctx, selectEdition+` where id = $1`, id)
	if err != nil {
		return e, err
	}
	err = s.db.SelectContext(ctx, &e.Files, `select name, type, cid, content from edition_files where edition_id = $1 order by position`, id)
	return e, err
}

// ofSeries goes by the issues: that is how editions are found without reading them all.
const ofSeries = ` where archive and lang = $1 and issue_id in (
	select i.id from issues i join series s on s.id = i.series_id where s.slug = $2 and i.number = any($3))`

// ArchivedEdition is the public page of a sent issue: of the series, by its number, in a language.
func (s *Store) ArchivedEdition(ctx context.Context, series string, number int, lang mce.Lang) (mce.Edition, error) {
	return s.edition(ctx, selectEdition+ofSeries, lang, series, pq.Array([]int{number}))
}

// ArchivedEditions are the public pages of several issues of a series, by their number; an issue that has none in the language is not
// among them.
func (s *Store) ArchivedEditions(ctx context.Context, series string, numbers []int, lang mce.Lang) (map[int]mce.Edition, error) {
	var rows []editionRow
	err := s.db.SelectContext(ctx, &rows, selectEdition+ofSeries, lang, series, pq.Array(numbers))
	out := make(map[int]mce.Edition, len(rows))
	for _, r := range rows {
		out[r.Number] = r.edition()
	}
	return out, err
}

func (s *Store) edition(ctx context.Context, query string, args ...any) (mce.Edition, error) {
	var row editionRow
	err := s.db.GetContext(ctx, &row, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.Edition{}, mce.NotFoundf("there is no such mail in the archive")
	}
	return row.edition(), err
}

// wake tells every daemon, at commit, that there is something to deliver.
func wake(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `select pg_notify('letters', '')`)
	return err
}

// leaving tells every daemon, at commit, that a subscriber has left: letters to them that were read already must not begin.
func leaving(ctx context.Context, tx *sqlx.Tx, subscriberID int64) error {
	_, err := tx.ExecContext(ctx, `select pg_notify('left', $1)`, strconv.FormatInt(subscriberID, 10))
	return err
}

// SentIssues lists the public archive, the newest first: every issue whose letters have begun to leave, but those of series that are not
// public.
func (s *Store) SentIssues(ctx context.Context) ([]mce.SentIssue, error) {
	var rows []struct {
		Series    string
		Name      jsonb[mce.Text]
		Zone      string
		Number    int
		StartedAt time.Time `db:"started_at"`
		Subject   jsonb[mce.Text]
		Languages pq.StringArray
	}
	err := s.db.SelectContext(ctx, &rows, `
		select s.slug as series, s.name, s.time_zone as zone, i.number, i.started_at, i.subject,
			array(select e.lang from editions e where e.issue_id = i.id and e.archive order by e.lang) as languages
		from issues i join series s on s.id = i.series_id
		where i.started_at is not null and exists (select from editions e where e.issue_id = i.id and e.archive)
		order by i.started_at desc, i.id desc`)
	out := make([]mce.SentIssue, len(rows))
	for i, r := range rows {
		out[i] = mce.SentIssue{
			Series: r.Series, Name: r.Name.V, Number: r.Number, Date: mce.InZone(r.StartedAt, r.Zone), Subject: r.Subject.V,
			Languages: typed[mce.Lang](r.Languages),
		}
	}
	return out, err
}
