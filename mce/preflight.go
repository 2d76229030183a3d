package mce

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Level says what a finding of the pre-flight is for.
type Level string

// The levels. A blocking finding keeps an issue from being approved until it is mended or somebody answers for it by name.
const (
	Blocking Level = "blocking"
	Advisory Level = "advisory"
)

// Finding is one thing that the pre-flight does not like about an issue.
type Finding struct {
	Rule  string `json:"rule"` // slug of the rule, see docs/preflight.md
	Level Level  `json:"level"`
	Words string `json:"words"`          // a sentence for people who are not technical: what is wrong, and what to do
	Where string `json:"where"`          // slug of an article, event or resource; or "subject", "footer", "mail", "sender" …
	Lang  Lang   `json:"lang,omitempty"` // empty: in no language alone
	// Field is the entry of the item's form in which it is mended: "body_it". Empty: none alone.
	Field string `json:"field,omitempty"`
}

// Override is somebody's word that an issue may go although a finding stands. It holds for one content, named by its fingerprint.
type Override struct {
	Rule   string    `json:"rule"`
	Where  string    `json:"where"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Covers reports whether the override is about a finding, in whatever language.
func (o Override) Covers(f Finding) bool { return o.Rule == f.Rule && o.Where == f.Where }

// Report is the outcome of a pre-flight.
type Report struct {
	Findings []Finding // blocking ones first
	// Unexamined says what was not looked at, and why.
	Unexamined []string
	Editions   int       // how many were examined: languages × sets of topics
	Moment     time.Time // of sending, as far as it is planned
	At         time.Time // of the examination
	// Fingerprint is SealOf what was examined, without a moment: what an approval of the same content seals.
	Fingerprint []byte
}

// NewReport sorts findings, blocking ones first, then by place and rule. What is found in several languages alike is said once.
func NewReport(found []Finding) Report {
	alike := func(a, b Finding) int {
		return cmp.Or(-cmp.Compare(a.Level, b.Level), // "blocking" is greater than "advisory"
			cmp.Compare(a.Where, b.Where), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Words, b.Words))
	}
	var out []Finding
	for _, f := range slices.SortedStableFunc(slices.Values(found), alike) {
		if n := len(out); n > 0 && alike(out[n-1], f) == 0 {
			if out[n-1].Lang != f.Lang {
				out[n-1].Lang = ""
			}
			continue
		}
		out = append(out, f)
	}
	return Report{Findings: out}
}

// Blocking lists the blocking findings that no override covers.
func (r Report) Blocking(overrides []Override) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		covered := slices.ContainsFunc(overrides, func(o Override) bool { return o.Covers(f) })
		if f.Level == Blocking && !covered {
			out = append(out, f)
		}
	}
	return out
}

// Override makes the overrides by which a person answers for every blocking finding of the named rules. A rule that blocks nothing is
// refused: it is a slip, or was mended meanwhile.
func (r Report) Override(rules []string, by, reason string) ([]Override, error) {
	if len(rules) > 0 && (strings.TrimSpace(reason) == "" || strings.TrimSpace(by) == "") {
		return nil, Invalidf("an override needs a name and a reason")
	}
	var out []Override
	for _, rule := range slices.Compact(slices.Sorted(slices.Values(rules))) {
		before := len(out)
		for _, f := range r.Findings {
			o := Override{Rule: rule, Where: f.Where, By: by, Reason: reason, At: r.At}
			if f.Rule == rule && f.Level == Blocking && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
		if len(out) == before {
			return nil, Invalidf("nothing that %q found stands in the way, so there is nothing to override", rule)
		}
	}
	return out, nil
}

// Clear is nil when nothing blocks an approval; else an error of code Conflict that names the first thing to mend.
func (r Report) Clear(overrides []Override) error {
	standing := r.Blocking(overrides)
	if len(standing) == 0 {
		return nil
	}
	f := standing[0]
	first := fmt.Sprintf("%s [%s, %s]", f.Words, f.Rule, f.Where)
	if more := len(standing) - 1; more > 0 {
		return Conflictf("the check found %d things that must be mended first: %s; the check shows the others", more+1, first)
	}
	return Conflictf("the check found something that must be mended first: %s", first)
}

// Examined reports whether the report is about a content with this fingerprint.
func (r Report) Examined(fingerprint []byte) bool {
	return len(r.Fingerprint) > 0 && bytes.Equal(r.Fingerprint, fingerprint)
}
