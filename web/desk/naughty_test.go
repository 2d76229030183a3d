package desk_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// naughty is the Big List of Naughty Strings, and a few of our own.
func naughty(t *testing.T) []string {
	t.Helper()
	// The test data lies beside the repository, in shared/corpus of some folder above.
	raw, err := os.ReadFile("../../../shared/corpus/blns.json")
	for up := "../../../.."; err != nil && len(up) < 30; up += "/.." {
		raw, err = os.ReadFile(up + "/shared/corpus/blns.json")
	}
	if err != nil {
		t.Skip("the corpus is absent: ", err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return append(list, `"><img src=x onerror=alert(1)>`, "a\r\nBcc: x@y.example", "</textarea><script>alert(1)</script>", "\x00", "\xff\xfe", "{{.Site}}", "session//", "</title><svg onload=alert(1)>")
}

// active is an element or attribute of a page that could do something and is not ours; empty: there is none.
func active(t *testing.T, body string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		src := ""
		for _, a := range n.Attr {
			if a.Key == "src" {
				src = a.Val
			}
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key != "value" {
				return "<" + n.Data + " " + a.Key + "=" + a.Val + ">"
			}
		}
		switch n.Data {
		case "script":
			if !strings.HasPrefix(src, "/desk/content.") && !strings.HasPrefix(src, "/desk/moment.") || n.FirstChild != nil {
				return "<script>"
			}
		case "img":
			if !strings.HasPrefix(src, "/images/") {
				return "<img>"
			}
		case "svg", "iframe", "object", "embed", "base", "video", "audio", "math", "style":
			return "<" + n.Data + ">"
		}
	}
	return ""
}
