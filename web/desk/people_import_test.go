package desk_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// kept is the number of a table that an answer is about.
func (a answer) kept(t testing.TB) string {
	t.Helper()
	_, rest, _ := strings.Cut(a.body, `name="of" value="`)
	of, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("no table is kept: %s", a.body)
	}
	return of
}

// sendsTable sends a table as a browser does, with further entries.
func (b *browser) sendsTable(name, content string, entries ...string) answer {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	b.h.must(form.WriteField("token", b.get("/desk/people/import").token()))
	for i := 0; i < len(entries); i += 2 {
		b.h.must(form.WriteField(entries[i], entries[i+1]))
	}
	file, err := form.CreateFormFile("file", name)
	b.h.must(err)
	_, err = file.Write([]byte(content))
	b.h.must(err)
	b.h.must(form.Close())
	return b.send(http.MethodPost, "/desk/people/import", &body, "Content-Type", form.FormDataContentType())
}

const table = "Indirizzo e-mail;Nome;Cognome;Lingua;state\n" +
	"new@city.example;Nina;Neri;it;active\nrosa@prato.example;Rosa;Neri;it;\nbad;X;Y;en;\ngone@city.example;G;G;en;\nlater@city.example;L;L;en;pending\n"

func TestATableIsLookedAtBeforeItIsImported(t *testing.T) {
	h := newHouse(t)
	h.somebody("rosa@prato.example")
	_, err := h.store.AddSuppression(t.Context(), mce.Suppression{Email: "gone@city.example", Reason: "gone", Source: "test", At: business})
	h.must(err)
	b := h.as(h.user("Ann", mce.Approver))
	before := h.count(`select count(*) from subscribers`)
	b.sendsTable(`<i>people.csv`, table, "source", "Larissa 2022", "wording", "I agree").wants(t, http.StatusOK, "What the import would do", "From &lt;i&gt;people.csv. Nothing has been written yet", "E-mail address (")
	of := b.sendsTable(`<i>people.csv`, table).wants(t, http.StatusUnprocessableEntity, "where and when they agreed", "&lt;i&gt;people", `<option value="1" selected>Indirizzo e-mail`).kept(t)
	const to = "/desk/people/import"
	fields := []string{"of", of, "map-email", "1", "map-name", "2", "map-name-2", "3", "map-language", "4", "map-state", "5", "wording", "I agree:  the newsletter,\r\nno more.", "source", "Larissa 2022"}
	press := func(do string, more ...string) answer {
		return b.press(to, "/desk/people/import/"+do, append(fields, more...)...)
	}
	press("try", "back", "1").wants(t, http.StatusOK, "&lt;i&gt;people", `<option value="1" selected>Indirizzo e-mail`, `<option value="2" selected>Nome`, `<option value="3" selected>Cognome`, `<option value="4" selected>Lingua`)
	press("try", "source", "").wants(t, http.StatusUnprocessableEntity, "where and when they agreed")
	press("try", "wording", "").wants(t, http.StatusUnprocessableEntity, "exact words")
	press("try", "map-email", "").wants(t, http.StatusUnprocessableEntity, "is missing")
	page := press("try").wants(t, http.StatusOK, "Import one person", "line 4", "line 6", "only who is active", "Nothing has been written yet", "Rosa Bianchi", "Rosa Neri")
	if h.count(`select count(*) from subscribers`) != before {
		t.Error("looking has written something")
	}
	press("try", "back", "1").wants(t, http.StatusOK, `value="Larissa 2022"`, "I agree:  the newsletter,", `<option value="5" selected>`)
	_, rest, _ := strings.Cut(page.body, `href="/desk/people/import/faults.csv?`)
	query, _, _ := strings.Cut(rest, `"`)
	faults := b.get("/desk/people/import/faults.csv?"+strings.ReplaceAll(query, "&amp;", "&")).wants(t, http.StatusOK, "4,,fault,", "gone@city.example,left as it is,suppressed", "differs: name")
	if got := faults.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Error(got)
	}
	press("do").wants(t, http.StatusUnprocessableEntity, "have a fault", "Import one person")
	other := h.as(h.user("Eve", mce.Approver))
	other.press(to, to+"/try", fields...).wants(t, http.StatusNotFound)
	press("do", "skip", "yes").leads(t, "/desk/")
	b.get("/desk/").wants(t, http.StatusOK, "New readers: 1.", "The first issue")
	b.get("/desk/people?q=Nina+Neri").wants(t, http.StatusOK, "new@city.example")
	if n := h.count(`select count(*) from consents where action = 'imported' and wording = E'I agree:  the newsletter,\nno more.' and source = 'Larissa 2022'`); n != 1 {
		t.Errorf("%d consents", n)
	}
	if n := h.count(`select count(*) from audit where action = 'import subscribers' and reason = 'Larissa 2022' and detail like 'added: 1; known: 1; suppressed: 1%'`); n != 1 {
		t.Errorf("%d lines of the audit log", n)
	}
	if n := h.count(`select count(*) from desk_uploads`); n != 0 {
		t.Error("the table stays")
	}
	press("do").wants(t, http.StatusNotFound)
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Ann", mce.Approver))
	for name, content := range map[string]string{"empty": "", "Latin": "e-mail;citt\xe0\n", "large": "email\n" + strings.Repeat("x", mce.MaxUpload)} {
		b.sendsTable(name, content).wants(t, http.StatusUnprocessableEntity, "Please look again")
	}
	const form = "/desk/people/import"
	b.press(form, form+"/try", "of", "1").wants(t, http.StatusNotFound)
	b.press(form, form+"/try", "of", "x").wants(t, http.StatusNotFound)
}

func TestAnUploadGoesWithItsUserAndItsTime(t *testing.T) {
	h := newHouse(t)
	ann, eve := h.user("Ann", mce.Approver), h.user("Eve", mce.Approver)
	for _, u := range []mce.User{ann, eve} {
		b := h.as(u)
		b.sendsTable("a.csv", table)
		b.sendsTable("b.csv", table)
	}
	if n := h.count(`select count(*) from desk_uploads`); n != 2 {
		t.Errorf("%d tables are kept, want one for each user", n)
	}
	h.must(h.store.RemoveUser(t.Context(), ann.ID, mce.Actor{Name: "test"}, "", business))
	if n := h.count(`select count(*) from desk_uploads`); n != 1 {
		t.Errorf("%d tables are kept when one user is gone", n)
	}
	_, err := h.store.Purge(t.Context(), mce.Keep{Letters: 24, Unconfirmed: 30, Unsubscribed: 12, Delegates: 24}, business.Add(mce.KeepUploads+time.Minute))
	h.must(err)
	if n := h.count(`select count(*) from desk_uploads`); n != 0 {
		t.Error("a table outlives its day")
	}
}
