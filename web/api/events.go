package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// Events are shown and taken in the form of "content import". The ETag of one is a hash of the very bytes, so that whoever names it in If-Match
// overwrites nothing that they have not seen.

// errStale refuses whoever changes something else than what they have seen.
func errStale(standing string) error {
	return &refusal{http.StatusPreconditionFailed, "precondition_failed", "The event is not, or not any more, as the request says. Please read it anew.",
		map[string]string{"ETag": standing}}
}

// eventOf is the event of a slug, which may be anything that an address can say.
func (s *Server) eventOf(ctx context.Context, slug string) (mce.Event, error) {
	if !utf8.ValidString(slug) || strings.ContainsRune(slug, 0) {
		return mce.Event{}, mce.NotFoundf("there is no event %q", slug)
	}
	return s.Store.Event(ctx, slug)
}

func tagOf(e mce.Event) (string, error) {
	raw, err := json.Marshal(e)
	sum := sha256.Sum256(raw)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`, err
}

// matches reports whether a list of tags (RFC 9110 §13.1) names one, or is a star, which names all.
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "*" || one == tag {
			return true
		}
	}
	return false
}

// met refuses a request whose conditions the standing event, nil for none, does not meet.
func met(r *http.Request, old *mce.Event) error {
	tag := ""
	if old != nil {
		var err error
		if tag, err = tagOf(*old); err != nil {
			return err
		}
	}
	if want := r.Header.Get("If-Match"); want != "" && (old == nil || !matches(want, tag)) {
		return errStale(tag)
	}
	if not := r.Header.Get("If-None-Match"); not != "" && old != nil && matches(not, tag) {
		return errStale(tag)
	}
	return nil
}

func (s *Server) listEvents(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	all, err := s.Store.Events(r.Context())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"events": all})
}

func (s *Server) showEvent(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	e, err := s.eventOf(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	tag, err := tagOf(e)
	if err != nil {
		return err
	}
	if known := r.Header.Get("If-None-Match"); known != "" && matches(known, tag) {
		w.Header().Set("ETag", tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return answerEvent(w, http.StatusOK, e)
}

func answerEvent(w http.ResponseWriter, status int, e mce.Event) error {
	tag, err := tagOf(e)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache") // kept, and asked about each time
	return answer(w, status, e)
}

// putEvent replaces an event as a whole, or adds it.
func (s *Server) putEvent(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	var e mce.Event
	if err := read(r, &e); err != nil {
		return err
	}
	return s.edit(w, r, func(*mce.Event) (mce.Event, error) { return e, nil })
}

// patchEvent changes of an event what the patch names; a list, such as the programme, is replaced as a whole.
func (s *Server) patchEvent(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	patch, err := body(r, mergePatch)
	if err != nil {
		return err
	}
	return s.edit(w, r, func(old *mce.Event) (mce.Event, error) {
		if old == nil {
			return mce.Event{}, mce.NotFoundf("there is no event %q", r.PathValue("slug"))
		}
		return patched(*old, patch)
	})
}

// edit writes the event of an address as change makes it, if the conditions of the request are met.
func (s *Server) edit(w http.ResponseWriter, r *http.Request, change func(old *mce.Event) (mce.Event, error)) error {
	slug := r.PathValue("slug")
	if !mce.IsSlug(slug) {
		return mce.NotFoundf("there can be no event %q: a slug is lower-case letters, digits and single hyphens", slug)
	}
	e, added, err := s.Store.EditEvent(r.Context(), slug, func(old *mce.Event) (mce.Event, error) {
		e, err := change(old)
		if err == nil {
			err = met(r, old)
		}
		if e.Slug == "" {
			e.Slug = slug
		}
		if err == nil && e.Slug != slug {
			err = faults{{"/slug", "it must be that of the address"}}
		}
		if err == nil {
			err = e.Check()
		}
		return e, err
	}, s.Clock.Now())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if added {
		status = http.StatusCreated
	}
	return answerEvent(w, status, e)
}

// checkIn takes the code of a delegate at the desk. One that was taken before is answered too: the desk decides what that means.
func (s *Server) checkIn(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	e, err := s.eventOf(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	arrived, first, err := s.Store.CheckIn(r.Context(), e.Slug, in.Code, s.Clock.Now())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if first {
		status = http.StatusCreated
	}
	return answer(w, status, map[string]any{"first": first, "registration": shown(arrived)})
}
