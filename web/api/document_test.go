package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documented lists what the document says: operations as "GET /events", each with its statuses.
func (s *site) documented() map[string][]string {
	s.t.Helper()
	model, err := s.document.BuildV3Model()
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string][]string{}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, op := range item.GetOperations().FromOldest() {
			name := strings.ToUpper(method) + " " + path
			for status := range op.Responses.Codes.KeysFromOldest() {
				out[name] = append(out[name], status)
			}
		}
	}
	return out
}

func TestTheDocumentIsValid(t *testing.T) {
	s := newSite(t)
	if ok, faults := s.check.ValidateDocument(); !ok {
		t.Error(faults)
	}
}

func TestEveryRouteIsDocumentedAndNothingElse(t *testing.T) {
	s := newSite(t)
	var named []string
	for operation := range s.documented() {
		named = append(named, operation)
	}
	routes := s.server.Operations()
	slices.Sort(named)
	slices.Sort(routes)
	if diff := cmp.Diff(routes, named); diff != "" {
		t.Errorf("routes and the document differ:\n%s", diff)
	}
}

func TestTheDocumentIsServedWithItsAddress(t *testing.T) {
	s := newSite(t)
	s.server.Site.PublicURL = "https://example.org/mail"
	r := must(http.Get(s.url + "/api/openapi.json"))(t)
	defer r.Body.Close()
	raw := must(io.ReadAll(r.Body))(t)
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
	}
	if err := json.Unmarshal(raw, &doc); err != nil || r.StatusCode != http.StatusOK || doc.OpenAPI != "3.1.1" || doc.Servers[0].URL != "https://example.org/mail/api/v1" {
		t.Errorf("%d: %v, %+v", r.StatusCode, err, doc)
	}
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		t.Error(got)
	}
}
