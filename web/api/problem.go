package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/reply"
)

// problem is an error as RFC 9457 has it. Its type is about:blank always, so the title is that of the status; what programs decide by is the code.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"` // a sentence for people
	Code   string  `json:"code"`
	Errors []fault `json:"errors,omitempty"`
}

// fault is what is wrong with one place of the body.
type fault struct {
	Pointer string `json:"pointer"` // RFC 6901
	Detail  string `json:"detail"`
}

// faults are all that is wrong with a body: one at least.
type faults []fault

// Error is the first of them.
func (f faults) Error() string { return f[0].Pointer + ": " + f[0].Detail }

// refusal is an error of HTTP's own: who asks, in what form, by which method.
type refusal struct {
	status int
	code   string
	detail string
	header map[string]string
}

// Error is the sentence for people.
func (f *refusal) Error() string { return f.detail }

// whenUnavailable is when to ask again after a 503, in seconds.
const whenUnavailable = 10

// refuse answers with what went wrong. An error that nobody foresaw is of the database's being away, where it is.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client has gone, and what it asked for was given up
	}
	if mce.ErrorCode(err) == mce.Internal && !isOwn(err) {
		s.Log.Error("interface", "route", r.Pattern, "err", err)
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if down := s.Store.Ready(ctx); down != nil {
			err = mce.Unavailablef(down, "The database cannot be reached at the moment. Please try again later.")
		}
	}
	p, header := problemOf(err)
	for name, value := range header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Cache-Control", "no-store") // also where the answer would have been kept
	if err := send(w, p.Status, "application/problem+json", p); err != nil {
		s.Log.Error("interface", "err", err)
	}
}

// isOwn reports whether an error is one of this package.
func isOwn(err error) bool {
	var f faults
	var ref *refusal
	var tooLarge *http.MaxBytesError
	return errors.As(err, &f) || errors.As(err, &ref) || errors.As(err, &tooLarge)
}

func problemOf(err error) (p problem, header map[string]string) {
	p = problem{Type: "about:blank", Status: reply.Status(err), Code: string(mce.ErrorCode(err)), Detail: mce.ErrorMessage(err)}
	if p.Status == http.StatusServiceUnavailable {
		header = map[string]string{"Retry-After": strconv.Itoa(whenUnavailable)}
	}
	var (
		all      faults
		ref      *refusal
		field    *mce.FieldError
		tooLarge *http.MaxBytesError
	)
	switch {
	case errors.As(err, &all):
		p.Status, p.Code, p.Detail, p.Errors = http.StatusBadRequest, string(mce.Invalid), "The body is not as it must be; errors says where.", all
	case errors.As(err, &ref):
		p.Status, p.Code, p.Detail, header = ref.status, ref.code, ref.detail, ref.header
	case errors.As(err, &tooLarge):
		p.Code = "too_large"
		p.Detail = fmt.Sprintf("The body is larger than %d bytes.", tooLarge.Limit)
	case errors.Is(err, mce.ErrKeyReused):
		p.Status, p.Code = http.StatusUnprocessableEntity, "idempotency_key_reused"
	case errors.As(err, &field):
		p.Errors = []fault{{"/" + field.Field, mce.ErrorMessage(err)}}
	}
	p.Title = http.StatusText(p.Status)
	return p, header
}

// answer sends what was asked for.
func answer(w http.ResponseWriter, status int, body any) error {
	return send(w, status, "application/json", body)
}

// send sends a body of ours, or nothing where it cannot be made. It is personal, or of the moment: nothing keeps it, unless its handler says so.
func send(w http.ResponseWriter, status int, mediaType string, body any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(append(content, '\n')) //nolint:errcheck // the client has gone
	return nil
}
