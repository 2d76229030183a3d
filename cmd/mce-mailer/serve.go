package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web"
)

type serveCmd struct{}

// Run is the daemon. Several of them may share one database.
func (c *serveCmd) Run(e *env) error {
	relays, err := e.settings.relays()
	if err != nil {
		return err
	}
	a, err := e.open()
	if err != nil {
		return err
	}
	if sealed, err := a.store.SealConsents(e.ctx); err != nil {
		return errors.Join(err, a.close())
	} else if sealed > 0 {
		e.log.Info("consents sealed that had no seal yet", "records", sealed)
	}
	m, err := a.newMailer(e.settings, relays)
	if err != nil {
		return errors.Join(err, a.close())
	}
	server, err := a.newServer(e.settings, m)
	if err != nil {
		return errors.Join(err, a.close())
	}
	s, err := a.newScheduler(e.settings)
	if err != nil {
		return errors.Join(err, a.close())
	}
	listener, err := net.Listen("tcp", e.settings.ListenAddr)
	if err != nil {
		return errors.Join(mce.Unavailablef(err, "LISTEN_ADDR %s cannot be listened on", e.settings.ListenAddr), a.close())
	}
	e.log.Info("serving", "address", listener.Addr().String(), "public", a.site.PublicURL, "relays", relays)
	g, ctx := errgroup.WithContext(e.ctx)
	g.Go(func() error { return serveHTTP(ctx, listener, server.Handler()) })
	g.Go(func() error { return s.Run(ctx, e.settings.Tick) })
	g.Go(func() error { return m.Run(ctx) })
	g.Go(func() error { return a.store.Listen(ctx, e.log, func() { m.Wake(); s.Wake() }, leaveOut(m)) })
	err = g.Wait()
	e.log.Info("stopped")
	return errors.Join(err, a.close())
}

// leaveOut is what a daemon does when it hears that somebody has left. It does not wait for a letter that is on its way: others have left too.
func leaveOut(m *mailer.Mailer) func(subscriberID int64) {
	return func(subscriberID int64) { go m.LeaveOut(subscriberID) }
}

// serveHTTP answers requests until ctx ends, with limits against clients that dawdle.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
	return web.Serve(ctx, server, func() error { return server.Serve(l) })
}
