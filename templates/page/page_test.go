package page_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	p := newPages(t, site())
	for _, s := range samples(p) {
		for _, lang := range mce.Languages() {
			t.Run(s.name+"/"+string(lang), func(t *testing.T) {
				// A changed stylesheet shall not change every golden file.
				got := bytes.ReplaceAll(document(t, s, lang, page.Display{}), []byte(p.StylesheetName()), []byte("style.css"))
				file := filepath.Join("testdata", string(lang), s.name+".html")
				if *update {
					if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, got, 0o644)); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("differs from %s (-want +got); if that is meant, run with -update:\n%s", file, diff)
				}
			})
		}
	}
}

func TestStylesheetNameFollowsContent(t *testing.T) {
	p := newPages(t, site())
	name := p.StylesheetName()
	if !strings.HasPrefix(name, "style.") || !strings.HasSuffix(name, ".css") || len(name) != len("style.12345678.css") {
		t.Errorf("name %q", name)
	}
	home := document(t, samples(p)[0], "en", page.Display{})
	if !bytes.Contains(home, []byte(`href="/`+name+`"`)) {
		t.Errorf("the page does not ask for %s", name)
	}
	p.Stylesheet()[0] = 'X'
	if p.Stylesheet()[0] == 'X' {
		t.Error("a caller can change the stylesheet")
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	s := samples(newPages(t, site()))[0]
	if diff := cmp.Diff(string(document(t, s, "en", page.Display{})), string(document(t, s, "xx", page.Display{}))); diff != "" {
		t.Error(diff)
	}
}

func TestBelowAPath(t *testing.T) {
	s := site()
	s.PublicURL = "https://www.example.org/mail"
	for _, sample := range samples(newPages(t, s)) {
		body := string(document(t, sample, "en", page.Display{}))
		for _, attr := range []string{`href="/`, `action="/`} {
			if strings.Count(body, attr) != strings.Count(body, attr+"mail/") {
				t.Errorf("%s: some %s… does not stay below the public address", sample.name, attr)
			}
		}
	}
}

func TestPublicURLThatIsNone(t *testing.T) {
	s := site()
	s.PublicURL = "https://exa mple.org:port"
	if _, err := page.New(s); err == nil {
		t.Error("accepted")
	}
}

func TestNothingIsWrittenWhenAPageFails(t *testing.T) {
	var out bytes.Buffer
	err := newPages(t, site()).Leave(&out, "en", page.Leave{State: "unheard-of"})
	if err == nil || out.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, out.Len())
	}
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("the reader has gone") }

func TestWriteErrorComesBack(t *testing.T) {
	if err := newPages(t, site()).Home(closedWriter{}, "en", page.Common{}); err == nil {
		t.Error("no error")
	}
}

func TestOutsideWordsAreEscaped(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	s := site()
	s.Name, s.Postal, s.ReplyTo = evil, evil, evil
	p := newPages(t, s)
	text := mce.Text{"en": evil}
	c := page.Common{Path: "/" + evil}
	var out bytes.Buffer
	err := errors.Join(
		p.Leave(&out, "en", page.Leave{Common: c, MaskedAddress: evil, State: page.Asking}),
		p.Leave(&out, "it", page.Leave{Common: c, MaskedAddress: evil, State: page.Done}),
		p.Confirm(&out, "en", page.Confirm{Common: c, MaskedAddress: evil, State: page.Asking, Topics: []mce.Text{text}, Wording: evil, WordingLang: evil}),
		p.Archive(&out, "it", page.ArchiveList{Common: c, Issues: []page.ArchiveIssue{
			{Series: evil, Name: text, Subject: text, Languages: []mce.Lang{"en", evil}},
		}}),
		p.Error(&out, "en", page.Error{Common: c, Status: 400, Message: evil}),
		p.Issue(&out, "it", page.Issue{
			Common: c, ArchiveIssue: page.ArchiveIssue{Series: evil, Name: text, Subject: text, Languages: []mce.Lang{"en"}},
			Lang: "en", Subject: evil, Summary: evil, Image: "https://e.example/" + evil, ImageAlt: evil,
		}),
		p.Privacy(&out, "en", page.Privacy{Common: c}),
		p.Self(&out, "en", page.Self{
			Common: c, Details: mce.Details{Name: evil, Organisation: evil, Country: evil}, Email: evil, NewEmail: evil, Active: true, LeaveToken: evil, Better: evil, Asked: true,
		}),
		p.Self(&out, "en", page.Self{Common: c, Email: evil, NewEmail: evil, Active: true, FaultIn: "email", Fault: evil}),
		p.Data(&out, "en", page.Data{Common: c, Dossier: hostileDossier(evil), Topics: []mce.Topic{{Slug: evil, Name: text}}, Self: c.Path}),
		p.Erase(&out, "it", page.Erase{Common: c, State: page.Asking, Email: evil, Ahead: hostileDossier(evil).Registrations, Self: c.Path}),
		p.Events(&out, "it", page.Events{Common: c, Offers: []mce.Offer{hostileOffer(evil, mce.Open), hostileOffer(evil, mce.Over)}}),
		p.Event(&out, "en", page.Event{
			Common: c, Offer: hostileOffer(evil, mce.Open), Email: evil, Particulars: hostilePlace(evil).Particulars(), Newsletter: true, Topics: []mce.Topic{{Slug: evil, Name: text}},
			Wording: evil, Version: evil, Better: evil,
		}),
		p.Event(&out, "it", page.Event{Common: c, Offer: hostileOffer(evil, mce.Open), Email: evil, Done: true}),
		p.Registration(&out, "en", page.Registration{
			Common: c, Event: hostileOffer(evil, mce.Open).Event, Published: true, Person: hostilePlace(evil), Particulars: hostilePlace(evil).Particulars(), Picture: []byte(evil),
		}),
		p.Cancel(&out, "it", page.Cancel{Common: c, Event: hostileOffer(evil, mce.Open).Event, Published: true, Person: hostilePlace(evil), State: page.Asking, Booked: true, Page: evil}),
		p.Cancel(&out, "it", page.Cancel{Common: c, Event: hostileOffer(evil, mce.Open).Event, Published: true, Person: hostilePlace(evil), State: page.Done, Booked: true, Page: evil}),
		p.Booking(&out, "en", page.Booking{
			Common: c, Event: hostileOffer(evil, mce.Open).Event, Published: true, Booking: mce.Booking{Email: evil, Name: evil}, People: []mce.Registration{hostilePlace(evil)},
		}),
		p.Move(&out, "en", page.Move{Common: c, State: page.Asking, MaskedAddress: evil, NewEmail: evil}),
	)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.ReplaceAll(out.String(), `value=""`, "") // a field that is empty
	if strings.Contains(body, "<script") || strings.Contains(body, `"">`) {
		t.Error("words from outside became markup")
	}
}

func TestPathNeverLeadsElsewhere(t *testing.T) {
	p := newPages(t, site())
	for _, path := range []string{"//elsewhere.example/", `/\elsewhere.example`, `\\elsewhere.example`, "javascript:alert(1)", ""} {
		var out bytes.Buffer
		if err := p.Error(&out, "en", page.Error{Common: page.Common{Path: path}, Status: 404}); err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{`="//`, `="/\`, `="/%5C`, `="javascript`, `action=""`, `href="?`} {
			if strings.Contains(out.String(), form) {
				t.Errorf("path %q gives an address %s…", path, form)
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	p := newPages(t, site())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, s := range samples(p) {
				for _, lang := range mce.Languages() {
					document(t, s, lang, page.Display{Contrast: page.ContrastHigh})
				}
			}
		})
	}
	all.Wait()
}
