package mce

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// LineFault is what is wrong with a line of an imported table.
type LineFault struct {
	Line   int    `json:"line"` // in the file, the header being line 1
	Reason string `json:"reason"`
}

// String is the fault as people read it.
func (f LineFault) String() string { return fmt.Sprintf("line %d: %s", f.Line, f.Reason) }

// Columns says how the headers of a foreign table are understood.
type Columns struct {
	// Map gives for a column of ours the header that it has in the file, or several with + between, whose cells are joined by blanks:
	// name → "First+Last". A column that is not in it has its own name.
	Map map[string]string
	// Leave are columns of ours that are not read, though the file may have one of that name.
	Leave []string
	// Ignore leaves columns that nobody knows aside; otherwise they are refused.
	Ignore bool
}

// table is what readTable expects.
type table struct {
	Columns
	required, optional []string
	given              func(columns []string) // hears which of them the file has, before the first line; may be nil
}

// cells gives the cells of a line by our names of the columns; "" for what is not there.
type cells func(column string) string

// readTable calls row for each line below the header. A row's error becomes the fault of its line. The separator is a comma, a semicolon or
// a tab, whichever the header has most of. UTF-8 is read, and UTF-16 with the mark that spreadsheets set before it; what is neither is
// refused as a whole, because one-byte letters mean others in Prato than in Larissa.
func readTable(r io.Reader, t table, row func(line int, cell cells) error) ([]LineFault, error) {
	names := strings.Join(slices.Concat(t.required, t.optional), ", ")
	text := bufio.NewReader(transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder())))
	first, err := text.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	in := csv.NewReader(io.MultiReader(bytes.NewReader(first), text))
	in.Comma, in.FieldsPerRecord = separator(first), -1
	header, err := in.Read()
	if err != nil {
		return nil, Invalidf("the file has no header line; expected the columns %s", names)
	}
	if err := checkText(1, header); err != nil {
		return nil, err
	}
	columns, err := t.find(header, names)
	if err != nil {
		return nil, err
	}
	if t.given != nil {
		t.given(slices.DeleteFunc(slices.Concat(t.required, t.optional), func(name string) bool { return len(columns[name]) == 0 }))
	}
	var faults []LineFault
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return faults, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			faults = append(faults, LineFault{wrong.StartLine, "quotation marks are not in order: " + wrong.Err.Error()})
			continue
		}
		if err != nil {
			return faults, fmt.Errorf("read table: %w", err)
		}
		line, _ := in.FieldPos(0)
		if err := checkText(line, record); err != nil {
			return nil, err
		}
		if len(record) != len(header) {
			faults = append(faults, LineFault{line, fmt.Sprintf("%d columns where the header has %d", len(record), len(header))})
			continue
		}
		if err := row(line, func(name string) string { return joined(record, columns[name]) }); err != nil {
			faults = append(faults, LineFault{line, ErrorMessage(err)})
		}
	}
}

// separator is the one that the header line has most of, outside quotation marks.
func separator(header []byte) rune {
	count := map[rune]int{}
	quoted := false
	for _, r := range string(header) {
		quoted = quoted != (r == '"')
		if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// checkText refuses what is not UTF-8. UTF-16 without its mark shows as NULs between the letters of the header.
func checkText(line int, record []string) error {
	for _, cell := range record {
		if !utf8.ValidString(cell) || line == 1 && strings.Contains(cell, "\x00") {
			return Invalidf("line %d is not text in UTF-8, so the file was written in another encoding, such as Windows-1252. "+
				"Nothing of it was read. In the spreadsheet choose Save as, CSV UTF-8; or convert it: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv", line)
		}
	}
	return nil
}

// joined are the cells at some places of a record, as they were meant, with blanks between.
func joined(record []string, places []int) string {
	var parts []string
	for _, i := range places {
		if cell := strings.TrimSpace(PlainCell(strings.TrimSpace(record[i]))); cell != "" {
			parts = append(parts, cell)
		}
	}
	return strings.Join(parts, " ")
}

// find gives for each of our columns its places in the file.
func (t table) find(header []string, names string) (map[string][]int, error) {
	at := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if _, twice := at[h]; twice && !t.Ignore {
			return nil, Invalidf("two columns are named %q", h)
		} else if !twice {
			at[h] = i
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Map)) {
		if !slices.Contains(t.required, name) && !slices.Contains(t.optional, name) {
			return nil, Invalidf("there is no column %q to map to; the columns are %s", name, names)
		}
	}
	columns, used := map[string][]int{}, map[int]bool{}
	for _, name := range slices.Concat(t.required, t.optional) {
		places, err := t.places(name, at)
		if err != nil {
			return nil, err
		}
		columns[name] = places
		for _, i := range places {
			used[i] = true
		}
	}
	for i, h := range header {
		if !used[i] && !t.Ignore {
			return nil, Invalidf("column %q is not known; the columns are %s. Map it to one of them (--map email='E-Mail'), or ignore what is not known (--ignore-columns)", h, names)
		}
	}
	for _, name := range t.required {
		if len(columns[name]) == 0 {
			return nil, Invalidf("the column %q is missing from the header line", name)
		}
	}
	return columns, nil
}

// places are where a column stands in the file; none when it does not and need not.
func (t table) places(name string, at map[string]int) ([]int, error) {
	if slices.Contains(t.Leave, name) {
		return nil, nil
	}
	mapped, ok := t.Map[name]
	if !ok {
		if i, ok := at[name]; ok {
			return []int{i}, nil
		}
		return nil, nil
	}
	whole := strings.ToLower(strings.TrimSpace(mapped))
	if i, ok := at[whole]; ok { // a header may have a + of its own
		return []int{i}, nil
	}
	var places []int
	for part := range strings.SplitSeq(whole, "+") {
		i, ok := at[strings.TrimSpace(part)]
		if !ok {
			return nil, Invalidf("the header line has no column %q, to which %s is mapped", strings.TrimSpace(part), name)
		}
		places = append(places, i)
	}
	return places, nil
}
