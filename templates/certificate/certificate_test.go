package certificate_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/templates/certificate"
)

var stamp = time.Date(2023, 10, 30, 9, 0, 0, 0, time.UTC)

func words() certificate.Words {
	return certificate.Words{
		Lang: "it", Association: "Major Cities of Europe", Title: "Attestato di partecipazione", That: "Si attesta che", Name: "Anna Rossi",
		Organisation: "Comune di Prato", TookPart: "ha partecipato a", Event: "Conferenza annuale 2023 a Prato",
		When: "mercoledì 25 – venerdì 27 ottobre 2023", Where: "Centro per l’arte contemporanea Luigi Pecci, Prato", Hours: "12 h 30 min di programma",
		Issued: "Major Cities of Europe, Piazza del Comune 2, 59100 Prato, Italy", Reference: "Iscrizione K7PM3XQ9",
	}
}

func draw(t *testing.T, w certificate.Words) []byte {
	t.Helper()
	out, err := certificate.Draw(w, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// text is what another program reads out of a PDF.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is missing: apt-get install poppler-utils")
	}
	file := filepath.Join(t.TempDir(), "certificate.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	var faults bytes.Buffer
	cmd := exec.CommandContext(t.Context(), reader, "-layout", file, "-")
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil || faults.Len() > 0 {
		t.Fatalf("pdftotext: %v: %s", err, &faults)
	}
	if strings.Count(string(out), "\f") != 1 {
		t.Errorf("%d pages", strings.Count(string(out), "\f"))
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestACertificateSaysWhoWasWhereAndWhen(t *testing.T) {
	w := words()
	want := strings.Join([]string{w.Association, w.Title, w.That, w.Name, w.Organisation, w.TookPart, w.Event, w.When, w.Where, w.Hours, w.Issued, w.Reference}, " ")
	if got := text(t, draw(t, w)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNamesOfAllEurope(t *testing.T) {
	for _, name := range []string{
		"Ελένη Παπαδοπούλου", "Νίκος Γεωργίου Ϊ́ΰϊ", "Тарас Ґєїґер-Щедрін", "Ђорђе Љубичић Њ Џ", "Mihăiță Șerbănescu-Țăran", "Łukasz Święćźżński", "Şükrü Çağlayan İı",
		"Guðrún Þórðardóttir", "Jørgen Åßœæ", "Ġużeppi Ħaż-Żebbuġ", "Šarūnas Žukauskaitė Ķļņ", "Zoltán Győző Ű", "Seán Ó Súilleabháin Ŵŷ",
	} {
		w := words()
		w.Name = name
		if got := text(t, draw(t, w)); !strings.Contains(got, name) {
			t.Errorf("%s is not in %q", name, got)
		}
	}
}

// Letters that the font does not have are drawn as boxes, and nothing breaks.
func TestLettersOfOtherScripts(t *testing.T) {
	for _, name := range []string{"王小明", "नमस्ते", "Anna 😀 Rossi", "\x00\ufffd\U0010ffff", "a\xffb", "محمد", "", strings.Repeat("W", 500)} {
		w := words()
		w.Name, w.Event = name, name
		if got := text(t, draw(t, w)); !strings.Contains(got, w.Title) {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func TestLongWordsStayOnThePage(t *testing.T) {
	w := words()
	w.Name = strings.Repeat("Maria Ana de la Santísima Trinidad ", 5)
	w.Organisation = strings.Repeat("Ministerium für Digitalisierung ", 8)
	w.Event = strings.Repeat("How cities learn from each other ", 9)
	got := text(t, draw(t, w))
	for _, want := range []string{strings.TrimSpace(w.Name), strings.TrimSpace(w.Event), w.Where, w.Reference} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	w := words()
	w.Organisation, w.Hours, w.Where = "", "", ""
	if got := text(t, draw(t, w)); !strings.Contains(got, w.Name+" "+w.TookPart) || !strings.Contains(got, w.When+" "+w.Issued) {
		t.Errorf("%q", got)
	}
}

// The same words give the same file, also drawn by many at once, and a small one: the font is cut down to its letters.
func TestACertificateIsReproducibleAndSmall(t *testing.T) {
	want := draw(t, words())
	if len(want) > 64<<10 {
		t.Errorf("%d bytes", len(want))
	}
	var all errgroup.Group
	got := make([][]byte, 8)
	for i := range got {
		all.Go(func() (err error) {
			got[i], err = certificate.Draw(words(), stamp)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, g := range got {
		if !bytes.Equal(g, want) {
			t.Error("another file")
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := certificate.Draw(words(), stamp); err != nil {
			b.Fatal(err)
		}
	}
}
