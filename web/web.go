// Package web serves the public pages: subscribing, leaving, confirming, one's own page and data, events with registrations and bookings, the archive and
// its feeds, help, privacy, accessibility, and the two addresses that monitors ask. The editors' desk and the interface for programs stand beside them.
//
// GET, HEAD and OPTIONS never change anything: scanners fetch every link of every mail. No page needs a cookie, so there is no
// authority that another site could borrow; what may be done hangs on the token in the address alone.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// Store is what the pages need of the database.
type Store interface {
	Ready(ctx context.Context) error
	Topics(ctx context.Context) ([]mce.Topic, error)
	SubscriberByID(ctx context.Context, id int64) (mce.Subscriber, error)
	Consents(ctx context.Context, subscriberID int64) ([]mce.Consent, error)
	Confirm(ctx context.Context, subscriberID, consentID int64, source, origin string, welcome mce.Welcomer, domain string, now time.Time) (done bool, err error)
	AddWish(ctx context.Context, w mce.Wish) error
	Leave(ctx context.Context, subscriberID int64, source, reason string, now time.Time) (done bool, err error)
	Return(ctx context.Context, subscriberID int64, source, origin string, now time.Time) (done bool, err error)
	SaveChoices(ctx context.Context, subscriberID int64, c mce.Choices, consent mce.Consent) (changed bool, err error)
	Paces(ctx context.Context) ([]mce.ReadingPace, error)
	Dossier(ctx context.Context, subscriberID int64, now time.Time) (mce.Dossier, error)
	SaveDetails(ctx context.Context, subscriberID int64, d mce.Details, consent mce.Consent) (changed bool, err error)
	AskToMove(
		ctx context.Context, subscriberID int64, email string, render func(mce.Subscriber) (mce.Edition, error), domain string, now time.Time,
	) (asked bool, err error)
	Moving(ctx context.Context, subscriberID, moveID int64) (p mce.Subscriber, to string, err error)
	ConfirmMove(ctx context.Context, subscriberID, moveID int64, consent mce.Consent) error
	Erase(ctx context.Context, email, source string, now time.Time) error
	SentIssues(ctx context.Context) ([]mce.SentIssue, error)
	ArchivedEdition(ctx context.Context, series string, number int, lang mce.Lang) (mce.Edition, error)
	FollowLink(ctx context.Context, issueID int64, number int, count bool) (url string, err error)
	CountsClicks(ctx context.Context) (bool, error)
	ArchivedEditions(ctx context.Context, series string, numbers []int, lang mce.Lang) (map[int]mce.Edition, error)
	Offers(ctx context.Context, now time.Time) ([]mce.Offer, error)
	Offer(ctx context.Context, slug string, now time.Time) (mce.Offer, error)
	Enrol(ctx context.Context, p mce.Registration, notices mce.Notices, domain string, now time.Time) error
	Event(ctx context.Context, slug string) (mce.Event, error)
	RegistrationByID(ctx context.Context, id int64) (mce.Registration, error)
	ChangeRegistration(ctx context.Context, id int64, to mce.Particulars, notices mce.Notices, domain string, now time.Time) (mce.Registration, error)
	CancelByID(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error
	BookingByID(ctx context.Context, id int64) (mce.Booking, []mce.Registration, error)
	ImageFile(ctx context.Context, name string) (mce.ImageFile, error)
}

// Letters makes the letters that pages cause.
type Letters interface {
	mce.Welcomer
	mce.Notices
	Move(p mce.Subscriber) (mce.Edition, error)
	Prose(markdown string) (html string, err error)
}

// Server answers requests. All fields but Left and Desk are required.
type Server struct {
	Store   Store
	Letters Letters
	Pages   *page.Pages
	Keys    *mce.Keys
	Site    mce.Site
	Keep    mce.Keep // what the privacy page says of it
	Clock   mce.Clock
	Log     *slog.Logger
	Mailer  func() error // why nothing is delivered now, or nil: part of /readyz
	// Left hears who has left before they are answered: once it returns, no letter to them begins here. May be nil.
	Left func(subscriberID int64)
	// API answers programs, at the paths below /api/.
	API http.Handler
	// Desk answers everything below /desk/, with guards of its own. Nil: there is no desk.
	Desk http.Handler

	forms *client.Throttle // wishes and moves
}

// Handler is the whole of the pages, below the path of the public address.
func (s *Server) Handler() http.Handler {
	mux, base := http.NewServeMux(), s.basePath()
	s.forms = client.NewThrottle(formEvery, formBurst)
	mux.Handle("GET "+base+"/{$}", s.page(s.home))
	mux.Handle("GET "+base+"/help", s.page(s.help))
	mux.Handle("GET "+base+"/archive", s.page(s.archive))
	mux.Handle("GET "+base+"/archive/{series}/{lang}", s.page(s.series))
	mux.Handle("GET "+base+"/archive/{series}/{number}/{lang}", s.page(s.archived))
	mux.Handle("GET "+base+"/subscribe", s.page(s.showSubscribe))
	mux.Handle("POST "+base+"/subscribe", s.page(s.subscribe))
	for _, kind := range mce.FeedKinds() {
		mux.Handle("GET "+base+"/archive/{series}/{lang}/feed."+string(kind), s.page(s.feed(kind)))
	}
	mux.Handle("GET "+base+"/go/{issue}/{number}", s.page(s.follow))
	mux.Handle("GET "+base+"/privacy", s.page(s.privacy))
	mux.Handle("GET "+base+"/accessibility", s.page(s.accessibility))
	mux.Handle("GET "+base+"/leave/{token}", s.page(s.askToLeave))
	mux.Handle("POST "+base+"/leave/{token}", s.page(s.leave))
	mux.Handle("GET "+base+"/choices/{token}", s.page(s.showChoices))
	mux.Handle("POST "+base+"/choices/{token}", s.page(s.choose))
	// Whoever asks anew for the address of an answer sees the page whose button it was.
	mux.Handle("GET "+base+"/leave/{token}/undo", s.page(s.askToLeave))
	mux.Handle("POST "+base+"/leave/{token}/undo", s.page(s.comeBack))
	mux.Handle("GET "+base+"/choices/{token}/pause", s.page(s.showChoices))
	mux.Handle("POST "+base+"/choices/{token}/pause", s.page(s.pause))
	mux.Handle("GET "+base+"/choices/{token}/link", s.page(s.showChoices))
	mux.Handle("POST "+base+"/choices/{token}/link", s.page(s.mailLink))
	mux.Handle("GET "+base+"/link", s.page(s.askForLink))
	mux.Handle("POST "+base+"/link", s.page(s.sendLink))
	mux.Handle("GET "+base+"/confirm/{token}", s.page(s.askToConfirm))
	mux.Handle("POST "+base+"/confirm/{token}", s.page(s.confirm))
	s.handleEvents(mux, base)
	s.handleOwn(mux, base)
	mux.HandleFunc("GET "+base+"/images/{file}", s.image)
	mux.Handle("GET "+base+"/"+s.Pages.StylesheetName(), http.HandlerFunc(s.stylesheet))
	mux.Handle("GET "+base+"/healthz", http.HandlerFunc(s.healthz))
	mux.Handle("GET "+base+"/readyz", http.HandlerFunc(s.readyz))
	mux.Handle("/", s.page(s.missing))
	all := http.NewServeMux()
	all.Handle(base+"/api/", http.StripPrefix(base, s.API))
	all.Handle("/", bounded(mux))
	return s.withDesk(s.guarded(all), base)
}

// withDesk puts the desk beside the pages: it has forms that send more, cookies, and a policy of its own.
func (s *Server) withDesk(pages http.Handler, base string) http.Handler {
	if s.Desk == nil {
		return pages
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == base+"/desk" || strings.HasPrefix(r.URL.Path, base+"/desk/") {
			s.Desk.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// handleEvents adds the pages of events, of the places in them, and of who booked some.
func (s *Server) handleEvents(mux *http.ServeMux, base string) {
	mux.Handle("GET "+base+"/events", s.page(s.events))
	mux.Handle("GET "+base+"/events/{event}", s.page(s.showEvent))
	mux.Handle("POST "+base+"/events/{event}", s.page(s.enrol))
	mux.Handle("GET "+base+"/registration/{token}", s.placed(s.showRegistration))
	mux.Handle("POST "+base+"/registration/{token}", s.placed(s.changeRegistration))
	mux.Handle("GET "+base+"/registration/{token}/cancel", s.placed(s.askToCancel))
	mux.Handle("POST "+base+"/registration/{token}/cancel", s.placed(s.cancelOwn))
	mux.Handle("GET "+base+"/booking/{token}", s.booked(s.showBooking))
	mux.Handle("GET "+base+"/booking/{token}/cancel/{person}", s.booked(s.askToCancelFor))
	mux.Handle("POST "+base+"/booking/{token}/cancel/{person}", s.booked(s.cancelFor))
}

// handleOwn adds what needs proof that one reads the mailbox: of the present address, or of the new one.
func (s *Server) handleOwn(mux *http.ServeMux, base string) {
	mux.Handle("GET "+base+"/me/{token}", s.own(s.showSelf))
	mux.Handle("POST "+base+"/me/{token}", s.own(s.changeSelf))
	mux.Handle("GET "+base+"/me/{token}/data", s.own(s.showData))
	mux.Handle("GET "+base+"/me/{token}/data.json", s.own(s.downloadData))
	mux.Handle("GET "+base+"/me/{token}/erase", s.own(s.askToErase))
	mux.Handle("POST "+base+"/me/{token}/erase", s.own(s.erase))
	mux.Handle("GET "+base+"/move/{token}", s.page(s.showMove))
	mux.Handle("POST "+base+"/move/{token}", s.page(s.move))
}

// basePath is the path of the public address, "" for most.
func (s *Server) basePath() string {
	u, err := url.Parse(s.Site.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// bodyLimit is more than any form of ours sends.
const bodyLimit = 64 << 10

// bounded refuses bodies that are larger. The interface has a bound of its own.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		next.ServeHTTP(w, r)
	})
}

// guarded sets what holds for every answer.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy("'self' data:"))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // addresses carry tokens
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if strings.HasPrefix(s.Site.PublicURL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// policy lets a page load our stylesheet, pictures from the sources named, and nothing else.
func policy(pictures string) string {
	return "default-src 'none'; style-src 'self'; img-src " + pictures + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// Serve answers on the address until ctx ends, then finishes what is under way for at most ten seconds.
func Serve(ctx context.Context, server *http.Server, listen func() error) error {
	failed := make(chan error, 1)
	go func() { failed <- listen() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(stop)
}
