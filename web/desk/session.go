package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// The cookies: of a session, of a browser that asks for a link, and of a message after a redirect.
const (
	sessionCookie = "mce_session"
	browserCookie = "mce_browser"
	saidCookie    = "mce_said"
)

// browserFor is how long a browser remembers that it asked: longer than a link works, so that it is told when that is over.
const browserFor = 24 * time.Hour

// cookieName has the prefix by which browsers let nobody but this very host set it (RFC 6265bis §4.1.3.2). It asks for https.
func (d *Desk) cookieName(name string) string {
	if d.secure {
		return "__Host-" + name
	}
	return name
}

func (d *Desk) setCookie(w http.ResponseWriter, name, value string, keep time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the pages have https
		Name: d.cookieName(name), Value: value, Path: "/", MaxAge: int(keep / time.Second), Secure: d.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (d *Desk) dropCookie(w http.ResponseWriter, name string) { d.setCookie(w, name, "", -time.Second) }

// cookie is the value of a cookie of ours; empty: there is none.
func (d *Desk) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(d.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// newSecret is 256 bits that nobody can guess.
func newSecret() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// hashOf is what the database keeps of a secret; nil for none. The secret is long enough to need no salt.
func hashOf(secret string) []byte {
	if secret == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// visit is who asks, by the cookies.
func (d *Desk) visit(r *http.Request) (visit, error) {
	if secret := d.cookie(r, sessionCookie); secret != "" {
		session, err := d.store.DeskSession(r.Context(), hashOf(secret), d.wall.Now())
		if err == nil {
			return visit{session: session, secret: secret}, nil
		}
		if mce.ErrorCode(err) != mce.NotFound {
			return visit{}, err
		}
	}
	return visit{secret: d.cookie(r, browserCookie)}, nil
}

// browser is the secret of a browser that asks for a link, a new one where it has none.
func (d *Desk) browser(w http.ResponseWriter, r *http.Request) string {
	secret := d.cookie(r, browserCookie)
	if secret == "" {
		secret = newSecret()
	}
	d.setCookie(w, browserCookie, secret, browserFor)
	return secret
}

// clientName is what a browser calls itself, as people know it: "Firefox on Linux". Those that pose as others come before them.
func clientName(agent string) string {
	first := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser", "Samsung Internet"}, [2]string{"Firefox", "Firefox"},
		[2]string{"FxiOS", "Firefox"}, [2]string{"CriOS", "Chrome"}, [2]string{"Chrom", "Chrome"}, [2]string{"Safari", "Safari"})
	system := first([2]string{"Windows", "Windows"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Mac OS X", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	if browser != "" && system != "" {
		return browser + " on " + system
	}
	return browser + system
}
