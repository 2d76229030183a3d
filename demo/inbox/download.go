package inbox

import (
	"mime"
	"net/http"
	"strconv"
)

// raw downloads the mail as it came.
func (s *site) raw(w http.ResponseWriter, r *http.Request) error {
	m, raw, err := s.inbox.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	return download(w, m.ID+mailSuffix, "message/rfc822", raw)
}

// attachment downloads one attachment; they are counted from 1.
func (s *site) attachment(w http.ResponseWriter, r *http.Request) error {
	_, raw, err := s.inbox.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	message, err := Parse(raw)
	n, notNumber := strconv.Atoi(r.PathValue("n"))
	if err != nil || notNumber != nil || n < 1 || n > len(message.Attachments) {
		return ErrNoMail
	}
	a := message.Attachments[n-1]
	return download(w, a.Name, a.MediaType, a.Content)
}

// download sends bytes that a browser saves and never shows, whatever type they claim.
func download(w http.ResponseWriter, name, mediaType string, content []byte) error {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return write(w, http.StatusOK, mediaType, content)
}
