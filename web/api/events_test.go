package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func (s *site) put(path, body string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodPut, path: path, body: body})
}

func TestAnEventIsShownAsItIsImported(t *testing.T) {
	s := newSite(t)
	var got mce.Event
	s.get("/events/larissa").into(t, http.StatusOK, &got)
	want := event()
	want.Admission = mce.ForEveryone
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var all struct{ Events []mce.Event }
	s.get("/events").into(t, http.StatusOK, &all)
	if n := len(all.Events); n < 2 || all.Events[n-1].Starts.Before(all.Events[0].Starts) {
		t.Errorf("%d events", n)
	}
}

// TestAPutOfWhatStandsChangesNothing: for every event of the sample, programmes and all.
func TestAPutOfWhatStandsChangesNothing(t *testing.T) {
	s := newSite(t)
	var all struct{ Events []json.RawMessage }
	s.get("/events").into(t, http.StatusOK, &all)
	for _, raw := range all.Events {
		var e mce.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		before := must(s.store.Event(t.Context(), e.Slug))(t)
		shown := s.get("/events/" + e.Slug)
		again := s.put("/events/"+e.Slug, string(raw))
		if again.StatusCode != http.StatusOK || again.body != shown.body || again.Header.Get("ETag") != shown.Header.Get("ETag") {
			t.Errorf("%s: %d\n%s\n%s", e.Slug, again.StatusCode, shown.body, again.body)
		}
		if diff := cmp.Diff(before, must(s.store.Event(t.Context(), e.Slug))(t)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnEventIsAddedAndReplaced(t *testing.T) {
	s := newSite(t)
	var e mce.Event
	s.put("/events/webinar", openEvent).into(t, http.StatusCreated, &e)
	if e.Slug != "webinar" || !e.Starts.Equal(time.Date(2024, 1, 10, 9, 0, 0, 0, time.UTC)) || e.Admission != mce.ForEveryone {
		t.Errorf("%+v", e)
	}
	s.put("/events/webinar", strings.Replace(openEvent, `"Webinar"`, `"Seminar"`, 1)).into(t, http.StatusOK, &e)
	if e.Title["en"] != "Seminar" {
		t.Errorf("%+v", e)
	}
	for body, pointers := range map[string][]string{
		`{"slug": "other", ` + openEvent[1:]:                            {"/slug"},
		strings.Replace(openEvent, "webinar", "party", 1):               nil,
		strings.Replace(openEvent, "Europe/Rome", "Mars", 1):            nil,
		strings.Replace(openEvent, `["events"]`, `["nothing"]`, 1):      nil,
		strings.Replace(openEvent, "2024-01-10T10", "10 January", 1):    {"/starts"},
		`{"capacity": 99999999999, ` + openEvent[1:]:                    nil,
		`{"capacity": 1.5, ` + openEvent[1:]:                            {"/capacity"},
		`{"sessions": [{"slug": "a", "hall": "B"}], ` + openEvent[1:]:   {"/sessions/0/hall"},
		strings.Replace(openEvent, "2024-01-10T11", "9999-12-31T23", 1): {"/ends"},
		`{"id": 7, ` + openEvent[1:]:                                    {"/id"},
		`{"body": {"en": "a\u0000b"}, ` + openEvent[1:]:                 {"/body/en"},
		`{"link": "javascript:alert(1)", ` + openEvent[1:]:              nil,
	} {
		s.put("/events/webinar", body).gives(t, http.StatusBadRequest, "invalid", pointers...)
	}
	s.put("/events/No_Slug", openEvent).gives(t, http.StatusNotFound, "not_found")
}

func TestAPatchOfAnEventChangesWhatItNames(t *testing.T) {
	s := newSite(t)
	want := event()
	want.Admission = mce.ForEveryone
	for _, c := range []struct {
		patch string
		edit  func()
	}{
		{`{}`, func() {}},
		{`{"title": {"it": "Laboratorio"}, "capacity": 40, "closes": "2023-11-20T12:00:00+02:00"}`, func() {
			want.Title["it"], want.Capacity, want.Closes = "Laboratorio", 40, time.Date(2023, 11, 20, 10, 0, 0, 0, time.UTC)
		}},
		{`{"title": {"it": null}, "closes": null, "capacity": null}`, func() { delete(want.Title, "it"); want.Closes, want.Capacity = time.Time{}, 0 }},
		{`{"sessions": null}`, func() { want.Sessions = nil }},
	} {
		c.edit()
		var got mce.Event
		s.patch("/events/larissa", c.patch).into(t, http.StatusOK, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", c.patch, diff)
		}
	}
	for patch, pointers := range map[string][]string{
		`{"title": null}`: nil, `{"title": "Workshop"}`: {"/title"}, `{"slug": "other"}`: {"/slug"}, `{"hall": "B"}`: {"/hall"}, `[1]`: {""}, `{"starts": 7}`: {"/starts"},
	} {
		s.patch("/events/larissa", patch).gives(t, http.StatusBadRequest, "invalid", pointers...)
	}
}

// TestTwoWritersDoNotOverwriteEachOther: of those who read the same, one writes.
func TestTwoWritersDoNotOverwriteEachOther(t *testing.T) {
	s := newSite(t)
	tag := s.get("/events/larissa").Header.Get("ETag")
	var written, refused atomic.Int32
	var both errgroup.Group
	for i := range 5 {
		both.Go(func() error {
			patch := call{method: http.MethodPatch, path: "/events/larissa", body: fmt.Sprintf(`{"capacity": %d}`, 100+i)}
			switch a := s.do(patch.with("If-Match", tag)); a.StatusCode {
			case http.StatusOK:
				written.Add(1)
			case http.StatusPreconditionFailed:
				refused.Add(1)
				if now := a.Header.Get("ETag"); now == tag || now == "" {
					t.Errorf("it does not say what stands: %q", now)
				}
			}
			return nil
		})
	}
	if err := both.Wait(); err != nil || written.Load() != 1 || refused.Load() != 4 {
		t.Errorf("%d written, %d refused", written.Load(), refused.Load())
	}
	now := s.get("/events/larissa")
	whole := call{method: http.MethodPut, path: "/events/larissa", body: now.body}
	s.do(whole.with("If-Match", tag)).gives(t, http.StatusPreconditionFailed, "precondition_failed")
	s.do(whole.with("If-Match", now.Header.Get("ETag"))).into(t, http.StatusOK, new(any))
	s.do(whole.with("If-None-Match", "*")).gives(t, http.StatusPreconditionFailed, "precondition_failed")
	added := call{method: http.MethodPut, path: "/events/webinar", body: openEvent}
	s.do(added.with("If-Match", "*")).gives(t, http.StatusPreconditionFailed, "precondition_failed")
	s.do(added.with("If-None-Match", "*")).into(t, http.StatusCreated, new(any))
}

func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	s := newSite(t)
	first := s.get("/events/larissa")
	ask := call{method: http.MethodGet, path: "/events/larissa"}
	known := s.do(ask.with("If-None-Match", `"other", `+first.Header.Get("ETag")))
	if known.StatusCode != http.StatusNotModified || known.body != "" || known.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("%d %s", known.StatusCode, known.body)
	}
	if a := s.do(ask.with("If-None-Match", `"other"`)); a.StatusCode != http.StatusOK || a.body != first.body {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
