package mce_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func rome(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func congress() mce.Event {
	return mce.Event{
		Slug: "prato", Kind: mce.Conference, State: mce.EventOpen, Title: mce.Text{"en": "Conference", "it": "Conferenza"}, TimeZone: "Europe/Rome",
		Starts: at("2023-10-25T07:00:30Z"), Ends: at("2023-10-27T11:00:00Z"), Languages: []mce.Lang{"en", "it"}, Topics: []string{"events", "news"},
		Admission: mce.ForEveryone, Capacity: 400, Window: mce.Window{From: at("2023-03-27T07:00:00Z")},
		Sessions: []mce.Session{
			{Slug: "opening", Title: en("Opening "), Starts: at("2023-10-25T07:00:00Z"), Ends: at("2023-10-25T08:00:00Z"), Speakers: []string{"A B", "C"}},
			{Slug: "tour", Title: en("Tour"), Starts: at("2023-10-25T09:00:00Z"), Ends: at("2023-10-25T10:00:00Z"), Optional: true},
		},
	}
}

func TestWhatIsWrittenAsItStandsStaysAsItIs(t *testing.T) {
	e := congress()
	if err := mce.Rewrite(&e, mce.Write(&e, time.UTC), time.UTC); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(congress(), e); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventIsRewritten(t *testing.T) {
	e := congress()
	w := mce.Write(&e, time.UTC)
	if w["starts"] != "2023-10-25T09:00" || w["session/opening/speakers"] != "A B; C" || w["title_it"] != "Conferenza" {
		t.Fatalf("%v", w)
	}
	w = w.WithoutSession("tour")
	w["session/opening/starts"], w["session/opening/ends"] = "2023-10-26T09:00", "2023-10-26T10:00"
	w, name := w.WithNewSession("2023-10-25T12:00", "2023-10-25T13:00")
	if name != "new-1" {
		t.Error(name)
	}
	w["session/new-1/title"], w["session/new-1/optional"] = "Déjeuner: opening!", "yes"
	if err := mce.Rewrite(&e, w, time.UTC); err != nil {
		t.Fatal(err)
	}
	if len(e.Sessions) != 2 || e.Sessions[0].Slug != "dejeuner-opening" || !e.Sessions[0].Optional || !e.Sessions[0].Starts.Equal(at("2023-10-25T10:00:00Z")) ||
		e.Sessions[1].Slug != "opening" || e.Sessions[1].Title["en"] != "Opening " {
		t.Errorf("%+v", e.Sessions)
	}
	w = mce.Write(&e, time.UTC)
	w["time_zone"] = "Europe/Athens" // the same hours, elsewhere
	if err := mce.Rewrite(&e, w, time.UTC); err != nil || !e.Starts.Equal(at("2023-10-25T06:00:00Z")) || !e.Sessions[0].Starts.Equal(at("2023-10-25T09:00:00Z")) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestAFieldAtFaultIsNamed(t *testing.T) {
	for field, value := range map[string]string{
		"time_zone": "Mars", "starts": "2023-03-26T02:30", "ends": "soon", "capacity": "-1", "session/opening/starts": "", "session/tour/ends": "2023-10-25T10:00",
		"session/tour/title": " ", "title": "", "link": "javascript:alert(1)", "contact": "x", "publish_at": "", "expire_at": "2022-01-01T00:00", "venue_it": "Museo",
	} {
		e := congress()
		w := mce.Write(&e, time.UTC)
		w[field] = value
		err := mce.Rewrite(&e, w, time.UTC)
		var fault *mce.FieldError
		if !errors.As(err, &fault) {
			fault = mce.CheckPiece(&e)
		}
		want := map[string]string{"venue_it": "venue"}[field]
		if want == "" {
			want = field
		}
		if fault == nil || fault.Field != want {
			t.Errorf("%s %q: fault %v", field, value, fault)
		}
	}
	e := congress()
	if fault := mce.CheckPiece(&e); fault != nil {
		t.Error(fault)
	}
}

func TestAnArticleIsOnTheClocksThatWereChosen(t *testing.T) {
	a := mce.Article{Title: en("A"), Body: en("a\r\nb"), Priority: -1, Window: mce.Window{From: at("2023-10-18T07:00:00Z")}}
	w := mce.Write(&a, rome(t))
	before := maps.Clone(w)
	if w["publish_at"] != "2023-10-18T09:00" || w["body"] != "a\nb" || w["priority"] != "-1" {
		t.Errorf("%v", w)
	}
	if err := mce.Rewrite(&a, w, rome(t)); err != nil || a.Body["en"] != "a\r\nb" || a.Priority != -1 {
		t.Errorf("%+v, %v", a, err)
	}
	if err := mce.Rewrite(&a, before, time.UTC); err != nil || !a.From.Equal(at("2023-10-18T09:00:00Z")) {
		t.Errorf("%+v, %v", a, err)
	}
	a.Image, a.Title = "https://example.org/x.png", mce.Text{"en": "A", "it": "A"}
	a.ImageAlt = en("A tower")
	if fault := mce.CheckPiece(&a); fault == nil || fault.Field != "image_alt_it" {
		t.Errorf("%v", fault)
	}
}

func TestClashesTellMineFromTheirs(t *testing.T) {
	base := mce.Written{"title": "A", "body": "x", "link": "", "topics": "news"}
	mine := mce.Written{"title": "B", "body": "x", "link": "https://mine.example", "topics": "news"}
	theirs := mce.Written{"title": "C", "body": "y", "link": "", "topics": "news"}
	got := map[string]bool{}
	for _, c := range mce.Clashes(base, mine, theirs) {
		got[c.Field+": "+c.Old+" or "+c.New] = c.Mine()
	}
	want := map[string]bool{"body: y or x": false, "link:  or https://mine.example": true, "title: C or B": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDifferencesAreByWords(t *testing.T) {
	for _, c := range []struct {
		old, next string
		want      []mce.Edit
	}{
		{"", "", nil},
		{"same words", "same words", []mce.Edit{{mce.Kept, "same words"}}},
		{"", "new", []mce.Edit{{mce.Added, "new"}}},
		{"old", "", []mce.Edit{{mce.Removed, "old"}}},
		{"we meet in Prato soon", "we meet in Larissa soon", []mce.Edit{{mce.Kept, "we meet in "}, {mce.Removed, "Prato "}, {mce.Added, "Larissa "}, {mce.Kept, "soon"}}},
		{"a b c d", "b c x d", []mce.Edit{{mce.Removed, "a "}, {mce.Kept, "b c "}, {mce.Added, "x "}, {mce.Kept, "d"}}},
	} {
		if diff := cmp.Diff(c.want, mce.WordDifference(c.old, c.next)); diff != "" {
			t.Errorf("%q → %q: %s", c.old, c.next, diff)
		}
	}
}

func FuzzWordDifference(f *testing.F) {
	f.Add("we meet in Prato", "we met\nin Larissa ")
	f.Fuzz(func(t *testing.T, old, next string) {
		a, b := "", ""
		for _, e := range mce.WordDifference(old, next) {
			if e.Kind != mce.Added {
				a += e.Text
			}
			if e.Kind != mce.Removed {
				b += e.Text
			}
		}
		if a != old || b != next {
			t.Errorf("%q, %q became %q, %q", old, next, a, b)
		}
	})
}
