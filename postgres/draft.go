package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Draft is an issue with its items as their texts stand now.
func (s *Store) Draft(ctx context.Context, id int64) (mce.Draft, error) {
	issue, err := s.Issue(ctx, id)
	if err != nil {
		return mce.Draft{}, err
	}
	return draft(ctx, s.db, issue)
}

func draft(ctx context.Context, q sqlx.QueryerContext, issue mce.Issue) (mce.Draft, error) {
	d := mce.Draft{Issue: issue}
	found, err := series(ctx, q, ` where id = $1`, issue.SeriesID)
	if err != nil {
		return d, err
	}
	d.Series = found[0]
	var rows []struct {
		Kind    mce.ItemKind
		ItemID  int64 `db:"item_id"`
		Section string
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `
		select kind, item_id, section from issue_items where issue_id = $1 and verdict = 'in' order by line`, issue.ID); err != nil {
		return d, err
	}
	refs := map[mce.ItemKind][]int64{}
	for _, r := range rows {
		refs[r.Kind] = append(refs[r.Kind], r.ItemID)
	}
	items, err := itemsByRef(ctx, q, refs)
	if err != nil {
		return d, err
	}
	for _, r := range rows {
		// An item that was deleted since is simply gone; the seal notices.
		if item, ok := items[mce.ItemRef{Kind: r.Kind, ID: r.ItemID}]; ok {
			item.Section = r.Section
			d.Items = append(d.Items, item)
		}
	}
	return d, nil
}

func itemsByRef(ctx context.Context, q sqlx.QueryerContext, refs map[mce.ItemKind][]int64) (map[mce.ItemRef]mce.Item, error) {
	out := map[mce.ItemRef]mce.Item{}
	articles, err := articlesByID(ctx, q, refs[mce.KindArticle])
	if err != nil {
		return nil, err
	}
	for _, a := range articles {
		ref := mce.ItemRef{Kind: mce.KindArticle, ID: a.ID}
		out[ref] = mce.Item{ItemRef: ref, Topics: a.Topics, Article: &a}
	}
	found, err := events(ctx, q, ` where id = any($1)`, pq.Array(refs[mce.KindEvent]))
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		ref := mce.ItemRef{Kind: mce.KindEvent, ID: e.ID}
		out[ref] = mce.Item{ItemRef: ref, Topics: e.Topics, Event: &e}
	}
	res, err := resources(ctx, q, ` where r.id = any($1)`, pq.Array(refs[mce.KindResource]))
	if err != nil {
		return nil, err
	}
	for _, r := range res {
		ref := mce.ItemRef{Kind: mce.KindResource, ID: r.ID}
		out[ref] = mce.Item{ItemRef: ref, Topics: r.Topics, Resource: &r}
	}
	return out, nil
}
