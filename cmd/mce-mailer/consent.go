package main

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

type consentCmd struct {
	Verify consentVerifyCmd `cmd:"" help:"Go through the record of consent and find what was changed, taken away or put in."`
}

type consentVerifyCmd struct {
	asJSON
	Head string `placeholder:"HASH" help:"The head that an earlier run printed: what it proved must still be there."`
}

// Run verifies. A fault ends with exit status 4.
func (c *consentVerifyCmd) Run(e *env) error {
	return e.withKeys(func(a *app) error {
		report, err := a.store.VerifyConsents(e.ctx, c.Head)
		if err != nil {
			return err
		}
		err = c.print(e.out, report, func(t *tabwriter.Writer) {
			row(t, "records", report.Records)
			row(t, "head", report.Head)
			for _, f := range report.Faults {
				row(t, "fault", f)
			}
		})
		if err == nil && len(report.Faults) > 0 {
			err = mce.Conflictf("the record of consent is not what the program wrote; restore it from a backup that verifies")
		}
		return err
	})
}

type subscriberProveCmd struct {
	Email string `arg:""`
	HTML  bool   `name:"html" help:"A page to print, instead of text."`
}

//go:embed proof.html
var proofPage string

// proofView is what the page shows.
type proofView struct {
	postgres.Proof
	Report postgres.ConsentReport
	Org    string
	Now    time.Time
}

// Run prints the proof. It verifies the whole chain first: a line proves something only as part of it.
func (c *subscriberProveCmd) Run(e *env) error {
	return e.withKeys(func(a *app) error {
		proof, err := a.store.Proof(e.ctx, asKept(c.Email))
		if mce.ErrorCode(err) == mce.NotFound {
			err = c.erased(e, a, err)
		}
		if err != nil {
			return err
		}
		report, err := a.store.VerifyConsents(e.ctx, "")
		if err != nil {
			return err
		}
		view := proofView{proof, report, e.settings.OrgName, e.clock.Now().UTC()}
		if c.HTML {
			page, err := template.New("proof").Parse(proofPage)
			if err != nil {
				return err
			}
			return page.Execute(e.out, view)
		}
		return asText(e, view)
	})
}

// erased says so, if that is why nothing is known of the address.
func (c *subscriberProveCmd) erased(e *env, a *app, notFound error) error {
	at, ok, err := a.store.ErasedAt(e.ctx, asKept(c.Email))
	if err != nil || !ok {
		return errors.Join(notFound, err)
	}
	return mce.NotFoundf("%s was erased on %s; the record goes on without the address", c.Email, moment(at))
}

func asText(e *env, v proofView) error {
	return asJSON{}.print(e.out, v, func(t *tabwriter.Writer) {
		row(t, "person", v.Subscriber.Email, v.Subscriber.Name)
		row(t, "state", v.Subscriber.State, "since "+moment(v.Subscriber.ChangedAt))
		for _, l := range v.Lines {
			row(t, "")
			row(t, fmt.Sprintf("record %d", l.Seq), l.Action, l.At.Format(time.RFC3339))
			row(t, "  words", l.Wording, l.Version)
			row(t, "  how", l.Source)
			row(t, "  from", l.Origin)
			row(t, "  what", l.Detail)
			row(t, "  address", l.Email)
			row(t, "  seal", l.Hash)
		}
		row(t, "")
		row(t, "the whole record", fmt.Sprintf("%d lines, %d faults, head %s", v.Report.Records, len(v.Report.Faults), v.Report.Head))
	})
}

type subscriberEraseCmd struct {
	Email string `arg:""`
	Yes   bool   `help:"There is no way back."`
}

// Run erases.
func (c *subscriberEraseCmd) Run(e *env) error {
	if !c.Yes {
		return mce.Invalidf("erasing %s cannot be taken back; say --yes", c.Email)
	}
	return e.withKeys(func(a *app) error {
		if err := a.store.Erase(e.ctx, asKept(c.Email), "command line", e.clock.Now()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is erased.\n", c.Email)
		return nil
	})
}
