package mce

import (
	"io"
	"slices"
	"strings"
	"sync"
)

// SubscriberColumns are those of a table of subscribers; only the first is required. The state tells who of an exported table is subscribed:
// the others are not read in again.
func SubscriberColumns() []string {
	return []string{"email", "name", "language", "topics", "organisation", "country", "pace", "state"}
}

// Listed is a subscriber as a line of a table tells of them.
type Listed struct {
	Subscriber
	Line int      // in the file, the header being line 1
	Told []string // the columns that say something; what the others have is what is taken for granted
}

// ReadSubscribers reads a table with the SubscriberColumns, in any order: topics are separated by blanks, commas or semicolons, the country
// is a code or a name in English or Italian. Every bad line is listed with its reason, the good ones are returned. The error is for a file
// that is no such table at all.
func ReadSubscribers(r io.Reader, topics []Topic, columns Columns) ([]Listed, []LineFault, error) {
	var people []Listed
	seen := map[string]int{}
	names, reader := SubscriberColumns(), subscriberReader{topics, sync.OnceValue(countryNames)}
	faults, err := readTable(r, table{Columns: columns, required: names[:1], optional: names[1:]}, func(line int, cell cells) error {
		p, err := reader.read(cell)
		if err != nil {
			return err
		}
		if first, twice := seen[AddressKey(p.Email)]; twice {
			return Invalidf("%s stands in line %d already", p.Email, first)
		}
		seen[AddressKey(p.Email)] = line
		told := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return cell(name) == "" })
		people = append(people, Listed{p, line, told})
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return people, faults, nil
}

// subscriberReader has what lines are compared with.
type subscriberReader struct {
	topics    []Topic
	countries func() map[string]string // by name
}

func (s subscriberReader) read(cell cells) (p Subscriber, err error) {
	if state := cell("state"); state != "" && state != string(Active) {
		return p, Invalidf("the state is %q: only who is active may be imported", state)
	}
	if p.Email, err = ParseAddress(cell("email")); err != nil {
		return p, err
	}
	country, err := readCountry(cell("country"), s.countries)
	if err != nil {
		return p, err
	}
	var fault *FieldError
	if p.Details, fault = CleanDetails(Details{cell("name"), cell("organisation"), country}); fault != nil {
		return p, fault.Err
	}
	if p.Language, err = ParseLang(strings.ToLower(cell("language"))); err != nil {
		return p, err
	}
	if p.Pace, err = ParsePace(strings.ToLower(cell("pace"))); err != nil {
		return p, err
	}
	p.Topics, err = ParseTopics(cell("topics"), s.topics)
	return p, err
}

// FieldConflict is where a list tells of a person otherwise than we know it.
type FieldConflict struct {
	Field  string `json:"field"`
	Theirs string `json:"theirs"`
	File   string `json:"file"`
}

// Conflicts are the fields in which the line differs from what is known of the person. What the line does not tell contradicts nothing.
func (l Listed) Conflicts(known Subscriber) []FieldConflict {
	var out []FieldConflict
	for _, f := range []FieldConflict{
		{"name", known.Name, l.Name}, {"language", string(known.Language), string(l.Language)},
		{"topics", topicList(known.Topics), topicList(l.Topics)}, {"organisation", known.Organisation, l.Organisation},
		{"country", known.Country, l.Country}, {"pace", string(known.Pace), string(l.Pace)},
	} {
		if f.Theirs != f.File && slices.Contains(l.Told, f.Field) {
			out = append(out, f)
		}
	}
	return out
}

// topicList is the same for equal sets.
func topicList(topics []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(topics))), " ")
}

// Record is the subscriber as a line of a table with the SubscriberColumns, safe for spreadsheets: see SafeCell.
func (s Subscriber) Record() []string {
	cells := []string{s.Email, s.Name, string(s.Language), topicList(s.Topics), s.Organisation, s.Country, string(s.Pace), string(s.State)}
	for i, c := range cells {
		cells[i] = SafeCell(c)
	}
	return cells
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
