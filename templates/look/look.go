// Package look is what the public pages and the editors' desk have in common to the eye.
package look

import _ "embed" // the colours

//go:embed tokens.css
var tokens string

// Tokens is the beginning of every stylesheet: the names of the colours, for light and dark and for each contrast. The caller may append to it.
func Tokens() []byte { return []byte(tokens) }
