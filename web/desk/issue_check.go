package desk

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// reports keeps the last pre-flight of each issue: looking at every link takes its time, and nobody shall wait for it twice.
type reports struct {
	mu sync.Mutex
	of map[int64]mce.Report
}

// maxReports is when the kept ones are forgotten.
const maxReports = 200

func (k *reports) keep(id int64, r mce.Report) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || len(k.of) >= maxReports {
		k.of = map[int64]mce.Report{}
	}
	k.of[id] = r
}

// known is the report about what an issue says now, if there is one.
func (k *reports) known(id int64, fingerprint []byte) (mce.Report, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.of[id]
	return r, ok && r.Examined(fingerprint)
}

// checkView is the page of the pre-flight, on which an issue is approved.
func (d *Desk) checkView(r *http.Request, head pages.Issue, draft mce.Draft) (func(io.Writer, mce.Lang) error, error) {
	view := pages.IssueCheck{Issue: head}
	var err error
	if view.Seen, err = d.seen(draft); err != nil {
		return nil, err
	}
	view.Report, view.Checked = d.reports.known(draft.Issue.ID, unhex(view.Seen))
	overrides, err := d.store.Overrides(r.Context(), draft.Issue.ID, mce.Report{Fingerprint: unhex(view.Seen)})
	if err != nil {
		return nil, err
	}
	if view.Overrides = overrides; view.Checked {
		view.Findings = findings(draft, view.Report, overrides)
		view.Blocking = blocking(view.Report, overrides)
		view.Passed = len(view.Blocking) == 0
	}
	view.Reason = r.PostForm.Get("reason")
	return func(w io.Writer, lang mce.Lang) error { return d.pages.IssueCheck(w, lang, view) }, nil
}

// findings are those of a report, each with the forms in which it is mended and who answers for it.
func findings(draft mce.Draft, report mce.Report, overrides []mce.Override) []pages.Finding {
	named := map[string]mce.Item{}
	for _, it := range draft.Items {
		named[it.Slug()] = it
	}
	out := make([]pages.Finding, len(report.Findings))
	for i, f := range report.Findings {
		out[i] = pages.Finding{Finding: f}
		if words := f.Where == "subject" || f.Where == "preheader" || f.Where == "note"; words {
			out[i].Anchor = "words"
		}
		for slug := range strings.SplitSeq(f.Where, ", ") {
			if it, ok := named[slug]; ok {
				out[i].Entries = append(out[i].Entries, pages.Entry{Slug: slug, Path: pages.PiecePath(it.Kind, it.ID), Field: f.Field})
			}
		}
		for _, o := range overrides {
			if f.Level == mce.Blocking && o.Covers(f) {
				out[i].Override = o
			}
		}
	}
	return out
}

// blocking are the rules that keep an issue from being approved.
func blocking(report mce.Report, overrides []mce.Override) (rules []string) {
	for _, f := range report.Blocking(overrides) {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

// check examines an issue. What somebody has had examined is so, unless it is asked for anew.
func (d *Desk) check(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	if r.PostForm.Get("known") != "" {
		now, err := d.seen(draft)
		if err != nil {
			return err
		}
		if _, ok := d.reports.known(draft.Issue.ID, unhex(now)); ok {
			return nil
		}
	}
	report, err := d.examiner.Examine(ctx, draft)
	if err == nil {
		d.reports.keep(draft.Issue.ID, report)
	}
	return err
}

// approve approves what one saw and what was examined; who may approve by themselves need not say beforehand that it is ready. Each blocking
// finding must be answered for by its rule, and with a reason.
func (d *Desk) approve(ctx context.Context, r *http.Request, v visit, draft mce.Draft) error {
	if !draft.Issue.State.Approvable(draft.Series.Approval) {
		_, err := draft.Issue.State.Next(mce.Approve)
		return err
	}
	now, err := d.seen(draft)
	if err != nil {
		return err
	}
	if r.PostForm.Get("seen") != now {
		return mce.Conflictf("the issue has changed since you opened this page; look at it again, then approve it")
	}
	report, ok := d.reports.known(draft.Issue.ID, unhex(now))
	if !ok { // by another daemon, perhaps
		if err := d.check(ctx, r, v, draft); err != nil {
			return err
		}
		report, _ = d.reports.known(draft.Issue.ID, unhex(now))
	}
	report.At = d.clock.Now()
	more, err := report.Override(r.PostForm["override"], v.session.User.Name, strings.TrimSpace(r.PostForm.Get("reason")))
	if err != nil {
		return err
	}
	if draft.Issue.State == mce.Assembled {
		if _, err := d.store.Submit(ctx, draft.Issue.ID); err != nil {
			return err
		}
	}
	_, err = d.store.ApproveExamined(ctx, draft.Issue.ID, v.session.User.Name, d.letters.Look(), report, more)
	return err
}
