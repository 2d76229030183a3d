package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Login is the view of the page on which a link is asked for.
type Login struct {
	Common
	Email string
	Fault string // of the address, in English; empty: none
	Next  string // path of the page to go to then
	Sent  bool   // the wish is taken: the page says the same to everybody
	// Provider is where one may log in instead; empty: nowhere.
	Provider string
}

// Field is the one entry.
func (v Login) Field() Field {
	return Field{Name: "email", Type: "email", Value: v.Email, Autocomplete: "email", Fault: v.Fault, Hint: true}
}

// ProviderPath leads to where one may log in instead.
func (v Login) ProviderPath() string { return providerPath(v.Next) }

func providerPath(next string) string { return "/desk/oidc?" + url.Values{"next": {next}}.Encode() }

// Link is the view of the page of a mailed link.
type Link struct {
	Common
	Fault mce.LoginFault // why it does not let in; good: the page has a button
	Name  string         // of the user; empty where there is a fault
}

// Minutes are those for which a link works.
func (v Link) Minutes() int { return int(mce.LoginFor / time.Minute) }

// Fresh is the view of the page that asks for a fresh log-in before something grave.
type Fresh struct {
	Common
	Next string // path of the page to go on to
	Sent bool
	// Provider is where one may log in anew instead; empty: nowhere.
	Provider string
}

// ProviderPath leads there.
func (v Fresh) ProviderPath() string { return providerPath(v.Next) }

// Minutes are those for which a log-in is fresh.
func (v Fresh) Minutes() int { return int(mce.FreshFor / time.Minute) }

// Work is an issue in work.
type Work struct {
	mce.Issue
	Series mce.Text
	At     time.Time // when it goes out or was due, on the wall clock of the series
}

// Me is the view of a user's own page.
type Me struct {
	Common
	Session  mce.DeskSession   // this one
	Sessions []mce.DeskSession // the others
}

// Languages are those to choose from.
func (v Me) Languages() Field {
	return Field{Name: "language", Type: "choice", Value: string(v.User.Language), Options: languages()}
}

func languages() []Option {
	var out []Option
	for _, l := range mce.Languages() {
		out = append(out, Option{Value: string(l), Label: "language." + string(l)})
	}
	return out
}

// Users is the view of the list of users.
type Users struct {
	Common
	Users []mce.User
}

// UserForm is the view of the form of a user.
type UserForm struct {
	Common
	Entered mce.User // ID 0: a new one
	Reason  string
	FaultIn string // email, name, role or language; empty: none
	Fault   string // in English
}

// Fields are the form's entries.
func (v UserForm) Fields() []Field {
	fields := []Field{
		{Name: "name", Type: "text", Value: v.Entered.Name, Autocomplete: "off", Hint: true},
		{Name: "email", Type: "email", Value: v.Entered.Email, Autocomplete: "off", Hint: true},
		{Name: "role", Type: "choice", Value: string(v.Entered.Role)},
		{Name: "language", Type: "choice", Value: string(v.Entered.Language), Options: languages()},
		{Name: "reason", Type: "text", Value: v.Reason, Autocomplete: "off", Hint: true, Optional: true},
	}
	for _, r := range mce.DeskRoles() {
		fields[2].Options = append(fields[2].Options, Option{Value: string(r), Label: "role." + string(r), Hint: true})
	}
	for i := range fields {
		if fields[i].Name == v.FaultIn {
			fields[i].Fault = v.Fault
		}
	}
	return fields
}

// Remove is the view of the page that asks whether to remove a user.
type Remove struct {
	Common
	Of mce.User
}

// Reason is the form's entry.
func (v Remove) Reason() Field {
	return Field{Name: "reason", Type: "text", Autocomplete: "off", Hint: true, Optional: true}
}

// Audit is the view of a page of the audit log.
type Audit struct {
	Common
	Search string
	Lines  []mce.Audit
	Newest bool  // these are the newest lines
	Older  int64 // id from which on the next page goes; 0: there is none
}

// Field is what is searched for.
func (v Audit) Field() Field {
	return Field{Name: "q", Type: "search", Value: v.Search, Hint: true, Optional: true}
}

// OlderPath is the next page.
func (v Audit) OlderPath() string {
	q := url.Values{"before": {strconv.FormatInt(v.Older, 10)}}
	if v.Search != "" {
		q.Set("q", v.Search)
	}
	return "/desk/audit?" + q.Encode()
}

// NewestPath is the first page.
func (v Audit) NewestPath() string {
	if v.Search == "" {
		return "/desk/audit"
	}
	return "/desk/audit?" + url.Values{"q": {v.Search}}.Encode()
}

// Error is the view of the error page.
type Error struct {
	Common
	Status  int    // of the HTTP answer; chooses the words
	Message string // a sentence for people in English; empty: the page's own words say it all
}

// Kind chooses the words of an error page: what can be done now?
func (e Error) Kind() string {
	switch {
	case e.Status == http.StatusNotFound || e.Status == http.StatusGone:
		return "missing"
	case e.Status == http.StatusForbidden:
		return "forbidden"
	case e.Status == http.StatusTooManyRequests:
		return "busy"
	case e.Status >= 500:
		return "ours"
	}
	return "refused"
}

// Saids are the messages that may stand after a redirect, by their ids.
func Saids() []string {
	return []string{"in", "out", "user-added", "user-saved", "user-removed", "me-saved", "session-ended", "sessions-ended",
		"place", "hold", "leave-out", "reassemble", "subject", "submit", "check", "approve", "test", "schedule", "unschedule", "pause", "resume", "resolve",
		"cancel", "content-saved", "content-same", "content-restored", "draft-dropped", "image-added", "image-saved", "image-removed",
		"news-told", "news-withheld", "delegate-saved", "delegate-cancelled", "delegate-registered", "delegate-waiting", "check-in-undone", "series-saved", "begun",
		"person-choices", "person-details", "person-leave", "person-ask", "person-suppress", "person-lift", "person-erase", "people-imported", "person-resend", "person-cancel", "reminder-saved", "reminder-removed",
		"topic-saved", "topic-removed"}
}
