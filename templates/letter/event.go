package letter

import (
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// audience is whom the facts of an event are for: the link into a virtual event and the address are for delegates only.
type audience int

const (
	forEverybody audience = iota
	forDelegates
)

func (w *writer) eventKind(k mce.EventKind) string {
	switch k {
	case mce.Conference:
		return w.say("kind_conference")
	case mce.Workshop:
		return w.say("kind_workshop")
	case mce.Webinar:
		return w.say("kind_webinar")
	case mce.StudyTour:
		return w.say("kind_study_tour")
	}
	return ""
}

// facts are when, where and in which languages, and for delegates whom to ask. All times are read on the venue's clocks.
func (w *writer) facts(e mce.Event, a audience) []fact {
	out := []fact{{Label: w.say("when"), Lines: w.when(e)}}
	if where := w.where(e, a); len(where.Lines) > 0 || where.Link != nil {
		out = append(out, where)
	}
	if len(e.Languages) > 0 {
		out = append(out, fact{Label: w.say("spoken", "Count", len(e.Languages)), Lines: w.languages(e.Languages)})
	}
	if len(e.Interpretation) > 0 {
		out = append(out, fact{Label: w.say("interpretation"), Lines: w.languages(e.Interpretation)})
	}
	if contact := mailLink(e.Contact); a == forDelegates && contact != nil {
		out = append(out, fact{Label: w.say("host"), Link: contact})
	}
	return out
}

// when names the days and, as a span of several days names no hour, those at which it begins and ends.
func (w *writer) when(e mce.Event) []words {
	from, to := e.Starts.In(e.Zone()), e.Ends.In(e.Zone())
	lines := []words{{Text: w.p.Span(from, to)}}
	if !sameDay(from, to) {
		lines = append(lines, words{Text: w.say("begins", "Clock", w.p.Clock(from), "Zone", w.p.Zone(from), "End", w.p.Clock(to))})
	}
	return lines
}

func (w *writer) where(e mce.Event, a audience) fact {
	f := fact{Label: w.say("where")}
	add := func(line words) {
		if line.Text != "" {
			f.Lines = append(f.Lines, line)
		}
	}
	city, address := w.words(e.City), oneLine(e.Address)
	add(w.words(e.Venue))
	if a == forDelegates {
		add(words{Text: address})
	}
	if a != forDelegates || !strings.Contains(address, city.Text) { // an address often names it
		add(city)
	}
	if e.Online == "" {
		return f
	}
	if a == forDelegates {
		f.Link = webLink(w.say("join"), words{}, e.Online)
	} else {
		add(words{Text: w.say("online")})
	}
	return f
}

func (w *writer) languages(langs []mce.Lang) []words {
	names := make([]string, len(langs))
	for i, lang := range langs {
		names[i] = w.p.Language(lang)
	}
	return []words{{Text: oneLine(w.p.List(names))}}
}

// eventFooter says why a delegate gets the letter; questions go to the host, who reads the answers to it too.
func (w *writer) eventFooter(p *page, e mce.Event) {
	p.Footer.Why = []string{w.say("why_event")}
	if host := mailLink(e.Contact); host != nil {
		p.Footer.Contact = host
	}
}

// factsFor are the facts for one person: with their own time, where it is another than the venue's.
func (w *writer) factsFor(e mce.Event, r mce.Registration) []fact {
	out := w.facts(e, forDelegates)
	if own := w.ownTime(e.Starts, e, r); own.Text != "" {
		out[0].Lines = append(out[0].Lines, own)
	}
	return w.withWebsite(out, e)
}

// withWebsite adds the event's own site to its facts, if it has one.
func (w *writer) withWebsite(facts []fact, e mce.Event) []fact {
	if site := webLink(w.say("event_more"), words{}, e.Link); site != nil {
		facts = append(facts, fact{Label: w.say("website"), Link: site})
	}
	return facts
}

// ownTime is a time on the clocks where the person is at home; no words where they show the same as the venue's, or nobody knows.
func (w *writer) ownTime(t time.Time, e mce.Event, r mce.Registration) words {
	own, differs := r.HomeTime(e, t)
	if !differs {
		return words{}
	}
	return words{Text: w.say("own_time", "Moment", w.p.Moment(own))}
}

// programmeFor is what of the programme concerns one person.
func (w *writer) programmeFor(e mce.Event, r mce.Registration) *programme {
	e.Sessions = r.Programme(e)
	return w.programme(e)
}

// programme is the sessions by day; nil when there are none.
func (w *writer) programme(e mce.Event) *programme {
	if len(e.Sessions) == 0 {
		return nil
	}
	out := &programme{Title: w.say("programme")}
	var last time.Time
	for _, s := range e.Sessions {
		from, to := s.Starts.In(e.Zone()), s.Ends.In(e.Zone())
		if len(out.Days) == 0 || !sameDay(last, from) {
			out.Days = append(out.Days, day{Title: w.p.Day(from)})
		}
		last = from
		d := &out.Days[len(out.Days)-1]
		d.Sessions = append(d.Sessions, session{
			Time:  w.p.Clock(from) + "–" + w.p.Clock(to),
			Title: w.words(s.Title),
			Room:  w.words(s.Room),
			Who:   oneLine(w.p.List(s.Speakers)),
		})
	}
	return out
}

// code is shown where there is a desk to show it at: not for an event that is held online only.
func (w *writer) code(e mce.Event, mark string) *code {
	if !e.HasDesk() {
		return nil
	}
	return &code{Label: w.say("code"), Mark: mark, Hint: w.say("code_hint")}
}

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }
