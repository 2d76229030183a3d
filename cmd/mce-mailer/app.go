package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/cluster"
	"github.com/majorcities/mce-mailer/scheduler"
	deskpage "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web"
	"github.com/majorcities/mce-mailer/web/api"
	"github.com/majorcities/mce-mailer/web/desk"
)

// app is the program put together: the one place where everything meets.
type app struct {
	store   *postgres.Store
	cluster *cluster.Cluster // nil when DATABASE_URL is somebody else's
	site    mce.Site
	letters *letter.Letters
	keys    *mce.Keys
	desk    *desk.Desk // nil where no pages are served
	clock   mce.Clock
	log     logger
}

// openStore connects to the database, starting the private one if need be, and brings its schema up to date.
func (e *env) openStore() (*app, error) {
	a := &app{clock: e.clock, log: e.log}
	address := e.settings.DatabaseURL
	ctx, cancel := context.WithTimeout(e.ctx, time.Minute)
	defer cancel()
	if address == "" {
		c, err := cluster.Open(ctx, cluster.Options{Dir: e.settings.DataDir, BinDir: e.settings.PostgresBin, Log: e.log})
		if err != nil {
			return nil, mce.Unavailablef(err, "the private PostgreSQL under DATA_DIR (%s) did not start", e.settings.DataDir)
		}
		a.cluster, address = c, c.URL("mce")
	}
	var err error
	if a.store, err = postgres.Open(ctx, address); err == nil {
		_, err = a.store.Migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// open is openStore with what is needed to make letters.
func (e *env) open() (*app, error) {
	site, err := e.settings.site()
	if err != nil {
		return nil, err
	}
	a, err := e.openStore()
	if err != nil {
		return nil, err
	}
	a.site = site
	if a.keys, err = e.keys(a.store); err == nil {
		a.letters, err = letter.New(site, letter.WithAnswers(e.settings.CalendarMail, a.keys))
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// with opens the store for the length of f.
func (e *env) with(f func(*app) error) error {
	a, err := e.openStore()
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.close())
}

// withKeys is with for what is written to the record of consent, which is sealed.
func (e *env) withKeys(f func(*app) error) error {
	return e.with(func(a *app) (err error) {
		if a.keys, err = e.keys(a.store); err != nil {
			return err
		}
		return f(a)
	})
}

// withLetters opens everything for the length of f.
func (e *env) withLetters(f func(*app) error) error {
	a, err := e.open()
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.close())
}

// close leaves the database; the private one stops when nobody else uses it.
func (a *app) close() error {
	var err error
	if a.desk != nil {
		a.desk.Close()
	}
	if a.store != nil {
		err = a.store.Close()
	}
	if a.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		err = errors.Join(err, a.cluster.Close(ctx))
	}
	return err
}

// keys derives the keys of all links, and refuses a secret that is not this database's.
func (e *env) keys(store *postgres.Store) (*mce.Keys, error) {
	secret := e.settings.SecretKey
	if secret == "" {
		var err error
		if secret, err = keptSecret(e.settings.DataDir); err != nil {
			return nil, err
		}
	}
	keys, err := mce.NewKeys([]byte(secret))
	if err != nil {
		return nil, err
	}
	return keys, store.UseKeys(e.ctx, keys)
}

// keptSecret is the generated secret of this machine, made at its first use.
func keptSecret(dir string) (string, error) {
	path := filepath.Join(dir, "secret.key")
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeSecret(dir, path); err == nil {
			kept, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return "", mce.Unavailablef(err, "the generated secret cannot be kept under DATA_DIR; set SECRET_KEY, or mend the folder")
	}
	if len(kept) < mce.MinSecret {
		return "", mce.Invalidf("%s is too short to be the secret; restore it from your backup, or remove it if no mail has been sent yet", path)
	}
	return string(kept), nil
}

// makeSecret writes a new secret whole or not at all. Of two programs that start together one makes it, and both read that one.
func makeSecret(dir, path string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a link to it stays
	raw := make([]byte, 36)
	rand.Read(raw)
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(raw))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (a *app) sender(s *Settings) mailer.Sender {
	return mailer.Sender{Site: a.site, ReturnPath: s.ReturnPath, LeaveMail: s.LeaveMail}
}

func (a *app) newMailer(s *Settings, relays []mailer.Relay) (*mailer.Mailer, error) {
	signer, _, err := s.signer(a.site.Domain())
	if err != nil {
		return nil, err
	}
	limits, err := mailer.ParseLimits(s.DomainLimits)
	if err != nil {
		return nil, err
	}
	return mailer.New(mailer.Options{
		Outbox: a.store, Relays: relays, Domains: limits, Sender: a.sender(s), Keys: a.keys, Greet: a.letters.Greeting, Sign: signer, Clock: a.clock,
		Log: a.log, Sessions: s.SMTPSessions,
	}), nil
}

func (a *app) newScheduler(s *Settings) (*scheduler.Scheduler, error) {
	sched := scheduler.New(a.store, a.letters, a.site.Domain(), s.keep(), a.clock, a.log)
	examiner, err := a.newExaminer(s, askNobody)
	sched.Examiner = examiner
	return sched, err
}

func (a *app) newServer(s *Settings, m *mailer.Mailer) (*web.Server, error) {
	pages, err := page.New(a.site)
	if err != nil {
		return nil, err
	}
	if a.desk, err = a.newDesk(s, m); err != nil {
		return nil, err
	}
	programs := api.Server{Store: a.store, Notices: a.letters, Site: a.site, Clock: a.clock, Log: a.log}
	return &web.Server{
		Store: a.store, Letters: a.letters, Pages: pages, Keys: a.keys, Site: a.site, Keep: s.keep(), Clock: a.clock, Log: a.log, Mailer: m.Health,
		Left: m.LeaveOut, API: programs.Handler(), Desk: a.desk.Handler(),
	}, nil
}

func (a *app) newDesk(s *Settings, m *mailer.Mailer) (*desk.Desk, error) {
	pages, err := deskpage.New(a.site)
	if err != nil {
		return nil, err
	}
	thorough, err := a.newExaminer(s, askNetwork)
	if err != nil {
		return nil, err
	}
	atOnce, err := a.newExaminer(s, askNobody)
	if err != nil {
		return nil, err
	}
	return desk.New(desk.Options{
		Store: a.store, Letters: a.letters, Pages: pages, Keys: a.keys, Site: a.site, Clock: a.clock, Wall: mce.SystemClock{}, Log: a.log,
		OIDC: s.oidc(), Examiner: thorough, AtOnce: atOnce, Prover: m, Planner: planner{a}, Left: m.LeaveOut,
	})
}
