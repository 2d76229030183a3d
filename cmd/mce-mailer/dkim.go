package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/majorcities/mce-mailer/mailer/dkim"
	"github.com/majorcities/mce-mailer/mce"
)

type dkimCmd struct {
	Keygen dkimKeygenCmd `cmd:"" help:"Make a key and print the DNS record that publishes it."`
}

type dkimKeygenCmd struct {
	Selector string `arg:"" help:"Name of the key in the DNS, as s2026. A new key needs a new one."`
	Out      string `required:"" type:"path" placeholder:"FILE" help:"Where the private key goes; an existing file is never replaced."`
	Ed25519  bool   `help:"An Ed25519 key, as a second signature beside an RSA one."`
}

// Run makes a key.
func (c *dkimKeygenCmd) Run(e *env) error {
	site, err := e.settings.site()
	if err != nil {
		return err
	}
	key, err := dkim.Generate(site.Domain(), c.Selector, c.Ed25519)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return mce.Conflictf("%s exists already; a key is never replaced, choose another name", c.Out)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(key.PEM)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The private key is in %s. Publish this record, wait until it is seen everywhere, then set\nDKIM_KEYS=%s:%s\n\n%s\n",
		c.Out, c.Selector, c.Out, key.Zone())
	return nil
}
