package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

type benchCmd struct {
	asJSON
	Letters int    `default:"50000" help:"How many letters."`
	SMTP    string `required:"" placeholder:"URL" help:"A mail server that throws mail away, as smtp://127.0.0.1:2525?tls=none. Never a real one."`
}

// benchResult is what a run of the benchmark measured.
type benchResult struct {
	Letters       int     `json:"letters"`
	Sessions      int     `json:"sessions"`
	Bytes         int     `json:"bytes_a_letter"`
	FanOutPerSec  float64 `json:"fan_out_letters_per_second"`
	PerSec        float64 `json:"letters_per_second"`
	DaemonMicros  float64 `json:"daemon_cpu_microseconds_a_letter"`
	PostgreMicros float64 `json:"postgres_cpu_microseconds_a_letter"`
	PeakMiB       float64 `json:"daemon_peak_mib"`
}

// Run sends letters through the daemon's own code, from a throw-away database to a server that throws them away.
func (c *benchCmd) Run(e *env) error {
	relay, err := mailer.ParseRelay(c.SMTP)
	if err != nil {
		return mce.Invalidf("--smtp: %s", err)
	}
	if !isLoopback(relay.Host) {
		return mce.Invalidf("--smtp: the benchmark sends to this machine only, not to %s", relay.Host)
	}
	dir, err := os.MkdirTemp("", "mce-mailer-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL runs as another user than root
		return err
	}
	settings := *e.settings
	settings.DatabaseURL, settings.SecretKey, settings.DataDir = "", "", dir
	settings.MailFrom, settings.PublicURL = "Benchmark <bench@mce.example>", "https://mce.example"
	sub := *e
	sub.settings = &settings
	return sub.withLetters(func(a *app) error {
		r, err := c.measure(&sub, a, relay)
		if err != nil {
			return err
		}
		return c.print(e.out, r, func(t *tabwriter.Writer) {
			row(t, "letters", r.Letters, fmt.Sprintf("of %d bytes, %d sessions", r.Bytes, r.Sessions))
			row(t, "fan-out", fmt.Sprintf("%.0f letters/s", r.FanOutPerSec))
			row(t, "delivery", fmt.Sprintf("%.0f letters/s", r.PerSec))
			row(t, "CPU, daemon", fmt.Sprintf("%.0f µs a letter", r.DaemonMicros))
			row(t, "CPU, PostgreSQL", fmt.Sprintf("%.0f µs a letter", r.PostgreMicros))
			row(t, "peak memory, daemon", fmt.Sprintf("%.0f MiB", r.PeakMiB))
		})
	})
}

func (c *benchCmd) measure(e *env, a *app, relay mailer.Relay) (benchResult, error) {
	r := benchResult{Letters: c.Letters, Sessions: e.settings.SMTPSessions}
	issue, err := c.scene(e, a)
	if err != nil {
		return r, err
	}
	edition, err := benchIssue{}.Newsletter(mce.Draft{}, mce.English)
	if err != nil {
		return r, err
	}
	r.Bytes = len(edition.HTML) + len(edition.Text)
	began := time.Now()
	if _, err := a.store.StartSending(e.ctx, issue, benchIssue{}, a.site.Domain(), a.clock.Now()); err != nil {
		return r, err
	}
	r.FanOutPerSec = float64(c.Letters) / time.Since(began).Seconds()
	m, err := a.newMailer(e.settings, []mailer.Relay{relay})
	if err != nil {
		return r, err
	}
	before, err := usageOf(e.settings.DataDir)
	if err != nil {
		return r, err
	}
	began = time.Now()
	if err := c.deliver(e, a, m, issue); err != nil {
		return r, err
	}
	took := time.Since(began)
	after, err := usageOf(e.settings.DataDir)
	if err != nil {
		return r, err
	}
	n := float64(c.Letters)
	r.PerSec = n / took.Seconds()
	r.DaemonMicros = float64((after.daemon - before.daemon).Microseconds()) / n
	r.PostgreMicros = float64((after.postgres - before.postgres).Microseconds()) / n
	r.PeakMiB = float64(after.peak) / (1 << 20)
	return r, nil
}

// deliver runs the mailer until the issue is sent.
func (c *benchCmd) deliver(e *env, a *app, m *mailer.Mailer, issue int64) error {
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			return errors.Join(err, e.ctx.Err())
		case <-look.C:
		}
		i, err := a.store.Issue(ctx, issue)
		if err != nil {
			return err
		}
		if i.State == mce.Sent {
			stop()
			return <-ended
		}
	}
}

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
			n := done + i
			people[i] = mce.Subscriber{Email: fmt.Sprintf("reader%d@d%d.example", n, n%97), Name: fmt.Sprintf("Reader %d", n), Language: mce.English, Topics: []string{"news"}}
		}
		if _, err := a.store.ImportSubscribers(e.ctx, people, "benchmark", "benchmark", now, nil); err != nil {
			return 0, err
		}
		bar.set(done + len(people))
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
	if _, err := a.store.Approve(e.ctx, issue.ID, "benchmark", look); err != nil {
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

// benchIssue renders 12 KB of HTML and 4 KB of text with ten links and three slots, without our templates: their cost is once an edition.
type benchIssue struct{}

// Look is fixed.
func (benchIssue) Look() string { return "bench" }

// Newsletter renders.
func (benchIssue) Newsletter(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	e := mce.Edition{Kind: mce.Newsletter, Lang: lang, Subject: "A newsletter of usual size", Nonce: "bench00000", ListID: "bench", Number: 1, IssueID: d.Issue.ID}
	greeting, token := mce.SlotMark(e.Nonce, mce.SlotGreeting), mce.SlotMark(e.Nonce, mce.SlotToken)
	var html, text strings.Builder
	fmt.Fprintf(&html, "<!doctype html><html lang=\"en\"><body><p>%s</p>", greeting)
	fmt.Fprintf(&text, "%s\n\n", greeting)
	const sentence = "Cities share what worked, what did not, and what it cost. "
	for i := range 10 {
		fmt.Fprintf(&html, "<h2>Story %d</h2><p>%s<a href=\"https://mce.example/story/%d\">Read the story</a></p>", i, strings.Repeat(sentence, 19), i)
		fmt.Fprintf(&text, "Story %d\n%s\nhttps://mce.example/story/%d\n\n", i, strings.Repeat(sentence, 6), i)
	}
	fmt.Fprintf(&html, "<p><a href=\"https://mce.example/leave/%s\">Unsubscribe</a></p></body></html>", token)
	fmt.Fprintf(&text, "https://mce.example/leave/%s\n", token)
	e.HTML, e.Text = html.String(), text.String()
	return e, nil
}

// Archive renders the same.
func (b benchIssue) Archive(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	return b.Newsletter(d, lang)
}
