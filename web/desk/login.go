package desk

import (
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/web/client"
)

// Getting in. Whoever types an address is answered alike; who is a user is mailed a link, which lets them in once, in the browser that asked.

func (d *Desk) showLogin(w http.ResponseWriter, r *http.Request, v visit) error {
	next := nextOf(r.URL.Query().Get("next"))
	if v.in() {
		return d.redirect(w, r, next)
	}
	v.secret = d.browser(w, r)
	return d.loginPage(w, r, v, http.StatusOK, pages.Login{Next: next})
}

func (d *Desk) askToLogIn(w http.ResponseWriter, r *http.Request, v visit) error {
	view := pages.Login{Email: r.PostForm.Get("email"), Next: nextOf(r.PostForm.Get("next"))}
	email, err := mce.ParseAddress(view.Email)
	if err != nil {
		view.Fault = mce.ErrorMessage(err)
		return d.loginPage(w, r, v, http.StatusUnprocessableEntity, view)
	}
	if err := d.wish(w, r, email, view.Next); err != nil {
		return err
	}
	view.Sent = true
	return d.loginPage(w, r, v, http.StatusOK, view)
}

// wish notes the wish for a link, bounded for each client. It is granted out of sight: the answer must not tell who is a user.
func (d *Desk) wish(w http.ResponseWriter, r *http.Request, email, next string) error {
	origin := client.Address(r)
	if !d.asks.Allow(origin) {
		return errThrottled()
	}
	return d.store.AddWish(r.Context(), mce.Wish{
		Kind: mce.ToLogIn, Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: client.Language(r)}},
		Consent: mce.Consent{Source: "desk", Origin: origin, At: d.clock.Now()},
		Login:   mce.LoginAsk{Browser: hashOf(d.browser(w, r)), Next: next, Until: d.wall.Now().Add(mce.LoginFor)},
	})
}

func errThrottled() error {
	return &mce.Error{Code: mce.Busy, Message: "There were many requests from your connection. Please try again in a few minutes."}
}

func (d *Desk) loginPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.Login) error {
	view.Common, view.Provider = d.common(w, r, v), d.oidc.Name()
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Login(w, lang, view) })
}

// showLink shows the button that uses the link. Scanners that fetch every link of a mail change nothing.
func (d *Desk) showLink(w http.ResponseWriter, r *http.Request, v visit) error {
	user, id, err := d.keys.Open(mce.ForLogin, r.PathValue("token"))
	if err != nil {
		return err
	}
	l, err := d.store.Login(r.Context(), user, id)
	if mce.ErrorCode(err) == mce.NotFound {
		return d.linkPage(w, r, v, pages.Link{Fault: mce.LoginRemoved})
	} else if err != nil {
		return err
	}
	view := pages.Link{Fault: l.Fault(hashOf(d.cookie(r, browserCookie)), d.wall.Now())}
	if view.Fault == mce.LoginGood {
		view.Name = l.User.Name
	}
	return d.linkPage(w, r, v, view)
}

// logIn uses the link. The session gets a secret of its own, whatever the browser came with.
func (d *Desk) logIn(w http.ResponseWriter, r *http.Request, v visit) error {
	user, id, err := d.keys.Open(mce.ForLogin, r.PathValue("token"))
	if err != nil {
		return err
	}
	secret := newSecret()
	begin := mce.NewSession{
		Hash: hashOf(secret), Client: clientName(r.UserAgent()), Origin: client.Address(r), Replaces: hashOf(d.cookie(r, sessionCookie)),
	}
	l, fault, err := d.store.LogIn(r.Context(), user, id, hashOf(d.cookie(r, browserCookie)), begin, d.wall.Now(), d.clock.Now())
	if mce.ErrorCode(err) == mce.NotFound {
		fault, err = mce.LoginRemoved, nil
	}
	if err != nil {
		return err
	}
	if fault != mce.LoginGood {
		return d.linkPage(w, r, v, pages.Link{Fault: fault})
	}
	d.setCookie(w, sessionCookie, secret, mce.SessionFor)
	d.dropCookie(w, browserCookie)
	return d.said(w, r, "in", l.User.Name, nextOf(l.Next))
}

func (d *Desk) linkPage(w http.ResponseWriter, r *http.Request, v visit, view pages.Link) error {
	status := http.StatusOK
	switch view.Fault {
	case mce.LoginGood:
	case mce.LoginElsewhere:
		status = http.StatusForbidden
	case mce.LoginUsed, mce.LoginOver, mce.LoginRemoved:
		status = http.StatusGone
	}
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Link(w, lang, view) })
}

func (d *Desk) logOut(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := d.store.LogOut(r.Context(), v.session, v.actor(r), d.clock.Now()); err != nil {
		return err
	}
	d.dropCookie(w, sessionCookie)
	return d.said(w, r, "out", "", "/desk/login")
}

// showFresh asks a user who logged in some time ago to show anew that they read their mailbox, before something grave.
func (d *Desk) showFresh(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.freshPage(w, r, v, pages.Fresh{Next: nextOf(r.URL.Query().Get("next"))})
}

func (d *Desk) askAnew(w http.ResponseWriter, r *http.Request, v visit) error {
	next := nextOf(r.PostForm.Get("next"))
	if err := d.wish(w, r, v.session.User.Email, next); err != nil {
		return err
	}
	return d.freshPage(w, r, v, pages.Fresh{Next: next, Sent: true})
}

func (d *Desk) freshPage(w http.ResponseWriter, r *http.Request, v visit, view pages.Fresh) error {
	view.Common, view.Provider = d.common(w, r, v), d.oidc.Name()
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Fresh(w, lang, view) })
}
