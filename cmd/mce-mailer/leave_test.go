package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// logbook notes when the sink heard of a recipient and when it had the whole letter: the last time of each.
type logbook struct {
	mu          sync.Mutex
	named, sent map[string]time.Time
	furthest    int // the highest number of a reader named
}

func (b *logbook) note(at scene) deed {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch at.at {
	case atRcpt:
		b.named[at.to] = time.Now()
		b.furthest = max(b.furthest, reader(at.to))
	case atDot:
		b.sent[at.to] = time.Now()
	}
	return deed{}
}

// oneClick ends a subscription as mail programs do, and gives the status once the whole answer is here.
func oneClick(t *testing.T, link string) int {
	t.Helper()
	r, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Fatal(err)
	}
	return r.StatusCode
}

// TestNoLetterBeginsAfterOneClick: people leave by one click while the newsletter is being sent, many of them just before it is their turn.
// From the answer on, the server hears of none of them any more.
func TestNoLetterBeginsAfterOneClick(t *testing.T) {
	const n, leavers = 20_000, 40
	book := &logbook{named: map[string]time.Time{}, sent: map[string]time.Time{}}
	h, s := newHouse(t), newSink(t, book.note)
	h.schedule(s, among(n, "example.org"))
	keys, err := mce.NewKeys([]byte(strings.Repeat("k", 40)))
	if err != nil {
		t.Fatal(err)
	}
	h.spawn()
	answered := map[int]time.Time{}
	for i := range leavers {
		await(t, "more letters arrive", s.arrival(1_000+i*n/2/leavers))
		book.mu.Lock()
		who := book.furthest + 1 + rand.IntN(200)
		book.mu.Unlock()
		if i%2 == 0 || who >= n {
			who = rand.IntN(n)
		}
		id := int64(h.number(`select id from subscribers where email = $1`, fmt.Sprintf("reader%d@example.org", who)))
		link := h.public + "/leave/" + keys.Token(mce.ForLeaving, id, 1)
		if status := oneClick(t, link); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		if _, before := answered[who]; !before {
			answered[who] = time.Now()
		}
		if status := oneClick(t, link); status != http.StatusOK {
			t.Errorf("a second time: status %d", status)
		}
	}
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	spared := 0
	book.mu.Lock()
	defer book.mu.Unlock()
	for who, at := range answered {
		address := fmt.Sprintf("reader%d@example.org", who)
		if book.named[address].After(at) || book.sent[address].After(at) {
			t.Errorf("%s had left, and was written to %s later", address, book.named[address].Sub(at))
		}
		if book.sent[address].IsZero() {
			spared++
		}
		if withdrawn := h.number(`select count(*) from consents c join subscribers p on p.id = c.subscriber_id
			where p.email = $1 and c.action = 'withdrawn'`, address); withdrawn != 1 {
			t.Errorf("%s: %d records of leaving", address, withdrawn)
		}
	}
	_, letters := h.outcomes("1")
	t.Logf("%d people left, %d before their letter", len(answered), spared)
	if letters[mce.LeftOut] != spared || letters[mce.Delivered] != n-spared || s.arrived() != n-spared {
		t.Errorf("%d people left before their letter, %d arrived, outcomes %v", spared, s.arrived(), letters)
	}
}
