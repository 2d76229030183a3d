package desk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// foundPieces is how many pieces a search for something to pull in shows.
const foundPieces = 12

// contentView is the page on which an issue is worked on: what is in it, and its words.
func (d *Desk) contentView(r *http.Request, head pages.Issue, draft mce.Draft) (func(io.Writer, mce.Lang) error, error) {
	view := pages.IssueContent{Issue: head, Words: draft.Issue, Stands: draft.Issue.Words(), Seen: draft.Issue.Words().Mark()}
	all, err := d.store.Decisions(r.Context(), draft.Issue.ID)
	if err != nil {
		return nil, err
	}
	view.Sections, view.Aside = pieces(draft, all)
	if err := d.part(r.Context(), draft, &view); err != nil {
		return nil, err
	}
	if view.Log, err = d.store.AuditLog(r.Context(), mce.AuditQuery{Object: mce.OnIssue, Of: draft.Issue.ID, Limit: auditPage}); err != nil {
		return nil, err
	}
	if r.URL.Query().Has("find") && draft.Issue.Editable() {
		view.Searched = true
		view.Find = asked(r, "find")
		found, err := d.store.Published(r.Context(), draft.Issue, view.Find, foundPieces, d.clock.Now())
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			view.Found = append(view.Found, pages.Piece{Ref: refName(c.ItemRef), Decision: mce.Decision{Candidate: c, Section: sectionFor(draft.Series, c.Kind)}})
		}
	}
	if head.Fault != "" && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/subject") {
		view.Words, view.Overtaken = entered(r, draft), r.PostForm.Get("seen") != view.Seen
	}
	return func(w io.Writer, lang mce.Lang) error { return d.pages.IssueContent(w, lang, view) }, nil
}

// pieces are the sections of an issue with what is in them, and what is not in it.
func pieces(draft mce.Draft, all []mce.Decision) (sections []pages.IssueSection, aside []pages.Piece) {
	titles := map[mce.ItemRef]mce.Text{}
	for _, it := range draft.Items {
		titles[it.ItemRef] = it.Title()
	}
	for _, sec := range draft.Series.Sections {
		sections = append(sections, pages.IssueSection{Slug: sec.Slug, Title: sec.Title})
	}
	for _, x := range all {
		p := pages.Piece{Ref: refName(x.ItemRef), Decision: x}
		if title := titles[x.ItemRef]; title != nil {
			p.Title = title
		}
		if x.Verdict != mce.In {
			if p.Section == "" {
				p.Section = sectionFor(draft.Series, x.Kind)
			}
			aside = append(aside, p)
			continue
		}
		i := slices.IndexFunc(sections, func(s pages.IssueSection) bool { return s.Slug == x.Section })
		if i < 0 { // the series has it no more
			i = len(sections)
			sections = append(sections, pages.IssueSection{Slug: x.Section, Title: mce.Text{mce.English: x.Section}})
		}
		sections[i].Pieces = append(sections[i].Pieces, p)
	}
	return sections, aside
}

// part puts aside what cannot come into the issue now.
func (d *Desk) part(ctx context.Context, draft mce.Draft, view *pages.IssueContent) error {
	able, err := d.store.Showable(ctx, draft.Issue, d.clock.Now())
	if err != nil {
		return err
	}
	view.Closed = slices.Clone(view.Aside)
	shown := func(p pages.Piece) bool {
		return slices.ContainsFunc(able, func(c mce.Candidate) bool { return c.ItemRef == p.ItemRef })
	}
	view.Closed = slices.DeleteFunc(view.Closed, shown)
	view.Aside = slices.DeleteFunc(view.Aside, func(p pages.Piece) bool { return !shown(p) })
	return nil
}

// sectionFor is the first section for a kind, else the first of all.
func sectionFor(s mce.Series, kind mce.ItemKind) string {
	for _, sec := range s.Sections {
		if sec.Kind == kind {
			return sec.Slug
		}
	}
	return s.Sections[0].Slug
}

// refName is how an item is named on the page and in its forms: "article-3".
func refName(ref mce.ItemRef) string { return fmt.Sprintf("%s-%d", ref.Kind, ref.ID) }

func parseRef(s string) (mce.ItemRef, error) {
	kind, number, _ := strings.Cut(s, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return mce.ItemRef{}, mce.Invalidf("choose an item")
	}
	return mce.ItemRef{Kind: mce.ItemKind(legible(kind)), ID: id}, nil
}

// place puts an item where the button says ("news 2"), or at the end of the section that was chosen beside it.
func (d *Desk) place(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	ref, err := parseRef(r.PostForm.Get("item"))
	if err != nil {
		return err
	}
	to := mce.Place{Section: r.PostForm.Get("section"), Position: len(draft.Items) + 1}
	if by := map[string]int{"up": -1, "down": 1}[r.PostForm.Get("to")]; by != 0 { // from where it stands by now
		to = beside(draft, ref, by)
	}
	if section, number, ok := strings.Cut(r.PostForm.Get("to"), " "); ok {
		to.Section = section
		if to.Position, err = strconv.Atoi(number); err != nil {
			return mce.Invalidf("%q is no place", number)
		}
	}
	_, err = d.store.Place(ctx, draft.Issue.ID, ref, to, d.clock.Now())
	return err
}

// beside is the place so many behind that of an item, in its section.
func beside(draft mce.Draft, ref mce.ItemRef, by int) mce.Place {
	count := map[string]int{}
	for _, x := range draft.Items {
		if count[x.Section]++; x.ItemRef == ref {
			return mce.Place{Section: x.Section, Position: max(1, count[x.Section]+by)}
		}
	}
	return mce.Place{} // it is in the issue no more, which the store says
}

func (d *Desk) hold(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	return d.takeOut(ctx, r, draft, mce.Held)
}

func (d *Desk) leaveOut(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	return d.takeOut(ctx, r, draft, mce.Dropped)
}

func (d *Desk) takeOut(ctx context.Context, r *http.Request, draft mce.Draft, verdict mce.Verdict) error {
	ref, err := parseRef(r.PostForm.Get("item"))
	if err != nil {
		return err
	}
	_, err = d.store.TakeOut(ctx, draft.Issue.ID, ref, verdict)
	return err
}

func (d *Desk) reassemble(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Reassemble(ctx, draft.Issue.ID, d.clock.Now())
	return err
}
