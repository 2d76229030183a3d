// Package migrations holds the schema as numbered steps. A step that has landed is never edited: a change is a new step.
package migrations

import "embed"

// Files are the steps, for goose.
//
//go:embed *.sql
var Files embed.FS
