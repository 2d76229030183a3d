package mce

// FirstSteps are what a first issue needs, in this order: whether each is there.
type FirstSteps struct {
	Newsletter bool
	Pieces     bool // two of any kind: one alone makes a poor issue
	Readers    bool
	Issue      bool // begun, whatever became of it
}

// Done reports whether an issue was ever begun: then nobody needs to be told how.
func (f FirstSteps) Done() bool { return f.Issue }
