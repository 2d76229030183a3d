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
