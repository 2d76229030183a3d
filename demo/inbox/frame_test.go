package inbox

import (
	"strings"
	"testing"
)

// hostile tries what mails try; {server} stands for an address that must never be asked.
const hostile = `From: <evil@mce.example>
Subject: <script>document.title = "ran"</script>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head>
<base href="{server}/base/">
<meta http-equiv="refresh" content="0; url={server}/refresh">
<link rel="stylesheet" href="{server}/sheet.css">
<link rel="preload" as="image" href="{server}/preload">
<style>@import "{server}/import.css"; body { background: url({server}/css) } @font-face { font-family: x; src: url({server}/font) } p { font-family: x }</style>
<script>document.title = "ran"; fetch("{server}/script")</script>
<script src="{server}/script.js"></script>
</head><body onload="document.title = 'ran'">
<img src="{server}/image" srcset="{server}/srcset 2x" onerror="document.title = 'ran'; fetch('{server}/onerror')">
<img src="x" onerror="document.title = 'ran'">
<svg onload="document.title = 'ran'"><image href="{server}/svg"/><script>document.title = "ran"</script></svg>
<iframe src="{server}/iframe"></iframe><iframe srcdoc="<script>parent.document.title='ran'</script>"></iframe>
<object data="{server}/object"></object><embed src="{server}/embed">
<video poster="{server}/poster" src="{server}/video" autoplay></video>
<table background="{server}/background"><tr><td style="background-image: url('{server}/style')">x</td></tr></table>
<form action="{server}/form"><button id="send">send</button></form>
<p>Hello <a id="js" href="javascript:document.title='ran'">script</a> <a id="link" href="{server}/clicked" target="_top" rel="opener">a link</a></p>
<script>document.forms[0].submit()</script>
</body></html>
`

func TestFrameHTML(t *testing.T) {
	tests := map[string]struct{ html, want string }{
		"untouched":     {`<P CLASS=a>x &amp; y<!--[if mso]><i><![endif]--></p>`, `<P CLASS=a>x &amp; y<!--[if mso]><i><![endif]--></p>`},
		"link":          {`<A HREF="/x?a=1&amp;b" TARGET=_top rel=opener>`, `<a href="/x?a=1&amp;b" target="_blank" rel="noopener noreferrer">`},
		"meta refresh":  {`a<META HTTP-EQUIV="refresh" content="0;url=x">b`, `ab`},
		"other meta":    {`<meta name="color-scheme" content="dark">`, `<meta name="color-scheme" content="dark">`},
		"picture":       {`<img src="cid:logo@mce">`, `<img src="data:image/png;base64,iVBORw==">`},
		"escaped cid":   {`<img src="cid:logo%40mce">`, `<img src="data:image/png;base64,iVBORw==">`},
		"css picture":   {`<td style="background:url(cid:logo@mce)">`, `<td style="background:url(data:image/png;base64,iVBORw==)">`},
		"longer cid":    {`<img src="cid:logo@mce2">`, `<img src="cid:logo@mce2">`},
		"not a picture": {`<img src="cid:page">`, `<img src="cid:page">`},
		"unfinished":    {`a<a href="`, `a`},
	}
	for name, test := range tests {
		m := Message{HTML: test.html, Attachments: []Attachment{
			{ContentID: "page", MediaType: "text/html", Content: []byte("<script>")},
			{ContentID: "logo@mce", MediaType: "image/png", Content: []byte("\x89PNG")},
		}}
		if got := frameHTML(m); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestFrameOfAHostileMail(t *testing.T) {
	m, err := Parse([]byte(hostile))
	if err != nil {
		t.Fatal(err)
	}
	if got := frameHTML(m); strings.Contains(got, "refresh") {
		t.Error("the refresh is still there")
	}
}
