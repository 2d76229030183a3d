package mce

import "time"

// Prospect is how a reader and an event stand to each other, apart from rules.
type Prospect struct {
	Event     Event
	Since     time.Time // the reader is one since then
	Returning bool      // they had a place at the latest event of its kind before
	Uninvited string    // why they are not invited as things stand; empty: they are
	Fates     []InvitationFate
}

// InvitationFate is what became of a rule's invitations to an event at one of its dates, seen by one reader.
type InvitationFate struct {
	RuleID  int64  `db:"rule_id"`
	EventID int64  `db:"event_id"`
	Outcome string // queued: they were invited; passed: others were; dropped: nobody was
	Reason  string
	Due     time.Time
	At      time.Time
}

// Invitation explains whether a reader is invited by the rule.
func (r ReminderRule) Invitation(p Prospect, now time.Time) (ReminderOutlook, error) {
	out := ReminderOutlook{Event: p.Event.Slug, Rule: r.Slug, Status: "none", Reason: p.Uninvited}
	due, latest, err := r.Due(p.Event)
	if err != nil {
		return out, err
	}
	if r.Anchor != AtOpens || !p.Event.Opens.IsZero() {
		out.Due = due.In(p.Event.Zone())
	}
	passed := false
	for _, f := range p.Fates {
		switch {
		case f.RuleID != r.ID:
		case f.Outcome == "queued", f.Outcome == "dropped" && f.Due.Equal(due):
			out.Status, out.Reason, out.Due = f.Outcome, f.Reason, f.Due.In(p.Event.Zone())
			return out, nil
		case f.Due.Equal(due):
			passed = true
		}
	}
	switch {
	case p.Event.Off():
		out.Reason = "the event is off"
	case !r.Concerns(p.Event):
		out.Reason = "the rule is not for this event"
	case out.Reason != "":
	case r.Audience() == ForReturning && !p.Returning:
		out.Reason = "they had no place at the event of its kind before"
	case !p.Since.Before(due):
		out.Reason = "a reader only since after it was due"
	case passed:
		out.Reason = "it went before they could be invited"
	case due.After(latest) || now.After(latest):
		out.Reason = "its latest useful moment has passed"
	default:
		out.Status = "due"
	}
	return out, nil
}
