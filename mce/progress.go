package mce

import "time"

// Outcomes are all outcomes in the order in which people want to know of them.
func Outcomes() []Outcome {
	return []Outcome{Delivered, Waiting, Deferred, Uncertain, Refused, Expired, LeftOut, Failed}
}

// Progress is how far an issue is that leaves or has left.
type Progress struct {
	State   IssueState
	Letters map[Outcome]int
	Rate    float64 // letters a second of late; 0 while nothing is known of it
}

// Total is how many letters there are.
func (p Progress) Total() (n int) {
	for _, letters := range p.Letters {
		n += letters
	}
	return n
}

// Open is how many letters have not come to an end.
func (p Progress) Open() int { return p.Letters[Waiting] + p.Letters[Deferred] + p.Letters[Uncertain] }

// Done is how many have.
func (p Progress) Done() int { return p.Total() - p.Open() }

// Percent is how much is done, rounded down: 100 when all is.
func (p Progress) Percent() int {
	if p.Total() == 0 {
		return 0
	}
	return p.Done() * 100 / p.Total()
}

// Remaining is about how long what waits still takes; 0 when that cannot be told.
func (p Progress) Remaining() time.Duration {
	if p.Rate <= 0 || p.Letters[Waiting] == 0 {
		return 0
	}
	return time.Duration(float64(p.Letters[Waiting]) / p.Rate * float64(time.Second)).Round(time.Second)
}

// Over reports whether nothing will change any more by itself.
func (p Progress) Over() bool { return p.State != Sending && p.State != Scheduled }

// UncertainLetter is a newsletter letter whose answer was lost: it may have arrived or not, and waits for somebody's decision.
type UncertainLetter struct {
	ID      int64     `json:"letter"`
	IssueID int64     `json:"issue" db:"issue_id"` // 0: an invitation
	Event   string    `json:"event,omitempty"`     // slug; of an invitation
	Email   string    `json:"email"`
	Since   time.Time `json:"created"`
	Detail  string    `json:"detail"`
}
