package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// rush is an office in which delegates register while a daemon, a process of its own, sends a newsletter.
type rush struct {
	b     *testing.B
	sink  *leanSink
	flags []string
	app   *app
}

func newRush(b *testing.B, readers int) *rush {
	b.Helper()
	address := pgtest.URL(b)
	s := Settings{
		DatabaseURL: address, MailFrom: "Major Cities of Europe <news@mce.example>", PublicURL: "https://mail.mce.example",
		SecretKey: strings.Repeat("k", 40), DataDir: b.TempDir(),
	}
	r := &rush{b: b, sink: newLeanSink(b)}
	r.flags = []string{
		"--database-url=" + s.DatabaseURL, "--mail-from=" + s.MailFrom, "--public-url=" + s.PublicURL, "--secret-key=" + s.SecretKey,
		"--data-dir=" + s.DataDir, "--smtp-url=smtp://" + r.sink.addr + "?tls=none", "--listen-addr=127.0.0.1:0", "--tick=@every 1s",
	}
	r.do("content", "import", library(b))
	r.do("subscriber", "import", file(b, "p.csv", people(readers)), "--confirmed", "--consent=yes", "--source=test")
	r.do("issue", "assemble", "newsletter")
	r.do("issue", "submit", "1")
	r.do("issue", "approve", "1")
	r.do("issue", "schedule", "1", "--at=now")
	r.open(s)
	return r
}

func (r *rush) check(err error) {
	r.b.Helper()
	if err != nil {
		r.b.Fatal(err)
	}
}

func (r *rush) do(args ...string) {
	r.b.Helper()
	var out bytes.Buffer
	if status := run(r.b.Context(), append(args, r.flags...), strings.NewReader(""), &out, &out); status != 0 {
		r.b.Fatalf("%v: exit status %d\n%s", args, status, out.String())
	}
}

// open is what "registration add" opens, once for all registrations.
func (r *rush) open(s Settings) {
	r.b.Helper()
	site, err := s.site()
	r.check(err)
	letters, err := letter.New(site)
	r.check(err)
	store, err := postgres.Open(r.b.Context(), s.DatabaseURL)
	r.check(err)
	r.b.Cleanup(func() { store.Close() })
	r.app = &app{store: store, site: site, letters: letters, clock: mce.SystemClock{}}
}

// serve starts the daemon and stops it at the end.
func (r *rush) serve() {
	r.b.Helper()
	daemon := exec.Command("mce-mailer", append([]string{"serve"}, r.flags...)...)
	var log lockedBuffer
	daemon.Stdout, daemon.Stderr = &log, &log
	r.check(daemon.Start())
	r.b.Cleanup(func() {
		daemon.Process.Signal(syscall.SIGTERM)
		if err := daemon.Wait(); err != nil || r.b.Failed() {
			r.b.Errorf("the daemon: %v\n%s", err, log.String())
		}
	})
}

// confirm registers a delegate and gives the time from before that until the relay took the confirmation.
func (r *rush) confirm(i int) (took time.Duration, at time.Time) {
	r.b.Helper()
	p, err := mce.NewRegistration("conference", fmt.Sprintf("delegate%d@example.org", i), "Anna Rossi", "Prato", "Italy", "en")
	r.check(err)
	began := time.Now()
	_, err = r.app.register(r.b.Context(), mce.Order{People: []mce.Registration{p}})
	r.check(err)
	select {
	case got := <-r.sink.accepted:
		if got.to != p.Email {
			r.b.Fatalf("waited for the letter to %s, there came one to %s", p.Email, got.to)
		}
		return got.at.Sub(began), got.at
	case <-time.After(time.Minute):
		r.b.Fatalf("no confirmation for %s", p.Email)
	}
	return 0, began
}

// BenchmarkConfirmationDuringNewsletter says how long delegates wait for their confirmation while a newsletter is on its way. They register
// one after the other, the next as soon as the last has the confirmation. What came after the newsletter's last letter is not counted.
func BenchmarkConfirmationDuringNewsletter(b *testing.B) {
	const readers, most = 50_000, 1_000
	r := newRush(b, readers)
	r.serve()
	select {
	case <-r.sink.begun:
	case <-time.After(time.Minute):
		b.Fatal("the newsletter does not begin")
	}
	b.ResetTimer()
	var all []time.Duration
	for i := range most {
		took, at := r.confirm(i)
		if n, _, last := r.sink.taken(); n == readers && at.After(last) {
			break
		}
		all = append(all, took)
	}
	b.StopTimer()
	if len(all) == 0 {
		b.Fatal("the newsletter was over before the first confirmation")
	}
	slices.Sort(all)
	n, first, last := r.sink.taken()
	millis := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op") // it is one run, however often it is asked for
	b.ReportMetric(millis(all[len(all)/2]), "p50-ms")
	b.ReportMetric(millis(all[len(all)*99/100]), "p99-ms")
	b.ReportMetric(millis(all[len(all)-1]), "max-ms")
	b.ReportMetric(float64(len(all)), "confirmations")
	b.ReportMetric(float64(n)/last.Sub(first).Seconds(), "letters/s")
}
