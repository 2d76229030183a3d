package preflight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// Bounds of looking at links.
const (
	atOnce    = 4
	linkTime  = 10 * time.Second // for a link with all that it leads on to
	allTime   = 30 * time.Second // for all links of an issue
	redirects = 5
)

// Links finds out where links lead. It connects to public addresses alone, whatever a name resolves to and a redirect says. Make it with NewLinks.
type Links struct {
	client *http.Client
	limit  chan struct{}

	mu    sync.Mutex
	found map[string]*outcome
}

// outcome of a link; done is closed when it is there.
type outcome struct {
	done   chan struct{}
	status int   // of the last answer; 0: there was none
	err    error // why there was none
}

// LinkOptions are for tests; the zero value is right.
type LinkOptions struct {
	// Loopback lets links lead to this machine, to any port.
	Loopback bool
	// Resolver is used by the dialer; nil is the machine's.
	Resolver *net.Resolver
}

// NewLinks makes what looks at links. What it found it remembers: make it anew for each examination.
func NewLinks(o LinkOptions) *Links {
	dialer := &net.Dialer{Timeout: linkTime / 2, Resolver: o.Resolver, Control: func(_, address string, _ syscall.RawConn) error {
		return allowed(address, o.Loopback)
	}}
	return &Links{
		limit: make(chan struct{}, atOnce), found: map[string]*outcome{},
		client: &http.Client{
			// No proxy: it would resolve names where the dialer cannot look.
			Transport: &http.Transport{
				DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, TLSHandshakeTimeout: linkTime / 2,
				ResponseHeaderTimeout: linkTime, MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: linkTime,
			},
			CheckRedirect: func(r *http.Request, via []*http.Request) error {
				if len(via) > redirects {
					return errRedirects
				}
				return allowedURL(r.URL)
			},
		},
	}
}

// Close ends the connections that are kept.
func (l *Links) Close() { l.client.CloseIdleConnections() }

var (
	errRedirects = errors.New("it leads on and on")
	errPrivate   = errors.New("it leads into a private network")
	errPort      = errors.New("it leads to an unusual port")
	errScheme    = errors.New("it is no web address")
)

// allowed decides on an address that is about to be connected to: after names were resolved, so that none can be swapped meanwhile.
func allowed(address string, loopback bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := at.Addr().Unmap()
	if loopback && ip.IsLoopback() {
		return nil
	}
	if !public(ip) {
		return errPrivate
	}
	if at.Port() != 80 && at.Port() != 443 {
		return errPort
	}
	return nil
}

// special are networks that are not the internet's, beside what netip knows: RFC 6890 and its registry. An address within one that carries an
// IPv4 address (NAT64, 6to4, Teredo, mapped) could lead to any of these.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"), netip.MustParsePrefix("::ffff:0:0/96"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address is one of the internet. That of the clouds' metadata, 169.254.169.254, is link-local.
func public(ip netip.Addr) bool {
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.Zone() != "" {
		return false
	}
	for _, net := range special {
		if net.Contains(ip) {
			return false
		}
	}
	return true
}

func allowedURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return errScheme
	}
	return nil
}

// look finds out where a link leads, once for all that ask.
func (l *Links) look(ctx context.Context, link string) (status int, err error) {
	l.mu.Lock()
	o, known := l.found[link]
	if !known {
		o = &outcome{done: make(chan struct{})}
		l.found[link] = o
	}
	l.mu.Unlock()
	if !known {
		o.status, o.err = l.try(ctx, link)
		close(o.done)
	}
	<-o.done
	return o.status, o.err
}

// try asks with HEAD, and with GET where that is not good: many servers do not know HEAD.
func (l *Links) try(ctx context.Context, link string) (int, error) {
	select {
	case l.limit <- struct{}{}:
		defer func() { <-l.limit }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	status, err := l.request(ctx, http.MethodHead, link)
	if err != nil && (errors.Is(err, errPrivate) || errors.Is(err, errPort) || errors.Is(err, errScheme) || errors.Is(err, errRedirects) || ctx.Err() != nil) {
		return status, err
	}
	if err == nil && status < 400 {
		return status, nil
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return status, err
	}
	return l.request(ctx, http.MethodGet, link)
}

func (l *Links) request(ctx context.Context, method, link string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, method, link, nil)
	if err != nil {
		return 0, errScheme
	}
	if err := allowedURL(r.URL); err != nil {
		return 0, err
	}
	r.Header.Set("User-Agent", "mce-mailer (looks whether the links of a newsletter lead somewhere)")
	r.Header.Set("Accept", "*/*")
	answer, err := l.client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	io.CopyN(io.Discard, answer.Body, 1<<10) //nolint:errcheck // a little, so that the connection can be used again
	answer.Body.Close()                      //nolint:errcheck
	return answer.StatusCode, nil
}
