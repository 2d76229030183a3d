// Package mce is the vocabulary of Major Cities of Europe's mailer: its types, states and rules.
// It does no I/O and imports nothing else of this module; everything else imports it.
package mce
