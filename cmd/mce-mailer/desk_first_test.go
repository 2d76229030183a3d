package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/demo/inbox"
)

// newcomer is a keyboard whose user reads every line that stands on a page, once.
type newcomer struct {
	keyboard
	read  map[string]bool
	words int
}

// reads reads what is new on the page: nothing that is folded, and of a choice what is chosen.
func (n *newcomer) reads() {
	n.t.Helper()
	const lines = `(() => {
		const others = new Set([...document.querySelectorAll("option:not(:checked)")].map(o => o.text.trim()));
		return document.body.innerText.split("\n").map(l => l.trim()).filter(l => l && !others.has(l));
	})()`
	got, err := chromedp.Run(n.ctx, chromedp.Evaluate[[]string](lines))
	if err != nil {
		n.t.Fatal(err)
	}
	for _, line := range got {
		if !n.read[line] {
			n.read[line] = true
			n.words += len(strings.Fields(line))
		}
	}
}

// goes presses what leads to the page with the heading, and reads that.
func (n *newcomer) goes(what, heading string) {
	n.t.Helper()
	n.presses(what, heading)
	n.reads()
}

// fills writes into entries, in their order on the page.
func (n *newcomer) fills(entries ...string) {
	n.t.Helper()
	for i := 0; i < len(entries); i += 2 {
		n.tabTo(entries[i])
		n.types(entries[i+1])
	}
}

// chooses takes a file into an entry: the browser's own window for that is out of reach.
func (n *newcomer) chooses(entry, path string) {
	n.t.Helper()
	n.run(chromedp.SetUploadFiles(chromedp.CSS(`[name="`+entry+`"]`), []string{path}))
}

// TestAFirstIssueIsReachedByWhatComesNext: from an empty database to the issue that was sent, with nothing pressed but what each page says comes next. What there
// is to read on the way decides how long it takes (docs/desk.md, "Tried by a newcomer"), so it must not grow.
func TestAFirstIssueIsReachedByWhatComesNext(t *testing.T) {
	n, h := &newcomer{keyboard: newKeyboard(t), read: map[string]bool{}}, newHouse(t)
	dir := t.TempDir()
	picture, readers := filepath.Join(dir, "street.png"), filepath.Join(dir, "readers.csv")
	writePicture(t, picture)
	if err := os.WriteFile(readers, []byte("email,name,language\nanna@example.org,Anna Rossi,it\njohn@example.org,John Smith,en\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.do("user", "add", "maria@mce.example", "--name=Maria Conti", "--role=admin")
	h.serve()
	n.logsIn(h, "maria@mce.example", "Maria Conti")
	n.reads()

	n.goes("A Set up a newsletter", "Set up a newsletter")
	n.fills("INPUT name-en", "City News", "INPUT name-it", "Notizie dalle città")
	n.goes("BUTTON Set up a newsletter", "The first issue")
	n.says(".said", "City News is saved.")

	n.goes("A Write two articles", "Write an article")
	n.fills("INPUT title", "Prato opens its streets", "INPUT title_it", "Prato apre le strade", "TEXTAREA body", "Free of cars.", "TEXTAREA body_it", "Senza auto.")
	n.chooses("image_file", picture)
	n.fills("INPUT image_alt", "A street of Prato", "INPUT image_alt_it", "Una strada di Prato")
	n.tabTo("BUTTON do")                    // save
	n.goes("BUTTON do", "Write an article") // and write another
	n.fills("INPUT title", "Free bikes in Larissa", "INPUT title_it", "Bici gratis a Larissa", "TEXTAREA body", "Three hundred.", "TEXTAREA body_it", "Trecento.")
	n.goes("BUTTON do", "Free bikes in Larissa")

	n.goes("A announce an event", "Add an event")
	n.fills("INPUT title", "Conference", "INPUT title_it", "Conferenza", "INPUT starts", "05122027"+kb.Tab+"0900A", "INPUT city", "Prato")
	n.goes("BUTTON do", "Conference")

	n.goes("A Import the readers", "Import readers")
	n.chooses("file", readers)
	n.fills("INPUT source", "Meeting in Prato", "TEXTAREA wording", "Send me the newsletter")
	n.goes("BUTTON See what it would do", "Import readers")
	n.goes("BUTTON Import 2 people", "The first issue")

	const subject = "Prato opens its streets · Free bikes in Larissa"
	n.goes("BUTTON Begin the first issue", subject)
	n.goes("A Preview", subject)
	n.goes("BUTTON Check and approve it", subject)
	n.goes("BUTTON Approve this issue", subject)
	n.tabTo("INPUT when")
	n.types(" ") // now
	n.tabTo("BUTTON Send it to 2 people")
	n.run(chromedp.KeyEvent(kb.Enter))
	until(t, "the page says that it went out", func() bool { return n.shows("It went out on") })
	n.reads()

	for to, want := range map[string]string{"anna@example.org": "Prato apre le strade", "john@example.org": "Prato opens its streets"} {
		m := h.mails(1, func(m inbox.Mail) bool { return m.To[0] == to })
		_, raw, err := h.inbox.Get(m[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if msg, err := inbox.Parse(raw); err != nil || !strings.HasPrefix(m[0].Subject, want) || !strings.Contains(msg.HTML, "/images/") {
			t.Errorf("%s: %v %q\n%s", to, err, m[0].Subject, msg.HTML)
		}
	}
	const most = 900
	if n.words > most {
		t.Errorf("there are %d words to read on the way, at most %d were to be", n.words, most)
	}
}

func writePicture(t *testing.T, path string) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 800, 500))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.Set(0, 0, color.White)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
