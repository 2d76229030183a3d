package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web"
)

// TestTheDeskStandsBesideThePages: everything below /desk/ is its own, with headers of its own; nothing else is.
func TestTheDeskStandsBesideThePages(t *testing.T) {
	s := newSite(t, public)
	about := mce.Site{Name: "MCE", PublicURL: "https://example.org/mail", From: "news@mce.example", ReplyTo: "office@mce.example"}
	server := web.Server{
		Store: s.store, Letters: s.letters, Pages: s.pages, Keys: s.keys, Site: about, Clock: frozen{}, Log: slog.New(slog.DiscardHandler),
		Desk: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "the desk") }),
	}
	h := server.Handler()
	for path, want := range map[string]bool{
		"/mail/desk": true, "/mail/desk/": true, "/mail/desk/users/7": true, "/mail/desktop": false, "/mail/": false, "/desk/": false, "/mail/help": false,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String() == "the desk"; got != want || (w.Header().Get("Content-Security-Policy") == "") != want {
			t.Errorf("%s: %v, %v", path, got, w.Header())
		}
	}
	server.Desk = nil
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/mail/desk/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("without a desk: status %d", w.Code)
	}
}
