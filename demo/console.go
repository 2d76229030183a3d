package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
)

//go:embed console
var consoleFiles embed.FS

// Console is the page to steer the demo by, below /demo/.
type Console struct {
	player *Player
	pages  *template.Template
	style  []byte
}

// NewConsole parses the pages.
func NewConsole(p *Player) (*Console, error) {
	pages, err := template.New("").Funcs(template.FuncMap{
		"local": local, "clock": func(t time.Time) string { return mce.InZone(t, storyZone).Format("15:04") },
		"day":  func(t time.Time) string { return mce.InZone(t, storyZone).Format("Monday 2 January 2006") },
		"pace": pace,
	}).ParseFS(consoleFiles, "console/*.html")
	if err != nil {
		return nil, err
	}
	style, err := consoleFiles.ReadFile("console/console.css")
	return &Console{player: p, pages: pages, style: style}, err
}

// pace says a speed in words.
func pace(perSecond time.Duration) string {
	if perSecond >= time.Hour {
		return fmt.Sprintf("%d h a second", int(perSecond.Hours()))
	}
	return fmt.Sprintf("%d min a second", int(perSecond.Minutes()))
}

// Handler serves the console. It is for this machine alone: a request that names another host, or comes from another site, is refused.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/{$}", c.home)
	mux.HandleFunc("GET /demo/console.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(c.style) //nolint:errcheck // the reader has gone
	})
	mux.HandleFunc("GET /demo/issue/{id}", c.issue)
	mux.HandleFunc("GET /demo/issue/{id}/{lang}", c.preview)
	mux.HandleFunc("POST /demo/clock", c.clock)
	mux.HandleFunc("POST /demo/release", c.act(func(r *http.Request) error { return c.player.Office.Release(r.Context()) }))
	mux.HandleFunc("POST /demo/register", c.act(c.register))
	mux.HandleFunc("POST /demo/subscribe", c.act(func(r *http.Request) error {
		return c.player.Office.Subscribe(r.Context(), r.FormValue("email"), r.FormValue("name"), r.FormValue("language"))
	}))
	return onlyHere(http.NewCrossOriginProtection().Handler(mux))
}

// onlyHere refuses requests under another name than this machine's own (DNS rebinding), and sets the headers of every page.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The demo answers on this machine only.", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// homeView is what the console's page shows.
type homeView struct {
	Now     time.Time
	Speed   time.Duration
	Speeds  []time.Duration
	Paused  bool
	Over    bool
	Live    bool // the page loads itself again
	Message string
	Steps   []stepView
	Issues  []mce.Issue
	Mails   []inbox.Mail
	Count   int
	Editor  string // who may log in at the desk
	Review  bool   // something waits for an editor
}

type stepView struct {
	Step
	Done, Next bool
	Note       string
}

func (c *Console) home(w http.ResponseWriter, r *http.Request) {
	now, speed, paused := c.player.Clock.State()
	issues, err := c.player.Office.Issues(r.Context())
	if err != nil {
		c.fail(w, err)
		return
	}
	mails := c.player.Inbox.Mails()
	v := homeView{
		Now: now, Speed: speed, Speeds: Speeds(), Paused: paused, Over: !now.Before(End()), Message: r.URL.Query().Get("say"),
		Issues: issues, Mails: mails[:min(len(mails), 8)], Count: len(mails), Editor: EditorAddress, Steps: c.player.steps(),
	}
	v.Live = !paused && v.Message == "" && !r.URL.Query().Has("still")
	for _, i := range issues {
		v.Review = v.Review || i.State == mce.InReview
	}
	c.show(w, "home.html", v)
}

// steps is the story with what has become of it.
func (p *Player) steps() []stepView {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []stepView
	next := false
	for _, s := range Story() {
		v := stepView{Step: s, Done: p.done[s.Slug], Note: p.notes[s.Slug]}
		if !v.Done && !next {
			v.Next, next = true, true
		}
		out = append(out, v)
	}
	return out
}

func (c *Console) issue(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	lines, err := c.player.Office.Explain(r.Context(), id)
	if err != nil {
		c.fail(w, err)
		return
	}
	issues, err := c.player.Office.Issues(r.Context())
	if err != nil {
		c.fail(w, err)
		return
	}
	v := map[string]any{"ID": id, "Lines": lines}
	for _, i := range issues {
		if i.ID == id {
			v["Issue"], v["Review"] = i, i.State == mce.InReview
		}
		if i.ID == id && i.Number > 0 {
			v["Languages"] = mce.Languages()
		}
	}
	c.show(w, "issue.html", v)
}

// preview is the mail itself, for a frame of the issue's page.
func (c *Console) preview(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	e, err := c.player.Office.Preview(r.Context(), id, mce.Lang(r.PathValue("lang")))
	if err != nil {
		c.fail(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(e.HTML)) //nolint:errcheck // the reader has gone
}

// clock stops, starts, speeds up or jumps.
func (c *Console) clock(w http.ResponseWriter, r *http.Request) {
	clock := c.player.Clock
	switch r.FormValue("do") {
	case "pause":
		clock.Pause()
	case "resume":
		clock.Resume()
	case "next":
		c.player.Next(r.Context())
	}
	if s, err := time.ParseDuration(r.FormValue("speed")); err == nil && s > 0 && s <= 24*time.Hour {
		clock.SetSpeed(s)
	}
	http.Redirect(w, r, "/demo/", http.StatusSeeOther)
}

func (c *Console) register(r *http.Request) error {
	return c.player.Office.Register(r.Context(), event, r.FormValue("email"), r.FormValue("name"), r.FormValue("organisation"), "", r.FormValue("language"))
}

// act runs what a form asks for and says on the console how it went.
func (c *Console) act(do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		say := "done"
		if err := do(r); err != nil {
			say = mce.ErrorMessage(err)
		} else if err := c.player.Tick(r.Context()); err != nil {
			say = mce.ErrorMessage(err)
		}
		http.Redirect(w, r, "/demo/?say="+template.URLQueryEscaper(say), http.StatusSeeOther)
	}
}

func (c *Console) show(w http.ResponseWriter, name string, v any) {
	var b bytes.Buffer
	if err := c.pages.ExecuteTemplate(&b, name, v); err != nil {
		c.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	b.WriteTo(w) //nolint:errcheck // the reader has gone
}

func (c *Console) fail(w http.ResponseWriter, err error) {
	c.player.Log.Error("console", "err", err)
	http.Error(w, mce.ErrorMessage(err), http.StatusInternalServerError)
}
