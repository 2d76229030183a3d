package scheduler

import "time"

// Every makes a rehearsal tick at a pace, as a daemon does, instead of from one moment to the next.
func (r Rehearsal) Every(pause time.Duration) Rehearsal {
	r.every = pause
	return r
}
