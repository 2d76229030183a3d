package mce

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Sealed is what is remembered of an approved issue beside its seal: enough to say later what has changed, and whom it was approved for.
type Sealed struct {
	Subject   string       `json:"subject"` // this and what follows are marks of the words, not the words
	Preheader string       `json:"preheader"`
	Note      string       `json:"note"`
	Series    string       `json:"series"`
	Audience  string       `json:"audience"`
	Look      string       `json:"look"`
	Items     []SealedItem `json:"items"`
	Readers   int          `json:"readers"` // who would have got it
}

// SealedItem is an item as it was approved.
type SealedItem struct {
	ItemRef
	Title   string `json:"title"` // English
	Section string `json:"section"`
	Words   string `json:"words"` // mark of them
}

// SealedOf describes a draft; look is the fingerprint of the templates, readers how many people would get it.
func SealedOf(d Draft, look string, readers int) Sealed {
	out := Sealed{
		Subject: markOf(d.Issue.Subject), Preheader: markOf(d.Issue.Preheader), Note: markOf(d.Issue.Note), Look: look, Readers: readers,
		Series: markOf([]any{d.Series.Sections, d.Series.Languages, d.Series.Name, d.Series.Clicks}), Audience: d.Series.Audience(),
	}
	for _, it := range d.Items {
		title := it.Title()[English]
		section := it.Section
		it.Section = ""
		out.Items = append(out.Items, SealedItem{ItemRef: it.ItemRef, Title: title, Section: section, Words: markOf(it)})
	}
	return out
}

// markOf is a short mark of a value: another one for another value.
func markOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil { // what is marked has nothing that JSON cannot say
		return err.Error()
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Changes says what is different in now, in the order in which it matters; nil when nothing is.
func (s Sealed) Changes(now Sealed) []string {
	out := s.itemChanges(now)
	for _, part := range []struct{ then, now, words string }{
		{s.Subject, now.Subject, "the subject has changed"},
		{s.Preheader, now.Preheader, "the preview text has changed"},
		{s.Note, now.Note, "the opening note has changed"},
		{s.Series, now.Series, "sections, languages or name of the newsletter have changed"},
		{s.Audience, now.Audience, "the newsletter goes to others than it did"},
		{s.Look, now.Look, "the look of the mails has changed"},
	} {
		if part.then != part.now {
			out = append(out, part.words)
		}
	}
	if Drifted(s.Readers, now.Readers) {
		out = append(out, fmt.Sprintf("%d people would get it now, and %d would have when it was approved", now.Readers, s.Readers))
	}
	return out
}

func (s Sealed) itemChanges(now Sealed) (out []string) {
	find := func(items []SealedItem, ref ItemRef) int {
		return slices.IndexFunc(items, func(it SealedItem) bool { return it.ItemRef == ref })
	}
	for _, it := range s.Items {
		switch i := find(now.Items, it.ItemRef); {
		case i < 0:
			out = append(out, fmt.Sprintf("“%s” is not in it any more", it.Title))
		case now.Items[i].Words != it.Words:
			out = append(out, fmt.Sprintf("“%s” has other words", it.Title))
		}
	}
	for _, it := range now.Items {
		if find(s.Items, it.ItemRef) < 0 {
			out = append(out, fmt.Sprintf("“%s” has come in", it.Title))
		}
	}
	if order(s.Items, now.Items) != order(now.Items, s.Items) {
		out = append(out, "the order has changed")
	}
	return out
}

// order names the items that others has too, with their sections, in their order.
func order(items, others []SealedItem) string {
	var b strings.Builder
	for _, it := range items {
		if slices.ContainsFunc(others, func(o SealedItem) bool { return o.ItemRef == it.ItemRef }) {
			fmt.Fprintf(&b, "%s %d in %s;", it.Kind, it.ID, it.Section)
		}
	}
	return b.String()
}

// Drifted reports whether an audience is another one than it was approved for: by more than ten people and more than a tenth.
func Drifted(then, now int) bool {
	by := max(then-now, now-then)
	return by > 10 && by*10 > then
}

// Voided is what is said of an approval that does not hold any more; without changes that can be named, it says so.
func Voided(changes []string) string {
	if len(changes) == 0 {
		return "something in it has changed since it was approved; look at it and approve it again"
	}
	const most = 5
	if more := len(changes) - most; more > 0 {
		changes = append(slices.Clone(changes[:most]), fmt.Sprintf("and %d more", more))
	}
	return "the approval does not hold any more: " + strings.Join(changes, "; ") + ". Look at it and approve it again"
}
