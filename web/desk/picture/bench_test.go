package picture_test

import (
	"testing"

	"github.com/majorcities/mce-mailer/web/desk/picture"
)

// BenchmarkMake makes a picture of 12 megapixels anew, as a telephone takes it.
func BenchmarkMake(b *testing.B) {
	raw := asJPEG(b, flag(4000, 3000))
	for b.Loop() {
		if _, err := picture.Make(raw); err != nil {
			b.Fatal(err)
		}
	}
}
