package inbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// api lists the mails, newest first, for scripts; ?q= searches as the page does.
func (s *site) api(w http.ResponseWriter, r *http.Request) error {
	type envelope struct {
		From string   `json:"from"`
		To   []string `json:"to"`
	}
	type entry struct {
		ID        string    `json:"id"`
		Envelope  envelope  `json:"envelope"`
		Subject   string    `json:"subject"`
		MessageID string    `json:"message_id"`
		Received  time.Time `json:"received"`
	}
	entries := []entry{} // an empty inbox is [], not null
	for _, m := range search(s.inbox.Mails(), strings.TrimSpace(r.FormValue("q"))) {
		entries = append(entries, entry{m.ID, envelope{m.From, m.To}, m.Subject, m.MessageID, m.Received})
	}
	body, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, "application/json", body)
}
