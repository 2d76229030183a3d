package demo

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
)

// Player plays the story on the clock.
type Player struct {
	Clock  *Clock
	Office Office
	Inbox  *inbox.Inbox
	Tick   func(context.Context) error // what the cron does; the player calls it when the clock has jumped
	Log    *slog.Logger

	path    string
	playing sync.Mutex // one step at a time, whoever asks for it
	mu      sync.Mutex
	done    map[string]bool
	notes   map[string]string // what went wrong with a step
}

// NewPlayer goes on from what dir remembers, or begins.
func NewPlayer(dir string, o Office, in *inbox.Inbox, clock *Clock, tick func(context.Context) error, log *slog.Logger) (*Player, error) {
	p := &Player{
		Clock: clock, Office: o, Inbox: in, Tick: tick, Log: log, path: filepath.Join(dir, "story.json"),
		done: map[string]bool{}, notes: map[string]string{},
	}
	m, ok, err := recall(p.path)
	if err != nil {
		return nil, fmt.Errorf("the demo's memory cannot be read; --fresh begins again: %w", err)
	}
	if ok {
		clock.Jump(m.Now)
		p.done = m.Done
	}
	return p, nil
}

// Prepare puts the sample content in.
func (p *Player) Prepare(ctx context.Context) error {
	return p.Office.Prepare(ctx, sample.Content(), sample.Subscribers())
}

// Run does what the story says whenever its time has come, until ctx ends. The clock's time is kept, so that a second start goes on.
func (p *Player) Run(ctx context.Context) error {
	told := !p.Clock.Now().Before(End())
	if !told {
		p.Clock.Resume()
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return p.keep()
		case <-tick.C:
		}
		for _, step := range Story() {
			if !step.When.After(p.Clock.Now()) && !p.isDone(step) {
				p.play(ctx, step)
				p.leaveTime(step)
			}
		}
		if now := p.Clock.Now(); !told && !now.Before(End()) {
			told = true
			p.Clock.Pause() // whoever wants may let it run on
		}
		if err := p.keep(); err != nil {
			p.Log.Warn("the demo's time is not kept", "err", err)
		}
	}
}

// leaveTime slows the clock down while an issue is before the editors: whoever wants to approve it should have the time.
func (p *Player) leaveTime(s Step) {
	switch _, speed, _ := p.Clock.State(); {
	case s.Review && speed > reviewSpeed:
		p.Clock.SetSpeed(reviewSpeed)
	case strings.HasSuffix(s.Slug, "-out") && speed == reviewSpeed:
		p.Clock.SetSpeed(time.Hour)
	}
}

// reviewSpeed makes twenty seconds of the two hours until the demo's editor approves.
const reviewSpeed = 6 * time.Minute

// play does one step, once. A step that fails (because somebody was quicker on the page) is noted and not repeated.
func (p *Player) play(ctx context.Context, s Step) {
	p.playing.Lock()
	defer p.playing.Unlock()
	if p.isDone(s) {
		return
	}
	if err := p.act(ctx, s); err != nil && ctx.Err() == nil {
		p.mu.Lock()
		p.notes[s.Slug] = mce.ErrorMessage(err)
		p.Log.Warn("step of the story", "step", s.Slug, "err", err)
		p.mu.Unlock()
	}
	p.mu.Lock()
	p.done[s.Slug] = true
	p.mu.Unlock()
}

// act lets the cron do what is due before the step, then the step itself, then what became due by it.
func (p *Player) act(ctx context.Context, s Step) error {
	if err := p.Tick(ctx); err != nil {
		return err
	}
	if s.Do == nil {
		return nil
	}
	if err := s.Do(ctx, p.Office, p.Inbox); err != nil {
		return err
	}
	return p.Tick(ctx)
}

// Next jumps to the next step of the story and plays it.
func (p *Player) Next(ctx context.Context) {
	for _, s := range Story() {
		if !p.isDone(s) {
			p.Clock.Jump(s.When)
			p.play(ctx, s)
			return
		}
	}
	p.Clock.Jump(End())
}

func (p *Player) isDone(s Step) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done[s.Slug]
}

func (p *Player) keep() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return remember(p.path, memory{Now: p.Clock.Now(), Done: p.done})
}
