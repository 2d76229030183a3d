package api

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/client"
)

// What one program may ask, and how often somebody may try without a token that is good.
const (
	tokenEvery, tokenBurst       = 50 * time.Millisecond, 100
	strangerEvery, strangerBurst = 3 * time.Second, 20
)

// permit is the token of a request that is good for a scope (RFC 6750).
func (s *Server) permit(r *http.Request, scope mce.Scope) (mce.APIToken, error) {
	t, err := s.tokenOf(r)
	if err != nil {
		return t, err
	}
	if err := within(s.tokens, t.Name); err != nil {
		return t, err
	}
	if !t.Allows(scope) {
		return t, &refusal{http.StatusForbidden, "forbidden", fmt.Sprintf("The token is not good for this: it lacks the scope %s.", scope),
			map[string]string{"WWW-Authenticate": fmt.Sprintf(`Bearer realm="mce-mailer", error="insufficient_scope", scope=%q`, string(scope))}}
	}
	return t, nil
}

// tokenOf is the token that a request bears. One that is unknown, was revoked or has expired is refused alike.
func (s *Server) tokenOf(r *http.Request) (mce.APIToken, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	detail, challenge := "A token is needed, as Authorization: Bearer mce_….", `Bearer realm="mce-mailer"`
	if strings.EqualFold(scheme, "Bearer") {
		detail, challenge = "The token is none of ours, or it is over.", challenge+`, error="invalid_token"`
		if hash := mce.APISecretHash(strings.TrimSpace(secret)); hash != nil {
			now := s.Clock.Now()
			t, err := s.Store.APITokenByHash(r.Context(), hash, now)
			if err == nil && t.Good(now) || err != nil && mce.ErrorCode(err) != mce.NotFound {
				return t, err
			}
		}
	}
	if err := within(s.strangers, client.Address(r)); err != nil {
		return mce.APIToken{}, err
	}
	return mce.APIToken{}, &refusal{http.StatusUnauthorized, "unauthorized", detail, map[string]string{"WWW-Authenticate": challenge}}
}

// within refuses who asks more than a throttle lets them, and says when to ask again.
func within(t *client.Throttle, who string) error {
	if t.Allow(who) {
		return nil
	}
	wait := fmt.Sprint(math.Ceil(t.Wait().Seconds()))
	return &refusal{http.StatusTooManyRequests, string(mce.Busy), "There were many requests. Please wait, and try again.", map[string]string{"Retry-After": wait}}
}
