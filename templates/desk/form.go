package desk

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Field is an entry of a form. Its words are messages: "field."+Name for the label, or Label where it has one, and the same with ".hint" where it has a
// hint.
type Field struct {
	Name         string
	Label        string   // name of the message; empty: "field."+Name
	Lang         mce.Lang // of what is written there; empty: it is in no language, or in any
	Type         string   // text, email, search …; choice for one of Options, pick for one of many, checks for several, box for yes or no, area for more lines, prose for Markdown
	Value        string   // of checks: with blanks between
	Autocomplete string
	Hint         bool
	Optional     bool
	Fault        string // what is wrong with it, in English; empty: nothing
	Options      []Option
	Focus        bool          // one begins here
	Preview      template.HTML // of prose, as a mail has it
}

// Option is one of several. Its words are the message "option."+Label, and "option."+Label+".hint" where it has a hint.
type Option struct {
	Value, Label string
	Hint         bool
	Words        mce.Text // in place of a message
	Name         string   // likewise, in no language
}

// field is a Field on the page.
type field struct {
	frame
	Field
}

// Field puts a field on the page.
func (f frame) Field(in Field) field { return field{frame: f, Field: in} }

// Describes are the ids of what is said about the field.
func (f field) Describes() string {
	switch {
	case f.Fault != "" && f.Hint:
		return f.Name + "-fault " + f.Name + "-hint"
	case f.Fault != "":
		return f.Name + "-fault"
	case f.Hint:
		return f.Name + "-hint"
	}
	return ""
}

// Message is the name of the label's message.
func (f field) Message() string {
	if f.Label == "" {
		return "field." + f.Name
	}
	return f.Label
}

// Chosen reports whether an option is the one, or one of the checks, that is chosen.
func (f field) Chosen(o Option) bool {
	if f.Type == "checks" {
		return slices.Contains(strings.Fields(f.Value), o.Value)
	}
	return f.Value == o.Value
}

// Area reports whether more than a line is written.
func (f field) Area() bool { return f.Type == "area" || f.Type == "prose" }

// OptionID is the id of an option's own words.
func (f field) OptionID(i int) string { return f.Name + "-" + strconv.Itoa(i) }
