package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAnOutlookSaysWhyAReminderComesOrNot(t *testing.T) {
	due := at("2024-03-27T09:00:00+01:00")
	fate := func(outcome string, due time.Time) []mce.ReminderFate {
		return []mce.ReminderFate{{RuleID: 7, RegistrationID: 3, Outcome: outcome, Due: due}}
	}
	early := func(change func(*mce.Registration)) mce.Registration {
		r := mce.Registration{ID: 3, State: mce.Registered, CreatedAt: due.AddDate(0, -1, 0)}
		change(&r)
		return r
	}
	same := early(func(*mce.Registration) {})
	for name, c := range map[string]struct {
		reg            mce.Registration
		fates          []mce.ReminderFate
		audience       mce.Audience
		state          mce.EventState
		now            time.Time
		status, reason string
	}{
		"to come":         {same, nil, "", mce.EventOpen, due, "due", ""},
		"went":            {same, fate("queued", due.AddDate(0, 0, -7)), "", mce.EventOpen, due, "queued", ""},
		"dropped":         {same, fate("dropped", due), "", mce.EventOpen, due, "dropped", ""},
		"due again":       {same, fate("dropped", due.AddDate(0, 0, -7)), "", mce.EventOpen, due, "due", ""},
		"too late now":    {same, nil, "", mce.EventOpen, due.AddDate(0, 0, 3), "none", "its latest useful moment has passed"},
		"event off":       {same, nil, "", mce.EventCancelled, due, "none", "the event is off"},
		"for speakers":    {same, nil, mce.ForSpeakers, mce.EventOpen, due, "none", "it is for speakers only"},
		"cancelled":       {early(func(r *mce.Registration) { r.State = mce.Withdrawn }), nil, "", mce.EventOpen, due, "none", "the registration was cancelled"},
		"for who came":    {same, nil, mce.ForArrived, mce.EventOpen, due, "none", "it is for arrived only"},
		"came":            {early(func(r *mce.Registration) { r.Arrived = due }), nil, mce.ForArrived, mce.EventOpen, due, "due", ""},
		"for readers":     {same, nil, mce.ForInterested, mce.EventOpen, due, "none", "it is for interested only"},
		"waits":           {early(func(r *mce.Registration) { r.State = mce.OnWaitingList }), nil, mce.ForWaiting, mce.EventOpen, due, "due", ""},
		"registered late": {early(func(r *mce.Registration) { r.CreatedAt = due }), nil, "", mce.EventOpen, due, "none", "registered after it was due"},
	} {
		e, r := conference(), rule(mce.AtStart, -7, "09:00", 48)
		r.ID, r.For, e.State = 7, c.audience, c.state
		got, err := r.Outlook(e, c.reg, c.fates, c.now)
		if err != nil || got.Status != c.status || got.Reason != c.reason {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAnInvitationsOutlook(t *testing.T) {
	due := at("2024-03-27T09:00:00+01:00")
	fate := func(outcome string, due time.Time) []mce.InvitationFate {
		return []mce.InvitationFate{{RuleID: 8, Outcome: "queued", Due: due}, {RuleID: 7, Outcome: outcome, Due: due, Reason: "why"}}
	}
	for name, c := range map[string]struct {
		change         func(*mce.Prospect, *mce.ReminderRule)
		fates          []mce.InvitationFate
		now            time.Time
		status, reason string
	}{
		"to come":       {nil, nil, due, "due", ""},
		"went":          {nil, fate("queued", due.AddDate(0, 0, -7)), due, "queued", "why"},
		"dropped":       {nil, fate("dropped", due), due, "dropped", "why"},
		"dropped once":  {nil, fate("dropped", due.AddDate(0, 0, -7)), due, "due", ""},
		"passed":        {nil, fate("passed", due), due, "none", "it went before they could be invited"},
		"not invited":   {func(p *mce.Prospect, _ *mce.ReminderRule) { p.Uninvited = "unsubscribed" }, nil, due, "none", "unsubscribed"},
		"too new":       {func(p *mce.Prospect, _ *mce.ReminderRule) { p.Since = due }, nil, due, "none", "a reader only since after it was due"},
		"too late":      {nil, nil, due.AddDate(0, 0, 3), "none", "its latest useful moment has passed"},
		"off":           {func(p *mce.Prospect, _ *mce.ReminderRule) { p.Event.State = mce.EventMoved }, nil, due, "none", "the event is off"},
		"another event": {func(_ *mce.Prospect, r *mce.ReminderRule) { r.Event = "other" }, nil, due, "none", "the rule is not for this event"},
		"was not there": {func(_ *mce.Prospect, r *mce.ReminderRule) { r.For = mce.ForReturning }, nil, due, "none", "they had no place at the event of its kind before"},
		"was there":     {func(p *mce.Prospect, r *mce.ReminderRule) { r.For, p.Returning = mce.ForReturning, true }, nil, due, "due", ""},
	} {
		p, r := mce.Prospect{Event: conference(), Since: due.AddDate(0, -1, 0), Fates: c.fates}, rule(mce.AtStart, -7, "09:00", 48)
		r.ID, r.For = 7, mce.ForInterested
		if c.change != nil {
			c.change(&p, &r)
		}
		got, err := r.Invitation(p, c.now)
		if err != nil || got.Status != c.status || got.Reason != c.reason {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestADigestsOutlook(t *testing.T) {
	e, r := conference(), rule(mce.AtEnd, 1, "09:00", 12)
	r.ID, r.Daily = 7, true
	reg := mce.Registration{ID: 3, State: mce.Registered, CreatedAt: e.Starts.AddDate(0, -1, 0)}
	first, now := at("2024-04-06T09:00:00+02:00"), at("2024-04-20T12:00:00+02:00")
	went := []mce.ReminderFate{{RuleID: 7, RegistrationID: 3, Outcome: "queued", Due: first}, {RuleID: 7, RegistrationID: 3, Outcome: "queued", Due: first.AddDate(0, 0, 2)}}
	for name, c := range map[string]struct {
		fates  []mce.ReminderFate
		now    time.Time
		status string
		due    time.Time
	}{
		"before":        {nil, e.Starts, "due", first},
		"nothing yet":   {nil, now, "due", at("2024-04-20T09:00:00+02:00")},
		"went twice":    {went, now, "queued", first.AddDate(0, 0, 2)},
		"long after it": {nil, e.Ends.AddDate(0, 0, 91), "none", at("2024-07-05T09:00:00+02:00")},
	} {
		got, err := r.Outlook(e, reg, c.fates, c.now)
		if err != nil || got.Status != c.status || !got.Due.Equal(c.due) || got.Reason == "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
