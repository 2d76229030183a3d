package mce

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// LineFault is what is wrong with a line of an imported table.
type LineFault struct {
	Line   int    `json:"line"` // in the file, the header being line 1
	Reason string `json:"reason"`
}

// String is the fault as people read it.
func (f LineFault) String() string { return fmt.Sprintf("line %d: %s", f.Line, f.Reason) }

// ReadSubscribers reads a table with the columns email, name, language and topics (separated by blanks, commas or semicolons), in any
// order; only email is required. Every bad line is listed with its reason, the good ones are returned. The error is for a file that is
// no such table at all.
func ReadSubscribers(r io.Reader, topics []Topic) ([]Subscriber, []LineFault, error) {
	var people []Subscriber
	seen := map[string]int{}
	faults, err := readTable(r, []string{"email"}, []string{"name", "language", "topics"}, func(line int, cell func(string) string) error {
		p, err := parseSubscriber(cell, topics)
		if err != nil {
			return err
		}
		if first, twice := seen[AddressKey(p.Email)]; twice {
			return Invalidf("%s stands in line %d already", p.Email, first)
		}
		seen[AddressKey(p.Email)] = line
		people = append(people, p)
		return nil
	})
	return people, faults, err
}

func parseSubscriber(cell func(string) string, topics []Topic) (p Subscriber, err error) {
	if p.Email, err = ParseAddress(cell("email")); err != nil {
		return p, err
	}
	if p.Name, err = CleanName(cell("name")); err != nil {
		return p, err
	}
	if p.Language, err = ParseLang(strings.ToLower(cell("language"))); err != nil {
		return p, err
	}
	p.Topics, err = ParseTopics(cell("topics"), topics)
	return p, err
}

// ParseTopics reads topics by their slugs; none given means all.
func ParseTopics(s string, known []Topic) ([]string, error) {
	var all []string
	for _, t := range known {
		all = append(all, t.Slug)
	}
	named := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
	if len(named) == 0 {
		return all, nil
	}
	for _, t := range named {
		if !slices.Contains(all, t) {
			return nil, Invalidf("there is no topic %q; there are %s", t, strings.Join(all, ", "))
		}
	}
	return named, nil
}

// Chosen are the topics with the given slugs, in their own order.
func Chosen(all []Topic, slugs []string) []Topic {
	var out []Topic
	for _, t := range all {
		if slices.Contains(slugs, t.Slug) {
			out = append(out, t)
		}
	}
	return out
}

// ReadRegistrations reads a table with the columns event, email and name, and if they are there organisation, country and language.
func ReadRegistrations(r io.Reader) ([]Registration, []LineFault, error) {
	var people []Registration
	faults, err := readTable(r, []string{"event", "email", "name"}, []string{"organisation", "country", "language"}, func(_ int, cell func(string) string) error {
		p, err := NewRegistration(cell("event"), cell("email"), cell("name"), cell("organisation"), cell("country"), cell("language"))
		people = append(people, p)
		if err != nil {
			people = people[:len(people)-1]
		}
		return err
	})
	return people, faults, err
}

// NewRegistration checks what a person wrote into a registration.
func NewRegistration(event, email, name, organisation, country, language string) (p Registration, err error) {
	p.Event = event
	if p.Email, err = ParseAddress(email); err != nil {
		return p, err
	}
	for _, field := range []struct {
		to   *string
		from string
	}{{&p.Name, name}, {&p.Organisation, organisation}, {&p.Country, country}} {
		if *field.to, err = CleanName(field.from); err != nil {
			return p, err
		}
	}
	if p.Name == "" {
		return p, Invalidf("the name is missing: it stands on the badge")
	}
	p.Language, err = ParseLang(strings.ToLower(language))
	return p, err
}

// readTable calls row for each line below the header. A row's error becomes the fault of its line.
func readTable(r io.Reader, required, optional []string, row func(line int, cell func(string) string) error) ([]LineFault, error) {
	in := csv.NewReader(skipBOM(r))
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return nil, Invalidf("the file has no header line; expected the columns %s", strings.Join(append(required, optional...), ", "))
	}
	columns, err := findColumns(header, required, optional)
	if err != nil {
		return nil, err
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
		if len(record) != len(header) {
			faults = append(faults, LineFault{line, fmt.Sprintf("%d columns where the header has %d", len(record), len(header))})
			continue
		}
		if err := row(line, func(name string) string {
			if i, ok := columns[name]; ok {
				return strings.TrimSpace(record[i])
			}
			return ""
		}); err != nil {
			faults = append(faults, LineFault{line, ErrorMessage(err)})
		}
	}
}

func findColumns(header, required, optional []string) (map[string]int, error) {
	columns := map[string]int{}
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		if !slices.Contains(required, name) && !slices.Contains(optional, name) {
			return nil, Invalidf("column %q is not known; the columns are %s", h, strings.Join(append(slices.Clone(required), optional...), ", "))
		}
		columns[name] = i
	}
	for _, name := range required {
		if _, ok := columns[name]; !ok {
			return nil, Invalidf("the column %q is missing from the header line", name)
		}
	}
	return columns, nil
}

// skipBOM takes away the mark that spreadsheet programs put before UTF-8.
func skipBOM(r io.Reader) io.Reader {
	first := make([]byte, 3)
	n, _ := io.ReadFull(r, first)
	if string(first[:n]) == "\ufeff" {
		return r
	}
	return io.MultiReader(strings.NewReader(string(first[:n])), r)
}
