package desk

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/web/client"
	"github.com/majorcities/mce-mailer/web/desk/picture"
)

// bodyLimit is more than any form of the desk sends.
const bodyLimit = 1 << 20

// policy lets a page load our stylesheet and our script, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// visit is who asks.
type visit struct {
	session mce.DeskSession // zero: nobody is logged in
	secret  string          // of the cookie that form tokens hang on: the session's, else the browser's; empty: there is none
}

// in reports whether somebody is logged in.
func (v visit) in() bool { return v.session.ID != 0 }

// actor is who asks, for the audit log.
func (v visit) actor(r *http.Request) mce.Actor {
	return mce.Actor{UserID: v.session.User.ID, Origin: client.Address(r)}
}

// token is what every form sends along. Another site can neither read it nor make it, for it knows no cookie of ours.
func (v visit) token() string {
	if v.secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("form token " + v.secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// guarded sets what holds for every answer, and refuses what another site's page asks for.
func (d *Desk) guarded(next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	if public, err := url.Parse(d.site.PublicURL); err == nil && public.Host != "" { // a proxy may call us by another host
		foreign.AddTrustedOrigin(public.Scheme + "://" + public.Host) //nolint:errcheck // it is an origin
	}
	foreign.SetDenyHandler(d.serve(route{do: func(http.ResponseWriter, *http.Request, visit) error {
		return forbidden("This was asked for by a page of another site.")
	}}))
	next = foreign.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // the address of a link carries its token
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if d.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// limitOf is how much a request of a route may send: where pictures and tables are uploaded more than elsewhere, and more than is taken, because a browser whose
// request is cut off does not show why.
func limitOf(to route) int64 {
	if to.method == http.MethodPost && (to.path == pages.ImagesPath || to.path == piecePath) {
		return bodyLimit + 4*picture.MaxBytes
	}
	if to.method == http.MethodPost && to.path == pages.ImportPath {
		return bodyLimit + 2*mce.MaxUpload
	}
	return bodyLimit
}

// serve bounds what a request sends, does all that a handler may take for granted, and shows whatever goes wrong.
func (d *Desk) serve(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limitOf(to))
		v, err := d.visit(r)
		if err == nil && legible(r.URL.Path) != r.URL.Path {
			err = &mce.Error{Code: mce.NotFound} // nothing is called so
		}
		if err == nil {
			err = d.pass(w, r, v, to)
		}
		if err != nil {
			d.fail(w, r, v, err)
		}
	})
}

// pass lets a request through to its handler, or sends it elsewhere.
func (d *Desk) pass(w http.ResponseWriter, r *http.Request, v visit, to route) error {
	changes := to.method == http.MethodPost
	if to.needs != "" && !v.in() {
		if !changes {
			return d.redirect(w, r, "/desk/login?next="+url.QueryEscape(d.here(r)))
		}
		return forbidden("You are not logged in any more. Log in, and do it again.")
	}
	if to.needs != "" && !mce.May(v.session.User.Role, to.needs) {
		return forbidden("Your role is " + string(v.session.User.Role) + ", and that may not " + string(to.needs) + ".")
	}
	if changes {
		if err := checkToken(r, v); err != nil {
			return err
		}
	}
	if to.fresh && !v.session.Fresh(d.wall.Now()) {
		return d.redirect(w, r, "/desk/fresh?next="+url.QueryEscape(d.here(r)))
	}
	return to.do(w, r, v)
}

func checkToken(r *http.Request, v visit) error {
	err := errors.Join(r.ParseForm(), r.ParseMultipartForm(bodyLimit)) //nolint:gosec // serve has bounded the body
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &mce.Error{Code: mce.Invalid, Message: "More was sent than any form of the desk sends.", Err: err}
	}
	want, got := v.token(), r.PostFormValue("token")
	if want == "" {
		return forbidden("Your browser sent no cookie. Please allow cookies for this site, load the page anew, and try again.")
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(got)) != 1 {
		return forbidden("This form is not of this log-in. Please load the page anew, and try again.")
	}
	return nil
}

// forbiddenError is what is answered with 403.
type forbiddenError struct{ sentence string }

func (e *forbiddenError) Error() string { return e.sentence }

func forbidden(sentence string) error { return &forbiddenError{sentence} }
