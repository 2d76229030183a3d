package letter

import (
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/certificate"
)

// Certificate is the reminder of a rule to one delegate, in their language, with a certificate of attendance that is stamped with at.
func (l *Letters) Certificate(rule mce.ReminderRule, e mce.Event, with mce.Enclosures, r mce.Registration, at time.Time) (mce.Edition, error) {
	out, err := l.remind(mce.Certificate, rule, e, with, r.Language)
	if err != nil {
		return out, err
	}
	w := l.writer(r.Language)
	content, err := certificate.Draw(w.certificate(e, r), at)
	if w.err != nil {
		return out, w.err
	}
	out.Files = []mce.File{{Name: w.say("certificate_file") + "-" + e.Slug + ".pdf", Type: "application/pdf", Content: content}}
	return out, err
}

func (w *writer) certificate(e mce.Event, r mce.Registration) certificate.Words {
	from, to := e.Starts.In(e.Zone()), e.Ends.In(e.Zone())
	out := certificate.Words{
		Lang:         w.p.Lang,
		Association:  w.site.Name,
		Title:        w.say("certificate_title"),
		That:         w.say("certificate_that"),
		Name:         oneLine(r.Name),
		Organisation: oneLine(r.Organisation),
		TookPart:     w.say("certificate_took_part"),
		Event:        w.words(e.Title).Text,
		When:         w.p.Span(from, to),
		Where:        w.venue(e),
		Issued:       oneLine(w.site.Postal),
		Reference:    w.say("certificate_reference", "Code", r.Code),
	}
	if total := r.Hours(e).Round(time.Minute); total > 0 {
		out.Hours = w.say("certificate_hours", "Hours", int(total.Hours()), "Minutes", int(total.Minutes())%60)
	}
	return out
}

// venue is the house and the city, or that it was online.
func (w *writer) venue(e mce.Event) string {
	var parts []string
	for _, t := range []mce.Text{e.Venue, e.City} {
		if s := w.words(t).Text; s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 && e.Online != "" {
		return w.say("online")
	}
	return strings.Join(parts, ", ")
}
