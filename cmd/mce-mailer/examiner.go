package main

import (
	"net"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mailer/preflight"
)

// reach is whom an examination may ask.
type reach int

const (
	askNobody  reach = iota // nobody: a tick waits for no other service
	askSpamd                // SpamAssassin, where it is configured
	askNetwork              // the network, too, unless CHECK_NETWORK says no
)

// newExaminer makes what looks at issues before they are approved. Its mails are made as the mailer makes them, by a mailer without relays.
func (a *app) newExaminer(s *Settings, r reach) (*preflight.Examiner, error) {
	sign, records, err := s.signer(a.site.Domain())
	if err != nil {
		return nil, err
	}
	sender := a.sender(s)
	m := mailer.New(mailer.Options{Outbox: a.store, Sender: sender, Keys: a.keys, Greet: a.letters.Greeting, Sign: sign, Clock: a.clock, Log: a.log})
	o := preflight.Options{
		Letters: a.letters, Proof: m.Proof, Store: a.store, Site: a.site, ReturnPath: sender.ReturnPath, Keys: records, Clock: a.clock,
	}
	if r >= askSpamd {
		o.Spamd = s.SpamdAddr
	}
	if r == askNetwork && s.CheckNetwork != "off" {
		o.Network = &preflight.Network{Resolver: net.DefaultResolver}
	}
	return preflight.New(o), nil
}
