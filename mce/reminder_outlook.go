package mce

import "time"

// Prospect is how a reader and an event stand to each other, apart from rules.
type Prospect struct {
	Event     Event
	Since     time.Time // the reader is one since then
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

// ReminderFate is what became of a reminder for one registration: it was queued, or dropped at one of the event's dates.
type ReminderFate struct {
	RuleID         int64 `db:"rule_id"`
	RegistrationID int64 `db:"registration_id"`
	Outcome        string
	Reason         string
	Due            time.Time
	At             time.Time
}

// ReminderOutlook says how a rule and a registration stand to each other.
type ReminderOutlook struct {
	Event  string    `json:"event"`
	Rule   string    `json:"rule"`
	Status string    `json:"status"` // queued, dropped, due, or none
	Due    time.Time `json:"due"`    // in the venue's zone; zero where the event has no such date
	Reason string    `json:"reason,omitempty"`
}

// Outlook explains whether the registration for the event gets the reminder. Fates are those of the registration, in order of time.
func (r ReminderRule) Outlook(e Event, reg Registration, fates []ReminderFate, now time.Time) (ReminderOutlook, error) {
	out := ReminderOutlook{Event: e.Slug, Rule: r.Slug, Status: "none"}
	due, latest, err := r.Due(e)
	if err != nil {
		return out, err
	}
	if r.Anchor != AtOpens || !e.Opens.IsZero() {
		out.Due = due
	}
	for _, f := range fates {
		if f.RuleID == r.ID && f.RegistrationID == reg.ID && (f.Outcome == "queued" || f.Due.Equal(due)) {
			out.Status, out.Reason, out.Due = f.Outcome, f.Reason, f.Due.In(e.Zone())
			return out, nil
		}
	}
	if out.Reason = r.without(e, reg, due, latest, now); out.Reason == "" {
		out.Status = "due"
	}
	return out, nil
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

// without says why the registration goes without the reminder, empty if it does not.
func (r ReminderRule) without(e Event, reg Registration, due, latest, now time.Time) string {
	switch {
	case e.Off():
		return "the event is off"
	case !r.Concerns(e):
		return "the rule is not for this event"
	case reg.State == Withdrawn:
		return "the registration was cancelled"
	case !r.Audience().includes(reg):
		return "it is for " + string(r.Audience()) + " only"
	case !reg.CreatedAt.Before(due):
		return "registered after it was due"
	case due.After(latest) || now.After(latest):
		return "its latest useful moment has passed"
	}
	return ""
}

func (a Audience) includes(r Registration) bool {
	switch a {
	case ForWaiting:
		return r.State == OnWaitingList
	case ForSpeakers:
		return r.State == Registered && r.Role == AsSpeaker
	case ForInterested:
		return false
	default:
		return r.State == Registered
	}
}
