package letter_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

func read(t testing.TB, source string) letter.Reading {
	t.Helper()
	r, err := letter.Read(source, "http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func archived(t testing.TB, d mce.Draft, lang mce.Lang) letter.Reading {
	t.Helper()
	e, err := newLetters(t).Archive(d, lang)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, e.HTML)
}

func TestReadGolden(t *testing.T) {
	for _, lang := range mce.Languages() {
		golden(t, filepath.Join("testdata", "reading."+string(lang)+".html"), archived(t, draft(), lang).HTML+"\n")
	}
}

func TestReadSaysAllThatTheMailSays(t *testing.T) {
	e, err := newLetters(t).Archive(draft(), "it")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, e.HTML)
	got, mail := parse(t, r.HTML), parse(t, e.HTML)
	for _, n := range elements(mail, "td") {
		if attr(n, "class") != "content" {
			continue
		}
		signs := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if g, w := signs(content(got)), signs(content(n)); g != w {
			t.Errorf("it reads\n%s\nthe mail\n%s", g, w)
		}
	}
	for _, bad := range []string{"style=", "<table", "<td", "class=\"body\"", "Domande", "archivio"} {
		if strings.Contains(r.HTML, bad) {
			t.Errorf("it has %q", bad)
		}
	}
	foreign := 0
	for _, n := range elements(got) {
		if attr(n, "lang") == "en" {
			foreign++
		}
	}
	if foreign == 0 {
		t.Error("English parts of an Italian issue are not marked")
	}
}

func TestReadNamesTitlesAndPicture(t *testing.T) {
	r := archived(t, draft(), "en")
	if len(r.Titles) != 6 || r.Titles[0] != "Annual conference 2023 in Prato" {
		t.Errorf("titles %q", r.Titles)
	}
	if r.Image != "https://www.majorcities.example/img/pecci.jpg" || r.ImageAlt != "The ring of the Luigi Pecci centre in Prato" {
		t.Errorf("picture %q %q", r.Image, r.ImageAlt)
	}
	want := "Annual conference 2023 in Prato · Becoming David: local governments and cybersecurity · Prato hosts the annual conference 2023 · Open call: cities for a project on data spaces …"
	if got := r.Summary(); got != want {
		t.Errorf("summary %q", got)
	}
	long := letter.Reading{Titles: []string{strings.Repeat("x", 300), "y"}}
	if got := long.Summary(); got != long.Titles[0]+" …" {
		t.Errorf("summary %q", got)
	}
	if got := (letter.Reading{}).Summary(); got != "" {
		t.Errorf("summary of nothing: %q", got)
	}
}

// TestReadTrustsNothing: whatever stands in the database, only the few elements come out.
func TestReadTrustsNothing(t *testing.T) {
	for source, want := range map[string]string{
		``: ``,
		`<p onclick="x()" style="color:red" id="a">a &lt; b &amp; "c"</p>`:                                    `<p>a &lt; b &amp; &#34;c&#34;</p>`,
		`<script>x()</script><style>p{}</style><title>T</title><iframe>f</iframe><p>a</p>`:                    `<p>a</p>`,
		`<p><a href="javascript:x()">a</a> <a href="/b">b</a> <a href="//e.example/">c</a></p>`:               `<p>a b c</p>`,
		`<p><a href="https://e.example/?a=1&amp;b=%22" target="x">a</a></p>`:                                  `<p><a href="https://e.example/?a=1&amp;b=%22">a</a></p>`,
		`<p><a href="mailto:a@b.example">a</a></p>`:                                                           `<p><a href="mailto:a@b.example">a</a></p>`,
		`<p><img src="http://e.example/a.png" alt="A <b>"><img src="data:image/png,x" alt="B"></p>`:           `<p>A &lt;b&gt;B</p>`,
		`<img src="http://127.0.0.1:8080/images/a.png" alt="ours">`:                                           `<img src="http://127.0.0.1:8080/images/a.png" alt="ours">`,
		`<img src="http://127.0.0.1:80801/a.png" alt="x">`:                                                    `x`,
		`<img src="https://e.example/a.png?a=1&amp;b" alt='"x"' lang="it" onerror="x()">`:                     `<img src="https://e.example/a.png?a=1&amp;b" alt="&#34;x&#34;" lang="it">`,
		`<div lang='en"><script>'>a</div><span class="z">b</span>`:                                            `<div lang="en&#34;&gt;&lt;script&gt;">a</div>b`,
		`<ol start="3"><li>a</li></ol><p class="kicker x">k</p><p class="kicker">k</p>`:                       `<ol start="3"><li>a</li></ol><p>k</p><p class="kicker">k</p>`,
		`<form action="/x"><input name="a"><button>go</button></form><svg><a href="x">s</a></svg>`:            `go`,
		`<!-- c --><h1>One</h1><h3>T</h3>`:                                                                    `One<h3>T</h3>`,
		`<table class="facts"><tr><td class="label">When</td><td class="value">now<br>here</td></tr></table>`: "<dl>\n<dt>When</dt>\n<dd>now<br>here</dd>\n</dl>",
	} {
		if got := read(t, source).HTML; got != want {
			t.Errorf("%s\n is read as %s\n      not %s", source, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`<table class="facts"><tr><td><a href="https://x">y`)
	f.Fuzz(func(t *testing.T, source string) {
		r := read(t, source)
		for _, n := range elements(parse(t, r.HTML)) {
			switch n.Data {
			case "script", "style", "iframe", "object", "form", "input", "svg", "base", "link", "meta":
				t.Errorf("<%s> from %q", n.Data, source)
			}
			for _, a := range n.Attr {
				if !slices.Contains([]string{"lang", "href", "src", "alt", "start", "class"}, a.Key) {
					t.Errorf("%s=%q from %q", a.Key, a.Val, source)
				}
			}
		}
	})
}
