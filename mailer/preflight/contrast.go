package preflight

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
)

// Ratios of WCAG 2.2 §1.4.3, and one under which hardly anybody reads.
const (
	enough      = 4.5
	enoughLarge = 3.0
	unreadable  = 2.0
)

// contrasts computes the contrast of all words with the ground that they stand on, for light and for dark. Where a colour is not known (a
// picture behind the words, a name that we do not have) it says nothing.
func contrasts(_ *issue, m *message) []mce.Finding {
	var out []mce.Finding
	for _, look := range []mode{{"light", m.styles, nil}, {"dark", m.styles, m.dark()}} {
		for _, n := range m.seen() {
			ink, ground, known := look.colours(n.Parent)
			if !known {
				continue
			}
			ratio := contrast(ink, ground)
			needed := enough
			if look.large(n.Parent) {
				needed = enoughLarge
			}
			if ratio >= needed {
				continue
			}
			f := mce.Finding{Where: m.where(n), Words: fmt.Sprintf("%s is hard to read in %s mode: the contrast of its colours is %.1f to 1, and %.1f is needed. Choose a stronger colour.",
				quoted(n.Data), look.name, ratio, needed)}
			if ratio >= unreadable {
				f.Level = mce.Advisory
			}
			out = append(out, f)
		}
	}
	return out
}

// colours are what the words of an element are written with and on.
func (m mode) colours(n *html.Node) (ink, ground rgb, known bool) {
	ink, known = inherited(n, func(n *html.Node) string { return m.says(n, "color") })
	ground, knownGround := inherited(n, func(n *html.Node) string {
		if v := m.says(n, "background-color"); v != "" && v != "transparent" {
			return v
		}
		if v := m.says(n, "background"); v != "" && v != "none" && v != "transparent" {
			return v
		}
		if v := m.says(n, "background-image"); v != "" && v != "none" {
			return v
		}
		return attribute(n, "bgcolor")
	})
	return ink, ground, known && knownGround
}

// inherited is the colour that the nearest ancestor declares. Without any, mail programs choose both, and they choose well.
func inherited(n *html.Node, declared func(*html.Node) string) (rgb, bool) {
	for ; n != nil; n = n.Parent {
		if v := declared(n); v != "" && v != "inherit" {
			return parseColour(v)
		}
	}
	return rgb{}, false
}

// large reports whether words are large in the sense of WCAG: 24 px, or 18.66 px and bold.
func (m mode) large(n *html.Node) bool {
	size, bold := 16.0, false
	sized, weighed := false, false
	for ; n != nil; n = n.Parent {
		if v := m.says(n, "font-size"); !sized && strings.HasSuffix(v, "px") {
			size, _ = strconv.ParseFloat(strings.TrimSuffix(v, "px"), 64)
			sized = true
		}
		if v := m.says(n, "font-weight"); !weighed && v != "" {
			bold, weighed = v == "bold" || v == "bolder" || v >= "700" && v <= "900", true
		}
		if !weighed {
			switch n.Data {
			case "strong", "b", "h1", "h2", "h3", "h4", "th":
				bold, weighed = true, true
			}
		}
	}
	return size >= 24 || bold && size >= 18.66
}

type rgb [3]float64 // 0 to 1

// parseColour reads #rgb, #rrggbb, rgb(…) and the names that people use.
func parseColour(s string) (rgb, bool) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "!important"))
	if hex, ok := map[string]string{
		"white": "#ffffff", "black": "#000000", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "yellow": "#ffff00", "gray": "#808080",
		"grey": "#808080", "silver": "#c0c0c0", "orange": "#ffa500", "navy": "#000080", "maroon": "#800000", "purple": "#800080", "teal": "#008080",
		"lightgray": "#d3d3d3", "lightgrey": "#d3d3d3", "darkgray": "#a9a9a9", "darkgrey": "#a9a9a9",
	}[s]; ok {
		s = hex
	}
	var c rgb
	if inside, ok := strings.CutPrefix(s, "rgb("); ok {
		parts := strings.FieldsFunc(strings.TrimSuffix(inside, ")"), func(r rune) bool { return r == ',' || r == ' ' })
		if len(parts) != 3 {
			return c, false
		}
		for i, p := range parts {
			v, err := strconv.ParseFloat(p, 64)
			if err != nil {
				return c, false
			}
			c[i] = v / 255
		}
		return c, true
	}
	hex, ok := strings.CutPrefix(s, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if !ok || err != nil || len(hex) != 6 {
		return c, false
	}
	return rgb{float64(v>>16) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}, true
}

// contrast is the ratio of WCAG 2.2.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c rgb) luminance() float64 {
	part := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c[0]) + 0.7152*part(c[1]) + 0.0722*part(c[2])
}
