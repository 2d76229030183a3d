package mce

// FirstSteps are what a first issue needs, in this order: what of it is there.
type FirstSteps struct {
	Newsletter bool
	Only       string // slug of the newsletter where there is just one
	Pieces     int    // of any kind, counted up to EnoughPieces
	Event      bool
	Readers    bool
	Issue      bool // begun, by somebody or by itself, whatever became of it
}

// EnoughPieces is how many make a first issue: one alone makes a poor one.
const EnoughPieces = 2

// Written reports whether there are enough pieces.
func (f FirstSteps) Written() bool { return f.Pieces >= EnoughPieces }

// Done reports whether an issue was ever begun: then nobody needs to be told how.
func (f FirstSteps) Done() bool { return f.Issue }
