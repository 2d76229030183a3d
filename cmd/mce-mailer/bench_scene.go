package main

import (
	"fmt"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// scene makes the readers and an issue that is due.
func (c *benchCmd) scene(e *env, a *app) (int64, error) {
	now := a.clock.Now()
	lib, err := decodeLibrary(strings.NewReader(benchContent))
	if err != nil {
		return 0, err
	}
	if err := a.store.SaveLibrary(e.ctx, lib, now); err != nil {
		return 0, err
	}
	bar := newProgress(e.err, "readers", c.Letters)
	defer bar.end()
	const portion = 20000
	for done := 0; done < c.Letters; done += portion {
		people := make([]mce.Subscriber, min(portion, c.Letters-done))
		for i := range people {
			people[i] = benchReader(done + i)
		}
		if _, err := a.store.ImportSubscribers(e.ctx, people, "benchmark", "benchmark", now, nil); err != nil {
			return 0, err
		}
		bar.set(done + len(people))
	}
	if err := a.store.Vacuum(e.ctx); err != nil {
		return 0, err
	}
	series, err := a.store.Series(e.ctx, "bench")
	if err != nil {
		return 0, err
	}
	issue, _, err := a.store.Assemble(e.ctx, series, mce.Slot{Wall: "2026-01-01 00:00", Due: now}, true, now)
	if err != nil {
		return 0, err
	}
	look := benchIssue{}.Look()
	if _, err := a.store.Approve(e.ctx, issue.ID, "benchmark", look, e.clock.Now()); err != nil {
		return 0, err
	}
	_, err = a.store.Schedule(e.ctx, issue.ID, now, look)
	return issue.ID, err
}

const benchContent = `{
	"topics": [{"slug": "news", "name": {"en": "News"}}],
	"articles": [{"slug": "one", "title": {"en": "One"}, "body": {"en": "One"}, "topics": ["news"], "publish_at": "2026-01-01T00:00:00Z"}],
	"series": [{"slug": "bench", "name": {"en": "Bench"}, "cron": "0 0 1 1 *", "time_zone": "UTC", "languages": ["en"], "minimum": 1,
		"approval": "required", "from": "2025-01-01T00:00:00Z",
		"sections": [{"slug": "news", "title": {"en": "News"}, "kind": "article", "quota": 1}]}]}`

func benchReader(n int) mce.Subscriber {
	return mce.Subscriber{
		Email: fmt.Sprintf("reader%d@d%d.example", n, n%97), Details: mce.Details{Name: fmt.Sprintf("Reader %d", n)},
		Choices: mce.Choices{Language: mce.English, Topics: []string{"news"}},
	}
}

// What a letter of the benchmark has.
const (
	benchHTML  = 12 << 10
	benchText  = 4 << 10
	benchLinks = 10 // in each part, of which two are personal
)

// benchIssue renders letters of a usual size, without our templates: their cost is once an edition.
type benchIssue struct{}

// Look is fixed.
func (benchIssue) Look() string { return "bench" }

// Newsletter renders. Each part has three slots: the greeting, and the token in two links.
func (benchIssue) Newsletter(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	const stories = benchLinks - 2
	e := mce.Edition{Kind: mce.Newsletter, Lang: lang, Subject: "A newsletter of usual size", Nonce: "bench00000", ListID: "bench", Number: 1, IssueID: d.Issue.ID}
	greeting, token := mce.SlotMark(e.Nonce, mce.SlotGreeting), mce.SlotMark(e.Nonce, mce.SlotToken)
	var html, text strings.Builder
	fmt.Fprintf(&html, "<!doctype html><html lang=\"en\"><body><p>%s</p>\n", greeting)
	fmt.Fprintf(&text, "%s\n\n", greeting)
	for i := range stories {
		fmt.Fprintf(&html, "<h2>Story %d</h2><p>%s<a href=\"https://mce.example/story/%d\">Read the story</a></p>\n", i, benchWords(1350), i)
		fmt.Fprintf(&text, "Story %d\n%s\nhttps://mce.example/story/%d\n\n", i, benchWords(410), i)
	}
	foot := fmt.Sprintf("<p><a href=\"https://mce.example/topics/%s\">Choose topics</a> <a href=\"https://mce.example/leave/%[1]s\">Unsubscribe</a></p></body></html>", token)
	fmt.Fprintf(&html, "<p>%s</p>\n%s", benchWords(benchHTML-html.Len()-len("<p></p>\n")-len(foot)), foot)
	foot = fmt.Sprintf("https://mce.example/topics/%s\nhttps://mce.example/leave/%[1]s\n", token)
	fmt.Fprintf(&text, "%s\n%s", benchWords(benchText-text.Len()-1-len(foot)), foot)
	e.HTML, e.Text = html.String(), text.String()
	return e, nil
}

// benchWords is a text of n bytes.
func benchWords(n int) string {
	const sentence = "Cities share what worked, what did not, and what it cost. "
	return strings.Repeat(sentence, n/len(sentence)+1)[:n]
}

// Archive renders the same.
func (b benchIssue) Archive(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	return b.Newsletter(d, lang)
}
