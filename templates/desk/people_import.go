package desk

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// ImportPath is where tables of subscribers are imported.
const ImportPath = PeoplePath + "/import"

// Import is the view of the pages of an import: the upload, then how the columns are understood, then what it would do.
type Import struct {
	Common
	Upload         mce.Upload // zero: there is none yet
	Header         []string
	Entered        url.Values
	FaultIn, Fault string // as of PersonAct

	Tried     bool         // what follows is told
	Read      []mce.Share  // the people that were read, by language
	First     []mce.Listed // the first of them
	Result    mce.ImportResult
	Faults    []mce.LineFault
	Conflicts []mce.ImportConflict
	// MoreFaults and MoreConflicts are how many there are beside those.
	MoreFaults, MoreConflicts int
}

// Import writes a page of an import.
func (p *Pages) Import(w io.Writer, lang mce.Lang, v *Import) error {
	return p.write(w, "people_import", lang, v.Common, v)
}

// Shorten leaves at most n faults and conflicts.
func (v *Import) Shorten(n int) {
	v.MoreFaults, v.MoreConflicts = max(0, len(v.Faults)-n), max(0, len(v.Conflicts)-n)
	v.Faults, v.Conflicts = v.Faults[:min(n, len(v.Faults))], v.Conflicts[:min(n, len(v.Conflicts))]
}

// Guess enters what the columns are likely to be.
func (v *Import) Guess() {
	if v.Entered == nil {
		v.Entered = url.Values{}
	}
	for column, header := range mce.GuessColumns(v.Header) {
		first, second, _ := strings.Cut(header, "+")
		v.Entered.Set("map-"+column, v.at(first))
		if second != "" {
			v.Entered.Set("map-"+column+"-2", v.at(second))
		}
	}
}

// Columned are the columns that are read: the entry's message, and what the table calls it.
func (v *Import) Columned() []Option {
	var out []Option
	for _, f := range v.Mapping() {
		if header := v.header(f.Name); header != "" {
			out = append(out, Option{Label: f.Label, Name: header})
		}
	}
	return out
}

// at is the place of a header in the table, from 1; empty: it is not there.
func (v *Import) at(header string) string {
	if i := slices.IndexFunc(v.Header, func(h string) bool { return strings.EqualFold(h, header) }); i >= 0 {
		return fmt.Sprint(i + 1)
	}
	return ""
}

// header is what an entry chose; empty: nothing.
func (v *Import) header(entry string) string {
	for i, h := range v.Header {
		if v.Entered.Get(entry) == fmt.Sprint(i+1) {
			return h
		}
	}
	return ""
}

// Columns are the choices of the form.
func (v *Import) Columns() mce.Columns {
	c := mce.Columns{Map: map[string]string{}, Ignore: true}
	for _, column := range mce.SubscriberColumns() {
		first, second := v.header("map-"+column), v.header("map-"+column+"-2")
		switch {
		case first == "":
			c.Leave = append(c.Leave, column)
		case second == "":
			c.Map[column] = first
		default:
			c.Map[column] = first + "+" + second
		}
	}
	return c
}

// File is the entry of the upload.
func (v *Import) File() Field {
	return v.marked(Field{Name: "file", Label: "import.file", Type: "file", Hint: true})[0]
}

// Consent are the entries that say what the people agreed to.
func (v *Import) Consent() []Field {
	return v.marked(Field{Name: "source", Label: "import.source", Type: "text", Hint: true, Autocomplete: "off"}, Field{Name: "wording", Label: "import.wording", Type: "area", Hint: true})
}

// Mapping are those that say how the columns are understood.
func (v *Import) Mapping() []Field {
	headers := []Option{{Label: "import.none"}}
	for i, h := range v.Header {
		headers = append(headers, Option{Value: fmt.Sprint(i + 1), Name: h})
	}
	var out []Field
	for _, column := range mce.SubscriberColumns() {
		out = append(out, Field{Name: "map-" + column, Label: "import.column." + column, Type: "pick", Options: headers, Optional: column != "email"})
		if column == "name" {
			out = append(out, Field{Name: "map-name-2", Label: "import.column.name2", Type: "pick", Options: headers, Optional: true})
		}
	}
	return v.marked(out...)
}

// marked are entries with what was entered, and what is wrong with it.
func (v *Import) marked(fields ...Field) []Field {
	for i := range fields {
		fields[i].Value = v.Entered.Get(fields[i].Name)
		if fields[i].Name == v.FaultIn {
			fields[i].Fault = v.Fault
		}
	}
	return fields
}

// Skip is the box that leaves lines with faults out.
func (v *Import) Skip() Field {
	return v.marked(Field{Name: "skip", Label: "import.skip", Type: "box", Optional: true})[0]
}

// Hidden are the entries that go along to the import, by name.
func (v *Import) Hidden() []Option {
	out := []Option{{Name: "of", Value: fmt.Sprint(v.Upload.ID)}}
	for _, f := range append(v.Mapping(), v.Consent()...) {
		out = append(out, Option{Name: f.Name, Value: f.Value})
	}
	return out
}

// FaultsPath is the table of everything that is wrong.
func (v *Import) FaultsPath() string {
	q := url.Values{"of": {fmt.Sprint(v.Upload.ID)}}
	for name, values := range v.Entered {
		if strings.HasPrefix(name, "map-") {
			q[name] = values
		}
	}
	return ImportPath + "/faults.csv?" + q.Encode()
}

// Others are what becomes of the other lines, as far as there are any: the message's name, and how many.
func (v *Import) Others() []Option {
	var out []Option
	for _, o := range []struct {
		name string
		n    int
	}{
		{"known", v.Result.Known}, {"left", v.Left()}, {"suppressed", v.Result.Suppressed}, {"erased", v.Result.Erased}, {"faults", v.FaultCount()}, {"conflicts", v.ConflictCount()},
	} {
		if o.n > 0 {
			out = append(out, Option{Label: "import." + o.name, Value: fmt.Sprint(o.n)})
		}
	}
	return out
}

// Left is how many of those that are known have left.
func (v *Import) Left() (n int) {
	for _, l := range v.Result.Left {
		if l.Why == mce.LeftKnown && l.Theirs.State == mce.Unsubscribed {
			n++
		}
	}
	return n
}

// FaultCount is how many lines have a fault.
func (v *Import) FaultCount() int { return len(v.Faults) + v.MoreFaults }

// ConflictCount is in how many entries the table differs from what known people chose.
func (v *Import) ConflictCount() int { return len(v.Conflicts) + v.MoreConflicts }
