package preflight_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

const (
	blocking = mce.Blocking
	advisory = mce.Advisory
)

// replaced changes a mail that must have what is to be changed: else the test would test nothing.
func replaced(old, new string) func(string) string {
	return func(raw string) string {
		if !strings.Contains(raw, old) {
			panic("the mail has no " + old)
		}
		return strings.Replace(raw, old, new, 1)
	}
}

// inHTML changes an edition's HTML likewise.
func inHTML(old, new string) func(*mce.Edition) {
	change := replaced(old, new)
	return func(e *mce.Edition) { e.HTML = change(e.HTML) }
}

// TestEachRule has, for each rule that needs no network, mails that break it and like ones that do not. What is found is all that is found.
func TestEachRule(t *testing.T) {
	body := func(en, it string) func(*scene) { return func(s *scene) { s.article().Body = both(en, it) } }
	for name, c := range map[string]struct {
		change func(*scene)
		found  []finding
	}{
		"weekday wrong": {body("Come on Wednesday 26 October 2023.", "Venite giovedì 26 ottobre 2023."),
			[]finding{{"weekday", blocking, "looms", "“Wednesday 26 October 2023”, but 26 October 2023 is a Thursday"}}},
		"weekday wrong in Italian": {body("Come on Thursday, October 26th, 2023.", "Venite **mercoledì 26 ottobre 2023**, vi aspettiamo."),
			[]finding{{"weekday", blocking, "looms", "26 October 2023 is a Thursday"}}},
		"weekday wrong in short": {body("Wed 26 Oct 2023, or Thursday 26/10/2023, or Thu 2023-10-26.", "gio 26 ott 2023"),
			[]finding{{"weekday", blocking, "looms", "“Wed 26 Oct 2023”"}}},
		"weekday in the words of the issue": {func(s *scene) {
			s.draft.Issue.Subject = both("Prato, Wednesday 26 October 2023", "Prato")
			s.draft.Issue.Preheader = both("Register by 1 October 2023, it is worth it", "Il programma della conferenza annuale a Prato")
			s.draft.Issue.Note = both("The webinar begins at 15:00.", "Il webinar comincia alle 15:00 CEST.")
		}, []finding{{"weekday", blocking, "subject", "26 October 2023 is a Thursday"}, {"past-date", advisory, "preheader", "1 October 2023 has passed"}, {"time-zone", advisory, "note", "15:00"}}},
		"placeholder in the note": {func(s *scene) { s.draft.Issue.Note = both("Dear {{name}}, come.", "Venite.") }, []finding{{"placeholder", blocking, "note", "{{name}}"}}},
		"weekday of a range": {body("Wednesday 24 – Friday 27 October 2023", "da mercoledì 25 a venerdì 27 ottobre 2023"),
			[]finding{{"weekday", blocking, "looms", "24 October 2023 is a Tuesday"}}},
		"weekday without a year": {body("See you on Monday the 23rd of October, not on Sunday 23 October.", "Lunedì 23 ottobre."),
			[]finding{{"weekday", advisory, "looms", "“Sunday 23 October”"}}},
		"weekdays that are none": {body("The sun 5 may shine; Fritzmon 1 March; in March 12 came; 31 June 2023.", "Il mar 12 è mosso."), nil},
		"event over":             {func(s *scene) { s.event().Starts, s.event().Ends = leaving.AddDate(0, 0, -3), leaving }, []finding{{"past-event", blocking, "prato", "ended on Thursday 5 October 2023, 09:00 CEST"}}},
		"event begun":            {func(s *scene) { s.event().Starts = leaving }, []finding{{"past-event", advisory, "prato", "has begun"}}},
		"event cancelled":        {func(s *scene) { s.event().State = mce.EventCancelled }, []finding{{"past-event", blocking, "prato", "is cancelled"}}},
		"event put off":          {func(s *scene) { s.event().State = mce.EventMoved }, []finding{{"past-event", blocking, "prato", "is put off"}}},
		"registration closed":    {func(s *scene) { s.event().Closes = leaving.Add(-1) }, []finding{{"past-event", advisory, "prato", "Registration has closed"}}},
		"event over when it was late": {func(s *scene) {
			s.event().Starts, s.event().Ends = leaving.AddDate(0, 0, 1), leaving.AddDate(0, 0, 2)
			s.draft.Issue.ScheduledFor = leaving.AddDate(0, 0, 3)
		}, []finding{{"past-event", blocking, "prato", "is over"}}},
		"date passed": {body("Register by 1 October 2023.", "Iscrizioni entro il 1° ottobre 2023."),
			[]finding{{"past-date", advisory, "looms", "1 October 2023 has passed"}}},
		"date passed by the readers' midnight": {func(s *scene) {
			s.draft.Issue.ScheduledFor = at("2023-10-21T00:30:00+02:00") // in UTC it is the 20th still
		}, []finding{{"past-date", advisory, "looms", "20 October 2023 has passed"}}},
		"date of the past":    {body("The board met on 1 October 2023. Register by 20 October 2023. On 5 October 2023 we meet, so sign up.", "Il 1 ottobre 2023 si è riunito."), nil},
		"time without a zone": {body("The webinar begins at 15:00.", "Il webinar comincia alle 15.00."), []finding{{"time-zone", advisory, "looms", "A time without a zone"}}},
		"afternoon, no zone":  {body("We meet at 3 p.m. on Monday.", "Ci incontriamo alle ore 15 di lunedì."), []finding{{"time-zone", advisory, "looms", "A time without a zone"}}},
		"time with a zone":    {body("We meet at 3 pm Prato time, 3.30 for some.", "Alle 15:00 (ora di Roma); versione 10.30, 12:30:45 di durata."), nil},
		"time in a place":     {func(s *scene) { s.event().Body = both("Doors open at 08:30.", "Le porte aprono alle 08:30.") }, nil},
		"time of a webinar": {func(s *scene) {
			s.event().Kind, s.event().Body = mce.Webinar, both("Doors open at 08:30.", "Alle 08:30.")
		}, []finding{{"time-zone", advisory, "prato", "08:30"}}},
		"subject empty":         {func(s *scene) { s.edition = func(e *mce.Edition) { e.Subject = " " } }, []finding{{"subject", blocking, "subject", "is empty"}}},
		"subject long":          {func(s *scene) { s.draft.Issue.Subject = both(strings.Repeat("Prato ", 16), "Prato") }, []finding{{"subject", advisory, "subject", "has 95 characters"}}},
		"subject in capitals":   {func(s *scene) { s.draft.Issue.Subject = both("PRATO CALLS YOU", "MCE e CIO a PRATO") }, []finding{{"subject", advisory, "subject", "in capitals"}}},
		"subject with marks":    {func(s *scene) { s.draft.Issue.Subject = both("Prato calls!!!", "Prato chiama!") }, []finding{{"subject", advisory, "subject", "exclamation"}}},
		"preheader missing":     {func(s *scene) { s.edition = inHTML(`class="preheader"`, `class="else"`) }, []finding{{"subject", advisory, "preheader", "Nothing stands beside"}}},
		"placeholder of ours":   {body("Dear {{name}}, come.", "Caro {nome}, vieni."), []finding{{"placeholder", blocking, "looms", "“{{name}}”"}, {"placeholder", blocking, "looms", "“{nome}”"}}},
		"placeholder of others": {body("Dear *|FNAME|*, %%first%% and ${last}.", "Caro [NOME]."), []finding{{"placeholder", blocking, "looms", ""}}},
		"placeholder words":     {body("TODO write this. Lorem ipsum dolor. Call xxx.", "Da fare."), []finding{{"placeholder", blocking, "looms", ""}}},
		"placeholder or not":    {body("The venue is TBC.", "Il luogo è TBC."), []finding{{"placeholder", advisory, "looms", "“TBC”"}}},
		"no placeholder":        {body("In the todo list {of 20%} are [names], 5 % of 100 % here.", "Metodo, città [nome]."), nil},
		"slot that nothing fills": {func(s *scene) {
			s.edition = func(e *mce.Edition) { e.HTML += "<p>zqabcdefghijNAMEqz</p>"; e.Text += "zqabcdefghijNAMEqz" }
		},
			[]finding{{"placeholder", blocking, "mail", "zqabcdefghijNAMEqz"}}},
		"slot in the subject": {func(s *scene) { s.draft.Issue.Subject = both("Prato, {title}", "Prato") }, []finding{{"placeholder", blocking, "subject", "{title}"}}},
		"slot in an address":  {body("[Here](https://www.example.org/?who={{id}}).", "Qui."), []finding{{"placeholder", blocking, "looms", ""}}},
		"translation missing": {func(s *scene) { delete(s.article().Body, "it") }, []finding{{"language", advisory, "looms", "1 of 2 items have no Italian text, and will be in English for 3 subscribers who asked for Italian"}}},
		"translation stale": {func(s *scene) {
			s.store.stale = map[mce.ItemRef][]string{{Kind: mce.KindEvent, ID: 2}: {"body_it", "title_it"}}
		},
			[]finding{{"stale", advisory, "prato", "1 of 2 items were changed in English after they were put into Italian, which 3 subscribers will read"}}},
		"translation stale, nobody asks": {func(s *scene) {
			s.store.stale, s.store.readers = map[mce.ItemRef][]string{{Kind: mce.KindEvent, ID: 2}: {"body_it"}}, someReaders()[:1]
		}, nil},
		"translation nobody asks": {func(s *scene) { delete(s.article().Body, "it"); s.store.readers = someReaders()[:1] }, nil},
		"picture without text":    {func(s *scene) { s.edition = inHTML(`alt="`, `data-alt="`) }, []finding{{"picture-text", blocking, "looms", "“loom.jpg” has no alternative text"}}},
		"picture with a name":     {func(s *scene) { s.article().ImageAlt = both("IMG_2040.jpg", "Un telaio") }, []finding{{"picture-text", advisory, "looms", "is a file's name"}}},
		"ornament": {func(s *scene) {
			s.edition = inHTML(`</body>`, `<img src="https://www.example.org/line.png" alt="" role="presentation"/></body>`)
		}, nil},
		"contrast low": {func(s *scene) {
			s.edition = inHTML(`</body>`, `<p style="color:#999999;background-color:#ffffff">Dear</p></body>`)
		},
			[]finding{{"contrast", advisory, "mail", "“Dear” is hard to read in light mode: the contrast of its colours is 2.8 to 1, and 4.5"}, {"contrast", advisory, "mail", "dark mode"}}},
		"contrast none":      {func(s *scene) { s.edition = inHTML(`</body>`, `<p style="color:#fff">Dear</p></body>`) }, []finding{{"contrast", blocking, "mail", "light mode"}}},
		"contrast when dark": {func(s *scene) { s.edition = inHTML(`</body>`, `<p style="color:#000">Dear</p></body>`) }, []finding{{"contrast", blocking, "mail", "dark mode"}}},
		"contrast, not known": {func(s *scene) {
			s.edition = inHTML(`</body>`, `<p style="color:#fff;background:url(x.png)">Dear</p><p style="color:unheard">Dear</p></body>`)
		}, nil},
		"contrast, large": {func(s *scene) {
			s.edition = inHTML(`</body>`, `<p style="color:#777;background-color:#fff;font-size:24px">Dear</p></body>`)
		}, nil},
		"text of another letter": {func(s *scene) {
			s.edition = func(e *mce.Edition) { e.Text = "Another letter altogether, zq" + e.Nonce + "GREETINGqz" }
		}, []finding{{"two-stories", blocking, "mail", "of the words of the HTML do not stand in the text"}, {"two-stories", blocking, "mail", "of the words of the text"}}},
		"text with more":        {func(s *scene) { s.edition = func(e *mce.Edition) { e.Text += strings.Join(alphabet(), " ") } }, []finding{{"two-stories", advisory, "mail", "words of the text do not stand in the HTML"}}},
		"HTML that Gmail clips": {func(s *scene) { s.edition = inHTML(`</body>`, `<!--`+strings.Repeat("x", 102*1024)+`--></body>`) }, []finding{{"size", blocking, "mail", "Gmail hides"}}},
		"HTML that nearly is":   {func(s *scene) { s.edition = inHTML(`</body>`, `<!--`+strings.Repeat("x", 81*1024)+`--></body>`) }, []finding{{"size", advisory, "mail", "not much room"}}},
		"a long line": {func(s *scene) {
			s.mail = replaced("\r\nPrecedence:", "\r\nX-Long: "+strings.Repeat("x", 991)+"\r\nPrecedence:")
		}, []finding{{"lines", blocking, "mail", "999 octets"}}},
		"a line as long as may": {func(s *scene) {
			s.mail = replaced("\r\nPrecedence:", "\r\nX-Long: "+strings.Repeat("x", 990)+"\r\nPrecedence:")
		}, nil},
		"no leaving by one click": {func(s *scene) { s.mail = replaced("\r\nList-Unsubscribe-Post:", "\r\nX-Post:") }, []finding{{"headers", blocking, "header", "does not offer to leave with one click"}}},
		"two senders": {func(s *scene) {
			s.mail = replaced("\r\nPrecedence:", "\r\nFrom: else@mail.majorcities.example\r\nPrecedence:")
		}, []finding{{"headers", blocking, "header", "2 header fields From"}}},
		"no Message-ID":       {func(s *scene) { s.mail = replaced("Message-ID:", "X-ID:") }, []finding{{"headers", blocking, "header", "0 header fields Message-Id"}, {"headers", blocking, "header", "form <…@…>"}}},
		"no list":             {func(s *scene) { s.mail = replaced("List-Id:", "X-Id:") }, []finding{{"headers", blocking, "header", "no List-Id"}}},
		"bounces to others":   {func(s *scene) { s.options.ReturnPath = "bounces@else.example" }, []finding{{"headers", advisory, "header", "Bounces go to else.example"}}},
		"signature broken":    {func(s *scene) { s.signed = replaced("Precedence: bulk", "Precedence: list") }, []finding{{"signature", blocking, "signature", "does not hold"}}},
		"signature missing":   {func(s *scene) { s.signed = unsigned }, []finding{{"signature", blocking, "signature", "is not signed"}}},
		"signature of others": {func(s *scene) { s.options.Keys = map[string]string{"s1._domainkey.else.example": ""} }, []finding{{"signature", blocking, "signature", "does not hold"}}},
		"the relay signs":     {func(s *scene) { s.options.Keys = nil }, nil},
		"CSS that few know": {func(s *scene) {
			s.edition = inHTML(`</body>`, `<p style="display:flex;clip-path:circle(40%)"><video></video></p></body>`)
		}, []finding{{"mail-programs", advisory, "mail", "display:flex, which these do not know: GMX, Outlook (Windows)"}, {"mail-programs", advisory, "mail", "clip-path"}, {"mail-programs", advisory, "mail", "<video>"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c.change(s)
			only(t, s.examine(t), c.found...)
		})
	}
}

// TestAFindingNamesTheEntryInWhichItIsMended, in its language: the desk leads there.
func TestAFindingNamesTheEntryInWhichItIsMended(t *testing.T) {
	for name, c := range map[string]struct {
		change      func(*scene)
		rule, entry string
	}{
		"English body":  {func(s *scene) { s.article().Body = both("Come on Wednesday 26 October 2023.", "Venite.") }, "weekday", "body"},
		"Italian body":  {func(s *scene) { s.article().Body = both("Come.", "Venite mercoledì 26 ottobre 2023.") }, "weekday", "body_it"},
		"Italian motto": {func(s *scene) { s.event().Motto = both("We register.", "Iscrizioni entro il 1° ottobre 2023.") }, "past-date", "motto_it"},
		"no title":      {func(s *scene) { delete(s.article().Title, "it") }, "language", "title_it"},
		"no body":       {func(s *scene) { delete(s.article().Body, "it") }, "language", "body_it"},
		"several": {func(s *scene) {
			delete(s.article().Body, "it")
			delete(s.event().Title, "it")
		}, "language", ""},
		"stale":            {func(s *scene) { s.store.stale = map[mce.ItemRef][]string{{Kind: mce.KindEvent, ID: 2}: {"body_it"}} }, "stale", "body_it"},
		"a picture's text": {func(s *scene) { s.article().ImageAlt = both("A loom", "IMG_2040.jpg") }, "picture-text", "image_alt_it"},
		"over":             {func(s *scene) { s.event().Starts, s.event().Ends = leaving.AddDate(0, 0, -3), leaving }, "past-event", "ends"},
		"begun":            {func(s *scene) { s.event().Starts = leaving }, "past-event", "starts"},
		"cancelled":        {func(s *scene) { s.event().State = mce.EventCancelled }, "past-event", "state"},
		"closed":           {func(s *scene) { s.event().Closes = leaving.Add(-1) }, "past-event", "closes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c.change(s)
			var entries []string
			for _, f := range s.examine(t).Findings {
				if f.Rule == c.rule {
					entries = append(entries, f.Field)
				}
			}
			if !slices.Equal(entries, []string{c.entry}) {
				t.Errorf("%q, want %q", entries, c.entry)
			}
		})
	}
}

// unsigned takes the signature away: the first field, with its folded lines.
func unsigned(raw string) string {
	for at := 0; ; {
		at += strings.Index(raw[at:], "\r\n") + 2
		if raw[at] != ' ' && raw[at] != '\t' {
			return raw[at:]
		}
	}
}

// alphabet is many words that no letter of ours has.
func alphabet() []string {
	var out []string
	for a := 'a'; a <= 'z'; a++ {
		out = append(out, "qx"+string(a))
	}
	return out
}
