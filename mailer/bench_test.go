package mailer

import (
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// BenchmarkStamp is what a letter of a newsletter costs before it goes onto the wire.
func BenchmarkStamp(b *testing.B) {
	for _, name := range []string{"Anna Rossi", "Žofie Nováková"} {
		b.Run(name, func(b *testing.B) {
			st, keys, l := fixtureStamp(b, samples(b)[0], "en"), FixtureKeys(b), fixtureLetter(mce.Newsletter)
			l.Name = name
			buf := st.stamped(b, l)
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if buf, err = st.stamp(buf[:0], l, keys); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPrepare is what an edition costs, once in a session's life.
func BenchmarkPrepare(b *testing.B) {
	e, err := samples(b)[0].render("en")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prepare(e, fixtureSender(), func(string) string { return "Hello," }); err != nil {
			b.Fatal(err)
		}
	}
}
