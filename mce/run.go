package mce

import "time"

// Run is a portion of an issue's letters that one delivery session leases whole and works in order.
type Run struct {
	ID      int64
	IssueID int64
	Born    time.Time
	FirstID int64 // of its letters; letters of other causes may lie between
	LastID  int64
	Lease   string
}

// LeaseTime is how long a run or a letter belongs to the session that claimed it, unless renewed. A dead daemon's letters go on after it:
// with the pause between two looks into the outbox (5 s) and a start, within half a minute.
const LeaseTime = 20 * time.Second

// Claim says which letters of the express lane a session wants.
type Claim struct {
	Letters int       // at most
	Now     time.Time // due by then
	Single  bool      // no newsletters
	Avoid   []string  // recipient domains that cannot take any at present
}
