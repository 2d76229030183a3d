package desk

import "github.com/majorcities/mce-mailer/mce"

// Way leads on: to a path, by the name of a message.
type Way struct {
	Path, Name string
	Does       bool // the path is no page but a deed: a button, not a link
}

// FirstStep is one of the first steps, and whether it is done.
type FirstStep struct {
	Way  // without a path: who looks may not go it, or it cannot be gone yet
	Done bool
	Also Way    // what may be done beside it; zero: nothing
	Ask  string // name of the message that says whom to ask for it; empty: nobody
}

// FirstSteps are what a first issue needs, in order, as a user may do it.
func FirstSteps(f mce.FirstSteps, u mce.User) []FirstStep {
	out := []FirstStep{
		{Way: Way{Path: "/desk/new-series", Name: "home.begin.newsletter"}, Done: f.Newsletter},
		{Way: writing(f), Done: f.Written(), Also: anEvent(f)},
		{Way: Way{Path: ImportPath, Name: "home.begin.readers"}, Done: f.Readers},
		{Way: beginning(f), Done: f.Issue},
	}
	if !mce.May(u.Role, mce.ManageSeries) {
		out[0].Path, out[0].Ask = "", "home.begin.newsletter.ask"
	}
	if !mce.May(u.Role, mce.ChangePeople) {
		out[2].Path, out[2].Ask = "", "home.begin.readers.ask"
	}
	if !f.Newsletter || !f.Written() {
		out[3].Path = ""
	}
	return out
}

// NextStep is the first of them that is to be done, and can be; zero once an issue was begun. Where that is no writing any more, more can be written.
func NextStep(f mce.FirstSteps, u mce.User) FirstStep {
	for _, s := range FirstSteps(f, u) {
		if !f.Done() && !s.Done && s.Path != "" {
			if f.Written() {
				s.Also = anEvent(f)
			}
			return s
		}
	}
	return FirstStep{}
}

// anEvent leads to the form of an event, until there is one.
func anEvent(f mce.FirstSteps) Way {
	if f.Event {
		return Way{}
	}
	return Way{Path: PiecePath(mce.KindEvent, 0), Name: "home.begin.event"}
}

// writing leads to the form of the piece that is lacking.
func writing(f mce.FirstSteps) Way {
	w := Way{Path: PiecePath(mce.KindArticle, 0), Name: "home.begin.pieces"}
	switch {
	case f.Written():
		w.Name = "home.begin.written"
	case f.Pieces > 0 && f.Event:
		w.Name = "home.begin.article"
	case f.Pieces > 0:
		w.Name = "home.begin.another"
	}
	return w
}

// beginning begins an issue, or leads to where it is chosen of which newsletter.
func beginning(f mce.FirstSteps) Way {
	if f.Only == "" {
		return Way{Path: "/desk/series", Name: "home.begin.issue"}
	}
	return Way{Path: "/desk/series/" + f.Only + "/begin", Name: "home.begin.issue", Does: true}
}
