package mce

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Upload is a table that somebody at the desk is importing, kept between their steps.
type Upload struct {
	ID      int64
	Name    string // of the file
	Content []byte
	At      time.Time
}

// MaxUpload is the largest table that the desk takes, in bytes: some 200,000 subscribers.
const MaxUpload = 16 << 20

// ImportResult says what an import did, or would do.
type ImportResult struct {
	Added      int `json:"added"`
	Known      int `json:"known"`      // left as they are: their own choice is newer than the file
	Suppressed int `json:"suppressed"` // must not be written to
	Erased     int `json:"erased"`     // asked to be forgotten: only they themselves can come back
	// Left are all who were not added, in the order of the file.
	Left []LeftAlone `json:"-"`
}

// Why an import leaves somebody alone.
const (
	LeftKnown      = "known"
	LeftSuppressed = "suppressed"
	LeftErased     = "erased"
)

// LeftAlone is somebody whom an import did not touch.
type LeftAlone struct {
	Index  int        // in what was imported
	Why    string     // LeftKnown, LeftSuppressed or LeftErased
	Theirs Subscriber // what is kept of a known one
}

// ImportConflict is where a line of a list tells of a known person otherwise than they chose. They stay as they are.
type ImportConflict struct {
	Line  int
	Email string
	FieldConflict
}

// ImportConflicts are those of the lines that an import left alone, in the order of the file.
func ImportConflicts(people []Listed, left []LeftAlone) []ImportConflict {
	var out []ImportConflict
	for _, l := range left {
		if l.Why != LeftKnown {
			continue
		}
		p := people[l.Index]
		for _, f := range p.Conflicts(l.Theirs) {
			out = append(out, ImportConflict{p.Line, p.Email, f})
		}
	}
	return out
}

// ReadHeader reads the names of the columns of a table, as ReadSubscribers understands it. The error is of code Invalid when there are none.
func ReadHeader(r io.Reader) ([]string, error) {
	first, err := bufio.NewReader(transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder()))).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	in := csv.NewReader(strings.NewReader(string(first)))
	in.Comma, in.LazyQuotes = separator(first), true
	header, err := in.Read()
	if err != nil {
		return nil, Invalidf("the file has no header line: its first line must name the columns")
	}
	if err := checkText(1, header); err != nil {
		return nil, err
	}
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
	}
	return header, nil
}

// otherNames are how foreign tables often call the columns of subscribers, in small letters.
func otherNames() map[string][]string {
	return map[string][]string{
		"email":        {"e-mail", "mail", "e-mail address", "email address", "e-mail-adresse", "indirizzo e-mail", "indirizzo email", "posta elettronica"},
		"name":         {"full name", "nome e cognome", "first name+last name", "firstname+lastname", "given name+family name", "nome+cognome", "vorname+nachname", "nome", "first name"},
		"language":     {"lang", "lingua", "sprache"},
		"topics":       {"topic", "interests", "temi", "argomenti"},
		"organisation": {"organization", "city", "company", "institution", "ente", "organizzazione", "città", "comune", "stadt"},
		"country":      {"nation", "paese", "nazione", "land"},
		"pace":         {"frequency", "frequenza"},
		"state":        {"status", "stato"},
	}
}

// GuessColumns says which headers of a table are likely to be the columns of subscribers: for each of ours what Columns.Map takes. What is not found is
// not in it.
func GuessColumns(header []string) map[string]string {
	has := func(names string) bool {
		for name := range strings.SplitSeq(names, "+") {
			if !slices.ContainsFunc(header, func(h string) bool { return strings.EqualFold(h, name) }) {
				return false
			}
		}
		return true
	}
	out := map[string]string{}
	others := otherNames()
	for _, column := range slices.Sorted(maps.Keys(others)) {
		for _, name := range append([]string{column}, others[column]...) {
			if has(name) {
				out[column] = name
				break
			}
		}
	}
	return out
}
