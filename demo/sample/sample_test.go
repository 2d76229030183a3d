package sample_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
)

type content struct {
	Topics    []mce.Topic        `json:"topics"`
	Events    []mce.Event        `json:"events"`
	Resources []mce.Resource     `json:"resources"`
	Articles  []mce.Article      `json:"articles"`
	Series    []mce.Series       `json:"series"`
	Reminders []mce.ReminderRule `json:"reminders"`
}

func read(t *testing.T) content {
	t.Helper()
	var c content
	dec := json.NewDecoder(bytes.NewReader(sample.Content()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		t.Fatalf("content.json: %v", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		t.Fatalf("content.json: something stands behind its end")
	}
	return c
}

func (c content) event(slug string) (mce.Event, bool) {
	i := slices.IndexFunc(c.Events, func(e mce.Event) bool { return e.Slug == slug })
	if i < 0 {
		return mce.Event{}, false
	}
	return c.Events[i], true
}

func (c content) hasTopics(topics []string) bool {
	return len(topics) > 0 && !slices.ContainsFunc(topics, func(slug string) bool {
		return !slices.ContainsFunc(c.Topics, func(t mce.Topic) bool { return t.Slug == slug })
	})
}

func TestContentIsSound(t *testing.T) {
	c := read(t)
	seen := map[string]bool{}
	check := func(kind, slug string, err error) {
		if err != nil {
			t.Error(err)
		}
		if seen[kind+" "+slug] {
			t.Errorf("%s %s stands there twice", kind, slug)
		}
		seen[kind+" "+slug] = true
	}
	topics := func(slug string, topics []string) {
		if !c.hasTopics(topics) {
			t.Errorf("%s: topics %v: none, or an unknown one", slug, topics)
		}
	}
	for _, x := range c.Topics {
		check("topic", x.Slug, x.Check())
	}
	for _, x := range c.Series {
		check("series", x.Slug, x.Check())
	}
	for _, x := range c.Articles {
		check("article", x.Slug, x.Check())
		topics(x.Slug, x.Topics)
	}
	for _, x := range c.Resources {
		check("resource", x.Slug, x.Check())
		topics(x.Slug, x.Topics)
		if _, ok := c.event(x.Event); x.Event != "" && !ok {
			t.Errorf("resource %s: there is no event %q", x.Slug, x.Event)
		}
	}
	for _, x := range c.Events {
		check("event", x.Slug, x.Check())
		topics(x.Slug, x.Topics)
		for i, s := range x.Sessions {
			check("session of "+x.Slug, s.Slug, nil)
			if s.Starts.Before(x.Starts) || s.Ends.After(x.Ends) {
				t.Errorf("event %s: session %s lies outside it", x.Slug, s.Slug)
			}
			if i > 0 && s.Starts.Before(x.Sessions[i-1].Starts) {
				t.Errorf("event %s: session %s is out of order", x.Slug, s.Slug)
			}
		}
	}
	for _, x := range c.Reminders {
		check("reminder", x.Slug, x.Check())
	}
}

// Every time is written with the offset that its zone has at that time: a stale summer offset would be an hour wrong.
func TestTimesCarryTheirZone(t *testing.T) {
	c := read(t)
	local := func(what, zone string, at time.Time) {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		_, got := at.Zone()
		if _, want := at.In(loc).Zone(); !at.IsZero() && got != want {
			t.Errorf("%s: %s is not written in the time of %s", what, at.Format(time.RFC3339), zone)
		}
	}
	window := func(slug string, w mce.Window) {
		local(slug+": publish_at", "Europe/Rome", w.From)
		local(slug+": expire_at", "Europe/Rome", w.Until)
	}
	for _, x := range c.Articles {
		window(x.Slug, x.Window)
	}
	for _, x := range c.Resources {
		window(x.Slug, x.Window)
	}
	for _, x := range c.Events {
		window(x.Slug, x.Window)
		local(x.Slug, x.TimeZone, x.Starts)
		local(x.Slug, x.TimeZone, x.Ends)
		for _, s := range x.Sessions {
			local(x.Slug+": "+s.Slug, x.TimeZone, s.Starts)
			local(x.Slug+": "+s.Slug, x.TimeZone, s.Ends)
		}
	}
}

// stock is what the assembly looks at; ids are places in the file, as an import gives them.
func (c content) stock(ran map[mce.ItemRef]int) []mce.Candidate {
	var stock []mce.Candidate
	add := func(x mce.Candidate) {
		x.RanIn = ran[x.ItemRef]
		stock = append(stock, x)
	}
	for i, a := range c.Articles {
		add(mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: int64(i + 1)}, Slug: a.Slug, Title: a.Title,
			Topics: a.Topics, Priority: a.Priority, Window: a.Window})
	}
	for i, e := range c.Events {
		add(mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: int64(i + 1)}, Slug: e.Slug, Title: e.Title,
			Topics: e.Topics, Window: e.Window, Starts: e.Starts, Cancelled: e.State == mce.EventCancelled})
	}
	for i, r := range c.Resources {
		add(mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindResource, ID: int64(i + 1)}, Slug: r.Slug, Title: r.Title,
			Topics: r.Topics, Window: r.Window})
	}
	return stock
}

// The demo's story: number 1 before the conference, nothing to say during it, number 2 after it.
func TestThreeSlots(t *testing.T) {
	c := read(t)
	series := c.Series[0]
	schedule, err := series.Schedule()
	if err != nil {
		t.Fatal(err)
	}
	slots := []struct {
		wall   string
		number int // 0: skipped
		least  int
	}{
		{"2023-10-19 09:00", 1, 6},
		{"2023-10-26 09:00", 0, 0},
		{"2023-11-02 09:00", 2, 4},
	}
	ran := map[mce.ItemRef]int{}
	now := time.Date(2023, 10, 18, 6, 0, 0, 0, time.UTC) // when the demo begins
	for _, want := range slots {
		slot := schedule.Next(now)
		now = slot.Due
		if slot.Wall != want.wall {
			t.Fatalf("slot at %s, want %s", slot.Wall, want.wall)
		}
		issue := mce.Assemble(series, slot.Due, c.stock(ran))
		in := 0
		for _, d := range issue.Decisions {
			t.Logf("%s  %-7s %-10s %-30s %s", slot.Wall, d.Verdict, d.Section, d.Slug, d.Reason)
			if d.Verdict == mce.In {
				in++
				ran[d.ItemRef] = want.number
			}
		}
		if skipped := issue.Skip != ""; skipped != (want.number == 0) {
			t.Errorf("%s: skip %q", slot.Wall, issue.Skip)
		}
		if in < want.least {
			t.Errorf("%s: %d items, want at least %d", slot.Wall, in, want.least)
		}
	}
}

func TestReminders(t *testing.T) {
	c := read(t)
	want := map[string]struct{ event, due string }{
		"week-before":        {"prato-2023", "2023-10-18T09:00:00+02:00"},
		"day-before":         {"prato-2023", "2023-10-24T09:00:00+02:00"},
		"morning-of":         {"prato-2023", "2023-10-25T07:00:00+02:00"},
		"afterwards":         {"prato-2023", "2023-10-30T10:00:00+01:00"},
		"certificate":        {"prato-2023", "2023-10-31T10:00:00+01:00"},
		"new-handouts":       {"prato-2023", "2023-10-31T17:00:00+01:00"},
		"webinar-invitation": {"webinar-ransomware-2023", "2023-10-26T10:00:00+02:00"},
		"come-again":         {"conference-2024", "2024-04-15T10:00:00+02:00"},
	}
	if len(c.Reminders) != len(want) {
		t.Errorf("%d reminders, want %d", len(c.Reminders), len(want))
	}
	placeholder := regexp.MustCompile(`\{\w*\}?`)
	for _, r := range c.Reminders {
		e, ok := c.event(want[r.Slug].event)
		if !ok {
			t.Fatalf("%s: %s is missing", r.Slug, want[r.Slug].event)
		}
		due, latest, err := r.Due(e)
		if err != nil || !r.Concerns(e) || due.Format(time.RFC3339) != want[r.Slug].due || !latest.After(due) {
			t.Errorf("%s: due %s, useful until %s, error %v", r.Slug, due.Format(time.RFC3339), latest.Format(time.RFC3339), err)
		}
		for _, lang := range mce.Languages() {
			for _, p := range placeholder.FindAllString(r.Subject[lang]+r.Body[lang], -1) {
				if !slices.Contains([]string{"{title}", "{city}", "{starts}", "{days}"}, p) {
					t.Errorf("%s: unknown placeholder %s", r.Slug, p)
				}
			}
		}
		if !slices.Contains(r.Show, mce.ShowHandouts) {
			continue
		}
		shown := 0
		for _, x := range c.Resources {
			if x.Event == e.Slug && x.Open(due) {
				shown++
			}
		}
		if shown < 3 {
			t.Errorf("%s: only %d handouts are published by then", r.Slug, shown)
		}
	}
}

// table reads a CSV file and checks its header.
func table(t *testing.T, data []byte, header string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != header {
		t.Fatalf("header %q, want %q", got, header)
	}
	return rows[1:]
}

// person checks what both tables have, and gives the key of the address.
func person(t *testing.T, email, name, lang string) string {
	t.Helper()
	address, err := mce.ParseAddress(email)
	if err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(address, ".example") && !strings.HasSuffix(address, "@example.org") && !strings.HasSuffix(address, "@example.net") {
		t.Errorf("%s could be somebody's address", address)
	}
	if clean, err := mce.CleanName(name); err != nil || clean != name {
		t.Errorf("%s: name %q: cleaned %q, error %v", email, name, clean, err)
	}
	if l, err := mce.ParseLang(lang); err != nil || string(l) != lang {
		t.Errorf("%s: language %q", email, lang)
	}
	return mce.AddressKey(address)
}

func TestPeople(t *testing.T) {
	c := read(t)
	subscribers := map[string]bool{}
	for _, row := range table(t, sample.Subscribers(), "email,name,language,topics") {
		subscribers[person(t, row[0], row[1], row[2])] = true
		if !c.hasTopics(strings.Fields(row[3])) {
			t.Errorf("%s: topics %q: none, or an unknown one", row[0], row[3])
		}
	}
	if len(subscribers) != 36 {
		t.Errorf("%d different subscribers, want 36", len(subscribers))
	}
	delegates, both := map[string]bool{}, 0
	for _, row := range table(t, sample.Delegates(), "event,email,name,organisation,country,language") {
		key := person(t, row[1], row[2], row[5])
		delegates[key] = true
		if subscribers[key] {
			both++
		}
		if _, ok := c.event(row[0]); !ok {
			t.Errorf("%s: there is no event %q", row[1], row[0])
		}
	}
	if len(delegates) != 14 || both != 4 {
		t.Errorf("%d different delegates, %d of them subscribers; want 14 and 4", len(delegates), both)
	}
}
