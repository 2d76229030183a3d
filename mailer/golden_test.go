package mailer

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldenMails compares a finished mail of every kind with what was looked at and found good. The files have LF, for diffs; that
// mails have CRLF is another test's business.
func TestGoldenMails(t *testing.T) {
	eachMail(t, func(t *testing.T, s sample, lang mce.Lang, raw []byte) {
		name := filepath.Join("testdata", s.name+"."+string(lang)+".eml")
		got := withoutChance(raw)
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s differs (go test -update writes it anew; -want +got):\n%s", name, diff)
		}
	})
}

// withoutChance names the random boundaries in their order.
func withoutChance(raw []byte) string {
	s := string(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
	for i, m := range regexp.MustCompile(`boundary="?([^"\s;]+)`).FindAllStringSubmatch(s, -1) {
		s = strings.ReplaceAll(s, m[1], fmt.Sprintf("boundary-%d", i+1))
	}
	return s
}
