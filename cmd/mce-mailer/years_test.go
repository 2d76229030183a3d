package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// years is the folder with three conferences: 2021 on the screen, 2022 in Larissa, 2023 in Prato.
const years = "../../demo/years"

// inYears is a house with that content in the summer of 2021, and the delegates of each event, who registered the day after they could.
func inYears(t *testing.T) *house {
	t.Helper()
	h, c := newHouse(t), &clock{now: day(t, "2021-08-02")}
	h.clock = c
	h.do("content", "import", years+"/content.json")
	h.do("subscriber", "import", years+"/subscribers.csv", "--confirmed", "--consent", "yes", "--source", "made up")
	for event, opened := range map[string]string{
		"virtual-2021": "2021-09-07", "webinar-skills-2022": "2022-03-02", "larissa-2022": "2022-07-05", "workshop-data-2023": "2023-02-02", "prato-2023": "2023-07-04",
	} {
		c.now = day(t, opened)
		h.do("registration", "import", delegatesOf(t, event))
	}
	c.now = day(t, "2021-08-02")
	return h
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d.Add(12 * time.Hour)
}

// delegatesOf is a table of the delegates of one event.
func delegatesOf(t *testing.T, event string) string {
	t.Helper()
	f, err := os.Open(years + "/delegates.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := lines[0]
	lines = slices.DeleteFunc(lines, func(l []string) bool { return l[0] != event })
	if len(lines) == 0 {
		t.Fatalf("nobody comes to %s", event)
	}
	path := filepath.Join(t.TempDir(), event+".csv")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := csv.NewWriter(out).WriteAll(append([][]string{header}, lines...)); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestThreeYearsOfConferences plans them whole: announcements to readers, each at the close of the conference before; the opening of registration;
// reminders on both sides of each change of the clocks; the newsletter in two languages.
func TestThreeYearsOfConferences(t *testing.T) {
	t.Parallel()
	h := inYears(t)
	window := []string{"simulate", "--from", "2021-08-30T00:00:00Z", "--to", "2023-12-31T00:00:00Z"}
	with := func(flags ...string) []string { return slices.Concat(window, flags) }
	begun := time.Now()
	text := h.do(with("--approve")...)
	t.Logf("three years took %s", time.Since(begun))
	golden(t, "years.txt", text)
	golden(t, "years.json", h.do(with("--approve", "--people", "--json")...))
	if again := h.do(with("--approve")...); again != text {
		t.Errorf("a second plan differs:\n%s", cmp.Diff(text, again))
	}
	waits := h.do(window...)
	if n := strings.Count(waits, "an editor must approve it"); n == 0 || strings.Contains(waits, "newsletter#1  leaves") {
		t.Errorf("without --approve %d issues wait:\n%s", n, waits)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
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
}
