package page_test

import (
	"net/url"
	"testing"

	"github.com/majorcities/mce-mailer/templates/page"
)

func TestDisplayThereAndBack(t *testing.T) {
	for _, large := range []bool{false, true} {
		for _, readable := range []bool{false, true} {
			for _, highlight := range []bool{false, true} {
				for _, c := range []page.Contrast{page.ContrastUsual, page.ContrastHigh, page.ContrastLight, page.ContrastDark} {
					d := page.Display{LargeText: large, ReadableFont: readable, HighlightLinks: highlight, Contrast: c}
					if got := page.ParseDisplay(d.Query()); got != d {
						t.Errorf("%v comes back as %+v, want %+v", d.Query(), got, d)
					}
					if d.Usual() != (len(d.Query()) == 0) {
						t.Errorf("%+v: usual is %v, query %v", d, d.Usual(), d.Query())
					}
				}
			}
		}
	}
}

func TestParseDisplayIgnoresTheRest(t *testing.T) {
	for _, query := range []string{"", "text=huge&font=&links=1&contrast=low", "contrast=", "lang=it&token=x"} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if d := page.ParseDisplay(q); !d.Usual() {
			t.Errorf("%q gives %+v", query, d)
		}
	}
}
