package mailer_test

import (
	"log/slog"
	"testing"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// counting signs nothing, and counts.
type counting struct{ signed int }

func (c *counting) Sign(dst, message []byte) ([]byte, error) {
	c.signed++
	return append(append(dst, "X-Signed: yes\r\n"...), message...), nil
}

// TestATestMailIsSignedAndTakesTheRelayThatIsThere: and no two are the same to a mail program.
func TestATestMailIsSignedAndTakesTheRelayThatIsThere(t *testing.T) {
	down, there := newRelay(t), newRelay(t)
	down.set(func() { down.down = true })
	letters, sign := mailer.FixtureLetters(t), &counting{}
	m := mailer.New(mailer.Options{
		Relays: []mailer.Relay{down.relay(t), there.relay(t)}, Sender: mailer.Sender{Site: mailer.FixtureSite()}, Greet: letters.Greeting, Sign: sign,
		Clock: mce.SystemClock{}, Log: slog.New(slog.DiscardHandler),
	})
	e, err := letters.OptIn("en", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := m.SendProof(t.Context(), e, "anna@example.org", "Anna"); err != nil {
			t.Fatal(err)
		}
	}
	if ids := there.ids("anna@example.org"); len(ids) != 2 || ids[0] == ids[1] || ids[0] == "" || sign.signed != 2 {
		t.Errorf("%q, signed %d", ids, sign.signed)
	}
	there.set(func() { there.down = true })
	if err := m.SendProof(t.Context(), e, "anna@example.org", "Anna"); mce.ErrorCode(err) != mce.Unavailable {
		t.Error(err)
	}
}
