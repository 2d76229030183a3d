package letter

import "github.com/majorcities/mce-mailer/mce"

// OptIn asks the owner of an address to confirm a subscription to the topics; none are left unsaid. It says nothing else: a mail that
// nobody has agreed to yet must not promote anything.
func (l *Letters) OptIn(lang mce.Lang, topics []mce.Topic) (mce.Edition, error) {
	nonce, err := newNonce(topics, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	p := w.page(w.say("optin_subject", "Association", l.site.Name))
	p.Heading = words{Text: w.say("optin_title")}
	p.Preheader = []words{{Text: w.say("optin_preheader")}}
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	p.Intro = []string{w.say("optin_intro", "Association", l.site.Name)}
	if len(topics) > 0 {
		p.Intro = append(p.Intro, w.say("optin_topics", "Count", len(topics)))
	}
	for _, t := range topics {
		p.List = append(p.List, w.words(t.Name))
	}
	p.Button = webLink(w.say("optin_button"), words{}, l.site.ConfirmURL(mce.SlotMark(nonce, mce.SlotToken)))
	p.Closing = []string{w.say("optin_next"), w.say("optin_not_you")}
	p.Footer.Why = []string{w.say("why_optin")}
	return w.finish(p, mce.OptIn, nonce)
}
