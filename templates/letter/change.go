package letter

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar"
)

// Change tells somebody what has changed of an event for them since what they know of it, old: each change as it was and as it is now, and below
// it the event as it stands. Where the change is material, the calendar of who has a place is updated, or freed.
func (l *Letters) Change(old, e mce.Event, r mce.Registration, changes []mce.Change, at time.Time) (mce.Edition, error) {
	nonce, err := newNonce("change", old, e, r, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(r.Language)
	var p *page
	switch e.State {
	case mce.EventCancelled:
		p = w.notice(e, nonce, "off_subject", "off_title")
		p.Intro = []string{w.say("off_intro")}
	case mce.EventMoved:
		p = w.notice(e, nonce, "moved_subject", "moved_title")
		p.Intro = []string{w.say("moved_intro")}
	case mce.EventAnnounced, mce.EventOpen, mce.EventClosed:
		p = w.notice(e, nonce, "change_subject", "change_title")
		p.Intro = []string{w.say("change_intro")}
		p.News = []section{{Title: words{Text: w.say("change_list")}, Items: w.changes(old, e, r, changes)},
			{Title: words{Text: w.say("change_now")}, Items: []item{{Title: w.words(e.Title), Facts: w.factsFor(e, r)}}}}
		p.Programme = w.programmeFor(e, r)
		p.Button = w.manage(nonce)
	}
	material := r.State == mce.Registered && old.MaterialChange(e)
	if material && e.Off() {
		p.Intro = append(p.Intro, w.say("cancel_calendar"))
	} else if material {
		p.Intro = append(p.Intro, w.say("change_calendar"))
	}
	out, err := w.finish(p, mce.ChangeOf, nonce)
	out.ReplyTo = e.Contact
	if err != nil {
		return out, err
	}
	if r.State == mce.Registered && (material || r.ChosenChanged(changes)) {
		if out.Files, err = w.changedEntries(old, e, r, at); err != nil {
			return out, err
		}
	}
	if !material {
		return out, err
	}
	if e.Off() {
		out.Method = calendar.MethodCancel
		out.Calendar, err = calendar.Cancel(e, r, l.organizer(r), at)
		return out, err
	}
	out.Method = calendar.MethodRequest
	out.Calendar, err = calendar.Request(e, r, l.organizer(r), webURL(e.Link), at)
	return out, err
}

// changedEntries are the calendar entries of the sessions that the person chose, as they are now; of an event that is off they are dropped.
func (w *writer) changedEntries(old, e mce.Event, r mce.Registration, at time.Time) ([]mce.File, error) {
	now := r
	if e.Off() {
		now.Sessions = nil
	}
	return w.entries(nil, e, now, gone(old, r, e, now), at)
}

func (w *writer) changes(old, e mce.Event, r mce.Registration, list []mce.Change) (out []item) {
	for _, c := range list {
		out = append(out, w.change(old, e, r, c))
	}
	return out
}

// change is one of them: what it is about, how it was and how it is.
func (w *writer) change(old, e mce.Event, r mce.Registration, c mce.Change) item {
	it := item{Title: w.words(c.New.Title)}
	if c.What == mce.SessionGone {
		it.Title = w.words(c.Old.Title)
	}
	switch c.What {
	case mce.OnAgain:
		it.Title = words{Text: w.say("on_again")}
		it.Facts = []fact{{Label: w.say("now"), Lines: w.when(e)}}
	case mce.ItsTime:
		it.Title = words{Text: w.say("when")}
		it.Facts = w.beforeAndNow(w.when(old), w.factsFor(e, r)[0].Lines)
	case mce.ItsPlace:
		it.Title = words{Text: w.say("where")}
		it.Facts = w.beforeAndNow(w.where(old, forDelegates).Lines, w.where(e, forDelegates).Lines)
	case mce.ItsLink:
		it.Title = words{Text: w.say("online_title")}
		now := fact{Label: w.say("now"), Link: webLink(w.say("join"), words{}, e.Online)}
		if e.Online == "" {
			now.Lines = []words{{Text: w.say("not_online")}}
		}
		it.Facts = []fact{now}
	case mce.SessionTime:
		it.Facts = w.beforeAndNow(w.sessionTime(old, c.Old), w.sessionTime(e, c.New))
	case mce.SessionRoom:
		it.Facts = w.beforeAndNow(w.room(c.Old), w.room(c.New))
	case mce.SessionNew:
		it.Facts = []fact{{Label: w.say("added"), Lines: append(w.sessionTime(e, c.New), w.room(c.New)...)}}
	case mce.SessionGone:
		it.Facts = []fact{{Label: w.say("dropped"), Lines: w.sessionTime(old, c.Old)}}
	case mce.CalledOffOrPutOff: // the whole letter says it
	}
	return it
}

func (w *writer) beforeAndNow(before, now []words) []fact {
	none := func(lines []words) []words {
		if len(lines) == 0 {
			return []words{{Text: w.say("not_known")}}
		}
		return lines
	}
	return []fact{{Label: w.say("before"), Lines: none(before)}, {Label: w.say("now"), Lines: none(now)}}
}

func (w *writer) sessionTime(e mce.Event, s mce.Session) []words {
	from, to := s.Starts.In(e.Zone()), s.Ends.In(e.Zone())
	return []words{{Text: w.p.Day(from) + ", " + w.p.Clock(from) + "–" + w.p.Clock(to)}}
}

func (w *writer) room(s mce.Session) []words {
	if room := w.words(s.Room); room.Text != "" {
		return []words{room}
	}
	return nil
}
