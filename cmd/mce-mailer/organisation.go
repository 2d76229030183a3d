package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type organisationCmd struct {
	Import organisationImportCmd `cmd:"" help:"Read organisations from a JSON or CSV file. They are known by their name and replaced; all or nothing."`
	List   organisationListCmd   `cmd:"" help:"List organisations."`
	Show   organisationShowCmd   `cmd:"" help:"An organisation with its domains and contacts."`
	Remove organisationRemoveCmd `cmd:"" help:"Forget an organisation. Its people stay subscribed, and belong to it no more."`
}

type organisationImportCmd struct {
	asJSON
	File string `arg:"" type:"existingfile" help:"A .json file: a list of {name, country, membership, domains, contacts: [{email, name, role}]}. Else CSV: name, country, membership, domains, contact_email, contact_name, contact_role; a line for each contact."`
}

// Run imports organisations.
func (c *organisationImportCmd) Run(e *env) error {
	all, faults, err := readOrganisations(c.File)
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(e.err, f)
	}
	if len(faults) > 0 {
		return mce.Invalidf("nothing was imported: %d entries have a fault", len(faults))
	}
	return e.with(func(a *app) error {
		if err := a.store.SaveOrganisations(e.ctx, all, e.clock.Now()); err != nil {
			return err
		}
		return c.print(e.out, map[string]int{"organisations": len(all)}, func(t *tabwriter.Writer) { row(t, "organisations", len(all)) })
	})
}

// readOrganisations gives the organisations of a file, and what is wrong with the others.
func readOrganisations(file string) (all []mce.Organisation, faults []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if strings.HasSuffix(strings.ToLower(file), ".json") {
		return decodeOrganisations(f)
	}
	all, lines, err := mce.ReadOrganisations(f)
	for _, l := range lines {
		faults = append(faults, l.String())
	}
	return all, faults, err
}

func decodeOrganisations(r io.Reader) (all []mce.Organisation, faults []string, err error) {
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	var raw []mce.Organisation
	if err := in.Decode(&raw); err != nil {
		return nil, nil, mce.Invalidf("not understood near byte %d: %s", in.InputOffset(), strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, mce.Invalidf("not understood near byte %d: something stands behind the end", in.InputOffset())
	}
	for i, o := range raw {
		clean, err := mce.CleanOrganisation(o)
		if err != nil {
			faults = append(faults, fmt.Sprintf("entry %d (%s): %s", i+1, o.Name, mce.ErrorMessage(err)))
		}
		all = append(all, clean)
	}
	return all, faults, nil
}

type organisationListCmd struct {
	asJSON
	Membership string `enum:",none,member,sponsor" default:"" help:"Only with this membership: none, member or sponsor."`
}

// Run lists organisations.
func (c *organisationListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.Organisations(e.ctx, mce.Membership(c.Membership))
		if err != nil {
			return err
		}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "NAME", "COUNTRY", "MEMBERSHIP", "CONTACTS", "DOMAINS")
			for _, o := range all {
				row(t, o.Name, o.Country, o.Membership, len(o.Contacts), strings.Join(o.Domains, " "))
			}
		})
	})
}

type organisationShowCmd struct {
	asJSON
	Name string `arg:""`
}

// Run shows an organisation.
func (c *organisationShowCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		o, err := a.store.Organisation(e.ctx, c.Name)
		if err != nil {
			return err
		}
		return c.print(e.out, o, func(t *tabwriter.Writer) {
			row(t, "name", o.Name)
			row(t, "country", o.Country)
			row(t, "membership", o.Membership)
			row(t, "domains", strings.Join(o.Domains, " "))
			for _, p := range o.Contacts {
				row(t, "contact", p.Email, p.Name, p.Role)
			}
		})
	})
}

type organisationRemoveCmd struct {
	Name string `arg:""`
}

// Run removes an organisation.
func (c *organisationRemoveCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		if err := a.store.RemoveOrganisation(e.ctx, c.Name); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is removed; who belonged to it does so no more.\n", c.Name)
		return nil
	})
}
