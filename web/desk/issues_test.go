package desk_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// state is how an issue stands, and what the log says was done to it, the oldest first.
func (h *house) state(id int64) string {
	h.t.Helper()
	i, err := h.store.Issue(h.t.Context(), id)
	h.must(err)
	log, err := h.store.AuditLog(h.t.Context(), mce.AuditQuery{Object: mce.OnIssue, Of: id, Limit: 100})
	h.must(err)
	words := ""
	for _, a := range log {
		words = " " + strings.ToLower(a.ByUser.Name) + ":" + string(a.Action) + words
	}
	return string(i.State) + words
}

var seenField = regexp.MustCompile(`name="seen" value="([^"]+)"`)

// seen is what the page of an approval names.
func (a answer) seen() string {
	if m := seenField.FindStringSubmatch(a.body); m != nil {
		return m[1]
	}
	return ""
}

func TestAnIssueIsCheckedApprovedAndScheduledByWhoMay(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	check, send := path+"/check", path+"/send"
	ed, ann := h.as(h.user("Ed", mce.Editor)), h.as(h.user("Ann", mce.Approver))
	ed.get(path).wants(t, http.StatusOK, issue.Subject["en"], "It waits for an approval.", path+"/view")
	for page, buttons := range map[string][]string{check: {"/approve"}, send: {"/schedule", "/cancel"}} {
		body := ed.get(page).wants(t, http.StatusOK).body
		for _, button := range buttons {
			if strings.Contains(body, path+button) {
				t.Errorf("an editor sees %s", button)
			}
		}
	}
	ed.press(path, path+"/subject", "subject-en", "A subject of ours", "subject-it", "Un oggetto nostro").leads(t, path)
	ed.press(path, path+"/subject", "subject-it", "Solo italiano").wants(t, http.StatusUnprocessableEntity, "The English subject is missing", `value="Solo italiano"`)

	ann.get(check).wants(t, http.StatusOK, "has not been checked yet", "Check the issue first")
	before := h.checks.times
	for _, known := range []string{"holds", "holds", ""} { // the second time what is known holds
		ann.press(path, check, "known", known).leads(t, check)
	}
	if n := h.checks.times - before; n != 2 {
		t.Errorf("it was examined %d times", n)
	}
	seen := ann.get(check).wants(t, http.StatusOK, "2 editions were looked at", "Nothing was found").seen()
	ed.press(path, path+"/subject", "subject-en", "Another subject").leads(t, path)
	ann.press(check, path+"/approve", "seen", seen).wants(t, http.StatusConflict, "has changed since you opened this page", "Another subject", "has not been checked yet")
	ann.press(check, check).leads(t, check)
	ann.press(check, path+"/approve", "seen", ann.get(check).seen()).leads(t, send)
	ann.get(send).wants(t, http.StatusOK, "The issue is approved.", "Ann approved it.", `name="at"`, "Tomorrow: Thursday 19 October 2023, 09:00 (CEST", "Next Tuesday: Tuesday 24 October 2023, 10:00")

	ann.press(send, path+"/schedule", "when", "at", "at", "").wants(t, http.StatusUnprocessableEntity, "Choose when it goes out")
	ann.press(send, path+"/schedule", "when", "at", "at", "2023-10-18T11:59").wants(t, http.StatusUnprocessableEntity, "This moment has passed")
	ann.press(send, path+"/schedule", "when", "2023-10-24T10:00:00+02:00").leads(t, send)
	ann.press(send, path+"/unschedule").leads(t, send)
	ann.press(send, path+"/schedule", "when", "at", "at", "2023-10-30T09:00").leads(t, send)
	ann.get(path).wants(t, http.StatusOK, "Monday 30 October 2023, 09:00 (CET, UTC&#43;1)")
	got, err := h.store.Issue(t.Context(), issue.ID)
	h.must(err)
	if want := time.Date(2023, 10, 30, 8, 0, 0, 0, time.UTC); !got.ScheduledFor.Equal(want) || got.ApprovedBy != "Ann" {
		t.Errorf("%+v", got)
	}
	ann.press(check, path+"/approve", "seen", seen).wants(t, http.StatusConflict, "not possible now")
	ann.press(send, path+"/cancel", "reason", " ").wants(t, http.StatusUnprocessableEntity, "Say why")
	ann.press(send, path+"/cancel", "reason", "the host asked for it").leads(t, send)
	ann.get(path).wants(t, http.StatusOK, "The issue is cancelled.", "The host asked for it")
	want := "cancelled ed:change the words ed:change the words ann:approve ann:schedule ann:unschedule ann:schedule ann:cancel"
	if got := h.state(issue.ID); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	ed.get("/desk/issues").wants(t, http.StatusOK, "Another subject", "cancelled")
}

// TestABlockingFindingIsAnsweredForByName: otherwise nothing is approved, not even past the page.
func TestABlockingFindingIsAnsweredForByName(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	check := path + "/check"
	h.checks.finds(
		mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "subject", Words: "The 26th is a <Thursday>.", Lang: "it"},
		mce.Finding{Rule: "links", Level: mce.Advisory, Where: "footer", Words: "A page is slow."},
		mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "welcome", Words: "The 27th is a Friday."},
	)
	ann := h.as(h.user("Ann", mce.Approver))
	ann.press(check, check).leads(t, check)
	page := ann.get(check).wants(t, http.StatusOK, "The 26th is a &lt;Thursday&gt;.", path+"#words", "to mend", "advice", "I answer for “weekday”", "A page is slow.", "links: the network was not asked")
	approve := func(fields ...string) answer {
		return ann.press(check, path+"/approve", append(fields, "seen", page.seen())...)
	}
	approve().wants(t, http.StatusConflict, "must be mended first")
	if n := strings.Count(page.body, `value="weekday"`); n != 1 {
		t.Errorf("one answers %d times for a rule that found two things", n)
	}
	approve("override", "weekday").wants(t, http.StatusUnprocessableEntity, "needs a name and a reason")
	approve("override", "links", "reason", "so").wants(t, http.StatusUnprocessableEntity, "nothing to override")
	if got := h.state(issue.ID); got != "in_review" {
		t.Fatal(got)
	}
	approve("override", "weekday", "reason", "it is the Julian calendar").leads(t, path+"/send")
	ann.get(check).wants(t, http.StatusOK, "answered for", "Ann answers for it:", "it is the Julian calendar")
	// What is right today may be wrong at the moment that it is given.
	h.checks.finds(mce.Finding{Rule: "past", Level: mce.Blocking, Where: "footer", Words: "The event is over then."})
	ann.press(path+"/send", path+"/schedule", "when", mce.Presets(business)[0].Value()).wants(t, http.StatusConflict, "The event is over then.")
	if got := h.state(issue.ID); got != "approved ann:answer for a finding ann:answer for a finding ann:approve" {
		t.Error(got)
	}
}

// TestAFindingLeadsToWhereItIsMended: the entry of the item's form in its language, or the issue's own words; and from there back to the issue.
func TestAFindingLeadsToWhereItIsMended(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	draft, err := h.store.Draft(t.Context(), issue.ID)
	h.must(err)
	var article, event mce.Item
	for _, it := range draft.Items {
		switch it.Kind {
		case mce.KindArticle:
			article = it
		case mce.KindEvent:
			event = it
		case mce.KindResource:
		}
	}
	articleForm, eventForm := fmt.Sprintf("/desk/content/articles/%d", article.ID), fmt.Sprintf("/desk/content/events/%d", event.ID)
	h.checks.finds(
		mce.Finding{Rule: "picture-text", Level: mce.Blocking, Where: article.Article.Slug, Field: "image_alt_it", Words: "no text", Lang: "it"},
		mce.Finding{Rule: "past-event", Level: mce.Blocking, Where: event.Event.Slug, Field: "ends", Words: "it is over"},
		mce.Finding{Rule: "language", Level: mce.Advisory, Where: article.Article.Slug + ", " + event.Event.Slug, Words: "untranslated", Lang: "it"},
		mce.Finding{Rule: "subject", Level: mce.Advisory, Where: "subject", Words: "too long"},
		mce.Finding{Rule: "size", Level: mce.Advisory, Where: "mail", Words: "too large"},
	)
	ed := h.as(h.user("Ed", mce.Editor))
	ed.press(path+"/check", path+"/check").leads(t, path+"/check")
	page := ed.get(path+"/check").wants(t, http.StatusOK, `href="`+articleForm+`#image_alt_it"`, `href="`+eventForm+`#ends"`,
		`href="`+articleForm+`"`, `href="`+eventForm+`"`, `href="`+path+`#words"`, `<span lang="en">mail</span>`)
	for _, m := range regexp.MustCompile(`href="(/desk/(?:content|issues)/[^"]+)#([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
		ed.get(m[1]).wants(t, http.StatusOK, `id="`+m[2]+`"`)
	}
	ed.get(path).wants(t, http.StatusOK, `href="`+articleForm+`"`, `href="`+eventForm+`"`)
	ed.get(articleForm).wants(t, http.StatusOK, "It is in this issue:", fmt.Sprintf(`href="%s#article-%d"`, path, article.ID))
	h.exec(`update issues set state = 'cancelled' where id = $1`, issue.ID)
	if strings.Contains(ed.get(articleForm).body, "It is in this issue:") {
		t.Error("an article leads to an issue that nobody works on")
	}
}

// TestAVoidedApprovalSaysWhyOnThePage: what an editor changed, and who would get it.
func TestAVoidedApprovalSaysWhyOnThePage(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	ann := h.as(h.user("Ann", mce.Approver))
	approve := func() {
		t.Helper()
		ann.press(path+"/check", path+"/check").leads(t, path+"/check")
		ann.press(path+"/check", path+"/approve", "seen", ann.get(path+"/check").seen()).leads(t, path+"/send")
	}
	approve()
	ann.press(path, path+"/subject", "note-en", "A *word* before.").leads(t, path)
	ann.get(path).wants(t, http.StatusOK, "The approval does not hold any more", "the opening note has changed")
	approve()
	h.subscribers(20)
	_, err := h.store.VoidChanged(t.Context(), h.letters.Look(), business.Add(time.Hour))
	h.must(err)
	ann.get(path).wants(t, http.StatusOK, "30 people would get it now, and 0 would have when it was approved")
}

var toField = regexp.MustCompile(`name="to" value="([^"]+)"`)

func TestAnEditorArrangesAnIssue(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	ed := h.as(h.user("Ed", mce.Editor))
	in := func() (out []string) {
		all, err := h.store.Decisions(t.Context(), issue.ID)
		h.must(err)
		for _, d := range all {
			if d.Verdict == mce.In {
				out = append(out, fmt.Sprintf("%s-%d", d.Kind, d.ID))
			}
		}
		return out
	}
	before := in()
	down := toField.FindStringSubmatch(ed.get(path).body)[1] // the first button there is moves the first item down
	ed.press(path, path+"/place", "item", before[0], "to", down).leads(t, path+"#"+before[0])
	if got := in(); !slices.Equal(got[:2], []string{before[1], before[0]}) {
		t.Errorf("%v, before %v", got, before)
	}
	ed.get(path).wants(t, http.StatusOK, "The item is in its place.", "an editor put it there; number 2")
	ed.press(path, path+"/hold", "item", before[0]).leads(t, path)
	ed.press(path, path+"/leave-out", "item", before[1]).leads(t, path)
	ed.get(path).wants(t, http.StatusOK, "an editor holds it for the next issue", "an editor left it out")
	ed.press(path, path+"/reassemble").leads(t, path)
	if got := in(); slices.Contains(got, before[0]) || slices.Contains(got, before[1]) {
		t.Errorf("a new assembly forgot what was decided: %v", got)
	}
	page := ed.get(path+"?find=").wants(t, http.StatusOK, "Put it in")
	if !strings.Contains(page.body, `name="item" value="`+before[1]+`"`) {
		t.Error("what was left out is not found")
	}
	series, err := h.store.Series(t.Context(), "newsletter")
	h.must(err)
	last := series.Sections[len(series.Sections)-1].Slug
	ed.press(path, path+"/place", "item", before[1], "section", last).leads(t, path+"#"+before[1])
	if got := in(); got[len(got)-1] != before[1] {
		t.Errorf("not the last: %v", got)
	}
	for _, wrong := range [][]string{{"item", "x"}, {"item", before[0], "to", "news x"}, {"item", before[0], "section", "nowhere"}} {
		ed.press(path, path+"/place", wrong...).wants(t, http.StatusUnprocessableEntity)
	}
	ed.press(path, path+"/place", "item", "article-99999", "section", last).wants(t, http.StatusNotFound)
	if got := h.state(issue.ID); got != "in_review ed:place an item ed:hold an item ed:leave an item out ed:assemble anew ed:place an item" {
		t.Error(got)
	}
}

// TestSendingToEverybodyAsksForAFreshLogIn: so does approving; stopping does not, because it is done in haste.
func TestSendingToEverybodyAsksForAFreshLogIn(t *testing.T) {
	h := newHouse(t)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	ann := h.as(h.user("Ann", mce.Approver))
	h.wall.pass(mce.FreshFor)
	before := h.whole()
	for _, button := range []string{"/approve", "/schedule", "/resume", "/resolve"} {
		ann.press(path, path+button, "when", "now").leads(t, "/desk/fresh?next="+strings.ReplaceAll(path+button, "/", "%2F"))
	}
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	admin := h.as(h.user("Eve", mce.Admin))
	h.wall.pass(mce.FreshFor)
	before = h.whole()
	for _, other := range []string{"/desk/new-reminder", "/desk/new-series", "/desk/series/newsletter", "/desk/events/1/tell"} {
		admin.press("/desk/", other, "name-en", "X").leads(t, "/desk/fresh?next="+strings.ReplaceAll(other, "/", "%2F"))
	}
	admin.get("/desk/new-series").wants(t, http.StatusOK, "This asks for a recent log-in.", "/desk/fresh?next=%2fdesk%2fnew-series")
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	ann.press(path+"/send", path+"/cancel", "reason", "in haste").leads(t, path+"/send")
	ann.get(path+"/approve").wants(t, http.StatusOK, "In haste")
}

// TestOfTwoWhoWriteTheWordsTheSecondIsShownTheDifference: what neither wrote is lost.
func TestOfTwoWhoWriteTheWordsTheSecondIsShownTheDifference(t *testing.T) {
	h := newHouse(t)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	ann, bob := h.as(h.user("Ann", mce.Editor)), h.as(h.user("Bob", mce.Editor))
	old := ann.get(path)
	seen := seenField.FindStringSubmatch(old.body)[1]
	bob.press(path, path+"/subject", "subject-en", "Bob's subject", "note-en", "Bob's note").leads(t, path)
	page := ann.press(path, path+"/subject", "subject-en", "Ann's subject", "note-en", "Bob's note", "seen", seen).wants(t, http.StatusConflict,
		"Somebody has changed the words", `value="Ann&#39;s subject"`, "Now the issue says: <q lang=\"en\">Bob&#39;s subject</q>")
	if strings.Count(page.body, "Now the issue says:") != 1 {
		t.Error("what is the same is told as different")
	}
	ann.press(path, path+"/subject", "subject-en", "Ann's subject", "note-en", "Bob's note", "seen", seenField.FindStringSubmatch(page.body)[1]).leads(t, path)
	ann.get(path).wants(t, http.StatusOK, "Ann&#39;s subject", "Bob&#39;s note")
}

func TestAPreviewShowsAnyEditionAndRunsNothing(t *testing.T) {
	h := newHouse(t)
	h.subscribers(1)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	b := h.as(h.user("Ed", mce.Editor))
	page := b.get(path+"/view?lang=it&device=phone&colours=dark").wants(t, http.StatusOK, `<iframe class="mail phone dark" sandbox `, path+"/mail?colours=dark&amp;device=phone&amp;lang=it")
	if strings.Contains(page.body, "allow-") {
		t.Error("the frame may do something")
	}
	for query, says := range map[string]string{
		"lang=en": "Dear Ed,", "lang=it": "Gentile Ed,", "as=lettore0000@example.org": "Buongiorno,", "as=reader0000@example.org": "Dear Reader,",
		"form=text&lang=it": `<pre style=`, "colours=dark": "@media all", "colours=light": "@media not all", "": "@media (prefers-color-scheme: dark)",
	} {
		mail := b.get(path+"/mail?"+query).wants(t, http.StatusOK, says)
		if csp := mail.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'unsafe-inline'; img-src https: data: "+h.server.URL+"/images/;") || !strings.HasSuffix(csp, "; sandbox") {
			t.Errorf("Content-Security-Policy: %s", csp)
		}
	}
	if csp := b.get(path + "/mail?images=off").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'none';") {
		t.Error(csp)
	}
	b.get(path+"/mail?lang=xx").wants(t, http.StatusNotFound)
	b.get(path+"/mail?as=nobody@example.org").wants(t, http.StatusNotFound)
	b.get(path+"/view?as=nobody@example.org").wants(t, http.StatusOK, "There is nothing to show.")
	b.get(path+"/view?as=x").wants(t, http.StatusOK, "There is nothing to show.")
	if all, some := b.get(path+"/mail").body, b.get(path+"/mail?some=1&topic=events").body; len(some) >= len(all) {
		t.Error("a reader of one topic gets as much as one of all")
	}
	for _, table := range []string{"articles", "events", "resources"} {
		h.exec(`update ` + table + ` set topics = '{events}'`)
	}
	b.get(path+"/view?some=1").wants(t, http.StatusOK, "such a reader gets no mail")
}

func TestWhatIsTypedOfAnIssueStaysText(t *testing.T) {
	h := newHouse(t)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	ann := h.as(h.user("Ann", mce.Approver))
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	ann.press(path, path+"/subject", "subject-en", evil, "preheader-en", evil, "note-en", evil+" [x](javascript:alert(1)) {{.}}").leads(t, path)
	h.checks.finds(mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: evil, Words: evil})
	ann.press(path+"/check", path+"/check")
	pages := map[string]answer{}
	for _, at := range []string{"", "?find=" + url.QueryEscape(evil), "/view?as=" + url.QueryEscape(evil) + "&device=" + url.QueryEscape(evil), "/mail", "/mail?form=text", "/check", "/send"} {
		pages[at] = ann.get(path+at).wants(t, http.StatusOK)
	}
	pages["test"] = ann.press(path+"/view", path+"/test", "to", evil).wants(t, http.StatusUnprocessableEntity)
	pages["approve"] = ann.press(path+"/check", path+"/approve", "seen", ann.get(path+"/check").seen(), "reason", evil).wants(t, http.StatusConflict)
	ann.press(path+"/send", path+"/cancel", "reason", evil).leads(t, path+"/send")
	pages["cancelled"] = ann.get(path).wants(t, http.StatusOK)
	for at, page := range pages {
		for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript:`} {
			if strings.Contains(page.body, bad) {
				t.Errorf("%s has %s", at, bad)
			}
		}
	}
}

func TestATestMailGoesToWhomOneNames(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	ed := h.as(h.user("Ed", mce.Editor))
	ed.get(path+"/view").wants(t, http.StatusOK, `value="ed@mce.example"`)
	ed.press(path+"/view", path+"/test", "to", "ed@mce.example, Bob@mce.example", "in", "").leads(t, path+"/view")
	want := []string{}
	for lang, mark := range map[mce.Lang]string{"en": "[Test] ", "it": "[Prova] "} {
		subject, _ := issue.Subject.In(lang)
		want = append(want, "ed@mce.example "+mark+subject, "Bob@mce.example "+mark+subject)
	}
	slices.Sort(want)
	slices.Sort(h.proofs.sent)
	if !slices.Equal(h.proofs.sent, want) {
		t.Errorf("%q, want %q", h.proofs.sent, want)
	}
	for _, wrong := range []string{"", "nobody", strings.Repeat("a@mce.example ", 11)} {
		ed.press(path+"/view", path+"/test", "to", wrong).wants(t, http.StatusUnprocessableEntity)
	}
	h.proofs.err = mce.Unavailablef(nil, "the mail relay did not take the mail: 550 no")
	ed.press(path+"/view", path+"/test", "to", "ed@mce.example").wants(t, http.StatusServiceUnavailable, "The mail relay did not take the mail: 550 no", `value="ed@mce.example"`)
	if got := h.state(issue.ID); got != "in_review ed:send a test" {
		t.Error(got)
	}
	h.proofs.err, h.proofs.bad = nil, "nobody@mce.example"
	ed.press(path+"/view", path+"/test", "to", "ed@mce.example nobody@mce.example bob@mce.example", "in", "en").wants(t, http.StatusServiceUnavailable,
		"went to 1 of 3 addresses, and not to nobody@mce.example, bob@mce.example: ")
	if n := h.count(`select count(*) from audit where action = 'send a test' and detail = 'to 1 addresses in [en]'`); n != 1 {
		t.Errorf("%d lines about the mail that left", n)
	}
	for range 30 {
		ed.press(path+"/view", path+"/test", "to", "ed@mce.example", "in", "en")
	}
	ed.press(path+"/view", path+"/test", "to", "ed@mce.example").wants(t, http.StatusConflict, "These are many test mails")
}

func TestRecipientsAreCountedByEdition(t *testing.T) {
	h := newHouse(t)
	h.subscribers(4)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	h.as(h.user("Ed", mce.Editor)).get(path+"/send").wants(t, http.StatusOK, "6 people would get it now", `>4</td>`, `>2</td>`)
}

// TestProgressIsTold: to all who watch, by one look at a time; and a decision about what is in doubt ends it.
func TestProgressIsTold(t *testing.T) {
	h := newHouse(t)
	h.subscribers(10)
	issue := h.leaving(1)
	h.doubt(issue.ID, 2)
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	ann := h.as(h.user("Ann", mce.Approver))
	page := ann.get(path+"/send").wants(t, http.StatusOK, "of 15 letters", "lettore0000@example.org", "Of 2 letters nobody knows", `data-progress="`+path+`/progress"`, "/pause")
	if strings.Contains(page.body, "/schedule") {
		t.Error("what leaves can be scheduled")
	}
	lines := make(chan string, 10)
	for range 3 {
		go func() { lines <- ann.listens(path + "/progress") }()
	}
	for range 3 {
		var told struct {
			Done   string
			Counts map[string]int
			Over   bool
		}
		line := <-lines
		if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &told); err != nil || told.Counts["uncertain"] != 2 || told.Over || !strings.HasSuffix(told.Done, "of 15 letters") {
			t.Errorf("%v: %s", err, line)
		}
	}
	ann.press(path+"/send", path+"/resolve", "doubt", "what").wants(t, http.StatusUnprocessableEntity)
	ann.press(path+"/send", path+"/resolve", "doubt", "leave").leads(t, path+"/send")
	ann.press(path+"/send", path+"/resolve", "doubt", "leave").wants(t, http.StatusConflict)
	ann.press(path+"/send", path+"/pause").leads(t, path+"/send")
	if line := ann.listens(path + "/progress"); !strings.Contains(line, `"state":"paused"`) || !strings.Contains(line, `"over":true`) {
		t.Error(line)
	}
	ann.press(path+"/send", path+"/resume").leads(t, path+"/send")
	if got := h.state(issue.ID); got != "sending ann:settle doubts ann:pause ann:resume" {
		t.Error(got)
	}
}

// listens is the first event of a stream.
func (b *browser) listens(path string) string {
	req, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodGet, b.h.server.URL+path, nil)
	if err != nil {
		return err.Error()
	}
	client := http.Client{Transport: b.h.server.Client().Transport, Jar: b.jar}
	r, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	for scan := bufio.NewScanner(r.Body); scan.Scan(); {
		if strings.HasPrefix(scan.Text(), "data: ") {
			return scan.Text()
		}
	}
	return "no event"
}

func TestAReportSaysWhatBecameOfAnIssue(t *testing.T) {
	h := newHouse(t)
	h.subscribers(10)
	path := fmt.Sprintf("/desk/issues/%d", h.another(1).ID)
	ed := h.as(h.user("Ed", mce.Editor))
	ed.get(path+"/report").wants(t, http.StatusOK, "The issue has not left yet.")
	ed.get(path+"/report.csv").wants(t, http.StatusNotFound)
	h.exec(`update series set clicks = true`)
	issue := h.leaving(2)
	h.ended(issue.ID)
	h.exec(`update issue_links set clicks = case number when 1 then 7 else 4 end`)
	path = fmt.Sprintf("/desk/issues/%d", issue.ID)

	ed.get(path+"/report").wants(t, http.StatusOK, "Delivered", "13 (86.7 %)", "2 (13.3 %)", "There is no such address", "They do not want it", "No reason given, or one of few", ">7</dd>", ">fewer than 5</dd>")
	table := ed.get(path+"/report.csv").wants(t, http.StatusOK, "letters,delivered,13\n", "not delivered,address,1\n", "left,\"no reason given, or one of few\",3\n", "clicks,https://", ",7\n", ",fewer than 5\n")
	if got := table.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Error(got)
	}
	if strings.Contains(ed.get(path+"/report").body, "<svg") {
		t.Error("the first issue is compared with itself")
	}
	next := h.leaving(3)
	h.ended(next.ID)
	ed.get(fmt.Sprintf("/desk/issues/%d/report", next.ID)).wants(t, http.StatusOK, "<svg", "in per cent: number", `aria-label="Links followed, but for those that few followed: `, `data-label="Links that were followed">7</td>`)
}

// TestASkippedIssueSaysWhyItsItemsAreHeld in the language of who looks.
func TestASkippedIssueSaysWhyItsItemsAreHeld(t *testing.T) {
	h := newHouse(t)
	series, err := h.store.Series(t.Context(), "newsletter")
	h.must(err)
	series.Minimum = 1000
	issue, _, err := h.store.Assemble(t.Context(), series, mce.Slot{Wall: "2023-10-18 12:00", Due: business}, true, business)
	h.must(err)
	u := h.user("Ed", mce.Editor)
	u.Language = "it"
	h.must(h.store.SaveUser(t.Context(), u, mce.Actor{Name: "test"}, "", business))
	h.as(u).get(fmt.Sprintf("/desk/issues/%d", issue.ID)).wants(t, http.StatusOK, "il numero è stato saltato: troppo poco da dire,", "di almeno 1000 elementi")
}

func TestTheListOfIssuesIsPaged(t *testing.T) {
	h := newHouse(t)
	h.issue()
	h.exec(`
		insert into issues (series_id, slot, due, state, assembled_at)
		select series_id, 'slot ' || n, due - n * interval '1 day', 'skipped', assembled_at from issues, generate_series(1, 60) n`)
	b := h.as(h.user("Ed", mce.Editor))
	seen := map[string]bool{}
	path := "/desk/issues"
	for pages := 0; path != ""; pages++ {
		page := b.get(path).wants(t, http.StatusOK)
		for _, m := range regexp.MustCompile(`/desk/issues/\d+`).FindAllString(page.body, -1) {
			seen[m] = true
		}
		path = ""
		if m := regexp.MustCompile(`/desk/issues\?before=\d+`).FindString(page.body); m != "" && pages < 5 {
			path = m
		}
	}
	if len(seen) != 61 {
		t.Errorf("%d issues", len(seen))
	}
}

// TestWhoMayApproveNeedNotSayBeforehandThatItIsReady: but an editor does, and where a second person approves, everybody.
func TestWhoMayApproveNeedNotSayBeforehandThatItIsReady(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	h.exec(`update issues set state = 'assembled'`)
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	check := path + "/check"
	ed, ann := h.as(h.user("Ed", mce.Editor)), h.as(h.user("Ann", mce.Approver))
	ed.get(check).wants(t, http.StatusOK, "somebody has to say that it is", path+"/submit")
	ann.press(check, check).leads(t, check)
	h.exec(`update series set approval = 'second'`)
	ann.get(check).wants(t, http.StatusOK, path+"/submit")
	ann.press(check, path+"/approve", "seen", "x").wants(t, http.StatusConflict, "not possible now")
	h.exec(`update series set approval = 'required'`)
	h.wall.pass(mce.FreshFor) // who has to log in anew first comes back to this page, not to the issue's first
	ann.get(check).wants(t, http.StatusOK, "/desk/fresh?next="+strings.ReplaceAll(check, "/", "%2f"))
	ann = h.as(h.user("Zoe", mce.Approver))
	page := ann.get(check).wants(t, http.StatusOK, "It is checked: approve it", path+"/approve")
	ann.press(check, path+"/approve", "seen", page.seen()).leads(t, path+"/send")
	if got := h.state(issue.ID); got != "approved zoe:submit zoe:approve" {
		t.Error(got)
	}
}
