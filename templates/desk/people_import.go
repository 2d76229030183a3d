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

	Tried     bool // what follows is told
	Lines     int  // of the table
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
	v.Entered = url.Values{}
	for column, header := range mce.GuessColumns(v.Header) {
		first, second, _ := strings.Cut(header, "+")
		v.Entered.Set("map-"+column, v.at(first))
		if second != "" {
			v.Entered.Set("map-"+column+"-2", v.at(second))
		}
	}
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
	f := Field{Name: "file", Label: "import.file", Type: "file", Hint: true}
	if v.FaultIn == f.Name {
		f.Fault = v.Fault
	}
	return f
}

// Fields say how the columns are understood, and what the people agreed to.
func (v *Import) Fields() []Field {
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
	out = append(out, Field{Name: "source", Label: "import.source", Type: "text", Hint: true}, Field{Name: "wording", Label: "import.wording", Type: "area", Hint: true})
	for i := range out {
		out[i].Value = v.Entered.Get(out[i].Name)
		if out[i].Name == v.FaultIn {
			out[i].Fault = v.Fault
		}
	}
	return out
}

// Skip is the box that leaves lines with faults out.
func (v *Import) Skip() Field {
	f := Field{Name: "skip", Label: "import.skip", Type: "box", Value: v.Entered.Get("skip"), Optional: true}
	if v.FaultIn == f.Name {
		f.Fault = v.Fault
	}
	return f
}

// Hidden are the entries that go along to the import, by name.
func (v *Import) Hidden() []Option {
	out := []Option{{Name: "of", Value: fmt.Sprint(v.Upload.ID)}}
	for _, f := range v.Fields() {
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
