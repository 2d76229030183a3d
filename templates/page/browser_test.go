package page_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/templates/page/axetest"
)

const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// serve puts every sample at /its-name, under the policy that the handlers set.
func serve(t *testing.T) *httptest.Server {
	p := newPages(t, site())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+p.StylesheetName(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(p.Stylesheet())
	})
	for _, s := range samples(p) {
		mux.HandleFunc("GET /"+s.name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(document(t, s, mce.Lang(r.FormValue("lang")), page.ParseDisplay(r.URL.Query())))
		})
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func TestAccessibility(t *testing.T) {
	browser, srv := axetest.New(t), serve(t)
	// 320 px is what a desk of 1280 px leaves at 400 % zoom (WCAG 1.4.10).
	narrow := axetest.View{Width: 320}
	crossed := []axetest.View{{Width: 375, Dark: true}, {Width: 1280}}
	fixed := []axetest.View{{Width: 375}, {Width: 1280}} // whatever the device asks for
	seen := map[string]bool{}
	for _, s := range samples(newPages(t, site())) {
		t.Run(s.name, func(t *testing.T) {
			at := srv.URL + "/" + s.name
			browser.Check(t, at)
			browser.Check(t, at+"?lang=it&text=large&font=readable&links=highlight", narrow)
			shape := skeleton(t, document(t, s, mce.English, page.Display{}))
			if seen[shape] {
				return // the same elements have had these colours
			}
			seen[shape] = true
			browser.Check(t, at+"?contrast=high", crossed...)
			browser.Check(t, at+"?contrast=light", fixed...)
			browser.Check(t, at+"?contrast=dark", fixed...)
		})
	}
}

// skeleton is a page without its words: the elements and what the stylesheet knows them by.
func skeleton(t *testing.T, body []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range all(root, "") {
		fmt.Fprintf(&b, "%s.%s ", n.Data, attr(n, "class"))
	}
	return b.String()
}

// TestShots writes pictures of all pages to look at, into the folder named by PAGE_SHOTS; without it, it does nothing.
func TestShots(t *testing.T) {
	dir := os.Getenv("PAGE_SHOTS")
	if dir == "" {
		t.Skip("PAGE_SHOTS names no folder for pictures")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	browser, srv := axetest.New(t), serve(t)
	for _, s := range samples(newPages(t, site())) {
		t.Run(s.name, func(t *testing.T) {
			for _, q := range []string{"lang=en", "lang=it", "text=large&font=readable&links=highlight", "contrast=high", "contrast=dark"} {
				for _, v := range axetest.Views() {
					browser.Shot(t, srv.URL+"/"+s.name+"?"+q, v, filepath.Join(dir, s.name+"?"+q+" "+v.String()+".png"))
				}
			}
		})
	}
}
