package postgres

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// selectTopicUses reads topics with what names them, each table once.
const selectTopicUses = `
	with readers as (
		select topic, count(*) as n from subscribers s, unnest(s.topics) as topic where s.state <> 'unsubscribed' group by topic
	), pieces as (
		select topic, count(*) as n from (
			select unnest(topics) as topic from articles union all select unnest(topics) from events union all select unnest(topics) from resources
		) p group by topic
	), letters as (
		select topic, count(distinct id) as n from (
			select id, jsonb_array_elements_text(jsonb_path_query_array(sections, '$[*].topics[*]')) as topic from series
			union all
			select id, jsonb_array_elements_text(jsonb_path_query_array(segment, '$.topics[*]')) from series
		) l group by topic
	), asked as (
		select topic, count(*) as n from wishes w, unnest(w.topics) as topic group by topic
	)
	select t.slug, t.name, coalesce(r.n, 0) as subscribers, coalesce(p.n, 0) as pieces, coalesce(l.n, 0) as newsletters, coalesce(a.n, 0) as wishes
	from topics t
	left join readers r on r.topic = t.slug
	left join pieces p on p.topic = t.slug
	left join letters l on l.topic = t.slug
	left join asked a on a.topic = t.slug`

// TopicUses lists the topics in the order of the pages, with what names them.
func (s *Store) TopicUses(ctx context.Context) ([]mce.TopicUse, error) {
	return topicUses(ctx, s.db, ` order by t.position, t.slug`)
}

func topicUses(ctx context.Context, q sqlx.QueryerContext, which string, args ...any) ([]mce.TopicUse, error) {
	var rows []struct {
		Slug                                     string
		Name                                     jsonb[mce.Text]
		Subscribers, Pieces, Newsletters, Wishes int
	}
	if err := sqlx.SelectContext(ctx, q, &rows, selectTopicUses+which, args...); err != nil {
		return nil, err
	}
	out := make([]mce.TopicUse, len(rows))
	for i, r := range rows {
		out[i] = mce.TopicUse{
			Topic: mce.Topic{Slug: r.Slug, Name: r.Name.V}, Subscribers: r.Subscribers, Pieces: r.Pieces, Newsletters: r.Newsletters, Wishes: r.Wishes,
		}
	}
	return out, nil
}

// AddTopic adds a topic behind the others, and says so in the audit log. It must have passed its Check. The error is of code Conflict where there is one
// of its slug.
func (s *Store) AddTopic(ctx context.Context, t mce.Topic) error {
	return s.saveTopic(ctx, t, mce.Conflictf("there is a topic of this name already"), `
		insert into topics (slug, name, position) values ($1, $2, (select coalesce(max(position), -1) + 1 from topics)) on conflict do nothing`)
}

// RenameTopic gives a topic another name, and says so in the audit log. It must have passed its Check.
func (s *Store) RenameTopic(ctx context.Context, t mce.Topic) error {
	return s.saveTopic(ctx, t, mce.NotFoundf("there is no topic %q", t.Slug), `update topics set name = $2 where slug = $1`)
}

// saveTopic saves a topic by a statement; none is what it is that none was saved.
func (s *Store) saveTopic(ctx context.Context, t mce.Topic, none error, statement string) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if n, err := execCount(ctx, tx, statement, t.Slug, jsonb[mce.Text]{t.Name}); err != nil {
			return err
		} else if n == 0 {
			return none
		}
		return auditDeed(ctx, tx, mce.SavedTopic, mce.OnTopic, 0, t.Slug)
	})
}

// RemoveTopic removes a topic that nothing names, and says so in the audit log. One that something names is a Conflict.
func (s *Store) RemoveTopic(ctx context.Context, slug string) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		// First the lock, for which who is about to name the topic has to wait or is waited for, then another look at what names it.
		if _, err := tx.ExecContext(ctx, `select from topics where slug = $1 for update`, slug); err != nil {
			return err
		}
		found, err := topicUses(ctx, tx, ` where t.slug = $1`, slug)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return mce.NotFoundf("there is no topic %q", slug)
		}
		if found[0].Used() {
			return mce.Conflictf("the topic %q is in use", slug)
		}
		if _, err := tx.ExecContext(ctx, `delete from topics where slug = $1`, slug); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.RemovedTopic, mce.OnTopic, 0, slug)
	})
}
