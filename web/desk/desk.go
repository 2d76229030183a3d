// Package desk serves the editors' desk, below /desk/: getting in, what will go out, issues, content, events, people, one's own
// page, users and the audit log.
//
// A page is a row of routes: its method and path, what a user must be allowed, whether it asks for a recent log-in, and its handler, which is told who
// asks. Everything else is done around it, in one place (serve): nobody gets past who is not logged in or may not; nothing is changed without the form
// token of the session, nor at another site's request. An address that takes a POST also answers GET, with the page whose button it was.
package desk

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/web/client"
)

// Store is what the desk needs of the database.
type Store interface {
	AddWish(ctx context.Context, w mce.Wish) error
	Login(ctx context.Context, userID, id int64) (mce.Login, error)
	LogIn(ctx context.Context, userID, loginID int64, browser []byte, begin mce.NewSession, wall, now time.Time) (mce.Login, mce.LoginFault, error)
	LogInAs(ctx context.Context, email, via string, begin mce.NewSession, wall, now time.Time) (mce.User, error)
	DeskSession(ctx context.Context, hash []byte, wall time.Time) (mce.DeskSession, error)
	DeskSessions(ctx context.Context, userID int64, wall time.Time) ([]mce.DeskSession, error)
	LogOut(ctx context.Context, d mce.DeskSession, by mce.Actor, now time.Time) error
	EndSessions(ctx context.Context, own mce.DeskSession, id int64, by mce.Actor, now time.Time) (ended int, err error)

	Users(ctx context.Context) ([]mce.User, error)
	User(ctx context.Context, id int64) (mce.User, error)
	AddUser(ctx context.Context, u mce.User, by mce.Actor, reason string, now time.Time) (mce.User, error)
	SaveLanguage(ctx context.Context, id int64, lang mce.Lang, by mce.Actor, now time.Time) error
	SaveUser(ctx context.Context, u mce.User, by mce.Actor, reason string, now time.Time) error
	RemoveUser(ctx context.Context, id int64, by mce.Actor, reason string, now time.Time) error
	AuditLog(ctx context.Context, q mce.AuditQuery) ([]mce.Audit, error)

	issueStore
	contentStore
	eventStore
	peopleStore
	importStore
	growthStore
	reminderStore
}

// contentStore keeps what the newsletters are made of.
type contentStore interface {
	Topics(ctx context.Context) ([]mce.Topic, error)
	ContentList(ctx context.Context, q mce.ContentQuery) ([]mce.ContentLine, error)
	Piece(ctx context.Context, kind mce.ItemKind, id int64) (mce.Piece, error)
	PieceAt(ctx context.Context, kind mce.ItemKind, id int64, version int) (mce.ContentVersion, error)
	PieceHistory(ctx context.Context, kind mce.ItemKind, id int64, before, limit int) ([]mce.ContentVersion, error)
	SavePiece(ctx context.Context, p mce.Piece, holds []string, action mce.AuditAction, now time.Time) (mce.Piece, error)
	IssuesWith(ctx context.Context, ref mce.ItemRef) ([]mce.Issue, error)
	ContentDraft(ctx context.Context, userID int64, kind mce.ItemKind, id int64) (mce.ContentDraft, error)
	KeepContentDraft(ctx context.Context, userID int64, d mce.ContentDraft) error
	DropContentDraft(ctx context.Context, userID int64, kind mce.ItemKind, id int64) error

	Images(ctx context.Context) ([]mce.Image, error)
	Image(ctx context.Context, id int64) (mce.Image, error)
	ImageAlt(ctx context.Context, file string) (mce.Text, error)
	SayAlt(ctx context.Context, file string, alt mce.Text) error
	UsedImages(ctx context.Context) (map[string]bool, error)
	AddImage(ctx context.Context, i mce.Image, now time.Time) (mce.Image, error)
	SaveImage(ctx context.Context, id int64, alt mce.Text) error
	RemoveImage(ctx context.Context, id int64) error
}

// Letters makes the mails that are shown before they leave.
type Letters interface {
	mce.Renderer
	mce.Notices
	Greeting(lang mce.Lang, name string) string
	ReminderSubject(rule mce.ReminderRule, e mce.Event, lang mce.Lang) (string, error)
	TestSubject(lang mce.Lang, subject string) string
	Prose(markdown string) (html string, err error)
	OptIn(lang mce.Lang, topics []mce.Topic) (mce.Edition, error)
}

// Desk answers requests. Make it with New.
type Desk struct {
	store   Store
	letters Letters
	pages   *pages.Pages
	keys    *mce.Keys
	site    mce.Site
	clock   mce.Clock // of the business: what is due, and when something was done
	wall    mce.Clock // of people: how long links and sessions last
	log     *slog.Logger
	oidc    *OIDC                    // nil: there is none
	left    func(subscriberID int64) // may be nil

	examiner, atOnce Examiner
	prover           Prover
	reports, glances reports
	readers          readers
	watch            watch
	outlooks         map[int]*outlook // by their weeks
	end              func()           // of what it does by itself
	tests            *client.Throttle

	base   string // path of the public address, "" for most
	secure bool   // the public address has https
	asks   *client.Throttle
	turn   chan struct{} // held while a picture is made anew, which takes memory
}

// Options are what a desk is made of. All fields but OIDC and Left are required.
type Options struct {
	// Examiner looks at issues before they are approved; AtOnce likewise, but asks nobody else and so takes no time.
	Examiner, AtOnce Examiner
	Prover           Prover
	Planner          Planner
	Store            Store
	Letters          Letters
	Pages            *pages.Pages
	Keys             *mce.Keys
	Site             mce.Site
	Clock            mce.Clock
	// Wall measures links and sessions: the same as Clock, but where that is a demo's, in which an hour lasts a second.
	Wall mce.Clock
	Log  *slog.Logger
	OIDC *OIDC // nil: users log in by mailed links alone
	// Left hears who was unsubscribed before that is answered: once it returns, no letter to them begins here. May be nil.
	Left func(subscriberID int64)
}

// Links that one client may ask for.
const (
	askEvery = time.Minute
	askBurst = 10
)

// New makes a desk. The error is a public address that is none.
func New(o Options) (*Desk, error) {
	public, err := url.Parse(o.Site.PublicURL)
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	d := &Desk{
		end:      end,
		examiner: o.Examiner, atOnce: o.AtOnce, prover: o.Prover, tests: client.NewThrottle(testEvery, testBurst),
		store: o.Store, letters: o.Letters, pages: o.Pages, keys: o.Keys, site: o.Site, clock: o.Clock, wall: o.Wall, log: o.Log, oidc: o.OIDC, left: o.Left,
		base: strings.TrimSuffix(public.Path, "/"), secure: public.Scheme == "https", asks: client.NewThrottle(askEvery, askBurst),
		turn: make(chan struct{}, 1), outlooks: newOutlooks(life, o),
	}
	d.watch = watch{every: time.Second, look: d.progressOf}
	return d, nil
}

// Close ends what the desk still does by itself, and waits for it. The store must be open until then.
func (d *Desk) Close() {
	d.end()
	for _, o := range d.outlooks {
		o.running.Wait()
	}
}

// route is a page or a button.
type route struct {
	method, path string         // below the public address
	needs        mce.Permission // empty: one need not be logged in
	fresh        bool           // it asks for a recent log-in
	do           handler
}

// handler answers a request of who is named in the visit, or returns an error, which serve shows.
type handler func(w http.ResponseWriter, r *http.Request, v visit) error

func (d *Desk) routes() []route {
	return slices.Concat(d.entrance(), d.issueRoutes(), d.contentRoutes(), d.imageRoutes(), d.peopleRoutes(), d.eventRoutes(), d.reminderRoutes(), d.seriesRoutes(), d.topicRoutes(), d.officeRoutes())
}

// entrance are the ways in and out, and what is one's own.
func (d *Desk) entrance() []route {
	return []route{
		{http.MethodGet, "/desk", "", false, d.enter},
		{http.MethodGet, "/desk/login", "", false, d.showLogin},
		{http.MethodPost, "/desk/login", "", false, d.askToLogIn},
		{http.MethodGet, "/desk/login/{token}", "", false, d.showLink},
		{http.MethodPost, "/desk/login/{token}", "", false, d.logIn},
		{http.MethodGet, "/desk/oidc", "", false, d.goToProvider},
		{http.MethodGet, "/desk/oidc/back", "", false, d.backFromProvider},

		{http.MethodGet, "/desk/{$}", mce.UseDesk, false, d.home},
		{http.MethodGet, "/desk/logout", mce.UseDesk, false, d.home},
		{http.MethodPost, "/desk/logout", mce.UseDesk, false, d.logOut},
		{http.MethodGet, "/desk/fresh", mce.UseDesk, false, d.showFresh},
		{http.MethodPost, "/desk/fresh", mce.UseDesk, false, d.askAnew},
		{http.MethodGet, "/desk/me", mce.UseDesk, false, d.showMe},
		{http.MethodPost, "/desk/me", mce.UseDesk, false, d.saveMe},
		{http.MethodGet, "/desk/me/sessions", mce.UseDesk, false, d.showMe},
		{http.MethodPost, "/desk/me/sessions", mce.UseDesk, false, d.endSessions},
	}
}

// officeRoutes are for admins: who may come, and who did what.
func (d *Desk) officeRoutes() []route {
	return []route{
		{http.MethodGet, "/desk/audit", mce.ReadAudit, false, d.audit},

		{http.MethodGet, "/desk/users", mce.ManageUsers, false, d.users},
		{http.MethodGet, "/desk/users/new", mce.ManageUsers, true, d.newUser},
		{http.MethodPost, "/desk/users/new", mce.ManageUsers, true, d.addUser},
		{http.MethodGet, "/desk/users/{id}", mce.ManageUsers, true, d.showUser},
		{http.MethodPost, "/desk/users/{id}", mce.ManageUsers, true, d.saveUser},
		{http.MethodGet, "/desk/users/{id}/remove", mce.ManageUsers, true, d.askToRemove},
		{http.MethodPost, "/desk/users/{id}/remove", mce.ManageUsers, true, d.removeUser},
	}
}

// Handler answers everything below /desk/ of the public address.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.Handle(r.method+" "+d.base+r.path, d.serve(r))
	}
	for name, content := range d.pages.Assets() {
		mux.Handle("GET "+d.base+"/desk/"+name, asset(name, content))
	}
	mux.Handle("/", d.serve(route{do: func(http.ResponseWriter, *http.Request, visit) error { return &mce.Error{Code: mce.NotFound} }}))
	return d.guarded(mux)
}

// asset answers with a file whose name changes with its content.
func asset(name string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(content) //nolint:errcheck // the reader has gone
	}
}
