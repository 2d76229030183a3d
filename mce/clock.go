package mce

import "time"

// Clock tells the business time: what is due, published, over. Leases do not use it, they use the database's clock.
type Clock interface {
	Now() time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is the time of the machine, in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }
