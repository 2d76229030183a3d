package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestWhoMayReturn(t *testing.T) {
	const inTime, late = mce.UndoFor - time.Second, mce.UndoFor
	for _, c := range []struct {
		record string
		state  mce.SubscriberState
		ago    time.Duration // since they left
		want   bool
	}{
		{"asked confirmed withdrawn", mce.Unsubscribed, 0, true},
		{"imported withdrawn", mce.Unsubscribed, inTime, true},
		{"imported withdrawn", mce.Unsubscribed, late, false},
		{"imported changed withdrawn returned withdrawn", mce.Unsubscribed, inTime, true},
		{"asked withdrawn", mce.Unsubscribed, 0, false},
		{"asked confirmed withdrawn asked withdrawn", mce.Unsubscribed, 0, false},
		{"asked confirmed withdrawn asked confirmed withdrawn", mce.Unsubscribed, 0, true},
		{"imported", mce.Active, 0, false},
		{"imported withdrawn asked", mce.Pending, 0, false},
		{"imported withdrawn erased", mce.Erased, 0, false},
		{"", mce.Unsubscribed, 0, false},
	} {
		var record []mce.Consent
		for action := range strings.FieldsSeq(c.record) {
			record = append(record, mce.Consent{Action: action})
		}
		p := mce.Subscriber{State: c.state, ChangedAt: thursday}
		if got := p.MayReturn(record, thursday.Add(c.ago)); got != c.want {
			t.Errorf("%s, %s, %s ago: %v", c.record, c.state, c.ago, got)
		}
	}
}
