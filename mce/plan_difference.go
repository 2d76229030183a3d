package mce

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// PlanDifference is what one plan has otherwise than another one for the same mail.
type PlanDifference struct {
	ID     string       `json:"id"`
	Change PlanChange   `json:"change"`
	Old    *Planned     `json:"old,omitempty"`
	New    *Planned     `json:"new,omitempty"`
	Fields []PlanChange `json:"fields,omitempty"` // of a changed one: moved, audience, subject, fate
}

// PlanChange says how a plan differs from another.
type PlanChange string

// The changes of a line, and what of it may have changed.
const (
	PlanAdded    PlanChange = "added"
	PlanGone     PlanChange = "gone"
	PlanChanged  PlanChange = "changed"
	PlanMoved    PlanChange = "moved"
	PlanAudience PlanChange = "audience"
	PlanSubject  PlanChange = "subject"
	PlanFate     PlanChange = "fate"
)

// Against lists what p has otherwise than old, in order of time. Lines outside the time that both plans look at are not compared.
func (p Plan) Against(old Plan) []PlanDifference {
	out := []PlanDifference{}
	for _, l := range p.Lines {
		if was := old.line(l.ID); was == nil && old.covers(l) {
			out = append(out, PlanDifference{ID: l.ID, Change: PlanAdded, New: &l})
		} else if was != nil {
			fields := l.otherwise(*was)
			if p.atOnce(l) && old.atOnce(*was) { // what is due goes along with the present
				fields = slices.DeleteFunc(fields, func(c PlanChange) bool { return c == PlanMoved })
			}
			if len(fields) > 0 {
				out = append(out, PlanDifference{ID: l.ID, Change: PlanChanged, Old: was, New: &l, Fields: fields})
			}
		}
	}
	for _, was := range old.Lines {
		if p.line(was.ID) == nil && p.covers(was) {
			out = append(out, PlanDifference{ID: was.ID, Change: PlanGone, Old: &was})
		}
	}
	slices.SortStableFunc(out, func(a, b PlanDifference) int {
		x, y := a.stands(), b.stands()
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// stands is the line as it stands now, or as it stood where it has gone.
func (d PlanDifference) stands() *Planned { return cmp.Or(d.New, d.Old) }

func (p Plan) line(id string) *Planned {
	i := slices.IndexFunc(p.Lines, func(l Planned) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Lines[i]
}

func (p Plan) covers(l Planned) bool { return !l.At.Before(p.From) && l.At.Before(p.To) }

// atOnce reports whether a line leaves as soon as the plan begins.
func (p Plan) atOnce(l Planned) bool { return l.At.Sub(p.From) < time.Minute }

// otherwise lists what of a line is not as it was.
func (l Planned) otherwise(was Planned) (out []PlanChange) {
	for _, x := range []struct {
		what PlanChange
		same bool
	}{
		{PlanMoved, l.At.Equal(was.At) && l.Zone == was.Zone},
		{PlanFate, l.Fate == was.Fate},
		{PlanAudience, l.audience() == was.audience()},
		{PlanSubject, slices.Equal(l.subjects(), was.subjects())},
	} {
		if !x.same {
			out = append(out, x.what)
		}
	}
	return out
}

// audience is how many get each edition.
func (l Planned) audience() string {
	shares := make([]string, len(l.Shares))
	for i, s := range l.Shares {
		shares[i] = fmt.Sprint(s.Lang, s.Topics, s.People)
	}
	slices.Sort(shares)
	return fmt.Sprint(l.People, shares)
}

func (l Planned) subjects() []string {
	out := []string{l.Subject}
	for _, s := range l.Shares {
		out = append(out, string(s.Lang)+" "+s.Subject)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
