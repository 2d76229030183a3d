package page

import (
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// about is an event within a page: for everybody, or for one of its delegates.
type about struct {
	frame
	Event mce.Event
	For   *mce.Registration // nil: everybody
}

// About is the facts of an event as everybody may know them.
func (f frame) About(e mce.Event) about { return about{frame: f, Event: e} }

// When is the days of an event, or its day and hours, on the clocks of its venue.
func (f frame) When(e mce.Event) string { return f.Span(e.Starts.In(e.Zone()), e.Ends.In(e.Zone())) }

// Read is a moment on those clocks as programs read it.
func (f frame) Read(e mce.Event, t time.Time) string { return t.In(e.Zone()).Format(time.RFC3339) }

// Tongued are the names of languages, as a sentence lists them.
func (f frame) Tongued(langs []mce.Lang) string {
	names := make([]string, len(langs))
	for i, l := range langs {
		names[i] = f.Language(l)
	}
	return f.List(names)
}

// Begins is the hour at which an event of several days begins; empty for one of a single day, whose span says it.
func (a about) Begins() (string, error) {
	from := a.Event.Starts.In(a.Event.Zone())
	if sameDay(from, a.Event.Ends.In(a.Event.Zone())) {
		return "", nil
	}
	return a.T("event.begins", "Clock", a.Clock(from), "Zone", a.Zone(from))
}

// OwnTime is when the event begins on the clocks where a delegate is at home; empty where they show the same, or nobody knows.
func (a about) OwnTime() (string, error) {
	if a.For == nil {
		return "", nil
	}
	own, differs := a.For.HomeTime(a.Event, a.Event.Starts)
	if !differs {
		return "", nil
	}
	return a.T("event.own-time", "Moment", a.Moment(own))
}

// Places is where the event is, the nearest first. Its street and the link into a virtual event are for delegates alone, as in letters.
func (a about) Places() ([]foreign, error) {
	var out []foreign
	add := func(f foreign) {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	add(a.In(a.Lang, a.Event.Venue))
	if a.For != nil {
		add(foreign{Text: a.Event.Address})
	}
	if city := a.In(a.Lang, a.Event.City); a.For == nil || !strings.Contains(a.Event.Address, city.Text) { // an address often names it
		add(city)
	}
	if a.Event.Online == "" || a.For != nil {
		return out, nil
	}
	online, err := a.T("event.online")
	return append(out, foreign{Text: online}), err
}

// Join is the link into a virtual event, for who has a place in it.
func (a about) Join() string {
	if a.For == nil || a.For.State != mce.Registered || a.Event.Off() {
		return ""
	}
	return a.Event.Online
}

// day is one of a programme's.
type day struct {
	Name     string
	Sessions []session
}

// session is an entry of a programme.
type session struct {
	Begin, End string // as programs read them
	From, To   string // on the clock
	Name       foreign
	Lines      []foreign // room, speakers, into what it is interpreted where that is another than for the event, and whether it must be chosen
}

// Programme is sessions of an event by the days of its venue; the message says what it means that one is optional.
func (f frame) Programme(e mce.Event, of []mce.Session, optional string) ([]day, error) {
	var out []day
	var last time.Time
	for _, s := range of {
		from, to := s.Starts.In(e.Zone()), s.Ends.In(e.Zone())
		if len(out) == 0 || !sameDay(last, from) {
			out = append(out, day{Name: f.Day(from)})
		}
		last = from
		lines, err := f.sessionLines(e, s, optional)
		if err != nil {
			return nil, err
		}
		d := &out[len(out)-1]
		d.Sessions = append(d.Sessions, session{
			Begin: f.Read(e, s.Starts), End: f.Read(e, s.Ends), From: f.Clock(from), To: f.Clock(to), Name: f.In(f.Lang, s.Title), Lines: lines,
		})
	}
	return out, nil
}

func (f frame) sessionLines(e mce.Event, s mce.Session, optional string) ([]foreign, error) {
	var out []foreign
	if len(s.Room) > 0 {
		out = append(out, f.In(f.Lang, s.Room))
	}
	if len(s.Speakers) > 0 {
		out = append(out, foreign{Text: strings.Join(s.Speakers, " · ")})
	}
	if len(s.Interpretation) > 0 && !slices.Equal(s.Interpretation, e.Interpretation) {
		into, err := f.T("event.session.interpretation", "Languages", f.Tongued(s.Interpretation))
		if err != nil {
			return nil, err
		}
		out = append(out, foreign{Text: into})
	}
	if s.Optional {
		means, err := f.T(optional)
		return append(out, foreign{Text: means}), err
	}
	return out, nil
}

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }
