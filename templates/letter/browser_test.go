package letter_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/axetest"
)

// serve puts every letter at /its-name.language, as a mail program would show it: slots filled, pictures from nowhere.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	letters := map[string]string{}
	each(t, func(_ *testing.T, s sample, e mce.Edition) {
		hello := newLetters(t).Greeting(e.Lang, "Anna Rossi")
		filled := e.Filled(map[string]string{mce.SlotGreeting: hello, mce.SlotToken: "token", mce.SlotCode: "K7PM3XQ9"})
		for _, f := range e.Files {
			filled.HTML = strings.ReplaceAll(filled.HTML, "cid:"+f.CID, "data:"+f.Type+";base64,"+base64.StdEncoding.EncodeToString(f.Content))
		}
		letters["/"+s.name+"."+string(e.Lang)] = strings.NewReplacer(
			"https://www.majorcities.example/img/pecci.jpg", "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",
			"<title>", `<link rel="icon" href="data:,"><title>`).Replace(filled.HTML)
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(letters[r.URL.Path]))
	}))
	t.Cleanup(srv.Close)
	return srv
}

// TestAccessibility runs axe-core over every letter, as wide as a telephone and a desk, light and dark.
func TestAccessibility(t *testing.T) {
	browser, srv := axetest.New(t), serve(t)
	each(t, func(t *testing.T, s sample, e mce.Edition) { browser.Check(t, srv.URL+"/"+s.name+"."+string(e.Lang)) })
}

// TestShots writes pictures of all letters to look at, into the folder named by LETTER_SHOTS; without it, it does nothing.
func TestShots(t *testing.T) {
	dir := os.Getenv("LETTER_SHOTS")
	if dir == "" {
		t.Skip("LETTER_SHOTS names no folder for pictures")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	browser, srv := axetest.New(t), serve(t)
	each(t, func(t *testing.T, s sample, e mce.Edition) {
		name := s.name + "." + string(e.Lang)
		for _, v := range axetest.Views() {
			browser.Shot(t, srv.URL+"/"+name, v, filepath.Join(dir, name+" "+v.String()+".png"))
		}
	})
}
