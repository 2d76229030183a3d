// Package inbox is a mail server for demonstrations and tests: it accepts every mail that comes over SMTP
// on loopback, keeps it in a folder and shows it on web pages. It delivers nothing to anybody.
//
// A mail is in the folder before its sender reads 250, so whatever a sender counts as delivered is there
// after a crash of this program. After a power cut it may not be: files are not synced, so that a
// demonstration with many thousand mails does not wait for the disk. A mail whose 250 was lost on the way
// is kept all the same and appears twice when its sender tries again, as with any mail server.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options says how an inbox is opened.
type Options struct {
	// Addr is the host:port to listen on; empty means 127.0.0.1 and a free port. The host must be
	// "localhost" or a loopback address: an inbox that takes any mail has no place on a network.
	Addr string
	// Dir is the folder that keeps the mails, one .eml file each; it is created where it is missing.
	// It must not be empty and belongs to one inbox at a time.
	Dir string
	// Log hears about mails and trouble; nil means nobody does.
	Log *slog.Logger
	// Now is the clock that stamps each mail's Received and whose zone the pages use; nil means time.Now.
	Now func() time.Time
}

// Inbox is an open inbox. Its methods may be called from any goroutine.
type Inbox struct {
	dir   string
	log   *slog.Logger
	now   func() time.Time
	pages *template.Template

	listener *listener
	server   *smtp.Server
	served   chan struct{} // closed when no more connections are accepted

	mu      sync.Mutex
	mails   []Mail        // by Received, then ID
	lastID  uint64        // of the last mail that was or is being kept
	changed chan struct{} // closed and replaced whenever mails changes
}

// Open loads the mails that the folder holds and listens. It fails when Addr is not a loopback address or
// is taken, or when Dir cannot be used. Files in the folder that this package did not write are reported
// to the log and left alone.
func Open(o Options) (*Inbox, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	in := &Inbox{
		dir: o.Dir, log: o.Log, now: o.Now, pages: pages,
		served: make(chan struct{}), changed: make(chan struct{}),
	}
	if err := in.load(); err != nil {
		return nil, fmt.Errorf("inbox: read folder: %w", err)
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	in.listener = newListener(l)
	in.server = newServer(in)
	go in.serve()
	return in, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return o, fmt.Errorf("inbox: listen address: %w", err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return o, fmt.Errorf("inbox: will not listen on %q: it accepts mail from anybody, so only a loopback address such as 127.0.0.1 will do", o.Addr)
	}
	if o.Dir == "" {
		return o, errors.New("inbox: no folder given to keep the mails in")
	}
	return o, os.MkdirAll(o.Dir, 0o700)
}

func (in *Inbox) serve() {
	defer close(in.served)
	if err := in.server.Serve(in.listener); err != nil && !errors.Is(err, net.ErrClosed) {
		in.log.Error("inbox stopped listening", "error", err)
	}
}

// Addr returns the host:port that mails are accepted on.
func (in *Inbox) Addr() string { return in.listener.Addr().String() }

// Close stops accepting mail: a mail that has fully arrived is still kept and answered, connections that
// wait for a command or for the rest of a mail are told 421 and closed. It returns ctx's error when that
// takes too long. Pages and Get go on working; a second Close does nothing.
func (in *Inbox) Close(ctx context.Context) error {
	in.listener.drain()
	<-in.served
	err := in.server.Shutdown(ctx)
	if errors.Is(err, net.ErrClosed) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}
