package page

import "net/url"

// Contrast is a reader's choice of colours.
type Contrast string

// The contrasts.
const (
	ContrastUsual Contrast = ""     // light or dark as the reader's device asks for
	ContrastHigh  Contrast = "high" // the strongest, light or dark as the device asks for
	ContrastLight Contrast = "light"
	ContrastDark  Contrast = "dark" // these two: whatever the device asks for
)

// Display is how a reader wants to see the pages. It lives in the query of our links, so that no cookie is needed; the zero value is
// the usual look.
type Display struct {
	LargeText      bool
	ReadableFont   bool
	HighlightLinks bool
	Contrast       Contrast
}

// ParseDisplay reads ?text=large&font=readable&links=highlight&contrast=high|light|dark. Anything else counts as not chosen: a mistyped
// address still shows its page.
func ParseDisplay(q url.Values) Display {
	d := Display{
		LargeText:      q.Get("text") == "large",
		ReadableFont:   q.Get("font") == "readable",
		HighlightLinks: q.Get("links") == "highlight",
	}
	switch c := Contrast(q.Get("contrast")); c {
	case ContrastHigh, ContrastLight, ContrastDark:
		d.Contrast = c
	case ContrastUsual:
	}
	return d
}

// Query is what ParseDisplay reads; empty for the usual look.
func (d Display) Query() url.Values {
	q := url.Values{}
	if d.LargeText {
		q.Set("text", "large")
	}
	if d.ReadableFont {
		q.Set("font", "readable")
	}
	if d.HighlightLinks {
		q.Set("links", "highlight")
	}
	if d.Contrast != ContrastUsual {
		q.Set("contrast", string(d.Contrast))
	}
	return q
}

// Usual reports whether nothing was chosen.
func (d Display) Usual() bool { return d == Display{} }
