package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type eventCmd struct {
	List      eventListCmd      `cmd:"" help:"List events in order of their start."`
	Set       eventSetCmd       `cmd:"" help:"Change fields of an event, as: event set prato state=open capacity=120 venue_it='Museo del Tessuto'. Delegates are told of what concerns them once it has stood for half an hour."`
	Import    eventImportCmd    `cmd:"" help:"Read events from a CSV file with the column slug and any of their fields; a field that it does not have stays, and so does the programme. All of them or none."`
	Programme eventProgrammeCmd `cmd:"" help:"Replace an event's programme by a CSV file with the columns slug, title, starts, ends, and any of title_it, room, room_it, speakers (with semicolons between), interpretation, optional."`
	Show      eventShowCmd      `cmd:"" help:"An event with its programme and when its reminders are due."`
}

type eventListCmd struct{ asJSON }

// Run lists events.
func (c *eventListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.Events(e.ctx)
		if err != nil {
			return err
		}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "EVENT", "KIND", "STATE", "STARTS", "TITLE")
			for _, x := range all {
				row(t, x.Slug, x.Kind, x.State, x.Starts.In(x.Zone()).Format("2006-01-02 15:04 MST"), x.Title[mce.English])
			}
		})
	})
}

type eventShowCmd struct {
	asJSON
	Event string `arg:"" help:"Its slug."`
}

// Run shows an event.
func (c *eventShowCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		x, err := a.store.Event(e.ctx, c.Event)
		if err != nil {
			return err
		}
		rules, err := a.store.ReminderRules(e.ctx)
		if err != nil {
			return err
		}
		return c.print(e.out, x, func(t *tabwriter.Writer) {
			const when = "Mon 2006-01-02 15:04 MST"
			row(t, "event", x.Title[mce.English])
			row(t, "kind", fmt.Sprintf("%s, %s", x.Kind, x.State))
			row(t, "when", x.Starts.In(x.Zone()).Format(when)+" – "+x.Ends.In(x.Zone()).Format(when))
			row(t, "places", places(x), "registration until "+x.RegistrationEnds().In(x.Zone()).Format(when))
			row(t, "where", x.Venue[mce.English], x.Address, x.City[mce.English], x.Online)
			for _, s := range x.Sessions {
				row(t, s.Starts.In(x.Zone()).Format("Mon 15:04")+"–"+s.Ends.In(x.Zone()).Format("15:04"), s.Title[mce.English], s.Room[mce.English])
			}
			for _, r := range rules {
				if due, _, err := r.Due(x); err == nil && r.Concerns(x) {
					row(t, "reminder "+r.Slug, r.Words(), due.Format(when))
				}
			}
		})
	})
}

// places says how many may come to an event, and who.
func places(e mce.Event) string {
	n := "as many as come"
	if e.Capacity > 0 {
		n = fmt.Sprint(e.Capacity)
	}
	if e.Admission == mce.ForMembers {
		n += ", members only"
	}
	return n
}
