// Package api is the interface for programs: the association's own site, its desks, whatever it writes for itself.
//
// openapi.json describes it, and a test holds the two to each other. Every error is a problem (RFC 9457). Programs show a token, whose scopes say
// what it is good for; subscribing needs none, as it does nothing that the public page does not.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/client"
)

// Store is what the interface needs of the database.
type Store interface {
	Ready(ctx context.Context) error
	APITokenByHash(ctx context.Context, hash []byte, now time.Time) (mce.APIToken, error)

	Topics(ctx context.Context) ([]mce.Topic, error)
	Paces(ctx context.Context) ([]mce.ReadingPace, error)
	AddWish(ctx context.Context, w mce.Wish) error

	Register(ctx context.Context, order mce.Order, notices mce.Notices, domain string, now time.Time) ([]mce.Registration, error)
	RegistrationByID(ctx context.Context, id int64) (mce.Registration, error)
	RegistrationsAfter(ctx context.Context, event string, after int64, limit int) ([]mce.Registration, error)
	ChangeRegistration(ctx context.Context, id int64, p mce.Particulars, notices mce.Notices, domain string, now time.Time) (mce.Registration, error)
	CancelByID(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error
	CheckIn(ctx context.Context, event, code string, now time.Time) (r mce.Registration, first bool, err error)

	Events(ctx context.Context) ([]mce.Event, error)
	Event(ctx context.Context, slug string) (mce.Event, error)
	EditEvent(ctx context.Context, slug string, edit func(old *mce.Event) (mce.Event, error), now time.Time) (e mce.Event, added bool, err error)
}

// Server answers the requests of programs. All fields are required.
type Server struct {
	Store   Store
	Notices mce.Notices
	Site    mce.Site
	Clock   mce.Clock
	Log     *slog.Logger

	tokens, strangers, sites *client.Throttle
}

// prefix is the path of the interface's first version, below that of the public address.
const prefix = "/api/v1"

// route is an operation.
type route struct {
	method, path string    // the path below prefix, as in openapi.json
	scope        mce.Scope // empty: no token is needed
	do           handler
}

// handler answers a request of the program that has the token by, or returns an error, which becomes a problem.
type handler func(w http.ResponseWriter, r *http.Request, by mce.APIToken) error

func (s *Server) routes() []route {
	return []route{
		{http.MethodGet, "/subscriptions", "", s.describeSubscriptions},
		{http.MethodPost, "/subscriptions", "", s.subscribe},
		{http.MethodGet, "/registrations", mce.MayReadRegistrations, s.listRegistrations},
		{http.MethodPost, "/registrations", mce.MayWriteRegistrations, s.register},
		{http.MethodGet, "/registrations/{id}", mce.MayReadRegistrations, s.showRegistration},
		{http.MethodPatch, "/registrations/{id}", mce.MayWriteRegistrations, s.changeRegistration},
		{http.MethodPost, "/registrations/{id}/cancellation", mce.MayWriteRegistrations, s.cancelRegistration},
		{http.MethodGet, "/events", mce.MayReadEvents, s.listEvents},
		{http.MethodGet, "/events/{slug}", mce.MayReadEvents, s.showEvent},
		{http.MethodPut, "/events/{slug}", mce.MayWriteEvents, s.putEvent},
		{http.MethodPatch, "/events/{slug}", mce.MayWriteEvents, s.patchEvent},
		{http.MethodPost, "/events/{slug}/check-ins", mce.MayCheckIn, s.checkIn},
	}
}

// Handler answers everything below /api/.
func (s *Server) Handler() http.Handler {
	s.tokens, s.strangers = client.NewThrottle(tokenEvery, tokenBurst), client.NewThrottle(strangerEvery, strangerBurst)
	s.sites = client.NewThrottle(siteEvery, siteBurst)
	mux, methods := http.NewServeMux(), map[string][]string{}
	add := func(rt route, path string) {
		mux.Handle(rt.method+" "+path, s.answering(rt))
		methods[path] = append(methods[path], rt.method)
	}
	for _, rt := range s.routes() {
		add(rt, prefix+rt.path)
	}
	add(route{method: http.MethodGet, do: s.document}, "/api/openapi.json")
	for path, known := range methods {
		mux.Handle(path, s.answering(route{do: refuseMethod(known)}))
	}
	mux.Handle("/", s.answering(route{do: missing}))
	return mux
}

// bodyLimit is more than a conference with its programme in all languages takes.
const bodyLimit = 1 << 20

// answering runs a route; whatever goes wrong is turned into a problem here and nowhere else.
func (s *Server) answering(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		var by mce.APIToken
		var err error
		if rt.scope != "" {
			by, err = s.permit(r, rt.scope)
		}
		if err == nil {
			err = rt.do(w, r, by)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// refuseMethod names the methods that a path has.
func refuseMethod(known []string) handler {
	if slices.Contains(known, http.MethodGet) {
		known = append(known, http.MethodHead)
	}
	slices.Sort(known)
	allow := strings.Join(known, ", ")
	return func(_ http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
		detail := "There is no " + r.Method + " here; there is " + allow + "."
		return &refusal{http.StatusMethodNotAllowed, "method_not_allowed", detail, map[string]string{"Allow": allow}}
	}
}

func missing(http.ResponseWriter, *http.Request, mce.APIToken) error {
	return mce.NotFoundf("There is nothing at this address. /api/openapi.json describes what there is.")
}
