package calendar

import (
	"strings"
	"testing"
)

// property is one unfolded line as RFC 5545 §3.1 reads it, without help from the library that wrote it.
type property struct {
	within string // names of the components around it: "VCALENDAR/VEVENT"
	name   string
	params map[string]string
	value  string
}

// read checks the physical form of an object (CRLF, at most 75 octets a line, nothing but text) and gives its properties in order.
func read(t testing.TB, ics string) []property {
	t.Helper()
	body, ended := strings.CutSuffix(ics, "\r\n")
	if !ended {
		t.Fatalf("the last line does not end in CRLF: %q", ics)
	}
	for l := range strings.SplitSeq(body, "\r\n") {
		if len(l) > 75 || strings.ContainsAny(l, "\r\n\x00") || l == "" || strings.TrimSpace(l) == "" || strings.ToValidUTF8(l, "") != l {
			t.Errorf("line of %d octets: %q", len(l), l)
		}
	}
	var properties []property
	var within []string
	for l := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n ", ""), "\r\n") {
		p := readProperty(t, l)
		switch p.name {
		case "BEGIN":
			within = append(within, p.value)
		case "END":
			if len(within) == 0 || within[len(within)-1] != p.value {
				t.Fatalf("END:%s within %v", p.value, within)
			}
			within = within[:len(within)-1]
		default:
			p.within = strings.Join(within, "/")
			properties = append(properties, p)
		}
	}
	if len(within) != 0 {
		t.Errorf("%v does not end", within)
	}
	return properties
}

// readProperty reads name *(";" param "=" value) ":" value, a double quote holding ; and : together.
func readProperty(t testing.TB, l string) property {
	t.Helper()
	p := property{params: map[string]string{}}
	quoted, from := false, 0
	for i := 0; i < len(l); i++ {
		switch {
		case l[i] == '"':
			quoted = !quoted
		case !quoted && (l[i] == ';' || l[i] == ':'):
			if piece := l[from:i]; from == 0 {
				p.name = piece
			} else if name, value, ok := strings.Cut(piece, "="); ok && p.params[name] == "" {
				p.params[name] = value
			} else {
				t.Errorf("parameter %q in %q", piece, l)
			}
			if from = i + 1; l[i] == ':' {
				p.value = l[from:]
				return p
			}
		}
	}
	t.Fatalf("no property: %q", l)
	return p
}

// one gives the only property of a name within a component.
func one(t testing.TB, properties []property, within, name string) property {
	t.Helper()
	var found []property
	for _, p := range properties {
		if p.within == within && p.name == name {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d × %s in %s", len(found), name, within)
	}
	return found[0]
}

// unescape reads a TEXT value (RFC 5545 §3.3.11).
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n").Replace(s)
}
