package desk

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/client"
)

// OIDC is a provider of OpenID Connect by which users may log in instead of by a mailed link. It lets in whom the desk knows by the same address, and
// nobody else: a provider cannot make users.
type OIDC struct {
	Issuer       string // address of the provider; empty: there is none
	ClientID     string
	ClientSecret string

	mu       sync.Mutex
	provider *oidc.Provider // once it has answered
}

// Name is the provider's host, by which people know it; empty: there is none.
func (o *OIDC) Name() string {
	if o == nil {
		return ""
	}
	u, err := url.Parse(o.Issuer)
	if err != nil {
		return ""
	}
	return u.Host
}

// oidcCookie holds what a log-in at the provider began with, until it comes back.
const (
	oidcCookie = "mce_oidc"
	oidcFor    = 10 * time.Minute
)

// askProvider is how long the provider may take to answer.
const askProvider = 10 * time.Second

// attempt is a log-in at the provider. All that must not be guessed comes from one secret, which the browser alone keeps.
type attempt struct{ secret, next string }

func (a attempt) derive(use string) string {
	sum := sha256.Sum256([]byte(use + " " + a.secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (a attempt) state() string    { return a.derive("state") }
func (a attempt) nonce() string    { return a.derive("nonce") }
func (a attempt) verifier() string { return a.derive("verifier") } // RFC 7636 §4.1: 43 characters

func (a attempt) cookie() string {
	return a.secret + "." + base64.RawURLEncoding.EncodeToString([]byte(a.next))
}

func parseAttempt(cookie string) (a attempt, ok bool) {
	secret, next, _ := strings.Cut(cookie, ".")
	raw, err := base64.RawURLEncoding.DecodeString(next)
	return attempt{secret: secret, next: nextOf(string(raw))}, err == nil && secret != ""
}

// discovered asks the provider for its addresses and keys, once it can be reached; the daemon starts without it.
func (o *OIDC) discovered(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	p, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, mce.Unavailablef(err, "%s does not answer as it should; ask for a mailed link instead, or try again later", o.Name())
	}
	o.provider = p
	return p, nil
}

// oidcContext bounds what the provider is asked. It outlives the request, because keys are fetched with it.
func oidcContext(r *http.Request) context.Context {
	return oidc.ClientContext(context.WithoutCancel(r.Context()), &http.Client{Timeout: askProvider})
}

func (d *Desk) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: d.oidc.ClientID, ClientSecret: d.oidc.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: d.site.PublicURL + "/desk/oidc/back",
		Scopes: []string{oidc.ScopeOpenID, "email"},
	}
}

// goToProvider leads to the provider. It asks for a log-in there that is no older than what is grave wants of one.
func (d *Desk) goToProvider(w http.ResponseWriter, r *http.Request, _ visit) error {
	if d.oidc.Name() == "" {
		return &mce.Error{Code: mce.NotFound}
	}
	if !d.asks.Allow(client.Address(r)) {
		return errThrottled()
	}
	p, err := d.oidc.discovered(oidcContext(r))
	if err != nil {
		return err
	}
	a := attempt{secret: newSecret(), next: nextOf(r.URL.Query().Get("next"))}
	d.setCookie(w, oidcCookie, a.cookie(), oidcFor)
	w.Header().Set("Cache-Control", "no-store")
	to := d.oauth(p).AuthCodeURL(a.state(), oidc.Nonce(a.nonce()), oauth2.S256ChallengeOption(a.verifier()),
		oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(mce.FreshFor/time.Second))))
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// backFromProvider begins a session for who logged in at the provider. It is the one GET that does so: the provider leads here. Its state belongs to this
// browser, and its code works once.
func (d *Desk) backFromProvider(w http.ResponseWriter, r *http.Request, _ visit) error {
	if d.oidc.Name() == "" {
		return &mce.Error{Code: mce.NotFound}
	}
	a, ok := parseAttempt(d.cookie(r, oidcCookie))
	q := r.URL.Query()
	if !ok || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.state())) != 1 {
		return forbidden("This log-in was not begun in this browser, or some time ago. Please begin again.")
	}
	d.dropCookie(w, oidcCookie)
	if fault := q.Get("error"); fault != "" {
		d.log.Info("log-in at the provider", "error", fault)
		return forbidden(d.oidc.Name() + " did not let you in. Please try again, or ask for a mailed link.")
	}
	email, shown, err := d.identity(oidcContext(r), a, q.Get("code"))
	if err != nil {
		return err
	}
	secret, wall := newSecret(), d.wall.Now()
	begin := mce.NewSession{
		Hash: hashOf(secret), Client: clientName(r.UserAgent()), Origin: client.Address(r), Replaces: hashOf(d.cookie(r, sessionCookie)), Shown: shown,
	}
	u, err := d.store.LogInAs(r.Context(), email, d.oidc.Name(), begin, wall, d.clock.Now())
	if mce.ErrorCode(err) == mce.NotFound {
		return forbidden(d.oidc.Name() + " knows you as " + email + ". No user of the desk has this address; an admin can add it.")
	} else if err != nil {
		return err
	}
	d.setCookie(w, sessionCookie, secret, mce.SessionFor)
	return d.said(w, r, "in", u.Name, a.next)
}

// identity is the address that the provider has verified, and when its owner showed that they are the one: long ago where the provider does not say.
func (d *Desk) identity(ctx context.Context, a attempt, code string) (email string, shown time.Time, err error) {
	p, err := d.oidc.discovered(ctx)
	if err != nil {
		return "", shown, err
	}
	refuse := func(err error) (string, time.Time, error) {
		d.log.Warn("log-in at the provider", "err", err)
		return "", shown, forbidden("What " + d.oidc.Name() + " says of you could not be verified. Please begin again, or ask for a mailed link.")
	}
	token, err := d.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(a.verifier()))
	if err != nil {
		return refuse(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: d.oidc.ClientID, Now: d.wall.Now}).Verify(ctx, raw)
	if err != nil {
		return refuse(err)
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		AuthTime int64  `json:"auth_time"`
	}
	if err := id.Claims(&claims); err != nil {
		return refuse(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.nonce())) != 1 {
		return refuse(mce.Invalidf("the nonce is another"))
	}
	email, err = mce.ParseAddress(claims.Email)
	if err != nil || !claims.Verified {
		return "", shown, forbidden(d.oidc.Name() + " has not verified your address. Please ask for a mailed link.")
	}
	return email, shownAt(claims.AuthTime, d.wall.Now()), nil
}

// shownAt is the time of a log-in at the provider as far as it is to be believed: not in the future, and just not fresh where it is older or not told.
func shownAt(authTime int64, now time.Time) time.Time {
	stale := now.Add(-mce.FreshFor)
	shown := time.Unix(authTime, 0)
	switch {
	case shown.After(now):
		return now
	case shown.Before(stale):
		return stale
	}
	return shown
}
