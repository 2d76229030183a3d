package api_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	curl = regexp.MustCompile(`(?m)^    curl ([^'\n]|'[^']*')*`)
	word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
)

// asCall reads a command of the docs, as the shell and curl would.
func asCall(command string) call {
	c := call{method: http.MethodGet, token: "none", header: map[string]string{}}
	words := word.FindAllString(command, -1)
	for i := 1; i < len(words) && words[i] != "#"; i++ {
		switch w := words[i]; w {
		case "-X":
			i++
			c.method = words[i]
		case "-H":
			i++
			if words[i] == `"$AUTH"` {
				c.token = ""
			} else if name, value, ok := strings.Cut(strings.Trim(words[i], "'"), ": "); ok {
				c.header[name] = value
			}
		case "-d":
			i++
			c.body = strings.Trim(words[i], "'")
		case "-i":
		default:
			c.path = strings.TrimPrefix(strings.Trim(w, `"`), "$API")
		}
	}
	return c
}

// TestTheCommandsOfTheDocsWork: one after the other, as somebody would try them.
func TestTheCommandsOfTheDocsWork(t *testing.T) {
	s := newSite(t)
	docs := string(must(os.ReadFile("../../docs/api.md"))(t))
	commands := curl.FindAllString(docs, -1)
	code := s.registered("bob@example.org", "carla@example.org")[1].Code // the docs cancel the first
	for _, command := range commands {
		c := asCall(command)
		c.body = strings.Replace(c.body, "CODE-HERE", code, 1)
		if a := s.do(c); a.StatusCode >= 300 {
			t.Errorf("%s\n%d %s", command, a.StatusCode, a.body)
		}
	}
	if len(commands) != strings.Count(docs, "    curl ") || len(commands) < 10 {
		t.Errorf("%d commands were understood", len(commands))
	}
}
