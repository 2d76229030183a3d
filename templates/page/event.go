package page

import (
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Events is the view of the page of all events: those to come and those of the last year. None is told in a friendly sentence.
type Events struct {
	Common
	Offers []mce.Offer // in order of their start
}

// Ahead are those that are not over, the next one first.
func (v Events) Ahead() []mce.Offer {
	return slices.DeleteFunc(slices.Clone(v.Offers), mce.Offer.Past)
}

// Past are those that are over, the last one first.
func (v Events) Past() []mce.Offer {
	out := slices.DeleteFunc(slices.Clone(v.Offers), func(o mce.Offer) bool { return !o.Past() })
	slices.Reverse(out)
	return out
}

// Event is the view of an event's page, with the form on which one registers where one can.
type Event struct {
	Common
	Offer    mce.Offer
	Body     string   // the event's own words as HTML of letter.Prose, which is trusted
	BodyLang mce.Lang // the language of Body

	Email string // as entered, like the particulars
	mce.Particulars
	Newsletter bool        // ticked
	Topics     []mce.Topic // of the newsletters that one may wish for; none: it is not offered
	Wording    string      // what one agrees to with that
	Version    string      // of the wording
	Months     int         // after which what was entered is removed
	FaultIn    string      // the entry at fault: email, name, organisation, country, language, zone, sessions, newsletter; member (the address is no member's) or event; empty: none
	Better     string      // an address that they may have meant
	Done       bool        // the registration is taken: the page says the same to everybody
}

// Event is what is offered.
func (v Event) Event() mce.Event { return v.Offer.Event }

// FaultAt is the entry to go to.
func (v Event) FaultAt() string {
	switch v.FaultIn {
	case "member":
		return "email"
	case "event":
		return "standing"
	}
	return v.FaultIn
}

// HTML is the body, as markup.
func (v Event) HTML() template.HTML { return template.HTML(v.Body) } //nolint:gosec // letter.Prose has cleaned it

// Events writes the page of all events.
func (p *Pages) Events(w io.Writer, lang mce.Lang, v Events) error {
	return p.write(w, "events", lang, v.Common, v)
}

// Event writes the page of one.
func (p *Pages) Event(w io.Writer, lang mce.Lang, v Event) error {
	return p.write(w, "event", lang, v.Common, v)
}

// EventLink leads to the page of an event.
func (f frame) EventLink(slug string) string { return f.Link("/events/" + slug) }

// Standing says where an event stands for who wants to come.
func (f frame) Standing(o mce.Offer) (string, error) {
	id := "event.standing." + string(o.Standing)
	moment := o.Opens
	switch {
	case o.Standing == mce.Announced && !o.Opens.IsZero() && o.State == mce.EventOpen:
		id += ".from"
	case o.Standing == mce.Open && !o.Closes.IsZero() && o.Closes.Before(o.Starts):
		id, moment = id+".until", o.Closes
	}
	return f.T(id, "Moment", f.Moment(moment.In(o.Zone())))
}

// Summary is kind, days and place in a line, for previews.
func (f frame) Summary(e mce.Event) (string, error) {
	kind, err := f.T("event.kind." + string(e.Kind))
	if err != nil {
		return "", err
	}
	places, err := f.About(e).Places()
	parts := []string{kind}
	if !e.Off() {
		parts = append(parts, f.When(e))
	}
	for _, p := range places {
		parts = append(parts, p.Text)
	}
	return strings.Join(parts, " · "), err
}

// ZoneOf is the zone of an event's clocks, as it begins.
func (f frame) ZoneOf(e mce.Event) string { return f.Zone(e.Starts.In(e.Zone())) }

// NamesOf are topics by their names, as a sentence lists them.
func (f frame) NamesOf(topics []mce.Topic) string {
	slugs := make([]string, len(topics))
	for i, t := range topics {
		slugs[i] = t.Slug
	}
	return f.TopicNames(slugs, topics)
}
