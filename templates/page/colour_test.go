package page_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pair is two named colours that meet on a page, and the least contrast there.
type pair struct {
	front, back string
	least       float64
}

const (
	forText = 4.5 // WCAG 1.4.3
	forPart = 3.0 // WCAG 1.4.11
	forHigh = 7.0 // WCAG 1.4.6, for those who chose high contrast
)

func pairs() []pair {
	return []pair{
		{"ink", "paper", forText}, {"ink", "panel", forText}, {"ink", "mark", forText},
		{"quiet", "paper", forText}, {"quiet", "panel", forText},
		{"accent", "paper", forText}, {"accent", "panel", forText}, {"accent", "mark", forText},
		{"accent-strong", "paper", forText}, {"accent-strong", "panel", forText}, {"accent-strong", "mark", forText},
		{"on-accent", "accent", forText}, {"on-accent", "accent-strong", forText},
		{"edge", "paper", forPart}, {"edge", "panel", forPart},
		{"focus", "paper", forPart}, {"focus", "panel", forPart},
	}
}

func TestContrast(t *testing.T) {
	for name, theme := range themes(t, string(newPages(t, site()).Stylesheet())) {
		for _, p := range pairs() {
			least := p.least
			if strings.HasPrefix(name, "high") && least == forText {
				least = forHigh
			}
			if got := contrast(t, theme[p.front], theme[p.back]); got < least {
				t.Errorf("%s: %s (%s) on %s (%s) has %.2f:1, wants %.1f:1", name, p.front, theme[p.front], p.back, theme[p.back], got, least)
			}
		}
	}
}

// TestColoursHaveNames: a colour outside the two lists would escape the test above, and so would a name that no pair has.
func TestColoursHaveNames(t *testing.T) {
	css := string(newPages(t, site()).Stylesheet())
	if n, m := len(regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`).FindAllString(css, -1)), 2*strings.Count(css, ": light-dark("); n != m {
		t.Errorf("%d colours, of which %d have a name", n, m)
	}
	paired := map[string]bool{"rule": true} // a line that only decorates
	for _, p := range pairs() {
		paired[p.front], paired[p.back] = true, true
	}
	for name := range themes(t, css)["light"] {
		if !paired[name] {
			t.Errorf("--%s is in no pair", name)
		}
	}
}

// TestNothingMoves is what the stylesheet says of prefers-reduced-motion.
func TestNothingMoves(t *testing.T) {
	for _, word := range []string{"transition", "animation", "@keyframes", "scroll-behavior"} {
		if strings.Contains(string(newPages(t, site()).Stylesheet()), word) {
			t.Errorf("the stylesheet has %q", word)
		}
	}
}

// themes reads the named colours: light and dark, and both of high contrast. The choice "dark" is the dark theme itself.
func themes(t *testing.T, css string) map[string]map[string]string {
	t.Helper()
	form := regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)
	read := func(selector string, light, dark map[string]string) {
		_, rest, found := strings.Cut(css, "\n"+selector+" {")
		block, _, closed := strings.Cut(rest, "}")
		if !found || !closed {
			t.Fatalf("the stylesheet has no block %s", selector)
		}
		for _, m := range form.FindAllStringSubmatch(block, -1) {
			light[m[1]], dark[m[1]] = m[2], m[3]
		}
	}
	light, dark := map[string]string{}, map[string]string{}
	read(":root", light, dark)
	highLight, highDark := maps.Clone(light), maps.Clone(dark)
	read(`:root[data-contrast="high"]`, highLight, highDark)
	return map[string]map[string]string{"light": light, "dark": dark, "high light": highLight, "high dark": highDark}
}

// contrast is the ratio of WCAG 2.2, "contrast ratio".
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(fmt.Errorf("colour %q: %w", colour, err))
	}
	linear := func(part uint64) float64 {
		c := float64(part&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// What holds for a selector is said in one place (and in a media query, perhaps): two places contradict each other one day.
func TestEveryRuleStandsOnce(t *testing.T) {
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(newPages(t, site()).Stylesheet()), "")
	seen := map[string]bool{}
	for _, rule := range regexp.MustCompile(`(?m)^([^\s{}@][^{}]*?) \{`).FindAllStringSubmatch(css, -1) {
		if seen[rule[1]] {
			t.Errorf("%s stands twice", rule[1])
		}
		seen[rule[1]] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d rules were looked at", len(seen))
	}
}
