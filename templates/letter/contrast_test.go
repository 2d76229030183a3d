package letter_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast computes WCAG 2.2 §1.4.3 for every colour of the theme on the ground that it stands on, light and dark.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("theme/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(css), "@media (prefers-color-scheme: dark) {")
	if !found {
		t.Fatal("no dark mode")
	}
	lights, darks := colours(light), colours(dark)
	for selector := range lights {
		if _, ok := darks[selector]; !ok {
			t.Errorf("%s has a light colour and no dark one", selector)
		}
	}
	ground := map[string]string{".page": ".page", ".button-link": ".button-cell"} // all other words stand on the card
	for name, mode := range map[string]map[string]pair{"light": lights, "dark": darks} {
		for selector, c := range mode {
			if c.text == "" {
				continue
			}
			on := ground[selector]
			if on == "" {
				on = ".card"
			}
			checkContrast(t, name+" "+selector, c.text, mode[on].ground)
		}
		checkContrast(t, name+" code", mode["td"].text, mode[".code-cell"].ground)
	}
}

func checkContrast(t *testing.T, name, text, ground string) {
	t.Helper()
	a, b := luminance(t, text), luminance(t, ground)
	if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
		t.Errorf("%s: %s on %s is %.2f:1", name, text, ground, ratio)
	}
}

type pair struct{ text, ground string }

var (
	ruleForm   = regexp.MustCompile(`(?m)^([^@{}/]+)\{([^}]*)\}`)
	textForm   = regexp.MustCompile(`(?:^|[; ])color: (#\w{6})`)
	groundForm = regexp.MustCompile(`background-color: (#\w{6})`)
)

// colours is what each selector says about them; selectors that say nothing are left out.
func colours(css string) map[string]pair {
	out := map[string]pair{}
	for _, rule := range ruleForm.FindAllStringSubmatch(css, -1) {
		for selector := range strings.SplitSeq(rule[1], ",") {
			selector = strings.TrimSpace(selector)
			p := out[selector]
			if m := textForm.FindStringSubmatch(rule[2]); m != nil {
				p.text = m[1]
			}
			if m := groundForm.FindStringSubmatch(rule[2]); m != nil {
				p.ground = m[1]
			}
			if p != (pair{}) {
				out[selector] = p
			}
		}
	}
	return out
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("no colour: %q", colour)
	}
	part := func(at int) float64 {
		n, err := strconv.ParseUint(colour[at:at+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(1) + 0.7152*part(3) + 0.0722*part(5)
}
