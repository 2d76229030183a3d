package mce

import "strings"

// Cells of tables that people open in a spreadsheet. A cell that begins like a formula would be one there, and could run commands or send
// the table away: OWASP, CSV Injection. An apostrophe in front makes it text. Where a cell begins with apostrophes and such a sign, another
// is put in front too, so that what is read back is what was written.

// SafeCell is a cell as it is exported.
func SafeCell(s string) string {
	if formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// PlainCell is what SafeCell was given.
func PlainCell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

// formula reports whether a spreadsheet takes s for one; the last four are the wide forms of East Asian keyboards.
func formula(s string) bool {
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0])
}
