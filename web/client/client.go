// Package client tells the clients of the web pages apart, and bounds what each of them may do.
package client

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/time/rate"

	"github.com/majorcities/mce-mailer/mce"
)

// Address is where a request comes from. A proxy on this machine names the client last; what clients say of themselves before that
// is not believed.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return host
	}
	named := r.Header.Values("X-Forwarded-For")
	if len(named) == 0 {
		return host
	}
	all := strings.Split(named[len(named)-1], ",")
	if last := net.ParseIP(strings.TrimSpace(all[len(all)-1])); last != nil {
		return last.String()
	}
	return host
}

// Language is the first of the browser's languages that we have.
func Language(r *http.Request) mce.Lang {
	var have []language.Tag
	for _, l := range mce.Languages() {
		have = append(have, language.Make(string(l)))
	}
	_, i := language.MatchStrings(language.NewMatcher(have), r.Header.Get("Accept-Language"))
	return mce.Languages()[i]
}

// Throttle bounds how often one client may do something that costs us, such as sending a mail. It is safe for concurrent use.
type Throttle struct {
	every time.Duration
	burst int

	mu      sync.Mutex
	clients map[string]*visitor
}

type visitor struct {
	*rate.Limiter
	seen time.Time
}

// maxClients is when those that may do everything again are forgotten.
const maxClients = 10_000

// NewThrottle lets a client do something burst times at once, and once more after each pause.
func NewThrottle(every time.Duration, burst int) *Throttle {
	return &Throttle{every: every, burst: burst, clients: map[string]*visitor{}}
}

// Allow reports whether a client may. Of IPv6 the first half is one client: that is what one household has.
func (t *Throttle) Allow(client string) bool { return t.AllowN(client, 1) }

// AllowN reports whether a client may do it n times; if not, it counts as not done at all.
func (t *Throttle) AllowN(client string, n int) bool {
	if ip := net.ParseIP(client); ip != nil && ip.To4() == nil {
		client = ip.Mask(net.CIDRMask(64, 128)).String()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if len(t.clients) >= maxClients {
		for c, v := range t.clients {
			if now.Sub(v.seen) > t.every*time.Duration(t.burst) {
				delete(t.clients, c)
			}
		}
	}
	v := t.clients[client]
	if v == nil {
		v = &visitor{Limiter: rate.NewLimiter(rate.Every(t.every), t.burst)}
		t.clients[client] = v
	}
	v.seen = now
	return v.AllowN(now, n)
}

// Wait is after how long whoever was refused may try again.
func (t *Throttle) Wait() time.Duration { return t.every }
