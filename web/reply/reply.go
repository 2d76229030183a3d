// Package reply is how the pages, the desk and the interface answer alike: which status stands for an error, and how a page is sent.
package reply

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
)

// Status is the HTTP status of an error, 500 for one of code Internal.
func Status(err error) int {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	switch mce.ErrorCode(err) {
	case mce.Invalid:
		return http.StatusBadRequest
	case mce.NotFound:
		return http.StatusNotFound
	case mce.Conflict:
		return http.StatusConflict
	case mce.Unavailable:
		return http.StatusServiceUnavailable
	case mce.Busy:
		return http.StatusTooManyRequests
	case mce.Internal:
	}
	return http.StatusInternalServerError
}

// Page sends a page that nobody may keep. It is rendered before the first byte is sent, so that a fault can still become an error page; that the
// reader has gone meanwhile is none.
func Page(w http.ResponseWriter, status int, lang mce.Lang, log *slog.Logger, render func(io.Writer) error) error {
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		log.Debug("reader gone", "err", err)
	}
	return nil
}
