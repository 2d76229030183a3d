package web_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

func (s *site) ready(status int) map[string]string {
	s.t.Helper()
	a := s.get("/readyz")
	a.wants(s.t, status)
	var parts map[string]string
	if err := json.Unmarshal([]byte(a.body), &parts); err != nil {
		s.t.Fatal(err)
	}
	return parts
}

func TestReadyzSaysWhichPartCannotWork(t *testing.T) {
	s := newSite(t, public)
	if got := s.ready(http.StatusOK); got["database"] != "ok" || got["mailer"] != "ok" {
		t.Error(got)
	}

	s.fault = mce.Unavailablef(errors.New("dial tcp 192.0.2.1:587: s3cret"), "the mail relay cannot be reached")
	if got := s.ready(http.StatusServiceUnavailable); got["database"] != "ok" || got["mailer"] != "the mail relay cannot be reached" {
		t.Error(got)
	}
	s.fault = nil

	db := pgtest.DB(t, s.database)
	if _, err := db.ExecContext(t.Context(), `delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`); err != nil {
		t.Fatal(err)
	}
	if got := s.ready(http.StatusServiceUnavailable); !strings.Contains(got["database"], "mce-mailer migrate") || got["mailer"] != "ok" {
		t.Error(got)
	}

	s.store.Close()
	if got := s.ready(http.StatusServiceUnavailable); got["database"] != "the database does not answer" {
		t.Error(got)
	}
	s.get("/healthz").wants(t, http.StatusOK, "ok\n")
}

func TestAnErrorPageNeverShowsWhatIsInside(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "en")
	_, confirm := s.asked("bruno@example.org", "en")
	s.store.Close()
	for _, path := range []string{"/archive", "/archive/newsletter/1/en", leave, confirm} {
		for _, lang := range []string{"en", "it"} {
			a := s.get(path + "?lang=" + lang)
			a.wants(t, http.StatusInternalServerError, "office@mce.example", `<html lang="`+lang+`"`)
			guards(t, a, pagePolicy)
			for _, inside := range []string{"sql", "database", "postgres", "goroutine", p.Email} {
				if strings.Contains(strings.ToLower(a.body), inside) {
					t.Errorf("%s shows %q:\n%s", path, inside, a.body)
				}
			}
		}
	}
	log := s.log.String()
	if !strings.Contains(log, "sql: database is closed") || !strings.Contains(log, "/leave/{token}") {
		t.Errorf("the operator is not told:\n%s", log)
	}
	if token := strings.TrimPrefix(leave, "/leave/"); strings.Contains(log, token) {
		t.Errorf("a token is in the log:\n%s", log)
	}
}
