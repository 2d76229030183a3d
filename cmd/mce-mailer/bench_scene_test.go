package main

import (
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestTheBenchmarksLetterIsOfUsualSize: what docs/performance.md says of it.
func TestTheBenchmarksLetterIsOfUsualSize(t *testing.T) {
	e, err := benchIssue{}.Newsletter(mce.Draft{}, mce.English)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.HTML) != 12<<10 || len(e.Text) != 4<<10 {
		t.Errorf("%d bytes of HTML and %d of text", len(e.HTML), len(e.Text))
	}
	for name, part := range map[string]string{"HTML": e.HTML, "text": e.Text} {
		if n := strings.Count(part, "https://"); n != 10 {
			t.Errorf("%s: %d links", name, n)
		}
		greetings := strings.Count(part, mce.SlotMark(e.Nonce, mce.SlotGreeting))
		tokens := strings.Count(part, mce.SlotMark(e.Nonce, mce.SlotToken))
		if greetings != 1 || tokens != 2 {
			t.Errorf("%s: %d greetings and %d tokens", name, greetings, tokens)
		}
	}
}
