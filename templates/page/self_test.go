package page_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// TestEveryValueOfADossierHasWords: a kind, an outcome or an action that is new must be given some.
func TestEveryValueOfADossierHasWords(t *testing.T) {
	raw, err := os.ReadFile("locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(raw, &messages); err != nil {
		t.Fatal(err)
	}
	for group, values := range map[string][]any{
		"kind":       {mce.Newsletter, mce.Confirmation, mce.Reminder, mce.OptIn, mce.Welcome, mce.SelfLink, mce.Move, mce.WaitingList, mce.Cancellation, mce.ChangeOf, mce.Booked, mce.Certificate, mce.Invitation},
		"outcome":    {mce.Waiting, mce.Delivered, mce.Deferred, mce.Refused, mce.Expired, mce.Uncertain, mce.LeftOut, mce.Failed},
		"action":     {"asked", "confirmed", "imported", "changed", "withdrawn", "returned"},
		"state":      {mce.Pending, mce.Active, mce.Unsubscribed},
		"pace":       {mce.EachIssue, mce.Monthly},
		"place":      {mce.Registered, mce.OnWaitingList, mce.Withdrawn},
		"as":         {mce.AsDelegate, mce.AsSpeaker},
		"reminder":   {"queued", "dropped"},
		"membership": {mce.NoMember, mce.Member, mce.Sponsor},
	} {
		for _, v := range values {
			if id := fmt.Sprintf("data.%s.%s", group, v); messages[id] == nil {
				t.Errorf("%s has no words", id)
			}
		}
	}
}

func TestAValueWithoutWordsStandsAsItIs(t *testing.T) {
	d := littleDossier()
	d.Subscriber.State, d.Subscriber.Topics = "resting", []string{"news", "bygone"}
	body := string(document(t, sample{"data", "/me/x/data", data(newPages(t, site()), d)}, "it", page.Display{}))
	for _, want := range []string{"<dd>resting</dd>", "<dd>Notizie dell’associazione e bygone</dd>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}
