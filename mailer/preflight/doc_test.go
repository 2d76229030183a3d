package preflight_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mailer/preflight"
	"github.com/majorcities/mce-mailer/mce"
)

var update = flag.Bool("update", false, "write the table of docs/preflight.md anew")

const (
	tableBegins = "<!-- The table is made by go test ./mailer/preflight -run Document -update. -->\n"
	tableEnds   = "<!-- Here it ends. -->\n"
)

func TestTheDocumentOfTheRulesIsUpToDate(t *testing.T) {
	const file = "../../docs/preflight.md"
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(kept), tableBegins)
	_, after, foundEnd := strings.Cut(rest, tableEnds)
	if !found || !foundEnd {
		t.Fatalf("%s has no place for the table", file)
	}
	var b strings.Builder
	b.WriteString("| Rule | Level | What is looked at | Why |\n| --- | --- | --- | --- |\n")
	for _, r := range preflight.Rules() {
		level := "advisory"
		if r.Level == mce.Blocking {
			level = "**blocking**"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Name, level, r.What, r.Why)
	}
	want := before + tableBegins + b.String() + tableEnds + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(kept), want); diff != "" {
		t.Errorf("docs/preflight.md is stale; write it anew with -update:\n%s", diff)
	}
}
