package mce_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestFieldsOfAnEventAreSet(t *testing.T) {
	var e mce.Event
	err := e.Set(map[string]string{
		"kind": "conference", "state": "open", "title": "Conference", "title_it": " Conferenza ", "city": "Prato", "time_zone": "Europe/Rome",
		"starts": "2023-10-25 09:00", "ends": "2023-10-27T13:00", "opens": "2023-05-01T08:00:00Z", "closes": "", "capacity": "400", "admission": "members",
		"languages": "en", "interpretation": "it, el", "topics": "events  news", "contact": "prato@example.org", "publish_at": "2023-03-27 09:00",
	})
	want := mce.Event{
		Kind: mce.Conference, State: mce.EventOpen, Title: mce.Text{"en": "Conference", "it": "Conferenza"}, City: en("Prato"), TimeZone: "Europe/Rome",
		Starts: at("2023-10-25T07:00:00Z"), Ends: at("2023-10-27T11:00:00Z"), Opens: at("2023-05-01T08:00:00Z"), Capacity: 400, Admission: mce.ForMembers,
		Languages: []mce.Lang{"en"}, Interpretation: []mce.Lang{"it", "el"}, Topics: []string{"events", "news"}, Contact: "prato@example.org",
		Window: mce.Window{From: at("2023-03-27T07:00:00Z")},
	}
	if diff := cmp.Diff(want, e); diff != "" || err != nil {
		t.Error(err, diff)
	}
	before := e.Title
	if err := e.Set(map[string]string{"title_it": "", "capacity": "", "topics": ""}); err != nil || e.Capacity != 0 || len(e.Topics) != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if diff := cmp.Diff(en("Conference"), e.Title); diff != "" || before["it"] == "" {
		t.Errorf("%s, and what it was: %v", diff, before)
	}
}

func TestFieldsThatAreNotSet(t *testing.T) {
	for name, c := range map[string]struct{ field, value, says string }{
		"unknown":                    {"colour", "red", `no field "colour"; the fields are address, admission`},
		"a language we do not write": {"title_de", "Konferenz", `no field "title_de"`},
		"what has no languages":      {"address_it", "Via", `no field "address_it"`},
		"no time":                    {"starts", "tomorrow", "starts: "},
		"a time that never was":      {"starts", "2023-03-26 02:30", "the clocks are put forward there"},
		"no number":                  {"capacity", "many", `"many" is not a number`},
		"a negative one":             {"capacity", "-1", "is not a number"},
		"no zone":                    {"time_zone", "Rome", "use a name such as Europe/Rome"},
	} {
		t.Run(name, func(t *testing.T) {
			e := mce.Event{TimeZone: "Europe/Rome"}
			err := e.Set(map[string]string{c.field: c.value})
			refused(t, err, mce.Invalid, c.says)
			var fault *mce.FieldError
			if errors.As(err, &fault) && fault.Field != c.field {
				t.Errorf("the field is %q", fault.Field)
			}
		})
	}
}

const known = `the event "rome" is not known`

func TestATableOfEvents(t *testing.T) {
	file := "slug;title_it;capacity;starts\n" +
		"prato;Conferenza;30;2023-10-25 10:00\n" +
		"rome;Roma;30;2023-10-25 10:00\n" +
		"prato;Ancora;30;2023-10-25 10:00\n" +
		"late;Tardi;30;2023-10-28 10:00\n"
	events, faults, err := mce.ReadEvents(strings.NewReader(file), func(slug string) (mce.Event, error) {
		e := meeting()
		e.Slug, e.Kind, e.Window = slug, mce.Conference, mce.Window{From: at("2023-01-01T00:00:00Z")}
		if slug == "rome" {
			return e, mce.NotFoundf(known)
		}
		return e, nil
	})
	if err != nil || len(events) != 1 || len(faults) != 3 {
		t.Fatal(events, faults, err)
	}
	for i, says := range []string{known, "stands there twice", "needs starts and a later ends"} {
		if !strings.Contains(faults[i].Reason, says) {
			t.Errorf("%s does not say %q", faults[i], says)
		}
	}
	got := events[0]
	if got.Title["it"] != "Conferenza" || got.Capacity != 30 || !got.Starts.Equal(at("2023-10-25T08:00:00Z")) || len(got.Sessions) != len(meeting().Sessions) {
		t.Errorf("%+v", got)
	}
}

func TestATableOfSessions(t *testing.T) {
	file := "slug,title,title_it,starts,ends,room,speakers,interpretation,optional\n" +
		"opening,Opening,Apertura,2023-10-25 09:00,2023-10-25 10:00,Auditorium,\"Squittieri, B.; Giorgio Prister\",it,\n" +
		"lab,Lab,,2023-10-25 10:00,2023-10-25 09:00,,,,yes\n" +
		"data,Data,,2023-10-25 10:00,2023-10-25 11:00,,,,perhaps\n"
	sessions, faults, err := mce.ReadProgramme(strings.NewReader(file), mce.Event{Slug: "prato", TimeZone: "Europe/Rome"})
	if err != nil || len(faults) != 2 || !strings.Contains(faults[0].Reason, "a later ends") || !strings.Contains(faults[1].Reason, "neither yes nor no") {
		t.Error(faults, err)
	}
	want := []mce.Session{{
		Slug: "opening", Title: mce.Text{"en": "Opening", "it": "Apertura"}, Starts: at("2023-10-25T07:00:00Z"), Ends: at("2023-10-25T08:00:00Z"),
		Room: en("Auditorium"), Speakers: []string{"Squittieri, B.", "Giorgio Prister"}, Interpretation: []mce.Lang{"it"},
	}}
	if diff := cmp.Diff(want, sessions); diff != "" {
		t.Error(diff)
	}
	_, _, err = mce.ReadProgramme(strings.NewReader("slug,title\nopening,Opening\n"), mce.Event{})
	refused(t, err, mce.Invalid, `the column "starts" is missing`)
}

func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"2023-10-25 09:00", "2023-10-25T09:00:00+02:00", "2023-03-26 02:30", "", "x"} {
		f.Add(s)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := mce.ParseMoment(s, rome)
		if err != nil {
			refused(t, err, mce.Invalid)
			return
		}
		if again, err := mce.ParseMoment(got.Format(time.RFC3339), rome); s != "" && (err != nil || !again.Equal(got.Truncate(time.Second))) {
			t.Errorf("%q is %s, and then %s, %v", s, got, again, err)
		}
	})
}
