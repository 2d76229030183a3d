package main

import (
	"encoding/json"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// outcomes reads an issue's letters as the operator sees them.
func (h *house) outcomes(issue string) (state string, letters map[mce.Outcome]int) {
	h.t.Helper()
	return h.decodeStatus(h.do("issue", "status", issue, "--json"))
}

func (h *house) decodeStatus(out string) (state string, letters map[mce.Outcome]int) {
	h.t.Helper()
	var st issueStatus
	if err := json.Unmarshal([]byte(out), &st); err != nil {
		h.t.Error(err)
	}
	return st.State, st.Letters
}

// scheduled is a house with an issue for n readers that is to go out now, to the sink.
func scheduled(t *testing.T, n int) (*house, *sink) {
	t.Helper()
	h, s := newHouse(t), newSink(t, nil)
	h.schedule(s, people(n))
	return h, s
}

// schedule makes an issue for the readers of a table that is to go out now, to the sink.
func (h *house) schedule(s *sink, readers string) {
	h.t.Helper()
	h.flags = append(h.flags, "--smtp-url=smtp://"+s.addr+"?tls=none")
	h.do("content", "import", library(h.t))
	h.do("subscriber", "import", file(h.t, "p.csv", readers), "--confirmed", "--consent=yes", "--source=test")
	h.do("issue", "assemble", "newsletter")
	h.do("issue", "submit", "1")
	h.do("issue", "approve", "1")
	h.do("issue", "schedule", "1", "--at=now")
}

func TestTwoDaemonsSendTwentyThousandLettersOnce(t *testing.T) {
	const n = 20_000
	h, s := scheduled(t, n)
	h.serve()
	h.serve("--listen-addr=" + freeAddr(t))
	until(t, "all letters have arrived", func() bool { total, _, _ := s.count(); return total >= n })
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	total, recipients, ids := s.count()
	if total != n || recipients != n || ids != n {
		t.Errorf("%d mails to %d recipients under %d Message-IDs, want %d of each", total, recipients, ids, n)
	}
	if _, letters := h.outcomes("1"); letters[mce.Delivered] != n {
		t.Errorf("outcomes: %v", letters)
	}
	if status, _, stderr := h.try("issue", "schedule", "1", "--at=now"); status != 4 {
		t.Errorf("scheduled a second time: exit status %d, %s", status, stderr)
	}
}
