package mce

import (
	"net/url"
	"regexp"
	"time"
)

// Topic is what a subscriber can choose.
type Topic struct {
	Slug string `json:"slug"`
	Name Text   `json:"name"`
}

// Window is when content may be shown: from From until just before Until. A zero Until means for ever.
type Window struct {
	From  time.Time `json:"publish_at"`
	Until time.Time `json:"expire_at,omitzero"`
}

// Open reports whether t lies in the window.
func (w Window) Open(t time.Time) bool {
	return !t.Before(w.From) && (w.Until.IsZero() || t.Before(w.Until))
}

// Article is a news piece. Body is Markdown; Link leads to the whole story on the association's site and may be empty.
type Article struct {
	ID       int64    `json:"-"`
	Slug     string   `json:"slug"`
	Title    Text     `json:"title"`
	Body     Text     `json:"body"`
	Link     string   `json:"link,omitempty"`
	Image    string   `json:"image,omitempty"`     // https URL
	ImageAlt Text     `json:"image_alt,omitempty"` // required with Image
	Topics   []string `json:"topics"`
	Priority int      `json:"priority,omitempty"` // higher goes first; 0 is usual
	Window
}

// Resource is a handout or video of the knowledge base, often of an event.
type Resource struct {
	ID     int64    `json:"-"`
	Slug   string   `json:"slug"`
	Kind   string   `json:"kind"` // "handout" or "video"
	Title  Text     `json:"title"`
	Body   Text     `json:"body,omitempty"`
	Link   string   `json:"link"`
	Event  string   `json:"event,omitempty"` // slug of the event it comes from
	Topics []string `json:"topics"`
	Window
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// IsSlug reports whether content may be known by a text: lower-case letters, digits and single hyphens, at most 80.
func IsSlug(s string) bool { return slugForm.MatchString(s) && len(s) <= 80 }

func checkSlug(what, slug string) error {
	if !IsSlug(slug) {
		return Invalidf("%s: slug %q must be lower-case letters, digits and single hyphens, at most 80", what, slug)
	}
	return nil
}

// checkLink accepts absolute http(s) links only: javascript: and the like never reach a mail.
func checkLink(what, link string, required bool) error {
	if link == "" && !required {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return Invalidf("%s: %q must be a whole web address beginning with https://", what, link)
	}
	return nil
}

func checkWindow(what string, w Window) error {
	if w.From.IsZero() {
		return Invalidf("%s needs publish_at, a time such as 2023-10-18T09:00:00+02:00", what)
	}
	if !w.Until.IsZero() && !w.Until.After(w.From) {
		return Invalidf("%s: expire_at must be later than publish_at", what)
	}
	return nil
}

// Check says what is wrong with the topic, if anything.
func (t Topic) Check() error {
	return firstError(checkSlug("topic", t.Slug), t.Name.check("topic "+t.Slug+": name", true))
}

// Check says what is wrong with the article, if anything.
func (a Article) Check() error {
	what := "article " + a.Slug
	return firstError(
		checkSlug("article", a.Slug),
		a.Title.check(what+": title", true),
		a.Body.check(what+": body", true),
		checkLink(what+": link", a.Link, false),
		checkLink(what+": image", a.Image, false),
		a.ImageAlt.check(what+": image_alt", a.Image != ""),
		checkWindow(what, a.Window),
	)
}

// Check says what is wrong with the resource, if anything.
func (r Resource) Check() error {
	what := "resource " + r.Slug
	if r.Kind != "handout" && r.Kind != "video" {
		return Invalidf("%s: kind %q must be handout or video", what, r.Kind)
	}
	return firstError(
		checkSlug("resource", r.Slug),
		r.Title.check(what+": title", true),
		r.Body.check(what+": body", false),
		checkLink(what+": link", r.Link, true),
		checkWindow(what, r.Window),
	)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
