package preflight_test

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer/preflight"
	"github.com/majorcities/mce-mailer/mce"
)

// names is a DNS in memory. A name that is not in it does not exist; one whose texts are nil does not answer.
type names map[string][]string

func (n names) LookupTXT(_ context.Context, name string) ([]string, error) {
	texts, ok := n[name]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	if texts == nil {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return texts, nil
}

// wellKnown is the DNS of a sender that nothing can be said against.
func wellKnown(s *scene) names {
	n := names{
		"mail.majorcities.example":        {"v=spf1 mx -all"},
		"_dmarc.mail.majorcities.example": {"v=DMARC1; p=none"},
	}
	for name, record := range s.options.Keys {
		n[name] = []string{record}
	}
	return n
}

// web is a web server, and which requests it got.
type web struct {
	*httptest.Server
	mu  sync.Mutex
	got map[string]int // "GET /path" → how often
}

func newWeb(t *testing.T, answer http.HandlerFunc) *web {
	t.Helper()
	w := &web{got: map[string]int{}}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.got[r.Method+" "+r.URL.Path]++
		w.mu.Unlock()
		answer(rw, r)
	}))
	t.Cleanup(w.Close)
	return w
}

// linked is a scene whose only links that lead elsewhere are these, in the article.
func linked(t *testing.T, o preflight.LinkOptions, links ...string) *scene {
	t.Helper()
	s := newScene(t)
	s.article().Link, s.article().Image, s.article().ImageAlt, s.event().Link = "", "", nil, ""
	var words strings.Builder
	for _, l := range links {
		words.WriteString("[here](" + l + ") ")
	}
	s.article().Body = both(words.String(), words.String())
	s.options.Network = &preflight.Network{Resolver: wellKnown(s), Links: o}
	return s
}

// TestADeadLinkNamesItsEntry: that of the link alone, or the text that it stands in.
func TestADeadLinkNamesItsEntry(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) })
	s := linked(t, preflight.LinkOptions{Loopback: true}, w.URL+"/body")
	s.article().Link, s.event().Link = w.URL+"/article#part", w.URL+"/event"
	got := map[string]string{}
	for _, f := range s.examine(t).Findings {
		address, _, _ := strings.Cut(f.Words, ": ")
		got[f.Where+" "+strings.TrimPrefix(address, w.URL)] = f.Field
	}
	if want := map[string]string{"looms /body": "body", "looms /article": "link", "prato /event": "link"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestLinksAreJudgedByWhatTheirServersSay(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fine":
		case "/no-head":
			if r.Method == http.MethodHead {
				rw.WriteHeader(http.StatusNotFound)
			}
		case "/moved":
			http.Redirect(rw, r, "/fine", http.StatusMovedPermanently)
		case "/round":
			http.Redirect(rw, r, "/round", http.StatusFound)
		case "/inside":
			http.Redirect(rw, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/file":
			http.Redirect(rw, r, "file:///etc/passwd", http.StatusFound)
		case "/gone":
			rw.WriteHeader(http.StatusGone)
		case "/broken":
			rw.WriteHeader(http.StatusBadGateway)
		case "/secret":
			rw.WriteHeader(http.StatusForbidden)
		default:
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	for _, c := range []struct {
		path  string
		found []finding
	}{
		{"/fine#part", nil},
		{"/no-head", nil},
		{"/moved", nil},
		{"/nowhere", []finding{{"links", blocking, "looms", "/nowhere: the page is not there (404)"}}},
		{"/gone", []finding{{"links", blocking, "looms", "the page is not there (410)"}}},
		{"/broken", []finding{{"links", advisory, "looms", "the server has a fault at present (502)"}}},
		{"/secret", []finding{{"links", advisory, "looms", "does not let a program look (403)"}}},
		{"/round", []finding{{"links", advisory, "looms", "it leads on and on"}}},
		{"/inside", []finding{{"links", advisory, "looms", "into a private network"}}},
		{"/file", []finding{{"links", advisory, "looms", "it is no web address"}}},
	} {
		t.Run(c.path, func(t *testing.T) {
			only(t, linked(t, preflight.LinkOptions{Loopback: true}, w.URL+c.path).examine(t), c.found...)
		})
	}
	if n := w.got["HEAD /fine"]; n != 2 { // by itself, and through /moved: not for each of the editions
		t.Errorf("HEAD /fine came %d times", n)
	}
	if w.got["GET /fine"] != 0 || w.got["GET /nowhere"] != 1 {
		t.Errorf("%v", w.got)
	}
}

func TestNoLinkLeadsIntoAPrivateNetwork(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(http.ResponseWriter, *http.Request) {})
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0", "[::]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
		"255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]", "[::127.0.0.1]", "192.0.2.1", "198.18.0.1", "[2001:db8::1]", "localhost",
	} {
		port := w.URL[strings.LastIndexByte(w.URL, ':'):]
		for _, where := range []string{"http://" + host + port + "/", "http://" + host + "/"} {
			status, err := preflight.Try(t.Context(), preflight.NewLinks(preflight.LinkOptions{}), where)
			if err == nil || status != 0 || !preflight.Refused(err) {
				t.Errorf("%s: %d, %v", where, status, err)
			}
		}
	}
	if len(w.got) > 0 {
		t.Errorf("the server was asked: %v", w.got)
	}
	if err := preflight.Allowed("8.8.8.8:443"); err != nil {
		t.Errorf("a public address: %v", err)
	}
	for _, address := range []string{"8.8.8.8:22", "8.8.8.8:8080", "[2606:4700::1111]:25", "8.8.8.8", "example.org:80"} {
		if preflight.Allowed(address) == nil {
			t.Errorf("%s is let through", address)
		}
	}
	if preflight.Allowed(netip.MustParseAddrPort("[2606:4700::1111]:80").String()) != nil {
		t.Error("a public IPv6 address is refused")
	}
}

func TestAPrivateAddressWrittenIntoALinkBlocks(t *testing.T) {
	t.Parallel()
	only(t, linked(t, preflight.LinkOptions{}, "http://192.168.1.1/intranet").examine(t),
		finding{"links", blocking, "looms", "leads into a private network, which readers cannot reach"})
}

// resolver answers every name by a function, through a real connection to a DNS that is none.
func resolver(t *testing.T, broken *atomic.Int32) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		broken.Add(1)
		return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	}}
}

func TestWhatCannotBeToldDoesNotBlock(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := linked(t, preflight.LinkOptions{Resolver: resolver(t, &asked)}, "https://www.majorcities.example/x").examine(t)
	only(t, r, finding{"links", advisory, "looms", "the name of the server could not be looked up"})
	if asked.Load() == 0 {
		t.Error("nothing was looked up: the test tests nothing")
	}
	closed := newWeb(t, nil)
	closed.Close()
	only(t, linked(t, preflight.LinkOptions{Loopback: true}, closed.URL).examine(t), finding{"links", advisory, "looms", "no answer"})
}

func TestNoMoreThanAFewLinksAreTriedAtOnce(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	w := newWeb(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(20 * time.Millisecond) // long enough for the others to come, too
		now.Add(-1)
	})
	var links []string
	for _, name := range alphabet() {
		links = append(links, w.URL+"/"+name)
	}
	only(t, linked(t, preflight.LinkOptions{Loopback: true}, links...).examine(t))
	if m := most.Load(); m < 2 || m > 4 {
		t.Errorf("%d at once", m)
	}
}

func TestTheSendersRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(n names)
		found  []finding
	}{
		"all well":  {func(names) {}, nil},
		"no SPF":    {func(n names) { n["mail.majorcities.example"] = []string{"something else"} }, []finding{{"sender", advisory, "sender", "has no SPF record"}}},
		"nothing":   {func(n names) { delete(n, "mail.majorcities.example") }, []finding{{"sender", advisory, "sender", "has no SPF record"}}},
		"two SPF":   {func(n names) { n["mail.majorcities.example"] = []string{"v=spf1 -all", "v=spf1 mx -all"} }, []finding{{"sender", advisory, "sender", "has 2 SPF records"}}},
		"everybody": {func(n names) { n["mail.majorcities.example"] = []string{"v=spf1 +all"} }, []finding{{"sender", advisory, "sender", "every server of the world"}}},
		"no DMARC":  {func(n names) { delete(n, "_dmarc.mail.majorcities.example") }, []finding{{"sender", advisory, "sender", "has no DMARC record"}}},
		"parent's DMARC": {func(n names) {
			delete(n, "_dmarc.mail.majorcities.example")
			n["_dmarc.majorcities.example"] = []string{"v=DMARC1; p=reject"}
		}, nil},
		"unreadable":      {func(n names) { n["_dmarc.mail.majorcities.example"] = []string{"v=DMARC1; p=perhaps"} }, []finding{{"sender", advisory, "sender", "cannot be read"}}},
		"no answer":       {func(n names) { n["mail.majorcities.example"], n["_dmarc.mail.majorcities.example"] = nil, nil }, []finding{{"sender", advisory, "sender", "SPF record of mail.majorcities.example could not be looked up"}, {"sender", advisory, "sender", "DMARC record of mail.majorcities.example could not be looked up"}}},
		"key missing":     {func(n names) { delete(n, "s1._domainkey.mail.majorcities.example") }, []finding{{"signature", advisory, "signature", "DNS has no key at s1._domainkey"}}},
		"key unreachable": {func(n names) { n["s1._domainkey.mail.majorcities.example"] = nil }, []finding{{"signature", advisory, "signature", "could not be found out (server misbehaving)"}}},
		"another key":     {func(n names) { n["s1._domainkey.mail.majorcities.example"] = []string{otherKey(t)} }, []finding{{"signature", blocking, "signature", "With the key in DNS: The signature"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := linked(t, preflight.LinkOptions{})
			s.article().Body = good().Items[0].Article.Body
			s.article().Body = mce.Text{"en": "It is so.", "it": "È così."}
			n := wellKnown(s)
			c.change(n)
			s.options.Network.Resolver = n
			only(t, s.examine(t), c.found...)
		})
	}
}
