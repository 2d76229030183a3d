package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/client"
)

// watch looks how far issues are, once a second for each that somebody watches, however many they are.
type watch struct {
	every time.Duration
	look  func(ctx context.Context, issue int64) (mce.Progress, error)

	mu     sync.Mutex
	issues map[int64]*watched
}

// watched is an issue that is watched, by those who listen.
type watched struct {
	viewers map[chan mce.Progress]bool
	last    *mce.Progress // nil: not looked at yet
	stop    context.CancelFunc
}

// follow tells of an issue, what is known already at first, until leave is called.
func (w *watch) follow(issue int64) (told <-chan mce.Progress, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.issues == nil {
		w.issues = map[int64]*watched{}
	}
	at := w.issues[issue]
	if at == nil {
		ctx, cancel := context.WithCancel(context.Background())
		at = &watched{viewers: map[chan mce.Progress]bool{}, stop: cancel}
		w.issues[issue] = at
		go w.poll(ctx, issue, at)
	}
	c := make(chan mce.Progress, 1)
	at.viewers[c] = true
	if at.last != nil {
		c <- *at.last
	}
	return c, func() { w.leave(issue, at, c) }
}

func (w *watch) leave(issue int64, at *watched, c chan mce.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(at.viewers, c)
	if len(at.viewers) == 0 {
		at.stop()
		delete(w.issues, issue)
	}
}

// poll looks, and tells all viewers; one that is slow is told the latest only.
func (w *watch) poll(ctx context.Context, issue int64, at *watched) {
	var pace pace
	for {
		begun := time.Now()
		if p, err := w.look(ctx, issue); err == nil {
			p.Rate = pace.of(p.Done(), time.Now())
			w.tell(at, p)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(w.every, 10*time.Since(begun))): // a look at a million letters takes a while
		}
	}
}

func (w *watch) tell(at *watched, p mce.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at.last = &p
	for c := range at.viewers {
		select {
		case <-c:
		default:
		}
		c <- p
	}
}

// pace reckons how fast a number grows, over the last looks.
type pace struct {
	done []int
	at   []time.Time
}

// paceOver is how many looks it reckons over.
const paceOver = 10

func (p *pace) of(done int, now time.Time) float64 {
	p.done, p.at = append(p.done, done), append(p.at, now)
	if len(p.done) > paceOver {
		p.done, p.at = p.done[1:], p.at[1:]
	}
	passed := now.Sub(p.at[0]).Seconds()
	if passed <= 0 {
		return 0
	}
	return float64(done-p.done[0]) / passed
}

// progressOf is one look.
func (d *Desk) progressOf(ctx context.Context, issue int64) (mce.Progress, error) {
	i, err := d.store.Issue(ctx, issue)
	if err != nil {
		return mce.Progress{}, err
	}
	letters, err := d.store.IssueProgress(ctx, issue)
	return mce.Progress{State: i.State, Letters: letters}, err
}

// followFor is how long an answer tells of an issue before the browser asks again: shorter than a daemon that stops waits for answers, and than servers and
// proxies let one last; and who was logged out does not go on watching.
const followFor = 8 * time.Second

// followProgress tells a browser how far an issue is, as server-sent events.
func (d *Desk) followProgress(w http.ResponseWriter, r *http.Request, v visit) error {
	id, err := issueID(r)
	if err != nil {
		return err
	}
	if _, err := d.store.Issue(r.Context(), id); err != nil {
		return err
	}
	lang := client.Language(r)
	if v.in() {
		lang = v.session.User.Language
	}
	told, leave := d.watch.follow(id)
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep it back
	fmt.Fprint(w, "retry: 1000\n\n")
	out := http.NewResponseController(w)
	over := time.NewTimer(followFor)
	defer over.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-over.C:
			return nil
		case p := <-told:
			words, err := d.pages.ProgressWords(lang, p)
			if err != nil {
				return nil //nolint:nilerr // the answer has begun
			}
			raw, _ := json.Marshal(words) //nolint:errcheck // strings and numbers
			fmt.Fprintf(w, "data: %s\n\n", raw)
			if out.Flush() != nil || p.Over() {
				return nil
			}
		}
	}
}
