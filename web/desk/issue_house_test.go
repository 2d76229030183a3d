package desk_test

import (
	"fmt"

	"github.com/majorcities/mce-mailer/mce"
)

// subscribers imports n readers of everything in English, and half as many in Italian of events alone.
func (h *house) subscribers(n int) {
	h.t.Helper()
	var people []mce.Subscriber
	for i := range n {
		people = append(people, mce.Subscriber{Email: fmt.Sprintf("reader%04d@example.org", i), Details: mce.Details{Name: "Reader"}, Choices: mce.Choices{Language: "en", Topics: h.topics()}})
		if i%2 == 0 {
			people = append(people, mce.Subscriber{Email: fmt.Sprintf("lettore%04d@example.org", i), Choices: mce.Choices{Language: "it", Topics: []string{"events"}}})
		}
	}
	_, err := h.store.ImportSubscribers(h.t.Context(), people, "yes", "test", business.AddDate(0, 0, -1), nil)
	h.must(err)
}

func (h *house) topics() []string {
	h.t.Helper()
	all, err := h.store.Topics(h.t.Context())
	h.must(err)
	var out []string
	for _, t := range all {
		out = append(out, t.Slug)
	}
	return out
}

// another makes one more issue, so many days later, from what there is, whether or not it has run.
func (h *house) another(day int) mce.Issue {
	h.t.Helper()
	ctx, at := h.t.Context(), business.AddDate(0, 0, day)
	series, err := h.store.Series(ctx, "newsletter")
	h.must(err)
	series.Minimum = 0
	issue, _, err := h.store.Assemble(ctx, series, mce.Slot{Wall: at.Format("2006-01-02 15:04"), Due: at}, true, at)
	h.must(err)
	found, err := h.store.Published(ctx, issue, "", 3, business)
	h.must(err)
	for _, c := range found {
		issue, err = h.store.Place(ctx, issue.ID, c.ItemRef, mce.Place{Section: series.Sections[0].Slug, Position: 1}, business)
		h.must(err)
	}
	return issue
}

// leaving makes one more issue that has begun to leave.
func (h *house) leaving(day int) mce.Issue {
	h.t.Helper()
	ctx, issue := h.t.Context(), h.another(day)
	_, err := h.store.Approve(ctx, issue.ID, "Anna Rossi", h.letters.Look(), business)
	h.must(err)
	_, err = h.store.Schedule(ctx, issue.ID, business, h.letters.Look())
	h.must(err)
	_, err = h.store.StartSending(ctx, issue.ID, h.letters, "mce.example", business)
	h.must(err)
	return issue
}

func (h *house) exec(statement string, args ...any) {
	h.t.Helper()
	_, err := h.db.ExecContext(h.t.Context(), statement, args...)
	h.must(err)
}

// doubt lets the letters of an issue come to different ends: most are delivered, and of n nobody knows.
func (h *house) doubt(issue int64, n int) {
	h.t.Helper()
	h.exec(`update letters set outcome = case id % 5 when 0 then 'waiting' when 1 then 'deferred' else 'delivered' end::outcome where issue_id = $1`, issue)
	h.exec(`
		with these as (
			update letters set outcome = 'uncertain', detail = 'the connection broke behind the final dot'
			where id in (select id from letters where issue_id = $1 order by id limit $2) returning id, born, kind
		)
		insert into express (letter_id, born, issue_id, kind, due, parked) select id, born, $1, kind, now(), true from these`, issue, n)
}

// ended brings an issue to its end, with some letters refused and some readers gone.
func (h *house) ended(issue int64) {
	h.t.Helper()
	h.exec(`update letters set outcome = case when id % 7 = 0 then 'refused' else 'delivered' end::outcome,
		status = case when id % 14 = 0 then '5.1.1' when id % 7 = 0 then '5.7.1' else '' end where issue_id = $1`, issue)
	h.exec(`delete from runs where issue_id = $1`, issue)
	for i, reason := range []string{"too-many", "too-many", ""} {
		s, err := h.store.SubscriberByEmail(h.t.Context(), fmt.Sprintf("reader%04d@example.org", i))
		h.must(err)
		_, err = h.store.Leave(h.t.Context(), s.ID, "leave link", reason, business.AddDate(0, 0, 2))
		h.must(err)
	}
	_, err := h.store.FinishIssues(h.t.Context(), business.AddDate(0, 0, 1))
	h.must(err)
}
