package desk

import "strconv"

// Field is an entry of a form. Its words are messages: "field."+Name for the label, and "field."+Name+".hint" where it has a hint.
type Field struct {
	Name         string
	Type         string // text, email, search; choice for one of Options
	Value        string
	Autocomplete string
	Hint         bool
	Optional     bool
	Fault        string // what is wrong with it, in English; empty: nothing
	Options      []Option
}

// Option is one of several. Its words are the message "option."+Label, and "option."+Label+".hint" where it has a hint.
type Option struct {
	Value, Label string
	Hint         bool
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

// OptionID is the id of an option's own words.
func (f field) OptionID(i int) string { return f.Name + "-" + strconv.Itoa(i) }
