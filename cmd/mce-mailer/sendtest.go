package main

import (
	"fmt"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

type sendTestCmd struct {
	To       string `arg:"" help:"Address that the test mail goes to."`
	Language string `default:"en" help:"en or it."`
}

// Run sends the opt-in letter of nobody in particular through each relay: the sender, the relays and the look are those of real mails, its
// link leads nowhere.
func (c *sendTestCmd) Run(e *env) error {
	to, err := mce.ParseAddress(c.To)
	if err != nil {
		return err
	}
	lang, err := mce.ParseLang(c.Language)
	if err != nil {
		return err
	}
	relays, err := e.settings.relays()
	if err != nil {
		return err
	}
	site, err := e.settings.site()
	if err != nil {
		return err
	}
	letters, err := letter.New(site)
	if err != nil {
		return err
	}
	edition, err := letters.OptIn(lang, nil)
	if err != nil {
		return err
	}
	edition.Domain = site.Domain()
	sender := mailer.Sender{Site: site, ReturnPath: e.settings.ReturnPath, LeaveMail: e.settings.LeaveMail}
	for _, relay := range relays {
		if err := mailer.SendTest(e.ctx, relay, sender, edition, to, letters.Greeting(lang, ""), e.clock.Now()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The relay %s took the test mail for %s.\n", relay.Host, to)
	}
	return nil
}
