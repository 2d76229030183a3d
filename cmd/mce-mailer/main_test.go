package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// TestMain starts PostgreSQL for the tests. The scripts start this same binary again as the command mce-mailer, which then is only that.
func TestMain(m *testing.M) {
	testscript.Main(onPostgres{m}, map[string]func(){"mce-mailer": main})
}

// onPostgres runs the tests with a server.
type onPostgres struct{ m *testing.M }

// Run is what testscript.Main calls.
func (p onPostgres) Run() int { return pgtest.Main(p.m) }
