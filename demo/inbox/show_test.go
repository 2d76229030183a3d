package inbox

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestUnsubscribeOf(t *testing.T) {
	const oneClick = "List-Unsubscribe=One-Click"
	tests := map[string]struct {
		field, post string
		want        unsubscribe
	}{
		"none":            {"", oneClick, unsubscribe{}},
		"mailto only":     {"<mailto:u@mce.example>", oneClick, unsubscribe{}},
		"script":          {"<javascript:alert(1)>", oneClick, unsubscribe{}},
		"loopback":        {"<mailto:u@x>, <http://127.0.0.1:8080/u/a,b>", oneClick, unsubscribe{"http://127.0.0.1:8080/u/a,b", "http://127.0.0.1:8080"}},
		"subdomain":       {"<https://mce.localhost/u>", oneClick, unsubscribe{"https://mce.localhost/u", "https://mce.localhost"}},
		"not one-click":   {"<http://localhost/u>", "", unsubscribe{"http://localhost/u", ""}},
		"elsewhere":       {"<https://mce.example/u>", oneClick, unsubscribe{"https://mce.example/u", ""}},
		"looks like":      {"<https://localhost.mce.example/u>", oneClick, unsubscribe{"https://localhost.mce.example/u", ""}},
		"adds to the CSP": {"<https://a;script-src%20x.localhost/u>", oneClick, unsubscribe{}},
		"IPv6":            {"<http://[::1]:80/u>", oneClick, unsubscribe{"http://[::1]:80/u", ""}},
	}
	for name, test := range tests {
		m := Message{Header: []Field{{"List-Unsubscribe", test.field}, {"List-Unsubscribe-Post", test.post}}}
		got := unsubscribeOf(m)
		if strings.ContainsAny(got.Origin, "; ,") {
			t.Errorf("%s: the origin %q adds to the policy", name, got.Origin)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLinkify(t *testing.T) {
	got := linkify("See https://mce.example/a?b=c, or (http://x.example).")
	want := []span{
		{"See ", ""}, {"https://mce.example/a?b=c", "https://mce.example/a?b=c"}, {", or (", ""},
		{"http://x.example", "http://x.example"}, {").", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCut(t *testing.T) {
	text, more := cut("x" + strings.Repeat("ü", maxShown))
	if !more || len(text) > maxShown || !utf8.ValidString(text) {
		t.Errorf("cut to %d bytes, more: %v", len(text), more)
	}
	if text, more := cut("short"); text != "short" || more {
		t.Errorf("%q, more: %v", text, more)
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int]string{0: "0 bytes", 1023: "1023 bytes", 2048: "2 KB", 3 << 19: "1.5 MB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d gives %q, want %q", bytes, got, want)
		}
	}
}
