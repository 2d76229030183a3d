package mailer_test

import (
	"flag"
	"os"
	"testing"

	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// TestMain lets more tests run side by side than there are processors: most of their time they wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f != nil {
		f.Value.Set("4")
	}
	os.Exit(pgtest.Main(m))
}
