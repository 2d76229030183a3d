package main

import (
	"context"
	"fmt"
	"os/user"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Let somebody come to the editors' desk. The first is an admin, who adds the others there."`
	List   userListCmd   `cmd:"" help:"List who may come to the desk."`
	Set    userSetCmd    `cmd:"" help:"Give a user another address, name, role or language. Another address or role logs them out."`
	Remove userRemoveCmd `cmd:"" help:"Let a user in no more, at once. What they did stays on record."`
}

// userReason is embedded in every verb that writes into the audit log.
type userReason struct {
	Reason string `help:"Why, for the audit log."`
}

// operator is who works at the command line, for the audit log.
func operator() mce.Actor {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return mce.Actor{Name: name + " at the command line"}
}

// acting is the context of what the operator does to an issue, for the audit log.
func (e *env) acting() context.Context {
	return mce.WithDeed(e.ctx, mce.Deed{By: operator(), At: e.clock.Now()})
}

// userLine is a user as it is printed.
type userLine struct {
	ID       int64        `json:"id"`
	Email    string       `json:"email"`
	Name     string       `json:"name"`
	Role     mce.DeskRole `json:"role"`
	Language mce.Lang     `json:"language"`
}

func printUsers(o asJSON, e *env, users []mce.User) error {
	lines := make([]userLine, len(users))
	for i, u := range users {
		lines[i] = userLine{u.ID, u.Email, u.Name, u.Role, u.Language}
	}
	return o.print(e.out, lines, func(t *tabwriter.Writer) {
		row(t, "EMAIL", "NAME", "ROLE", "LANGUAGE")
		for _, l := range lines {
			row(t, l.Email, l.Name, l.Role, l.Language)
		}
	})
}

type userAddCmd struct {
	userReason
	Email    string `arg:"" help:"Where the links to log in go."`
	Name     string `required:"" help:"By which the others know them."`
	Role     string `default:"editor" help:"editor writes, approver also decides what goes out, admin also says who may come."`
	Language string `default:"en" help:"Of the desk: en or it."`
}

// Run adds a user.
func (c *userAddCmd) Run(e *env) error {
	u, fault := mce.CleanUser(mce.User{Email: c.Email, Name: c.Name, Role: mce.DeskRole(c.Role), Language: mce.Lang(c.Language)})
	if fault != nil {
		return fault
	}
	e.suggest(u.Email)
	return e.with(func(a *app) error {
		u, err := a.store.AddUser(e.ctx, u, operator(), c.Reason, e.clock.Now())
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is %s.\n", u.Email, withArticle(u.Role))
		if at := e.settings.PublicURL; at != "" {
			fmt.Fprintf(e.out, "They log in at %s/desk/ with a link that is mailed to them.\n", strings.TrimRight(at, "/"))
		}
		return nil
	})
}

func withArticle(r mce.DeskRole) string {
	if strings.ContainsRune("aeiou", rune(r[0])) {
		return "an " + string(r)
	}
	return "a " + string(r)
}

type userListCmd struct{ asJSON }

// Run lists users.
func (c *userListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		users, err := a.store.Users(e.ctx)
		if err != nil {
			return err
		}
		return printUsers(c.asJSON, e, users)
	})
}

type userSetCmd struct {
	asJSON
	userReason
	Email    string `arg:"" help:"Their present address."`
	NewEmail string `help:"Another address."`
	Name     string `help:"Another name."`
	Role     string `help:"Another role: editor, approver or admin."`
	Language string `help:"Another language: en or it."`
}

// Run changes what is given of a user.
func (c *userSetCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		u, err := a.store.UserByEmail(e.ctx, asKept(c.Email))
		if err != nil {
			return err
		}
		for _, set := range []struct {
			value string
			to    *string
		}{{c.NewEmail, &u.Email}, {c.Name, &u.Name}, {c.Role, (*string)(&u.Role)}, {c.Language, (*string)(&u.Language)}} {
			if set.value != "" {
				*set.to = set.value
			}
		}
		u, fault := mce.CleanUser(u)
		if fault != nil {
			return fault
		}
		if err := a.store.SaveUser(e.ctx, u, operator(), c.Reason, e.clock.Now()); err != nil {
			return err
		}
		return printUsers(c.asJSON, e, []mce.User{u})
	})
}

type userRemoveCmd struct {
	userReason
	Email string `arg:""`
}

// Run removes a user.
func (c *userRemoveCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		u, err := a.store.UserByEmail(e.ctx, asKept(c.Email))
		if err != nil {
			return err
		}
		if err := a.store.RemoveUser(e.ctx, u.ID, operator(), c.Reason, e.clock.Now()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is let in no more.\n", u.Email)
		return nil
	})
}
