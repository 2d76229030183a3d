package calendar

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	webinar := prato()
	webinar.Slug, webinar.Venue, webinar.Address, webinar.City, webinar.Motto = "webinar", nil, "", nil, nil
	webinar.TimeZone, webinar.Online = "UTC", "https://meet.example.org/mce?room=1,2;x"
	for name, ics := range map[string]string{
		"prato-request-en.ics":   mustRequest(t, prato(), delegate("en")),
		"prato-request-it.ics":   mustRequest(t, prato(), delegate("it")),
		"prato-cancel-it.ics":    mustCancel(t, prato(), delegate("it")),
		"webinar-request-it.ics": mustRequest(t, webinar, delegate("it")),
		"prato-programme-it.ics": mustProgramme(t, delegate("it")),
	} {
		t.Run(name, func(t *testing.T) {
			read(t, ics)
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(ics), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), ics); diff != "" {
				t.Errorf("differs from %s (-update writes it anew):\n%s", file, diff)
			}
		})
	}
}

func TestLibicalReadsThem(t *testing.T) {
	libical := icaltest.New(t)
	for _, lang := range mce.Languages() {
		for method, ics := range map[string]string{
			MethodRequest: mustRequest(t, prato(), delegate(lang)),
			MethodCancel:  mustCancel(t, prato(), delegate(lang)),
		} {
			want := icaltest.Reading{Method: method, Starts: prato().Starts.UTC(), Ends: prato().Ends.UTC()}
			if diff := cmp.Diff(want, libical.Check(t, ics)); diff != "" {
				t.Errorf("%s %s:\n%s", method, lang, diff)
			}
		}
	}
}

// RFC 5546 §3.2.2, §3.2.5: the tables of what must be there, once.
func TestEveryPropertyOnce(t *testing.T) {
	for method, ics := range map[string]string{
		MethodRequest: mustRequest(t, prato(), delegate("it")),
		MethodCancel:  mustCancel(t, prato(), delegate("it")),
	} {
		t.Run(method, func(t *testing.T) {
			properties := read(t, ics)
			var head, event []string
			for _, p := range properties {
				switch p.within {
				case "VCALENDAR":
					head = append(head, p.name+":"+p.value)
				case "VCALENDAR/VEVENT":
					event = append(event, p.name)
				}
			}
			if diff := cmp.Diff([]string{"PRODID:" + productID, "VERSION:2.0", "METHOD:" + method}, head); diff != "" {
				t.Error(diff)
			}
			want := []string{"ATTENDEE", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID"}
			if method == MethodRequest {
				want = append(want, "DESCRIPTION", "URL")
			}
			slices.Sort(want)
			slices.Sort(event)
			if diff := cmp.Diff(want, event); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	const event = "VCALENDAR/VEVENT"
	request := read(t, mustRequest(t, prato(), delegate("it")))
	cancel := read(t, mustCancel(t, prato(), delegate("it")))
	for name, want := range map[string]string{
		"SEQUENCE": "3",
		"DTSTAMP":  "20230901T083000Z",
		"DTSTART":  "20231025T090000",
		"DTEND":    "20231027T170000",
		"STATUS":   "CONFIRMED",
		"URL":      page,
		"ATTENDEE": "mailto:zoe.o'brien+mce@example.org",
	} {
		if got := one(t, request, event, name).value; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	attendee := map[string]string{"CN": `"Zoë O'Brien, PhD"`, "PARTSTAT": "ACCEPTED", "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE"}
	if diff := cmp.Diff(attendee, one(t, request, event, "ATTENDEE").params); diff != "" {
		t.Error(diff)
	}
	if got := one(t, cancel, event, "STATUS").value; got != "CANCELLED" {
		t.Errorf("STATUS of a CANCEL is %s", got)
	}
	if r, c := one(t, request, event, "UID"), one(t, cancel, event, "UID"); r.value != c.value {
		t.Errorf("REQUEST and CANCEL have the UIDs %s and %s", r.value, c.value)
	}
}

func TestUID(t *testing.T) {
	r, by := delegate("en"), office()
	uid := UID(r, by)
	same := func(name string, r mce.Registration, by Organizer, want bool) {
		if got := UID(r, by) == uid; got != want {
			t.Errorf("%s: the same UID: %t, want %t", name, got, want)
		}
	}
	changed := r
	changed.Name, changed.Email, changed.Sequence, changed.Language = "New Name", "new@example.org", 9, "it"
	same("the person's data changed", changed, Organizer{"New Name", "other@MajorCities.eu"}, true)
	changed = r
	changed.ID++
	same("another registration", changed, by, false)
	changed = r
	changed.Event = "berlin-2024"
	same("another event", changed, by, false)
	same("another house", r, Organizer{by.Name, "calendar@example.org"}, false)
}

func TestMissingTranslationIsMarkedAsEnglish(t *testing.T) {
	e := prato()
	delete(e.Title, "it")
	delete(e.Motto, "it")
	properties := read(t, mustRequest(t, e, delegate("it")))
	for name, want := range map[string]string{"SUMMARY": "en", "DESCRIPTION": "en", "LOCATION": "it"} {
		if got := one(t, properties, "VCALENDAR/VEVENT", name).params["LANGUAGE"]; got != want {
			t.Errorf("LANGUAGE of %s is %q, want %q", name, got, want)
		}
	}
}

func TestLocation(t *testing.T) {
	for name, c := range map[string]struct {
		e    mce.Event
		want text
	}{
		"nothing known":         {mce.Event{}, text{lang: ""}},
		"online":                {mce.Event{Online: "https://meet.example.org"}, text{words: "https://meet.example.org"}},
		"city":                  {mce.Event{City: mce.Text{"en": "Florence", "it": "Firenze"}, Online: "https://meet.example.org"}, text{"Firenze", "it"}},
		"venue and city":        {mce.Event{Venue: mce.Text{"en": "Prato Hall"}, City: mce.Text{"en": "Prato"}}, text{"Prato Hall, Prato", "en"}},
		"address without city":  {mce.Event{Address: "Viale 277", City: mce.Text{"en": "Prato"}}, text{"Viale 277, Prato", "en"}},
		"address with the city": {mce.Event{Address: "Viale 277, Prato", City: mce.Text{"en": "Prato"}}, text{"Viale 277, Prato", "en"}},
	} {
		if got := location(c.e, "it"); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(e *mce.Event, r *mce.Registration, by *Organizer, url *string){
		"no zone":    func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) { e.TimeZone = "" },
		"zone Local": func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) { e.TimeZone = "Local" },
		"unknown zone": func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) {
			e.TimeZone = "Europe/Atlantis\r\nX:Y"
		},
		"no duration": func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) {
			e.Ends = e.Starts.Add(time.Millisecond)
		},
		"long ago": func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) { e.Starts = time.Time{} },
		"far away": func(e *mce.Event, _ *mce.Registration, _ *Organizer, _ *string) { e.Ends = e.Ends.AddDate(9000, 0, 0) },
		"bad address": func(_ *mce.Event, r *mce.Registration, _ *Organizer, _ *string) {
			r.Email = "a@example.org\r\nX-EVIL:1"
		},
		"two addresses": func(_ *mce.Event, r *mce.Registration, _ *Organizer, _ *string) {
			r.Email = "a@example.org,mailto:b@example.org"
		},
		"other language": func(_ *mce.Event, r *mce.Registration, _ *Organizer, _ *string) { r.Language = "en:x\r\nX-EVIL:1" },
		"no organizer":   func(_ *mce.Event, _ *mce.Registration, by *Organizer, _ *string) { by.Address = "" },
		"injecting url":  func(_ *mce.Event, _ *mce.Registration, _ *Organizer, url *string) { *url = page + "\r\nX-EVIL:1" },
		"half a url":     func(_ *mce.Event, _ *mce.Registration, _ *Organizer, url *string) { *url = "/registration" },
		"script":         func(_ *mce.Event, _ *mce.Registration, _ *Organizer, url *string) { *url = "javascript:alert(1)" },
		"blank in url":   func(_ *mce.Event, _ *mce.Registration, _ *Organizer, url *string) { *url = "https://example.org/?a b" },
	} {
		e, r, by, url := prato(), delegate("en"), office(), page
		change(&e, &r, &by, &url)
		if ics, err := Request(e, r, by, url, stamp()); mce.ErrorCode(err) != mce.Invalid || ics != "" {
			t.Errorf("%s: error %v, calendar %q", name, err, ics)
		}
		if _, err := Cancel(e, r, by, stamp()); url == page && mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%s: error %v for a CANCEL", name, err)
		}
	}
}
