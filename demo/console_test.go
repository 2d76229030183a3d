package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheConsoleIsForThisMachineAndItsOwnPages(t *testing.T) {
	c, err := NewConsole(&Player{Clock: NewClock(Start())})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, host, origin string
		want               int
	}{
		{"its own page", "127.0.0.1:8025", "http://127.0.0.1:8025", http.StatusSeeOther},
		{"a script of this machine", "localhost:8025", "", http.StatusSeeOther},
		{"another site", "127.0.0.1:8025", "https://evil.example", http.StatusForbidden},
		{"another name for this machine", "evil.example:8025", "http://evil.example:8025", http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://"+tc.host+"/demo/clock", strings.NewReader("do=pause"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tc.origin != "" {
				r.Header.Set("Origin", tc.origin)
			}
			w := httptest.NewRecorder()
			c.Handler().ServeHTTP(w, r)
			if w.Code != tc.want {
				t.Errorf("status %d, want %d", w.Code, tc.want)
			}
		})
	}
}
