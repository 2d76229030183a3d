package page_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
)

// checkKeyboard: whatever can be used is an element that every browser lets the keyboard reach, in the order in which it is read.
func checkKeyboard(t *testing.T, root *html.Node) {
	t.Helper()
	for _, n := range all(root, "") {
		for _, bad := range []string{"tabindex", "accesskey", "autofocus", "contenteditable", "draggable"} {
			if _, has := find(n, bad); has {
				t.Errorf("<%s %s>", n.Data, bad)
			}
		}
		if role := attr(n, "role"); slices.Contains([]string{"button", "link", "checkbox", "radio", "tab", "menuitem"}, role) {
			t.Errorf("<%s role=%s> instead of the element of that kind", n.Data, role)
		}
		if _, has := find(n, "href"); n.Data == "a" && !has {
			t.Errorf("the link %q leads nowhere", text(n))
		}
		if _, has := find(n, "disabled"); has {
			t.Errorf("<%s disabled>", n.Data)
		}
	}
	// What is folded away has a summary to unfold it by.
	for _, d := range all(root, "details") {
		if len(all(d, "summary")) != 1 {
			t.Error("<details> without one <summary>")
		}
	}
}

// checkHead: a public page says its one address and those of its other languages, each whole; any other page says none.
func checkHead(t *testing.T, root *html.Node, name string, lang mce.Lang) {
	t.Helper()
	found := map[string]string{}
	for _, link := range all(root, "link") {
		href := attr(link, "href")
		switch {
		case attr(link, "rel") == "canonical":
			found["canonical"] = href
		case attr(link, "hreflang") != "":
			found[attr(link, "hreflang")] = href
		default:
			continue
		}
		if !strings.HasPrefix(href, "https://mail.example.org/") || strings.Contains(href, "contrast") {
			t.Errorf("%s leads to %q", attr(link, "rel"), href)
		}
	}
	switch {
	case !public(name):
		if len(found) > 0 {
			t.Errorf("a page that is not public names %v", found)
		}
	case found["canonical"] == "" || found["en"] == "" || found["it"] == "" || found["en"] == found["it"]:
		t.Errorf("addresses %v", found)
	case name != "issue" && name != "archive-series" && found["canonical"] != found[string(lang)]:
		t.Errorf("in %s the page is at %s, and calls itself %s", lang, found[string(lang)], found["canonical"])
	}
}
