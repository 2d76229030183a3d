package desk_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/templates/look"
)

func newPages(t *testing.T) *desk.Pages {
	t.Helper()
	p, err := desk.New(mce.Site{Name: "Major Cities of Europe", Short: "MCE", PublicURL: "https://mail.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWhateverMayStandOnAPageHasWords: names of messages that are put together from states and the like.
func TestWhateverMayStandOnAPageHasWords(t *testing.T) {
	p := newPages(t)
	admin := mce.User{ID: 1, Email: "anna@example.org", Name: "Anna", Role: mce.Admin, Language: "en"}
	try := func(what string, write func(io.Writer, mce.Lang) error) {
		t.Helper()
		for _, lang := range mce.Languages() {
			if err := write(io.Discard, lang); err != nil {
				t.Errorf("%s in %s: %v", what, lang, err)
			}
		}
	}
	for _, id := range desk.Saids() {
		v := desk.Home{Common: desk.Common{User: admin, Said: desk.Said{ID: id, Name: "Bob"}}}
		try("said "+id, func(w io.Writer, l mce.Lang) error { return p.Home(w, l, v) })
	}
	for _, fault := range []mce.LoginFault{mce.LoginGood, mce.LoginUsed, mce.LoginOver, mce.LoginElsewhere, mce.LoginRemoved} {
		try("fault "+string(fault), func(w io.Writer, l mce.Lang) error { return p.Link(w, l, desk.Link{Fault: fault}) })
	}
	for _, state := range []mce.IssueState{
		mce.Assembled, mce.InReview, mce.Approved, mce.Scheduled, mce.Sending, mce.Paused, mce.Sent, mce.Cancelled, mce.Skipped,
	} {
		issue := desk.Issue{
			Common: desk.Common{User: admin}, Languages: mce.Languages(), Work: desk.Work{Issue: mce.Issue{ID: 1, State: state, StartedAt: time.Unix(1, 0)}}, Approval: mce.ApprovalSecond,
		}
		what := "state " + string(state)
		for _, begun := range []bool{true, false} {
			if !begun {
				issue.StartedAt = time.Time{}
			}
			try(what, func(w io.Writer, l mce.Lang) error { return p.IssueContent(w, l, content(issue)) })
			try(what, func(w io.Writer, l mce.Lang) error { return p.IssueView(w, l, desk.IssueView{Issue: issue}) })
			try(what, func(w io.Writer, l mce.Lang) error { return p.IssueCheck(w, l, checked(issue)) })
			try(what, func(w io.Writer, l mce.Lang) error { return p.IssueSend(w, l, sent(issue)) })
			try(what, func(w io.Writer, l mce.Lang) error { return p.IssueReport(w, l, reported(issue)) })
		}
	}
	for _, role := range mce.DeskRoles() {
		v := desk.Me{Common: desk.Common{User: mce.User{ID: 1, Role: role}}}
		try("role "+string(role), func(w io.Writer, l mce.Lang) error { return p.Me(w, l, v) })
	}
	for _, kind := range []mce.ItemKind{mce.KindArticle, mce.KindEvent, mce.KindResource} {
		tryContent(t, p, kind, desk.Common{User: admin, Path: desk.ContentPath(kind)}, try)
	}
	for _, status := range []int{400, 403, 404, 409, 410, 413, 422, 429, 500, 503} {
		try(http.StatusText(status), func(w io.Writer, l mce.Lang) error { return p.Error(w, l, desk.Error{Status: status}) })
	}
}

func content(issue desk.Issue) desk.IssueContent {
	v := desk.IssueContent{Issue: issue, Words: issue.Work.Issue, Sections: []desk.IssueSection{{Slug: "news"}, {Slug: "dates"}}, Searched: true}
	for _, kind := range []mce.ItemKind{mce.KindArticle, mce.KindEvent, mce.KindResource} {
		for _, verdict := range []mce.Verdict{mce.In, mce.Held, mce.Dropped} {
			p := desk.Piece{Ref: string(kind) + "-1", Decision: mce.Decision{Candidate: mce.Candidate{ItemRef: mce.ItemRef{Kind: kind}, RanIn: 1}, Position: 2, Verdict: verdict}}
			v.Aside = append(v.Aside, p)
		}
	}
	v.Found, v.Sections[0].Pieces = v.Aside, v.Aside
	return v
}

func checked(issue desk.Issue) desk.IssueCheck {
	v := desk.IssueCheck{Issue: issue, Checked: true, Blocking: []string{"weekday"}, Report: mce.Report{Editions: 1, Unexamined: []string{"links"}}}
	for _, level := range []mce.Level{mce.Blocking, mce.Advisory} {
		v.Findings = append(v.Findings, desk.Finding{Finding: mce.Finding{Level: level, Lang: "it"}, Anchor: "words"}, desk.Finding{Finding: mce.Finding{Level: level}, Override: mce.Override{By: "Anna"}})
	}
	return v
}

func sent(issue desk.Issue) desk.IssueSend {
	return desk.IssueSend{
		Issue: issue, Presets: mce.Presets(time.Now()), Progress: mce.Progress{State: issue.State, Letters: map[mce.Outcome]int{mce.Waiting: 5}, Rate: 1},
		Doubts: []mce.UncertainLetter{{ID: 1}}, Editions: []desk.Editions{{Lang: "it", Readers: 1, Parts: []mce.Part{{Readers: 1}}}},
	}
}

func reported(issue desk.Issue) desk.IssueReport {
	r := mce.IssueReport{Letters: map[mce.Outcome]int{}, Refused: map[string]int{}, Left: map[string]int{"": 1, "too-many": 2}}
	for _, o := range mce.Outcomes() {
		r.Letters[o] = 3
	}
	for _, class := range mce.RefusalClasses() {
		r.Refused[class] = 1
	}
	return desk.IssueReport{Issue: issue, Report: r, Compared: []mce.IssueReport{r, r}}
}

// tryContent shows a kind of content in its list, its form with every hint, its history and a conflict in which every field has changed.
func tryContent(t *testing.T, p *desk.Pages, kind mce.ItemKind, c desk.Common, try func(string, func(io.Writer, mce.Lang) error)) {
	t.Helper()
	lines := []mce.ContentLine{{Window: mce.Window{From: time.Unix(9, 0)}}, {Stale: []mce.Lang{"it"}}, {Window: mce.Window{Until: time.Unix(1, 0)}, ChangedBy: mce.ContentActor{Name: "before"}}}
	for i := range lines {
		lines[i].State = mce.EventOpen
	}
	for _, state := range mce.EventStates() {
		lines = append(lines, mce.ContentLine{State: state})
	}
	try("list of "+string(kind), func(w io.Writer, l mce.Lang) error {
		return p.Contents(w, l, desk.Contents{Common: c, Query: mce.ContentQuery{Kind: kind, Now: time.Unix(5, 0)}, Lines: lines, Zone: "UTC"})
	})
	all := mce.Blank(kind, "opening")
	for name := range all {
		all[name] = "x"
	}
	piece := mce.Piece{Kind: kind, ID: 1, Version: 2, Content: mce.NewContent(kind), Stale: []string{"title_it"}}
	try("form of "+string(kind), func(w io.Writer, l mce.Lang) error {
		return p.Content(w, l, desk.ContentForm{Common: c, Piece: piece, Written: all, Zone: "UTC", Draft: time.Unix(1, 0)})
	})
	try("new "+string(kind), func(w io.Writer, l mce.Lang) error {
		return p.Content(w, l, desk.ContentForm{Common: c, Piece: mce.Piece{Kind: kind, Content: mce.NewContent(kind)}, Written: mce.Blank(kind), Zone: "UTC"})
	})
	try("conflict of "+string(kind), func(w io.Writer, l mce.Lang) error {
		return p.Clash(w, l, desk.Clash{Common: c, Piece: piece, Written: all, Clashes: mce.Clashes(nil, all, mce.Blank(kind)), Zone: "UTC"})
	})
	changed := mce.NewContent(kind)
	e, isEvent := changed.(*mce.Event)
	if isEvent {
		e.Sessions = []mce.Session{{Slug: "opening", Title: mce.Text{"en": "a", "it": "b"}, Speakers: []string{"c"}, Optional: true, Interpretation: []mce.Lang{"it"}, Room: mce.Text{"en": "d"}}}
	}
	try("history of "+string(kind), func(w io.Writer, l mce.Lang) error {
		return p.History(w, l, desk.History{Common: c, Piece: piece, Zone: "UTC", Versions: []mce.ContentVersion{{Version: 2, Content: changed, Before: mce.NewContent(kind)}, {Version: 1, Content: changed}}})
	})
}

func TestAFormerUserIsNamedAsSuch(t *testing.T) {
	var b bytes.Buffer
	v := desk.Audit{Lines: []mce.Audit{{ID: 1, At: time.Now(), By: mce.Actor{UserID: 7}, Action: mce.LoggedIn, Object: mce.OnUser, ObjectID: 7}}}
	if err := newPages(t).Audit(&b, "en", v); err != nil || strings.Count(b.String(), "A former user") != 2 {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestColoursHaveNames: those of templates/look, whose contrasts are tested with the public pages.
func TestColoursHaveNames(t *testing.T) {
	css := stylesheet(newPages(t))
	if !bytes.Contains(css, []byte("--accent: light-dark(")) {
		t.Error("the stylesheet lacks its colours")
	}
	css = bytes.TrimPrefix(css, look.Tokens())
	for _, of := range []string{`#[0-9a-fA-F]{3,8}\b`, `rgb`, `hsl`, `animation`, `transition`, `@import`, `url\(`} {
		if found := regexp.MustCompile(of).FindString(string(css)); found != "" {
			t.Errorf("the stylesheet has %q", found)
		}
	}
}

func stylesheet(p *desk.Pages) []byte {
	for name, content := range p.Assets() {
		if strings.HasSuffix(name, ".css") {
			return content
		}
	}
	return nil
}

func TestAnAssetIsNamedByItsContent(t *testing.T) {
	p := newPages(t)
	for name, content := range p.Assets() {
		if !regexp.MustCompile(`^(desk|content|issue|moment)\.[0-9a-f]{8}\.(css|js)$`).MatchString(name) {
			t.Error(name)
		}
		content[0] = 'x'
		if p.Assets()[name][0] == 'x' {
			t.Error("a caller can change", name)
		}
	}
}
