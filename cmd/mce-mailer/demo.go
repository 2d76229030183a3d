package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/demo"
	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/scheduler"
)

type demoCmd struct {
	Addr  string `default:"127.0.0.1:8025" help:"Address of the page, on this machine."`
	Fresh bool   `help:"Forget what an earlier demo left, and begin again."`
	Check bool   `help:"Play the story without waiting for anybody, print what was seen, and fail unless every expected mail arrived exactly once."`
}

// Run plays the demo: the daemon's own parts, an inbox for a relay, and a clock that runs fast.
func (c *demoCmd) Run(e *env) error {
	if c.Check && e.settings.LogLevel == "" {
		e.log = e.settings.logger(e.err, slog.LevelWarn) // the story is what one wants to read
	}
	dir, clean, err := c.folder(e)
	if err != nil {
		return err
	}
	defer clean()
	listener, err := c.listen()
	if err != nil {
		return err
	}
	clock := demo.NewClock(demo.Start())
	in, err := inbox.Open(inbox.Options{Dir: filepath.Join(dir, "inbox"), Log: e.log, Now: func() time.Time {
		return mce.InZone(clock.Now(), "Europe/Rome")
	}})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	err = c.play(e, dir, clock, in, listener)
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(err, in.Close(stop))
}

// folder is where the demo keeps its things: below DATA_DIR, or for a check in a folder that goes with it.
func (c *demoCmd) folder(e *env) (dir string, clean func(), err error) {
	if c.Check {
		if dir, err = os.MkdirTemp("", "mce-mailer-check-"); err != nil {
			return "", nil, err
		}
		return dir, func() { os.RemoveAll(dir) }, os.Chmod(dir, 0o755) // PostgreSQL runs as another user than root
	}
	dir = filepath.Join(e.settings.DataDir, "demo")
	if c.Fresh {
		if err := os.RemoveAll(dir); err != nil {
			return "", nil, err
		}
	}
	return dir, func() {}, os.MkdirAll(dir, 0o755)
}

func (c *demoCmd) listen() (net.Listener, error) {
	addr := c.Addr
	if c.Check {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !isLoopback(host) {
		return nil, mce.Invalidf("--addr: the demo listens on this machine only, as 127.0.0.1:8025")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, mce.Unavailablef(err, "%s is taken; is another demo running? Choose another address with --addr", addr)
	}
	return l, nil
}

// play puts the program together on the demo's settings and runs it until ctx ends or the check is done.
func (c *demoCmd) play(e *env, dir string, clock *demo.Clock, in *inbox.Inbox, listener net.Listener) error {
	settings := *e.settings
	settings.DatabaseURL, settings.SecretKey, settings.DKIMKeys, settings.DataDir = "", "", "", dir
	settings.MailFrom, settings.ReplyTo, settings.ReturnPath = "Major Cities of Europe <newsletter@majorcities.example>", "office@majorcities.example", "bounces+*@majorcities.example"
	settings.PublicURL, settings.OrgPostal = "http://"+listener.Addr().String(), "Major Cities of Europe, c/o the host of the next conference"
	sub := &env{ctx: e.ctx, settings: &settings, in: e.in, out: e.out, err: e.err, clock: clock, log: e.log}
	a, err := sub.open()
	if err != nil {
		return err
	}
	return errors.Join(c.stage(sub, a, dir, clock, in, listener), a.close())
}

func (c *demoCmd) stage(e *env, a *app, dir string, clock *demo.Clock, in *inbox.Inbox, listener net.Listener) error {
	sched, err := a.newScheduler(e.settings)
	if err != nil {
		return err
	}
	player, err := demo.NewPlayer(dir, &office{app: a, examiner: sched.Examiner}, in, clock, sched.Tick, e.log)
	if err != nil {
		return err
	}
	if err := player.Prepare(e.ctx); err != nil {
		return err
	}
	return c.together(e, a, player, sched, in, listener)
}

// together runs the parts.
func (c *demoCmd) together(e *env, a *app, player *demo.Player, sched *scheduler.Scheduler, in *inbox.Inbox, listener net.Listener) error {
	relay, err := mailer.ParseRelay("smtp://" + in.Addr() + "?tls=none")
	if err != nil {
		return err
	}
	m, err := a.newMailer(e.settings, []mailer.Relay{relay})
	if err != nil {
		return err
	}
	handler, err := c.handler(e, a, player, in, m)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveHTTP(ctx, listener, handler) })
	g.Go(func() error { return m.Run(ctx) })
	g.Go(func() error { return a.store.Listen(ctx, e.log, m.Wake, leaveOut(m)) })
	if c.Check {
		g.Go(func() error {
			defer stop()
			return player.Check(ctx, e.out)
		})
		return g.Wait()
	}
	g.Go(func() error { return sched.Run(ctx, "@every 1s") })
	g.Go(func() error { return player.Run(ctx) })
	fmt.Fprintf(e.out, "\n  Open %s/demo/\n\n  Keys, each with Enter: p pause or go on, n next step, q quit. Ctrl-C stops everything.\n\n", a.site.PublicURL)
	go c.keys(ctx, e, player, stop)
	return g.Wait()
}

func (c *demoCmd) handler(e *env, a *app, player *demo.Player, in *inbox.Inbox, m *mailer.Mailer) (http.Handler, error) {
	server, err := a.newServer(e.settings, m)
	if err != nil {
		return nil, err
	}
	console, err := demo.NewConsole(player)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", server.Handler())
	mux.Handle("/demo/", console.Handler())
	mux.Handle("/inbox/", in.Handler("/inbox"))
	return mux, nil
}

// keys steers the demo from the terminal. It ends with the program: a read of the terminal cannot be called back.
func (c *demoCmd) keys(ctx context.Context, e *env, player *demo.Player, stop func()) {
	lines := bufio.NewScanner(e.in)
	for lines.Scan() {
		switch lines.Text() {
		case "p":
			if _, _, paused := player.Clock.State(); paused {
				player.Clock.Resume()
			} else {
				player.Clock.Pause()
			}
		case "n":
			player.Next(ctx)
		case "q":
			stop()
			return
		}
		now, _, paused := player.Clock.State()
		fmt.Fprintf(e.out, "%s%s\n", mce.InZone(now, "Europe/Rome").Format("Mon 2 Jan 2006 15:04 MST"), map[bool]string{true: ", paused"}[paused])
	}
}
