package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token for a program. It is shown once and cannot be shown again."`
	List   tokenListCmd   `cmd:"" help:"List the tokens, with the day of their last use."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenAddCmd struct {
	asJSON
	Name    string      `arg:"" help:"Which program has it."`
	Scopes  []mce.Scope `name:"scope" required:"" placeholder:"SCOPE" help:"What it may do: registrations:read, registrations:write, events:read, events:write or check-in; several with commas between, or repeated."`
	Expires string      `placeholder:"DATE" help:"The first day (UTC) on which it is worth nothing any more, as 2027-01-31. Empty: it does not expire."`
}

// Run makes a token.
func (c *tokenAddCmd) Run(e *env) error {
	var expires time.Time
	if c.Expires != "" {
		var err error
		if expires, err = time.Parse(time.DateOnly, c.Expires); err != nil {
			return mce.Invalidf("--expires: expected a day such as 2027-01-31, not %q", c.Expires)
		}
	}
	t, err := mce.NewAPIToken(c.Name, c.Scopes, expires, e.clock.Now())
	if err != nil {
		return err
	}
	secret := mce.NewAPISecret()
	return e.with(func(a *app) error {
		if err := a.store.AddAPIToken(e.ctx, t, mce.APISecretHash(secret)); err != nil {
			return err
		}
		fmt.Fprintln(e.err, "Keep it where only the program reads it: it is not shown again.")
		return c.print(e.out, map[string]string{"name": t.Name, "token": secret}, func(w *tabwriter.Writer) { row(w, secret) })
	})
}

type tokenListCmd struct{ asJSON }

// tokenLine is a token as it is printed. Days and times that are not there are empty.
type tokenLine struct {
	Name    string      `json:"name"`
	Scopes  []mce.Scope `json:"scopes"`
	State   string      `json:"state"` // good, expired or revoked
	Created time.Time   `json:"created"`
	Expires time.Time   `json:"expires,omitzero"`
	Revoked time.Time   `json:"revoked,omitzero"`
	Used    string      `json:"used,omitempty"` // a day, UTC
}

// Run lists tokens.
func (c *tokenListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.APITokens(e.ctx)
		if err != nil {
			return err
		}
		lines := make([]tokenLine, len(all))
		for i, t := range all {
			lines[i] = tokenLine{t.Name, t.Scopes, tokenState(t, e.clock.Now()), t.Created, t.Expires, t.Revoked, dayOf(t.Used)}
		}
		return c.print(e.out, lines, func(w *tabwriter.Writer) {
			row(w, "NAME", "STATE", "CREATED", "EXPIRES", "LAST USED", "SCOPES")
			for i, l := range lines {
				row(w, l.Name, l.State, dayOf(l.Created), dayOf(l.Expires), l.Used, strings.Trim(fmt.Sprint(all[i].Scopes), "[]"))
			}
		})
	})
}

func tokenState(t mce.APIToken, now time.Time) string {
	switch {
	case t.Good(now):
		return "good"
	case t.Revoked.IsZero():
		return "expired"
	}
	return "revoked"
}

// dayOf is empty for the zero time.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

type tokenRevokeCmd struct {
	Name string `arg:""`
}

// Run ends a token.
func (c *tokenRevokeCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		if err := a.store.RevokeAPIToken(e.ctx, c.Name, e.clock.Now()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The token %q opens nothing any more.\n", c.Name)
		return nil
	})
}
