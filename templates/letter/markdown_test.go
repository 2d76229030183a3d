package letter

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	m := newMarkdown()
	for _, c := range []struct{ name, source, html, text string }{
		{"paragraphs", "One\nline.\n\nTwo.", "<p>One\nline.</p>\n<p>Two.</p>", "One line.\n\nTwo."},
		{"hard break", "One  \ntwo", "<p>One<br>\ntwo</p>", "One\ntwo"},
		{"emphasis", "**a**, *b* c", "<p><strong>a</strong>, <em>b</em> c</p>", "*a*, _b_ c"},
		{"link", "[here](https://a.example/?x=1&y=2).", `<p><a href="https://a.example/?x=1&amp;y=2">here</a>.</p>`, "here <https://a.example/?x=1&y=2>."},
		{"bare address", "see https://a.example/b.", `<p>see <a href="https://a.example/b">https://a.example/b</a>.</p>`, "see https://a.example/b."},
		{"mailbox", "<a@b.example>", `<p><a href="mailto:a@b.example">a@b.example</a></p>`, "a@b.example"},
		{"script link", "[x](javascript:alert(1))", "<p>x</p>", "x"},
		{"relative link", "[x](/leave/1)", "<p>x</p>", "x"},
		{"image", "![the hall](https://a.example/i.png)", `<p><a href="https://a.example/i.png">the hall</a></p>`, "the hall <https://a.example/i.png>"},
		{"HTML is text", "a < b <script>x</script>", "<p>a &lt; b &lt;script&gt;x&lt;/script&gt;</p>", "a < b <script>x</script>"},
		{"HTML block is text", "<div onclick=x>\n\ny", "<p>&lt;div onclick=x&gt;</p>\n<p>y</p>", "<div onclick=x>\n\ny"},
		{"indent is no code", "    four", "<p>four</p>", "four"},
		{"heading fits in", "# Top\n\n###### Low", "<h4>Top</h4>\n<h4>Low</h4>", "#### Top\n\n#### Low"},
		{"list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "- a\n- b"},
		{"nested", "1. a\n   - b\n     c\n2. d", "<ol>\n<li>a\n<ul>\n<li>b\nc</li>\n</ul>\n</li>\n<li>d</li>\n</ol>", "1. a\n   - b c\n2. d"},
		{"year is kept", "2023. A good year", "<ol start=\"2023\">\n<li>A good year</li>\n</ol>", "2023. A good year"},
		{"quotation", "> a\n>\n> b", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>", "> a\n> \n> b"},
		{"nothing", " \n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			html, err := m.html(c.source, 4)
			if err != nil || html != c.html {
				t.Errorf("HTML %q, %v, want %q", html, err, c.html)
			}
			text, err := plainText(html)
			if err != nil || text != c.text {
				t.Errorf("text %q, %v, want %q", text, err, c.text)
			}
		})
	}
}

func TestMarkdownTop(t *testing.T) {
	html, err := newMarkdown().html("# a\n\n## b\n\n### c\n\n#### d\n\n##### e", 2)
	if want := "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>\n<h4>d</h4>\n<h4>e</h4>"; err != nil || html != want {
		t.Errorf("%q, %v, want %q", html, err, want)
	}
}

func TestWebURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/b?c=d&e=f#g": "https://a.example/b?c=d&e=f#g",
		" https://a.example/ ":          "https://a.example/",
		"https://a.example/it's (x)":    "https://a.example/it%27s%20%28x%29",
		`https://a.example/?q="<b>"`:    "https://a.example/?q=%22%3Cb%3E%22",
		"https://a.example/città":       "https://a.example/citt%C3%A0",
		"http://a.example":              "http://a.example",
		"":                              "",
		"/leave/1":                      "",
		"https://":                      "",
		"javascript:alert(1)":           "",
		"mailto:a@b.example":            "",
		"https://a.example/\r\nx":       "",
	} {
		if got := webURL(in); got != want {
			t.Errorf("webURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNonceMustBeAbsent(t *testing.T) {
	source := struct{ Title string }{"so ZQ0123456789 it is"}
	if absent("0123456789", source) == nil || absent("q012345678", source) == nil {
		t.Error("a nonce that occurs in a text is accepted")
	}
	if err := absent("9876543210", source); err != nil {
		t.Error(err)
	}
	if absent("0123456789", func() {}) == nil {
		t.Error("what cannot be read cannot be free of it")
	}
	nonce, err := newNonce(source)
	if err != nil || len(nonce) != nonceSize || strings.Trim(nonce, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		t.Errorf("nonce %q, %v", nonce, err)
	}
}
