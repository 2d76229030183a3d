package letter

import (
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Welcome greets a new reader who chose c, and shows the latest issue, which has been cut to their topics; nil: none was sent yet. It has
// nothing of their own but slots.
func (l *Letters) Welcome(lang mce.Lang, c mce.Choices, latest *mce.Draft) (mce.Edition, error) {
	nonce, err := newNonce(c, latest, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	p := w.page(w.say("welcome_subject", "Association", l.site.Name))
	p.Heading = words{Text: w.say("welcome_title")}
	p.Preheader = []words{{Text: w.say("welcome_preheader")}}
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	pace := w.say("welcome_each")
	if c.Pace == mce.Monthly {
		pace = w.say("welcome_monthly")
	}
	p.Intro = []string{w.say("welcome_intro", "Association", l.site.Name), pace, w.say("welcome_change")}
	if latest != nil && len(latest.Items) > 0 {
		day := w.p.Day(mce.InZone(latest.Issue.StartedAt, latest.Series.TimeZone))
		p.Closing = []string{w.say("welcome_latest", "Number", latest.Issue.Number, "Day", day)}
		p.Sections = w.sections(*latest)
		p.Footer.Share = webLink(w.say("share"), words{}, l.site.ArchiveURL(latest.Series.Slug, strconv.Itoa(latest.Issue.Number), w.p.Lang))
	} else {
		p.Closing = []string{w.say("welcome_none")}
	}
	p.Footer.Why = []string{w.say("why_newsletter", "Association", l.site.Name)}
	w.choose(p, nonce)
	return w.finish(p, mce.Welcome, nonce)
}

// Link brings somebody the link to their own page. It promises nothing and promotes nothing: who asked for it is not known.
func (l *Letters) Link(lang mce.Lang) (mce.Edition, error) {
	nonce, err := newNonce("link", l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	p := w.page(w.say("link_subject", "Association", l.site.Name))
	p.Heading = words{Text: w.say("link_title")}
	p.Preheader = []words{{Text: w.say("link_preheader")}}
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	p.Intro = []string{w.say("link_intro")}
	p.Button = webLink(w.say("link_button"), words{}, l.site.SelfURL(mce.SlotMark(nonce, mce.SlotToken)))
	p.Closing = []string{w.say("link_day"), w.say("link_not_you")}
	p.Footer.Why = []string{w.say("why_link")}
	return w.finish(p, mce.SelfLink, nonce)
}

// Login brings a user of the editors' desk the link that lets them in.
func (l *Letters) Login(lang mce.Lang) (mce.Edition, error) {
	nonce, err := newNonce("login", l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	p := w.page(w.say("login_subject", "Association", l.site.Name))
	p.Heading = words{Text: w.say("login_title")}
	p.Preheader = []words{{Text: w.say("login_preheader")}}
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	p.Intro = []string{w.say("login_intro")}
	p.Button = webLink(w.say("login_button"), words{}, l.site.LoginURL(mce.SlotMark(nonce, mce.SlotToken)))
	p.Closing = []string{w.say("login_time", "Count", int(mce.LoginFor/time.Minute)), w.say("login_not_you")}
	p.Footer.Why = []string{w.say("why_login")}
	return w.finish(p, mce.LoginLink, nonce)
}

// Move asks the owner of a new address to confirm it. The address that it replaces is masked: whoever reads this may be a stranger.
func (l *Letters) Move(p mce.Subscriber) (mce.Edition, error) {
	nonce, err := newNonce("move", p.Email, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(p.Language)
	out := w.page(w.say("move_subject", "Association", l.site.Name))
	out.Heading = words{Text: w.say("move_title")}
	out.Preheader = []words{{Text: w.say("move_preheader")}}
	out.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	out.Intro = []string{w.say("move_intro", "Association", l.site.Name, "Address", mce.MaskAddress(p.Email))}
	out.Button = webLink(w.say("move_button"), words{}, l.site.MoveURL(mce.SlotMark(nonce, mce.SlotToken)))
	out.Closing = []string{w.say("move_next"), w.say("move_not_you")}
	out.Footer.Why = []string{w.say("why_move")}
	return w.finish(out, mce.Move, nonce)
}
