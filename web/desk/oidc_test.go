package desk_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk"
)

// provider is an OpenID provider at which everybody is who the test says.
type provider struct {
	t       *testing.T
	server  *httptest.Server
	key     *rsa.PrivateKey
	claims  map[string]any        // of the next token, beside those that every token has
	spoil   func(map[string]any)  // what the next token has wrong; nil: nothing
	signing *rsa.PrivateKey       // of the next token
	codes   map[string]url.Values // what each code was asked for with
}

const clientID, clientSecret = "mce-mailer", "s3cret"

// newProvider makes one that knows Anna; it answers once it is open.
func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, signing: key, codes: map[string]url.Values{}, claims: map[string]any{"email": "anna@mce.example", "email_verified": true}}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "key", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", known)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	known.SetIssuer(p.server.URL)
	return p
}

// house is a desk whose users may log in here.
func (p *provider) house() *house {
	return newHouseAt(p.t, "", &desk.OIDC{Issuer: p.server.URL, ClientID: clientID, ClientSecret: clientSecret})
}

// token exchanges a code once, for who has its verifier (RFC 7636) and the client's secret.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	code := r.FormValue("code")
	asked, ok := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !ok || id != clientID || secret != clientSecret || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		http.Error(w, `{"error": "invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	claims := map[string]any{
		"iss": p.server.URL, "aud": clientID, "sub": "7", "iat": now.Unix(), "exp": now.AddDate(0, 0, 1).Unix(), "nonce": asked.Get("nonce"),
	}
	maps.Copy(claims, p.claims)
	if p.spoil != nil {
		p.spoil(claims)
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(p.signing, "key", oidc.RS256, string(raw)),
	})
}

// visit is a browser at the provider: it was led there, logs in, and is given the address that leads back.
func (p *provider) visit(b *browser, next string) (back string, asked url.Values) {
	p.t.Helper()
	a := b.get("/desk/oidc?next="+url.QueryEscape(next)).wants(p.t, http.StatusSeeOther)
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil {
		p.t.Fatal(err)
	}
	asked = to.Query()
	if !strings.HasPrefix(to.String(), p.server.URL+"/auth?") || asked.Get("client_id") != clientID || asked.Get("response_type") != "code" ||
		asked.Get("code_challenge_method") != "S256" || asked.Get("scope") != "openid email" || asked.Get("max_age") != "3600" || asked.Get("redirect_uri") != b.h.server.URL+"/desk/oidc/back" {
		p.t.Errorf("the provider is asked for %s", to)
	}
	code := fmt.Sprintf("code%d", len(p.codes))
	p.codes[code] = asked
	return "/desk/oidc/back?" + url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), asked
}

func TestAUserLogsInAtTheProvider(t *testing.T) {
	p := newProvider(t)
	h := p.house()
	anna := h.user("Anna", mce.Admin)
	b := h.browser()
	b.get("/desk/login?next=%2Fdesk%2Fusers").wants(t, http.StatusOK, "Or log in at 127.0.0.1", `href="/desk/oidc?next=%2Fdesk%2Fusers"`)
	p.claims["auth_time"] = h.wall.Now().Add(-time.Minute).Unix()
	back, _ := p.visit(b, "/desk/users")
	b.get(back).leads(t, "/desk/users")
	b.get("/desk/users/new").wants(t, http.StatusOK) // fresh
	if n := h.count(`select count(*) from audit where user_id = $1 and action = 'log in' and detail like 'at 127.0.0.1%'`, anna.ID); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	secret := b.cookie("session")
	b.get(back).wants(t, http.StatusForbidden, "not begun in this browser") // its cookie went with the first use
	if b.cookie("session") != secret || b.cookie("oidc") != "" {
		t.Error("the address that leads back works twice")
	}
}

// TestALogInAtTheProviderIsAsFreshAsItSays: one of this morning does not do for what is grave, nor does one that does not say.
func TestALogInAtTheProviderIsAsFreshAsItSays(t *testing.T) {
	p := newProvider(t)
	h := p.house()
	h.user("Anna", mce.Admin)
	now := h.wall.Now()
	for name, c := range map[string]struct {
		at    any
		fresh bool
	}{
		"just now": {now.Unix(), true}, "some minutes ago": {now.Add(-14 * time.Minute).Unix(), true}, "this morning": {now.Add(-3 * time.Hour).Unix(), false},
		"not told": {nil, false}, "tomorrow": {now.AddDate(0, 0, 1).Unix(), true},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.browser()
			p.claims["auth_time"] = c.at
			back, _ := p.visit(b, "")
			b.get(back).leads(t, "/desk/")
			if got := b.get("/desk/users/new").StatusCode == http.StatusOK; got != c.fresh {
				t.Errorf("fresh: %v", got)
			}
			if !b.in() {
				t.Error("not in")
			}
		})
	}
}

func TestWhatTheProviderSaysIsVerified(t *testing.T) {
	p := newProvider(t)
	h := p.house()
	h.user("Anna", mce.Admin)
	another, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(claim string, value any) func(map[string]any) { return func(c map[string]any) { c[claim] = value } }
	for name, c := range map[string]struct {
		spoil func(map[string]any)
		key   *rsa.PrivateKey
		says  string
	}{
		"nobody of the desk":    {set("email", "mallory@mce.example"), nil, "No user of the desk has this address"},
		"an address not shown":  {set("email_verified", false), nil, "has not verified your address"},
		"no word about it":      {func(c map[string]any) { delete(c, "email_verified") }, nil, "has not verified your address"},
		"no address":            {set("email", ""), nil, "has not verified your address"},
		"another nonce":         {set("nonce", "another"), nil, "could not be verified"},
		"no nonce":              {set("nonce", ""), nil, "could not be verified"},
		"for another service":   {set("aud", "another"), nil, "could not be verified"},
		"of another provider":   {set("iss", "https://evil.example"), nil, "could not be verified"},
		"over":                  {set("exp", 1), nil, "could not be verified"},
		"signed by another key": {nil, another, "could not be verified"},
	} {
		t.Run(name, func(t *testing.T) {
			p.spoil, p.signing = c.spoil, p.key
			if c.key != nil {
				p.signing = c.key
			}
			h.wall.pass(time.Minute) // nobody is throttled
			b := h.browser()
			back, _ := p.visit(b, "")
			b.get(back).wants(t, http.StatusForbidden, c.says)
			if b.in() || b.cookie("session") != "" {
				t.Error("in all the same")
			}
		})
	}
	if n := h.count(`select count(*) from desk_sessions`) + h.count(`select count(*) from audit where action = 'log in'`); n != 0 {
		t.Errorf("%d traces", n)
	}
}

func TestALogInAtTheProviderBelongsToItsBrowser(t *testing.T) {
	p := newProvider(t)
	h := p.house()
	h.user("Anna", mce.Admin)
	own, thief := h.browser(), h.browser()
	back, asked := p.visit(own, "")
	thief.get(back).wants(t, http.StatusForbidden, "not begun in this browser")
	p.visit(thief, "")
	thief.get(back).wants(t, http.StatusForbidden, "not begun in this browser")
	// Her code with his own state: he lacks the verifier.
	_, his := p.visit(thief, "")
	p.codes["stolen"] = asked
	thief.get("/desk/oidc/back?code=stolen&state="+his.Get("state")).wants(t, http.StatusForbidden, "could not be verified")
	own.get("/desk/oidc/back?error=access_denied&state="+asked.Get("state")).wants(t, http.StatusForbidden, "did not let you in")
	if own.in() || thief.in() {
		t.Error("somebody is in")
	}
	for _, path := range []string{"/desk/oidc/back", "/desk/oidc/back?code=x&state="} {
		h.browser().get(path).wants(t, http.StatusForbidden)
	}
	for _, next := range []string{"https://evil.example/", "/archive"} {
		b := h.browser()
		back, _ := p.visit(b, next)
		b.get(back).leads(t, "/desk/")
	}
}

func TestTheDeskWorksWithoutItsProvider(t *testing.T) {
	p := newProvider(t)
	h := p.house()
	anna := h.user("Anna", mce.Editor)
	p.server.Close()
	b := h.browser()
	b.get("/desk/oidc").wants(t, http.StatusServiceUnavailable)
	b.logsIn(anna)
	if !b.in() {
		t.Error("not in")
	}
}
