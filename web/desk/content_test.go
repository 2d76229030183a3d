package desk_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk/picture"
)

// paint is a PNG of one colour, of which there are many.
func paint(t testing.TB, colour, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{uint8(colour), uint8(colour >> 8), 0x80, 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// picture is one that was uploaded.
func (h *house) picture(colour int) mce.Image {
	h.t.Helper()
	made, err := picture.Make(paint(h.t, colour, 900, 600))
	h.must(err)
	i := mce.Image{Name: fmt.Sprintf("%032x", colour), Title: "town hall.png", Alt: mce.Text{"en": "The town hall", "it": "Il municipio"}}
	for _, p := range made {
		i.Files = append(i.Files, mce.ImageFile{Name: fmt.Sprintf("%s-%d.jpeg", i.Name, p.Width), Width: p.Width, Height: p.Height, Type: p.Type, Content: p.Content})
	}
	i, err = h.store.AddImage(h.t.Context(), i, business)
	h.must(err)
	return i
}

// entries are what a page's form of content holds, as a browser would send it.
func (a answer) entries(t testing.TB) url.Values {
	t.Helper()
	form := url.Values{}
	at := strings.Index(a.body, `class="piece"`)
	if at < 0 {
		t.Fatalf("the page has no form:\n%s", a.body)
	}
	body := a.body[at:]
	for _, m := range regexp.MustCompile(`(?s)<input[^>]*>`).FindAllString(body, -1) {
		name, value := attribute(m, "name"), attribute(m, "value")
		if strings.Contains(m, "checkbox") || strings.Contains(m, "radio") {
			if !strings.Contains(m, " checked") {
				continue
			}
		}
		if name != "" {
			form.Add(name, value)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]*>.*?</textarea>`).FindAllString(body, -1) {
		form.Set(attribute(m, "name"), unescape(m[strings.Index(m, ">")+1:strings.LastIndex(m, "<")]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*>.*?</select>`).FindAllString(body, -1) {
		chosen := regexp.MustCompile(`<option value="([^"]*)"( selected)?`).FindAllStringSubmatch(m, -1)
		value := chosen[0][1]
		for _, o := range chosen {
			if o[2] != "" {
				value = o[1]
			}
		}
		form.Set(attribute(m, "name"), unescape(value))
	}
	return form
}

func attribute(element, name string) string {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(element)
	if m == nil {
		return ""
	}
	return unescape(m[1])
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+", "&amp;", "&").Replace(s)
}

// fills opens the form of a piece and changes entries, pairs of name and value.
func (b *browser) fills(path string, entries ...string) url.Values {
	b.h.t.Helper()
	form := b.get(path).wants(b.h.t, http.StatusOK).entries(b.h.t)
	form.Set("do", "save")
	for i := 0; i < len(entries); i += 2 {
		form.Set(entries[i], entries[i+1])
	}
	return form
}

func (b *browser) saves(path string, entries ...string) answer {
	b.h.t.Helper()
	return b.ask(http.MethodPost, path, b.fills(path, entries...))
}

const firstArticle = "/desk/content/articles/1"

func TestAnArticleIsWritten(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	pic := h.picture(7)
	const form = "/desk/content/articles/new"
	for field, value := range map[string]string{"title": "", "link": "javascript:alert(1)", "publish_at": "2023-03-26T02:30", "expire_at": "2020-01-01T00:00", "zone": "Mars"} {
		b.saves(form, "title", "A new bridge", "body", "It is **long**.", field, value).wants(t, http.StatusUnprocessableEntity, "Please look again", `class="fault"`)
		b.press(form, form+"/draft", "do", "drop").leads(t, form)
	}
	made := b.saves(form, "title", "A new bridge", "title_it", "Un ponte nuovo", "body", "It is **long**.", "topics", "events", "publish_at", "2023-10-20T09:00",
		"zone", "Europe/Rome", "image", h.server.URL+"/images/"+pic.Files[0].Name)
	path := made.Header.Get("Location")
	b.get(path).wants(t, http.StatusOK, "“A new bridge” is saved.", `value="2023-10-20T09:00"`, `value="The town hall"`, `value="Il municipio"`, "It is **long**.", `value="events" checked`)
	if n := h.count(`select count(*) from articles where slug = 'a-new-bridge' and publish_at = '2023-10-20T07:00Z' and topics = '{events}'`); n != 1 {
		t.Error("it is not in the table as the web site reads it")
	}
	b.get("/desk/content/articles?q=bridge").wants(t, http.StatusOK, "A new bridge", "not yet", "Anna")
	b.get("/desk/content/articles?q=nothing+like+it").wants(t, http.StatusOK, "Nothing is like that")
	b.saves(path).leads(t, path)
	b.get(path).wants(t, http.StatusOK, "Nothing has changed.")
	if n := h.count(`select count(*) from audit where object = 'article'`); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestWhatIsWrittenSurvivesTheForm(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	for _, kind := range []string{"article", "event", "resource"} {
		n := h.count(`select max(id) from ` + kind + `s`)
		for id := 1; id <= n; id++ {
			path := fmt.Sprintf("/desk/content/%ss/%d", kind, id)
			b.saves(path).leads(t, path)
			b.get(path).wants(t, http.StatusOK, "Nothing has changed.")
		}
	}
	if n := h.count(`select count(*) from content_versions where version > 1`); n != 0 {
		var what string
		h.must(h.db.QueryRowContext(t.Context(), `select string_agg(distinct format('%s: %s → %s', o.key, o.value, n.value), E'\n') from content_versions a
			join content_versions b using (kind, piece_id), jsonb_each(a.piece) o, jsonb_each(b.piece) n
			where a.version = 1 and b.version = 2 and o.key = n.key and o.value <> n.value`).Scan(&what))
		t.Errorf("%d pieces have changed by being looked at:\n%s", n, what)
	}
}

func TestTwoEditorsOneArticle(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.as(h.user("Anna", mce.Editor)), h.as(h.user("Bob", mce.Editor))
	mine := bob.fills(firstArticle, "title", "Bob's title", "title_it", "Il titolo di Bob")
	anna.saves(firstArticle, "title", "Anna's title", "link", "https://anna.example/").leads(t, firstArticle)
	clash := bob.ask(http.MethodPost, firstArticle, mine).wants(t, http.StatusConflict, "Somebody else was faster", "Anna changed this on", "Bob&#39;s title", "Anna&#39;s title", "https://anna.example/",
		`name="take:title" value="mine" checked`, `name="take:link" value="theirs" checked`, "<del>", "<ins>")
	if strings.Contains(clash.body, `name="take:body"`) {
		t.Error("what is the same is asked about")
	}
	// Bob's computer fails: what he wrote is still there.
	bob.get(firstArticle).wants(t, http.StatusOK, "This is your draft of", "Somebody has changed this since", "Il titolo di Bob")
	anna.get(firstArticle).wants(t, http.StatusOK, "Anna&#39;s title")

	form := url.Values{"token": {clash.token()}, "do": {"take"}, "version": {"2"}, "take:title": {"theirs"}, "take:link": {"theirs"}, "take:title_it": {"mine"}}
	for name, values := range mine {
		if !form.Has(name) {
			form[name] = values
		}
	}
	merged := bob.ask(http.MethodPost, firstArticle, form).wants(t, http.StatusOK, "Anna&#39;s title", "Il titolo di Bob", "https://anna.example/")
	final := merged.entries(t)
	final.Set("do", "save")
	bob.ask(http.MethodPost, firstArticle, final).leads(t, firstArticle)
	bob.get(firstArticle+"/history").wants(t, http.StatusOK, "Version 3", "Bob", "Il titolo di Bob", "Anna", "<ins>", "outside the desk")
	bob.get(firstArticle).wants(t, http.StatusOK, "Il titolo di Bob")
	if n := h.count(`select count(*) from content_drafts`); n != 0 {
		t.Error("a draft is left")
	}
	// The association's web site is no less somebody.
	mine = bob.fills(firstArticle, "body", "Bob's text")
	_, err := h.db.ExecContext(t.Context(), `update articles set body = jsonb_set(body, '{en}', '"The text of the web site"') where id = 1`)
	h.must(err)
	bob.ask(http.MethodPost, firstArticle, mine).wants(t, http.StatusConflict, "The text of the web site", "outside the desk")
}

func TestAVersionIsRestored(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	title := b.fills(firstArticle).Get("title")
	b.saves(firstArticle, "title", "Wrong").leads(t, firstArticle)
	page := b.get(firstArticle+"/history").wants(t, http.StatusOK, "Restore version 1", "<del>")
	restore := func(version, of string) answer {
		return b.ask(http.MethodPost, firstArticle+"/restore", url.Values{"token": {page.token()}, "version": {version}, "of": {of}})
	}
	restore("1", "1").wants(t, http.StatusConflict)
	restore("2", "9").wants(t, http.StatusNotFound)
	restore("2", "1").leads(t, firstArticle)
	if got := b.fills(firstArticle).Get("title"); got != title {
		t.Errorf("%q, want %q", got, title)
	}
	if n := h.count(`select count(*) from audit where action = 'restore content' and object_id = 1`); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestADraftIsThereWhenItsUserComesBack(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.as(h.user("Anna", mce.Editor)), h.as(h.user("Bob", mce.Editor))
	draft := anna.fills(firstArticle, "title", "Half a tit")
	draft.Set("do", "keep")
	anna.ask(http.MethodPost, firstArticle+"/draft", draft).wants(t, http.StatusNoContent)
	anna.get(firstArticle).wants(t, http.StatusOK, "This is your draft of Thursday 26 November 2026", `value="Half a tit"`)
	if page := bob.get(firstArticle); strings.Contains(page.body, "Half a tit") {
		t.Error("another sees it")
	}
	if n := h.count(`select count(*) from content_versions where piece_id = 1 and kind = 'article'`); n != 1 {
		t.Error("a draft has been saved")
	}
	anna.press(firstArticle, firstArticle+"/draft", "do", "drop").leads(t, firstArticle)
	if page := anna.get(firstArticle).wants(t, http.StatusOK, "The draft is discarded."); strings.Contains(page.body, "Half a tit") {
		t.Error("it is still there")
	}
	// One that arrives after its piece was saved is none.
	saved := anna.fills(firstArticle, "title", "A title")
	anna.ask(http.MethodPost, firstArticle, saved).leads(t, firstArticle)
	saved.Set("do", "keep")
	anna.ask(http.MethodPost, firstArticle+"/draft", saved).wants(t, http.StatusNoContent)
	if n := h.count(`select count(*) from content_drafts`); n != 0 {
		t.Error("a draft of what is saved")
	}
}

func TestATranslationIsStaleUntilItsEditorSays(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	const stale = "The English has changed since this was translated."
	if page := b.get(firstArticle).wants(t, http.StatusOK); strings.Contains(page.body, stale) {
		t.Error("it is stale from the beginning")
	}
	b.saves(firstArticle, "title", "Another title").leads(t, firstArticle)
	b.get(firstArticle).wants(t, http.StatusOK, stale, `name="holds" value="title_it"`)
	b.get("/desk/content/articles?translation=stale").wants(t, http.StatusOK, "Another title", "Italian out of date")
	b.saves(firstArticle, "holds", "title_it").leads(t, firstArticle)
	if page := b.get(firstArticle).wants(t, http.StatusOK); strings.Contains(page.body, stale) {
		t.Error("it is stale although it holds")
	}
}

func TestAProgrammeIsWritten(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	const form = "/desk/content/events/new"
	entries := b.fills(form, "title", "Workshop", "kind", "workshop", "city", "Prato", "time_zone", "Europe/Rome", "starts", "2024-03-30T09:00", "ends", "2024-03-31T17:00")
	press := func(do string) url.Values {
		t.Helper()
		entries.Set("do", do)
		next := b.ask(http.MethodPost, form, entries).wants(t, http.StatusOK).entries(t)
		next.Set("do", "save")
		return next
	}
	entries = press("add")
	entries.Set("session/new-1/title", "Late")
	entries.Set("session/new-1/starts", "2024-03-31T14:00")
	entries.Set("session/new-1/ends", "2024-03-31T15:00")
	entries = press("add")
	entries.Set("session/new-2/title", "Early")
	entries.Set("session/new-2/starts", "2024-03-31T02:30") // the clocks are put forward
	entries.Set("session/new-2/ends", "2024-03-31T10:00")
	entries.Add("session/new-2/interpretation", "it")
	entries.Add("session/new-2/interpretation", "el")
	b.ask(http.MethodPost, form, entries).wants(t, http.StatusUnprocessableEntity, "There is no 2024-03-31T02:30 in Europe/Rome")
	entries.Set("session/new-2/starts", "2024-03-31T09:30")
	entries = press("add")
	entries = press("remove:new-3")
	path := b.ask(http.MethodPost, form, entries).Header.Get("Location")
	page := b.get(path).wants(t, http.StatusOK, "“Workshop” is saved.", `name="session/early/title"`, `name="session/late/title"`)
	if strings.Index(page.body, "session/early/title") > strings.Index(page.body, "session/late/title") {
		t.Error("it is not in order of time")
	}
	if n := h.count(`select count(*) from sessions where slug = 'early' and starts = '2024-03-31T07:30Z' and interpretation = '{it,el}'`); n != 1 {
		t.Error("it is not in the table")
	}
	if n := h.count(`select count(*) from event_versions v join events e on e.id = v.event_id where e.slug = 'workshop'`); n != 1 {
		t.Errorf("%d versions for delegates", n)
	}
	b.saves(path, "session/early/title", "Earlier").leads(t, path)
	b.get(path+"/history").wants(t, http.StatusOK, "early: Title", "Earlier")
}

func TestMarkdownIsShownAsMailsHaveIt(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	token := b.get("/desk/me").token()
	a := b.ask(http.MethodPost, "/desk/content/preview", url.Values{"token": {token}, "text": {"**bold** <script>alert(1)</script> [x](javascript:alert(1)) \x00\xff"}}).wants(t, http.StatusOK, "<strong>bold</strong>", "&lt;script&gt;")
	if strings.Contains(a.body, "javascript") || strings.Contains(a.body, "<script") {
		t.Error(a.body)
	}
	form := b.fills(firstArticle, "body", "It is **bold**.")
	form.Set("do", "preview")
	b.ask(http.MethodPost, firstArticle, form).wants(t, http.StatusOK, "It is <strong>bold</strong>.", "It is **bold**.")
}

// TestAPictureComesWithItsArticle: a file sent with the form is shown from then on, also where something else of the form is wrong.
func TestAPictureComesWithItsArticle(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	send := func(file []byte, entries ...string) answer {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, values := range b.fills(firstArticle, entries...) {
			for _, value := range values {
				w.WriteField(name, value)
			}
		}
		if file != nil {
			part, _ := w.CreateFormFile("image_file", "street.png")
			part.Write(file)
		}
		w.Close()
		return b.send(http.MethodPost, firstArticle, &body, "Content-Type", w.FormDataContentType())
	}
	send([]byte("<svg/>"), "do", "save").wants(t, http.StatusUnprocessableEntity, "This is no PNG", `id="image_file-fault"`)
	a := send(paint(t, 3, 800, 600), "do", "save", "image_alt", "", "image_alt_it", "").wants(t, http.StatusUnprocessableEntity, "Say what the picture shows", `class="chosen" src="/images/`)
	image := regexp.MustCompile(`<option value="([^"]+/images/[^"]+)" selected`).FindStringSubmatch(a.body)
	if image == nil {
		t.Fatal("the picture is not chosen")
	}
	send(nil, "do", "save", "image", image[1], "image_alt", "A street", "image_alt_it", "Una strada").leads(t, firstArticle)
	b.get(firstArticle).wants(t, http.StatusOK, `class="chosen" src="/images/`, `value="A street"`)
	send(paint(t, 5, 900, 600), "do", "save", "image_alt", "A square", "image_alt_it", "Una piazza").leads(t, firstArticle)
	if n := h.count(`select count(*) from images where alt->>'it' = 'Una piazza'`); n != 1 {
		t.Errorf("%d pictures with the words of the form", n)
	}
}

// uploads sends a file as a browser does.
func (b *browser) uploads(name string, content []byte, alt ...string) answer {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("token", b.get("/desk/me").token())
	for i, lang := range []string{"en", "it"} {
		if i < len(alt) {
			w.WriteField("alt-"+lang, alt[i])
		}
	}
	file, _ := w.CreateFormFile("file", name)
	file.Write(content)
	w.Close()
	return b.send(http.MethodPost, "/desk/content/images", &body, "Content-Type", w.FormDataContentType())
}

func TestAPictureIsUploadedUsedAndRemoved(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	paint := paint(t, 3, 1500, 1000)
	b.uploads("x.png", paint, "A square").wants(t, http.StatusUnprocessableEntity, "Say what the picture shows")
	b.uploads("x.png", []byte("<svg onload='alert(1)'/>"), "A square", "Un quadrato").wants(t, http.StatusUnprocessableEntity, "This is no PNG")
	b.uploads("x.png", make([]byte, picture.MaxBytes+1), "A square", "Un quadrato").wants(t, http.StatusUnprocessableEntity, "larger than 10 MB")
	b.uploads("x.png", make([]byte, 4*picture.MaxBytes+2<<20), "A square", "Un quadrato").wants(t, http.StatusRequestEntityTooLarge, "More was sent")
	const hostile = `..\..\<script src=x>.png`
	b.uploads(hostile, paint, "A <b>square</b>", "Un quadrato").leads(t, "/desk/content/images")
	list := b.get("/desk/content/images").wants(t, http.StatusOK, "The picture is here.", "A &lt;b&gt;square&lt;/b&gt;", "1200 × 800", "unused")
	file := regexp.MustCompile(`/images/[0-9a-f]{32}-600\.jpeg`).FindString(list.body)
	got := h.browser().get(file).wants(t, http.StatusOK)
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "cross-origin",
	} {
		if got := got.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.browser().get("/images/x").wants(t, http.StatusNotFound)
	one := b.get("/desk/content/images/1").wants(t, http.StatusOK, "&lt;script src=x&gt;.png", "It has never been used")
	if strings.Contains(one.body, "<script") {
		t.Error("a file name runs")
	}
	b.press("/desk/content/images/1", "/desk/content/images/1", "alt-en", "A square", "alt-it", "Un quadrato").leads(t, "/desk/content/images/1")

	b.uploads("again.png", paint, "A bigger square", "Un quadrato più grande").leads(t, "/desk/content/images")
	b.get("/desk/content/images/1").wants(t, http.StatusOK, `value="A bigger square"`)

	large := h.server.URL + strings.Replace(file, "-600", "-1200", 1)
	b.saves(firstArticle, "image", large).leads(t, firstArticle)
	b.get(firstArticle).wants(t, http.StatusOK, `class="chosen" src="`+file+`"`)
	b.saves(firstArticle, "image", "").leads(t, firstArticle)
	b.get("/desk/content/images?unused=yes").wants(t, http.StatusOK, "There are no pictures yet")
	b.press("/desk/content/images/1", "/desk/content/images/1/remove").wants(t, http.StatusConflict, "stood once, in content")
	unused := h.picture(9)
	path := fmt.Sprintf("/desk/content/images/%d", unused.ID)
	b.press(path, path+"/remove").leads(t, "/desk/content/images")
	h.browser().get("/images/"+unused.Files[0].Name).wants(t, http.StatusNotFound)
	b.get("/desk/content/articles/1").wants(t, http.StatusOK)
	if n := h.count(`select count(*) from audit where object = 'picture'`); n != 4 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestContentBelowAPath(t *testing.T) {
	h := newHouseAt(t, "/mail", nil)
	b := h.as(h.user("Anna", mce.Editor))
	h.picture(1)
	for _, path := range []string{"/desk/content/articles", firstArticle, firstArticle + "/history", "/desk/content/events/1", "/desk/content/images", "/desk/content/images/1"} {
		page := b.get(path).wants(t, http.StatusOK, `"/mail/desk/`)
		if strings.Contains(page.body, `"/desk/`) || strings.Contains(page.body, `"/images/`) || strings.Contains(page.body, "/mail/mail/") {
			t.Errorf("a link of %s misses the path:\n%s", path, page.body)
		}
	}
	b.saves(firstArticle, "title", "Another").leads(t, "/mail"+firstArticle)
}
