package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// What the mailer asks at once.
const (
	benchWindow  = 4
	benchPage    = 100
	benchReaders = 20_000
)

// printer is an office with an issue for many readers that can be started again and again.
type printer struct {
	*office
	readers int
	issue   mce.Issue
	letters []mce.Letter // not handed out yet
}

func newPrinter(b *testing.B, readers int) *printer {
	b.Helper()
	o := officeOf(b)
	for _, topics := range []string{"events", "news", "events news"} { // each in both languages: six editions
		lines := make([]string, readers/3+1)
		for i := range lines {
			lines[i] = fmt.Sprintf("%s%d@example.org %s %s", strings.ReplaceAll(topics, " ", ""), i, []string{"en", "it"}[i%2], topics)
		}
		o.readers(lines...)
	}
	return &printer{office: o, readers: 3 * (readers/3 + 1), issue: o.scheduled()}
}

// again takes the letters away as if the issue had never been started. Truncated, not deleted: no dead rows are left to be read over.
func (p *printer) again() {
	p.t.Helper()
	p.sql(`truncate letters, runs, express, edition_files, editions`)
	p.sql(`update issues set state = 'scheduled', started_at = null, finished_at = null where id = $1`, p.issue.ID)
}

// print fans out and reads all letters.
func (p *printer) print() {
	p.t.Helper()
	p.again()
	p.start(p.issue.ID)
	p.letters = p.letters[:0]
	for len(p.letters) < p.readers {
		run, ok, err := p.LeaseRun(p.t.Context(), benchWindow)
		must(p.t, err)
		if !ok {
			p.t.Fatalf("%d letters of %d", len(p.letters), p.readers)
		}
		p.letters = append(p.letters, value(p.RunLetters(p.t.Context(), run, 0, p.readers))(p.t)...)
	}
}

// next gives n letters that wait.
func (p *printer) next(n int) []mce.Letter {
	p.t.Helper()
	if len(p.letters) < n {
		p.print()
	}
	out := p.letters[:n]
	p.letters = p.letters[n:]
	return out
}

func perLetter(b *testing.B, letters int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(letters), "ns/letter")
}

// BenchmarkFanOut starts an issue: all its letters are written in one transaction.
func BenchmarkFanOut(b *testing.B) {
	for _, readers := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			p := newPrinter(b, readers)
			letters := 0
			for b.Loop() {
				b.StopTimer()
				p.again()
				b.StartTimer()
				letters += p.start(p.issue.ID)
			}
			b.ReportMetric(float64(letters)/b.Elapsed().Seconds(), "letters/s")
		})
	}
}

// BenchmarkClaimRun leases a run and reads its first page.
func BenchmarkClaimRun(b *testing.B) {
	p := newPrinter(b, benchReaders)
	p.start(p.issue.ID)
	letters := 0
	for b.Loop() {
		run, ok, err := p.LeaseRun(b.Context(), benchWindow)
		must(b, err)
		if !ok {
			b.StopTimer()
			p.again()
			p.start(p.issue.ID)
			b.StartTimer()
			continue
		}
		letters += len(value(p.RunLetters(b.Context(), run, 0, benchPage))(b))
	}
	perLetter(b, letters)
}

// BenchmarkClaimExpress leases single letters of a thousand that are due, as many at once as a session does.
func BenchmarkClaimExpress(b *testing.B) {
	o := officeOf(b)
	emails := make([]string, 1000)
	for i := range emails {
		emails[i] = fmt.Sprintf("delegate%d@example.org", i)
	}
	o.register(emails...)
	letters := 0
	for b.Loop() {
		lease, claimed, err := o.ClaimExpress(b.Context(), mce.Claim{Letters: benchWindow, Now: now})
		must(b, err)
		letters += len(claimed)
		b.StopTimer()
		must(b, o.ReleaseExpress(b.Context(), lease))
		b.StartTimer()
	}
	perLetter(b, letters)
}

// BenchmarkSettle keeps the outcomes of delivered letters, so many in one commit.
func BenchmarkSettle(b *testing.B) {
	p := newPrinter(b, benchReaders)
	for _, n := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tries := make([]mce.Try, n)
			for b.Loop() {
				b.StopTimer()
				for i, l := range p.next(n) {
					tries[i] = mce.Try{Letter: l, Outcome: mce.Delivered, Code: 250}
				}
				b.StartTimer()
				must(b, p.Settle(b.Context(), tries, now))
			}
			perLetter(b, b.N*n)
		})
	}
}

// BenchmarkSetAside puts a page's letters to a domain off that does not answer: a third of them, at once.
func BenchmarkSetAside(b *testing.B) {
	p := newPrinter(b, benchReaders)
	const third = benchPage / 3
	tries := make([]mce.Try, third)
	for b.Loop() {
		b.StopTimer()
		for i, l := range p.next(third) {
			tries[i] = mce.Try{Letter: l, Outcome: mce.Deferred, Due: now, Untried: true, Detail: "its domain does not answer at present"}
		}
		b.StartTimer()
		must(b, p.Settle(b.Context(), tries, now))
	}
	perLetter(b, b.N*third)
}
