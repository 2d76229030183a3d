package mce

import "time"

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
	due, latest, err := r.DueBy(e, now)
	if err != nil {
		return out, err
	}
	if r.Anchor != AtOpens || !e.Opens.IsZero() {
		out.Due = due.In(e.Zone())
	}
	if r.Daily {
		return r.digestOutlook(out, e, reg, fates, now), nil
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

// digestOutlook is about a rule that is due daily: the last time that it went, or whether it is to come.
func (r ReminderRule) digestOutlook(out ReminderOutlook, e Event, reg Registration, fates []ReminderFate, now time.Time) ReminderOutlook {
	for _, f := range fates {
		if f.RuleID == r.ID && f.RegistrationID == reg.ID && f.Outcome == "queued" {
			out.Status, out.Due, out.Reason = f.Outcome, f.Due.In(e.Zone()), "again when there are handouts that nobody was told of"
		}
	}
	end := e.Ends.AddDate(0, 0, DigestDays)
	if out.Status == "queued" {
		return out
	}
	if out.Reason = r.without(e, reg, out.Due, end, now); out.Reason == "" {
		out.Status, out.Reason = "due", "when there are handouts that nobody was told of"
	}
	return out
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
	case ForArrived:
		return r.State == Registered && !r.Arrived.IsZero()
	case ForInterested, ForReturning:
		return false
	default:
		return r.State == Registered
	}
}
