package mce

import "time"

// Keep says how long what is kept for a time only is kept.
type Keep struct {
	// Letters is in months, from 2 to 1200: so much lies at least between a letter and its removal. Letters go by whole calendar months
	// (UTC), and with them the editions that no other letter needs.
	Letters int
}

// Check refuses a time in which letters may still be tried, or too long to reckon with.
func (k Keep) Check() error {
	if k.Letters < 2 || k.Letters > 1200 {
		return Invalidf("expected a number of months from 2 to 1200, not %d", k.Letters)
	}
	return nil
}

// LettersFrom is the first day, always the first of a month, whose letters are kept at now; the months before it lie whole in the past
// for longer than Letters.
func (k Keep) LettersFrom(now time.Time) time.Time {
	now = now.UTC()
	return time.Date(now.Year(), now.Month()-time.Month(k.Letters), 1, 0, 0, 0, 0, time.UTC)
}

// Purged is what was removed because its time was over, or would be.
type Purged struct {
	Removed  []PurgedMonth `json:"removed"`  // the oldest first; never nil
	Editions int           `json:"editions"` // mails that no letter needs any more
	Kept     []KeptMonth   `json:"kept"`     // months of letters that stay though their time is over; never nil
}

// PurgedMonth is a month whose letters went.
type PurgedMonth struct {
	Month   string `json:"month"` // "2006-01"
	Letters int    `json:"letters"`
}

// KeptMonth is a month whose letters stay for now.
type KeptMonth struct {
	Month  string `json:"month"` // "2006-01"
	Reason string `json:"reason"`
}

// Letters is how many letters went.
func (p Purged) Letters() int {
	total := 0
	for _, m := range p.Removed {
		total += m.Letters
	}
	return total
}
