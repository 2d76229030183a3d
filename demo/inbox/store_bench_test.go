package inbox

import (
	"fmt"
	"testing"
)

// BenchmarkKeep is the cost of a mail in an inbox that already holds many.
func BenchmarkKeep(b *testing.B) {
	in, err := Open(Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(b.Context()) })
	for i := range 10_000 {
		if err := in.keep("a@mce.example", []string{"b@city.example"}, fmt.Appendf(nil, "Subject: %d\r\n\r\n", i)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := in.keep("a@mce.example", []string{"b@city.example"}, []byte(invitation)); err != nil {
			b.Fatal(err)
		}
	}
}
