package letter

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar"
)

// Confirmation tells a delegate that the registration r for the event e stands, with the invitation for the calendar, stamped with at.
// It is in the delegate's language, and its Reply-To is the event's contact.
func (l *Letters) Confirmation(e mce.Event, r mce.Registration, at time.Time) (mce.Edition, error) {
	w := l.writer(r.Language)
	return w.place(e, r, nil, mce.Confirmation, "confirm", at)
}

// Update tells a delegate what stands after they changed their registration from old to r: what the confirmation said, as it is now.
func (l *Letters) Update(e mce.Event, old, r mce.Registration, at time.Time) (mce.Edition, error) {
	w := l.writer(r.Language)
	return w.place(e, r, gone(e, old, e, r), mce.ChangeOf, "update", at)
}

// place says all that somebody who has a place needs, with what their calendar has to know; dropped are sessions that it has to forget. The
// words are the messages that begin with the name.
func (w *writer) place(e mce.Event, r mce.Registration, dropped []mce.Session, kind mce.LetterKind, name string, at time.Time) (mce.Edition, error) {
	nonce, err := newNonce(kind, e, r, w.site)
	if err != nil {
		return mce.Edition{}, err
	}
	p := w.notice(e, nonce, name+"_subject", name+"_title")
	p.Intro = []string{w.say(name + "_intro"), w.say(name + "_calendar")}
	p.Facts = w.factsFor(e, r)
	p.Code = w.code(e, mce.SlotMark(nonce, mce.SlotCode))
	picture, err := w.scannable(p.Code, r)
	if err != nil {
		return mce.Edition{}, err
	}
	p.Button = w.manage(nonce)
	p.Programme = w.programmeFor(e, r)
	out, err := w.finish(p, kind, nonce)
	if err != nil {
		return mce.Edition{}, err
	}
	out.ReplyTo, out.Method = e.Contact, calendar.MethodRequest
	if out.Calendar, err = calendar.Request(e, r, w.organizer(r), webURL(e.Link), at); err != nil {
		return out, err
	}
	out.Files, err = w.entries(picture, e, r, dropped, at)
	return out, err
}

// entries adds the calendar entries of the sessions that the person chose, if there are any, to the files of a mail.
func (w *writer) entries(files []mce.File, e mce.Event, r mce.Registration, dropped []mce.Session, at time.Time) ([]mce.File, error) {
	programme, err := calendar.Programme(e, r, dropped, w.organizer(r), at)
	if err != nil || programme == "" {
		return files, err
	}
	return append(files, mce.File{Name: "programme.ics", Type: "text/calendar; method=PUBLISH; charset=utf-8", Content: []byte(programme)}), nil
}

// gone are the sessions that the person chose of the event as it was, and does not come to any more.
func gone(old mce.Event, was mce.Registration, e mce.Event, r mce.Registration) (out []mce.Session) {
	still := map[string]bool{}
	for _, s := range r.Chosen(e) {
		still[s.Slug] = true
	}
	for _, s := range was.Chosen(old) {
		if !still[s.Slug] {
			out = append(out, s)
		}
	}
	return out
}
