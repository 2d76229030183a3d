package letter

import (
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Reminder renders what a rule says about an event as it now stands. What is enclosed is shown only where the rule shows it. The code for the
// desk is in reminders that count from the start, for those who have a place; after the end there is no desk. For readers it is an invitation:
// they see of the event what everybody may see, and can leave by it.
func (l *Letters) Reminder(rule mce.ReminderRule, e mce.Event, with mce.Enclosures, lang mce.Lang) (mce.Edition, error) {
	return l.remind(mce.Reminder, rule, e, with, lang)
}

func (l *Letters) remind(kind mce.LetterKind, rule mce.ReminderRule, e mce.Event, with mce.Enclosures, lang mce.Lang) (mce.Edition, error) {
	nonce, err := newNonce(rule, e, with, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	due, latest, err := rule.Due(e)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	p := w.page(w.reminderSubject(rule, e))
	p.Kicker = w.eventKind(e.Kind)
	p.Heading = w.words(e.Title)
	p.Preheader = append([]words{w.words(e.Title)}, w.when(e)...)
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	p.Body = w.reminderBody(rule, e)
	w.reminderParts(p, rule, e, with, nonce)
	w.eventFooter(p, e)
	if rule.Audience().OfReaders() {
		kind = mce.Invitation
		w.invitationEnds(p, e, due, nonce)
	}
	out, err := w.finish(p, kind, nonce)
	out.ReplyTo, out.Latest = e.Contact, latest
	if kind.Bulk() {
		out.ListID, out.Number = invitations, int(e.ID)
	}
	if rule.Shows(mce.ShowHandouts) {
		for _, r := range with.Handouts {
			out.Handouts = append(out.Handouts, r.ID)
		}
	}
	return out, err
}

// ReminderSubject is the subject of a reminder of an event.
func (l *Letters) ReminderSubject(rule mce.ReminderRule, e mce.Event, lang mce.Lang) (string, error) {
	w := l.writer(lang)
	subject := w.reminderSubject(rule, e)
	return subject, w.err
}

// reminderParts are what the rule shows of the event below its wording.
func (w *writer) reminderParts(p *page, rule mce.ReminderRule, e mce.Event, with mce.Enclosures, nonce string) {
	if rule.Shows(mce.ShowFacts) {
		p.Facts = w.withWebsite(w.facts(e, audienceOf(rule)), e)
	}
	if hasCode(rule) {
		p.Code = w.code(e, mce.SlotMark(nonce, mce.SlotCode))
	}
	if rule.Shows(mce.ShowProgramme) {
		p.Programme = w.programme(e)
	}
	if rule.Shows(mce.ShowHandouts) {
		p.Sections = w.handouts(with.Handouts)
	}
	if rule.Shows(mce.ShowNext) && with.Next != nil {
		p.Sections = append(p.Sections, section{Title: words{Text: w.say("next_event")}, Items: []item{w.event(*with.Next)}})
	}
	switch {
	case rule.Shows(mce.ShowFeedback) && e.Feedback != "":
		p.Button = webLink(w.say("feedback"), words{}, e.Feedback)
	case rule.Anchor == mce.AtEnd:
		p.Button = webLink(w.say("event_more"), words{}, e.Link)
	case !rule.Audience().OfReaders(): // who is still to come may have to cancel
		p.Button = w.manage(nonce)
	}
}

// hasCode: the code is for who has a place and is still to come to the desk.
func hasCode(rule mce.ReminderRule) bool {
	a := rule.Audience()
	return rule.Anchor == mce.AtStart && a != mce.ForWaiting && a != mce.ForArrived && !a.OfReaders()
}

// invitationEnds leads to the event's page, where one registers once that is open, says why a reader is invited, and lets them leave.
func (w *writer) invitationEnds(p *page, e mce.Event, due time.Time, nonce string) {
	label := "invite_button"
	if e.State == mce.EventAnnounced || e.Opens.After(due) {
		label = "event_more"
	}
	p.Button = webLink(w.say(label), words{}, w.site.EventURL(e.Slug))
	p.Footer.Why = []string{w.say("why_invitation", "Association", w.site.Name)}
	w.choose(p, nonce)
	p.Footer.Leave.Label = w.say("leave_all")
}

// invitations is the list (RFC 2919) that all of them belong to, so that a reader can sort them.
const invitations = "invitations"

func audienceOf(rule mce.ReminderRule) audience {
	if rule.Audience().OfReaders() {
		return forEverybody
	}
	return forDelegates
}

func (w *writer) handouts(list []mce.Resource) []section {
	if len(list) == 0 {
		return nil
	}
	s := section{Title: words{Text: w.say("handouts")}}
	for _, r := range list {
		s.Items = append(s.Items, w.resource(r))
	}
	return []section{s}
}

func (w *writer) reminderSubject(rule mce.ReminderRule, e mce.Event) string {
	text, lang := rule.Subject.In(w.p.Lang)
	return w.fill(rule, e, lang, func(s string) string { return s }).Replace(text)
}

// reminderBody fills the placeholders in after the Markdown was rendered, so that a title is never read as Markdown. The elements left
// by then have no braces in their attributes.
func (w *writer) reminderBody(rule mce.ReminderRule, e mce.Event) rich {
	r := w.rich(rule.Body, 2)
	_, lang := rule.Body.In(w.p.Lang)
	filled, err := newRich(w.fill(rule, e, lang, html.EscapeString).Replace(string(r.HTML)))
	w.fail(err)
	filled.Lang = r.Lang
	return filled
}

// fill knows what stands for a placeholder, in the language of the text around it.
func (w *writer) fill(rule mce.ReminderRule, e mce.Event, lang mce.Lang, escape func(string) string) *strings.Replacer {
	in := w.Letters.writer(lang)
	city := in.words(e.City).Text
	if city == "" {
		city = in.say("online")
	}
	r := strings.NewReplacer(
		"{title}", escape(in.words(e.Title).Text),
		"{city}", escape(city),
		"{starts}", escape(in.p.Moment(e.Starts.In(e.Zone()))),
		"{days}", strconv.Itoa(max(rule.Days, -rule.Days)),
	)
	w.fail(in.err)
	return r
}
