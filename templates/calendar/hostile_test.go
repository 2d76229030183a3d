package calendar

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

func hostileStrings() []string {
	return []string{
		"", " ", "\x00", "\r\n", "a\r\nATTENDEE:mailto:evil@example.org", "a\nEND:VEVENT\nEND:VCALENDAR", "a\rX-EVIL:1", "a\u2028X-EVIL:1\u0085X-EVIL:2",
		`"`, `\`, `\"`, `x\`, `\n`, `\\n`, `";X-EVIL=1:mailto:evil@example.org`, `a;b:c,d'e"f\g`, `^'^n^^`, "a\tb", ":", ";", ",", "=",
		"\xff\xfe broken UTF-8 \xc3", "\xf0\x9f\x98", "👩‍👩‍👧‍👦🏳️‍🌈" + strings.Repeat("👩🏽‍🚀", 40), strings.Repeat("è", 200), strings.Repeat("x", 1000),
		strings.Repeat("word ", 300), strings.Repeat(`\;,"`, 100), strings.Repeat("<a>", 80), "مؤتمر المدن", "\u202eevil\u202c", "\ufeffbom", "{{.Env}} %s %0d%0a",
	}
}

func blns(t *testing.T) []string {
	t.Helper()
	const file = "../../../shared/corpus/blns.json"
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the Big List of Naughty Strings is not at " + file)
	}
	var all []string
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHostileStrings(t *testing.T)          { checkHostile(t, hostileStrings()) }
func TestBigListOfNaughtyStrings(t *testing.T) { checkHostile(t, blns(t)) }

func checkHostile(t *testing.T, all []string) {
	t.Parallel()
	libical := icaltest.New(t)
	for _, s := range all {
		e, r := hostileEvent(s)
		request, cancel := mustRequest(t, e, r), mustCancel(t, e, r)
		checkText(t, s, request)
		checkText(t, s, cancel)
		libical.Check(t, request) // a CANCEL has the same texts
		if t.Failed() {
			t.Fatalf("with %q:\n%s", s, request)
		}
	}
}

// hostileEvent has s wherever people write something.
func hostileEvent(s string) (mce.Event, mce.Registration) {
	e, r := prato(), delegate("it")
	in := mce.Text{"en": "in English", "it": s}
	e.Title, e.Motto, e.Venue, e.City, e.Address, e.Online, e.Contact, r.Name = in, in, in, in, s, s, s, s
	return e, r
}

// checkText holds a calendar with s in all places to the same properties as one without, and to saying s where a reader looks for it.
func checkText(t testing.TB, s, ics string) {
	t.Helper()
	properties := read(t, ics)
	want := line(s)
	title := want
	switch {
	case s == "":
		title = "in English"
	case want == "":
		title = "prato-2023"
	}
	for _, p := range properties {
		if p.within != "VCALENDAR/VEVENT" {
			continue
		}
		switch p.name {
		case "SUMMARY":
			if got := unescape(p.value); got != title {
				t.Errorf("SUMMARY says %q, want %q", got, title)
			}
		case "ATTENDEE":
			cn := strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(want)
			if got := strings.Trim(p.params["CN"], `"`); got != cn && cn != "" {
				t.Errorf("CN says %q, want %q", got, cn)
			}
			if p.value != "mailto:zoe.o'brien+mce@example.org" {
				t.Errorf("ATTENDEE is %q", p.value)
			}
		case "ORGANIZER", "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "URL":
			one(t, properties, p.within, p.name)
		default:
			t.Errorf("%s was smuggled in: %q", p.name, p.value)
		}
	}
}

func TestLine(t *testing.T) {
	for s, want := range map[string]string{
		"a\r\nb\tc  d ":          "a b c d",
		"\x00\x1f\x7f":           "",
		"a\u2028b\u0085c\u00a0d": "a b c d",
		"a\xffb\xc3":             "a\ufffdb\ufffd",
		"👩‍🚀 è":                  "👩‍🚀 è",
	} {
		if got := line(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// FuzzRequest: whatever people write and whenever events are, no line is injected and the instants are right.
func FuzzRequest(f *testing.F) {
	zones := []string{"Europe/Rome", "Europe/Dublin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"}
	for i, s := range hostileStrings() {
		f.Add(s, zones[i%len(zones)], int64(1698537600+i*600), int64(1800))
	}
	f.Fuzz(func(t *testing.T, s, zone string, starts, lasts int64) {
		e, r := hostileEvent(s)
		e.TimeZone, e.Starts, e.Ends = zone, time.Unix(starts, 0), time.Unix(starts+lasts, 0)
		ics, err := Request(e, r, office(), page, stamp())
		if err != nil {
			if mce.ErrorCode(err) != mce.Invalid || ics != "" {
				t.Fatalf("error %v with %q", err, ics)
			}
			t.Skip()
		}
		checkText(t, s, ics)
		checkZone(t, e, ics)
	})
}
