package mce

import (
	"slices"
	"strings"
	"unicode"
)

// Difference is a field of a piece that is written otherwise in one of its states than in another.
type Difference struct {
	Field    string // title_it, session/opening/title
	Old, New string
}

// Differences lists the fields that differ, sorted by name. A field that is not written is as one that is empty.
func Differences(old, next Written) (out []Difference) {
	var names []string
	for name := range old {
		names = append(names, name)
	}
	for name := range next {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if a, b := settled(name, old[name]), settled(name, next[name]); a != b {
			out = append(out, Difference{name, a, b})
		}
	}
	return out
}

// Clash is a field that somebody else has written otherwise since a form was opened.
type Clash struct {
	Difference        // Old is theirs, New is mine
	Began      string // what stood there when the form was opened
}

// Mine reports whether who has the form open changed the field themselves, so that theirs is not simply the newer one.
func (c Clash) Mine() bool { return c.New != c.Began }

// Clashes lists where mine and theirs differ, both of which began with base.
func Clashes(base, mine, theirs Written) (out []Clash) {
	for _, d := range Differences(theirs, mine) {
		out = append(out, Clash{d, settled(d.Field, base[d.Field])})
	}
	return out
}

// Edit is a stretch of words in the difference of two texts.
type Edit struct {
	Kind EditKind
	Text string
}

// EditKind says in which of two texts a stretch of words stands.
type EditKind string

// The kinds.
const (
	Kept    EditKind = "kept"
	Removed EditKind = "removed"
	Added   EditKind = "added"
)

// maxDifference bounds the work for a difference, in pairs of words: longer texts are shown as one removed and one added.
const maxDifference = 4_000_000

// WordDifference leads from one text to another by words: what is kept, removed and added, in the order of reading.
func WordDifference(old, next string) []Edit {
	a, b := splitWords(old), splitWords(next)
	var edits []Edit
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	edits = addEdit(edits, Kept, a[:head]...)
	edits = middleDifference(edits, a[head:len(a)-tail], b[head:len(b)-tail])
	return addEdit(edits, Kept, a[len(a)-tail:]...)
}

// middleDifference finds a longest common sequence of words, of which neither the first nor the last are the same.
func middleDifference(edits []Edit, a, b []string) []Edit {
	if len(a)*len(b) > maxDifference {
		return addEdit(addEdit(edits, Removed, a...), Added, b...)
	}
	longest := make([][]int32, len(a)+1) // of a[i:] and b[j:]
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			edits = addEdit(edits, Kept, a[i])
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			edits = addEdit(edits, Removed, a[i])
			i++
		default:
			edits = addEdit(edits, Added, b[j])
			j++
		}
	}
	return addEdit(addEdit(edits, Removed, a[i:]...), Added, b[j:]...)
}

func addEdit(edits []Edit, kind EditKind, words ...string) []Edit {
	text := strings.Join(words, "")
	if text == "" {
		return edits
	}
	if n := len(edits); n > 0 && edits[n-1].Kind == kind {
		edits[n-1].Text += text
		return edits
	}
	return append(edits, Edit{kind, text})
}

// splitWords cuts a text into words, each with the blanks behind it.
func splitWords(s string) (out []string) {
	start, blank := 0, false
	for i, r := range s {
		if space := unicode.IsSpace(r); blank && !space {
			out = append(out, s[start:i])
			start, blank = i, false
		} else {
			blank = space
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}
