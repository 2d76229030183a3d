package axetest_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/templates/page/axetest"
)

const good = `<!doctype html><html lang="en"><title>Good</title><meta name="viewport" content="width=device-width"><main><h1>Good</h1></main></html>`

// notes is a test that notes its errors instead of failing.
type notes struct {
	testing.TB
	errors []string
}

func (n *notes) Errorf(format string, args ...any) {
	n.errors = append(n.errors, fmt.Sprintf(format, args...))
}

func serve(t *testing.T, body string) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.Replace(body, "<title>", `<link rel="icon" href="data:,"><title>`, 1))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestCheckSeesFaults(t *testing.T) {
	browser := axetest.New(t)
	for _, c := range []struct{ name, body, want string }{
		{"good", good, ""},
		{"language", strings.Replace(good, ` lang="en"`, "", 1), "html-has-lang"},
		{"contrast", strings.Replace(good, "<h1>", `<font color="#bbbbbb">Pale</font><h1>`, 1), "color-contrast"},
		{"folded away", strings.Replace(good, "<h1>", `<details><summary>More</summary><input></details><h1>`, 1), "label"},
		{"too wide", strings.Replace(good, "<h1>", `<table width="2000"><tr><td>Wide</table><h1>`, 1), "scrolls sideways"},
		{"policy", strings.Replace(good, "<h1>", `<h1 style="color: red">`, 1), "Content Security Policy"},
		{"asset", strings.Replace(good, "<title>", `<link rel="stylesheet" href="/gone.css"><title>`, 1), "gone.css"},
	} {
		t.Run(c.name, func(t *testing.T) {
			noted := &notes{TB: t}
			browser.Check(noted, serve(t, c.body), axetest.View{Width: 375})
			all := strings.Join(noted.errors, "\n")
			if c.want == "" && all != "" || !strings.Contains(all, c.want) {
				t.Errorf("wants %q, noted:\n%s", c.want, all)
			}
		})
	}
}

func TestCheckLooksInDarkToo(t *testing.T) {
	browser := axetest.New(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.Replace(good, "<title>",
			`<link rel="icon" href="data:,"><style>@media (prefers-color-scheme: dark) { body { background: #222 } }</style><title>`, 1))
	}))
	defer srv.Close()
	noted := &notes{TB: t}
	browser.Check(noted, srv.URL)
	if len(noted.errors) != 2 || !strings.Contains(strings.Join(noted.errors, ""), "375 px, dark") {
		t.Errorf("wants an error for each dark view, noted: %q", noted.errors)
	}
}

func TestShot(t *testing.T) {
	browser := axetest.New(t)
	file := filepath.Join(t.TempDir(), "good.png")
	browser.Shot(t, serve(t, good), axetest.View{Width: 375}, file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.DecodeConfig(f)
	if err != nil || picture.Width != 375 {
		t.Errorf("a picture of %d px: %v", picture.Width, err)
	}
}
