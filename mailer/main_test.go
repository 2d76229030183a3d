package mailer_test

import (
	"os"
	"testing"

	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
