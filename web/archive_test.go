package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnEmptyArchiveSaysSo(t *testing.T) {
	s := newSite(t, public)
	s.get("/archive").wants(t, http.StatusOK, "No newsletter has been sent yet.")
}

func TestTheArchiveListsWhatWasSentInEveryLanguage(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.send()
	s.get("/archive").wants(t, http.StatusOK, "MCE Newsletter", "no. 1", "2023-10-18", `href="/archive/newsletter/1/en"`, `href="/archive/newsletter/1/it"`)
	s.get("/archive?lang=it").wants(t, http.StatusOK, "Newsletter MCE", `class="subject" href="/archive/newsletter/1/it"`)
	for _, lang := range []string{"en", "it"} {
		a := s.get("/archive/newsletter/1/" + lang)
		a.wants(t, http.StatusOK, `lang="`+lang+`"`)
		if got := a.Header.Get("Content-Language"); got != lang {
			t.Errorf("Content-Language %s", got)
		}
	}
}

func TestAnArchivedIssueHoldsNothingPersonal(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("zenobia@example.org", "en")
	s.send()
	for _, path := range []string{"/archive", "/archive/newsletter/1/en", "/archive/newsletter/1/it"} {
		a := s.get(path)
		for _, personal := range []string{"zenobia", "Anna Rossi", leave, "/leave/", "/confirm/", "zq"} {
			if strings.Contains(a.body, personal) {
				t.Errorf("%s contains %q", path, personal)
			}
		}
	}
}

func TestWhatIsNotInTheArchiveIsNotFound(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.send()
	for _, path := range []string{
		"newsletter/2/en", "newsletter/0/en", "newsletter/-1/en", "newsletter/x/en", "newsletter/99999999999/en", "newsletter/99999999999999999999/en",
		"newsletter/1/de", "newsletter/1/%00", "other/1/en", "%00/1/en", "%ff/1/en", "'%20or%20true--/1/en", "..%2f..%2f/1/en",
	} {
		a := s.get("/archive/" + path)
		a.wants(t, http.StatusNotFound, "We cannot find this page")
		guards(t, a, pagePolicy)
	}
	if log := s.log.String(); log != "" {
		t.Errorf("a wrong address is no fault of ours:\n%s", log)
	}
}
