package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// healthz says that the process answers; nothing else is looked at.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write([]byte("ok\n")) //nolint:errcheck // the monitor has gone
}

// readyz says whether the program can do its work: database, schema, mail relay. It answers 503 when one of them cannot, and which.
// Why is in words without addresses or passwords; the log has the rest.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	parts := map[string]string{"database": "ok", "mailer": "ok"}
	status := http.StatusOK
	for part, err := range map[string]error{"database": s.Store.Ready(ctx), "mailer": s.Mailer()} {
		if err != nil {
			parts[part], status = mce.ErrorMessage(err), http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(parts) //nolint:errcheck // the monitor has gone
}
