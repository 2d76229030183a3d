package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mailer/dkim"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

type benchCmd struct {
	asJSON
	Letters int    `default:"50000" help:"How many letters."`
	SMTP    string `required:"" placeholder:"URL" help:"A mail server that throws mail away, as smtp://127.0.0.1:2525?tls=none. Never a real one."`
	DKIM    bool   `name:"dkim" help:"Sign each letter with a new RSA key of 2048 bits, as where the relay does not sign."`
	Keep    string `type:"path" placeholder:"FILE" help:"Write one letter as it is sent, with plain line ends, to compare with smtp-source -F."`
}

// benchResult is what a run of the benchmark measured.
type benchResult struct {
	Letters       int     `json:"letters"`
	Sessions      int     `json:"sessions"`
	Signed        bool    `json:"signed"`
	Bytes         int     `json:"bytes_a_letter"`      // of HTML and text
	WireBytes     int     `json:"wire_bytes_a_letter"` // of the mail that is made of them, headers included
	FanOutPerSec  float64 `json:"fan_out_letters_per_second"`
	PerSec        float64 `json:"letters_per_second"`
	DaemonMicros  float64 `json:"daemon_cpu_microseconds_a_letter"`
	PostgreMicros float64 `json:"postgres_cpu_microseconds_a_letter"`
	PeakMiB       float64 `json:"daemon_peak_mib"`
}

// Run sends letters through the daemon's own code, from a throw-away database to a server that throws them away.
func (c *benchCmd) Run(e *env) error {
	if c.Letters < 1 {
		return mce.Invalidf("--letters: expected a number from 1 on, not %d", c.Letters)
	}
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
	settings, err := c.settings(*e.settings, dir)
	if err != nil {
		return err
	}
	sub := *e
	sub.settings = &settings
	return sub.withLetters(func(a *app) error {
		r, err := c.measure(&sub, a, relay)
		if err != nil {
			return err
		}
		return c.print(e.out, r, func(t *tabwriter.Writer) {
			row(t, "letters", r.Letters, fmt.Sprintf("%d sessions", r.Sessions))
			row(t, "a letter", fmt.Sprintf("%d bytes of HTML and text", r.Bytes), fmt.Sprintf("%d bytes as sent", r.WireBytes))
			row(t, "fan-out", fmt.Sprintf("%.0f letters/s", r.FanOutPerSec))
			row(t, "delivery", fmt.Sprintf("%.0f letters/s", r.PerSec))
			row(t, "CPU, daemon", fmt.Sprintf("%.0f µs a letter", r.DaemonMicros))
			row(t, "CPU, PostgreSQL", fmt.Sprintf("%.0f µs a letter", r.PostgreMicros))
			row(t, "peak memory, daemon", fmt.Sprintf("%.0f MiB", r.PeakMiB))
		})
	})
}

// settings are the operator's, but for a database, an address and a key that live as long as the run.
func (c *benchCmd) settings(s Settings, dir string) (Settings, error) {
	s.DatabaseURL, s.SecretKey, s.DataDir, s.DKIMKeys = "", "", dir, ""
	s.MailFrom, s.PublicURL = "Benchmark <bench@mce.example>", "https://mce.example"
	if !c.DKIM {
		return s, nil
	}
	key, err := dkim.Generate("mce.example", "bench", false)
	if err != nil {
		return s, err
	}
	file := filepath.Join(dir, "dkim.pem")
	s.DKIMKeys = "bench:" + file
	return s, os.WriteFile(file, key.PEM, 0o600)
}

func (c *benchCmd) measure(e *env, a *app, relay mailer.Relay) (benchResult, error) {
	r := benchResult{Letters: c.Letters, Sessions: e.settings.SMTPSessions, Signed: c.DKIM}
	issue, err := c.scene(e, a)
	if err != nil {
		return r, err
	}
	began := time.Now()
	if _, err := a.store.StartSending(e.ctx, issue, benchIssue{}, a.site.Domain(), a.clock.Now()); err != nil {
		return r, err
	}
	r.FanOutPerSec = float64(c.Letters) / time.Since(began).Seconds()
	m, finished, err := benchMailer(e, a, relay)
	if err != nil {
		return r, err
	}
	debug.FreeOSMemory() // what the scene needed is not the daemon's
	before, err := usageOf(e.settings.DataDir)
	if err != nil {
		return r, err
	}
	began = time.Now()
	if err := deliver(e.ctx, m, finished); err != nil {
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
	r.Bytes, r.WireBytes, err = c.sample(m, issue)
	return r, err
}

// sample makes one letter of those sent once more, to count it and to keep it.
func (c *benchCmd) sample(m *mailer.Mailer, issue int64) (content, wire int, err error) {
	edition, err := benchIssue{}.Newsletter(mce.Draft{Issue: mce.Issue{ID: issue}}, mce.English)
	if err != nil {
		return 0, 0, err
	}
	edition.Domain = m.Sender.Site.Domain()
	p := benchReader(c.Letters - 1)
	raw, err := m.Proof(edition, mce.Letter{
		ID: int64(c.Letters), Kind: edition.Kind, CreatedAt: m.Clock.Now(), To: p.Email, Name: p.Name, PersonID: int64(c.Letters), CauseID: issue,
	})
	if err == nil && c.Keep != "" {
		err = os.WriteFile(c.Keep, bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), 0o644) //nolint:gosec // smtp-source may run as somebody else
	}
	return len(edition.HTML) + len(edition.Text), len(raw), err
}

// benchOutbox tells the moment at which the issue is sent, without a look that would cost PostgreSQL something.
type benchOutbox struct {
	*postgres.Store
	finished chan struct{}
}

// FinishIssues closes finished once an issue is.
func (o *benchOutbox) FinishIssues(ctx context.Context, now time.Time) ([]int64, error) {
	done, err := o.Store.FinishIssues(ctx, now)
	if len(done) > 0 {
		close(o.finished) // there is one issue
	}
	return done, err
}

// benchMailer is the daemon's mailer on a watched outbox.
func benchMailer(e *env, a *app, relay mailer.Relay) (*mailer.Mailer, <-chan struct{}, error) {
	m, err := a.newMailer(e.settings, []mailer.Relay{relay})
	if err != nil {
		return nil, nil, err
	}
	watched := &benchOutbox{a.store, make(chan struct{})}
	o := m.Options
	o.Outbox = watched
	return mailer.New(o), watched.finished, nil
}

// deliver runs the mailer until the issue is sent.
func deliver(ctx context.Context, m *mailer.Mailer, finished <-chan struct{}) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- m.Run(running) }()
	select {
	case err := <-ended:
		return errors.Join(err, ctx.Err())
	case <-finished:
	}
	stop()
	return <-ended
}
