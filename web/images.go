package web

import (
	"net/http"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
)

// image answers with a picture of content. Its name changes with it, so that it may be cached for ever, and mail programs and their proxies may show it
// wherever they are.
func (s *Server) image(w http.ResponseWriter, r *http.Request) {
	f, err := s.Store.ImageFile(r.Context(), r.PathValue("file"))
	if err != nil {
		status := http.StatusInternalServerError
		if mce.ErrorCode(err) == mce.NotFound {
			status = http.StatusNotFound
		} else {
			s.Log.Error("picture", "err", err)
		}
		http.Error(w, mce.ErrorMessage(err), status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Length", strconv.Itoa(len(f.Content)))
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if _, err := w.Write(f.Content); err != nil {
		s.Log.Debug("reader gone", "err", err)
	}
}
