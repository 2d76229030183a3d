package mce_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func schedule(t testing.TB, expr, zone string) mce.Schedule {
	t.Helper()
	s, err := mce.ParseSchedule(expr, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// slots lists what is due after from and not after to.
func slots(s mce.Schedule, from, to time.Time) (out []mce.Slot) {
	for slot := s.Next(from); !slot.Due.After(to); slot = s.Next(slot.Due) {
		out = append(out, slot)
	}
	return out
}

func TestAWeeklySlotComesOnceAWeekWhateverTheClocksDo(t *testing.T) {
	s := schedule(t, "30 2 * * 0", "Europe/Rome")
	year := slots(s, at("2023-12-31T12:00:00+01:00"), at("2024-12-31T12:00:00+01:00"))
	if len(year) != 52 {
		t.Fatalf("%d slots in a year of 52 Sundays", len(year))
	}
	for i, slot := range year {
		if want := time.Date(2024, 1, 7+7*i, 2, 30, 0, 0, time.UTC).Format("2006-01-02 15:04"); slot.Wall != want {
			t.Errorf("week %d: slot %s, want %s", i+1, slot.Wall, want)
		}
		// The memory of the mailer is the slot's instant; asking from any moment of the week must lead to the same slot.
		for h := time.Duration(1); h <= 7*24; h++ {
			if got := s.Next(slot.Due.Add(-h * time.Hour)); h < 6*24 && got != slot {
				t.Fatalf("%d hours before %v the next one is %v", h, slot, got)
			}
		}
	}
}

func TestASlotInAClockChangeIsPlacedAsRFC5545Reads(t *testing.T) {
	for name, c := range map[string]struct{ cron, zone, after, wall, due string }{
		"spring leaves it out":        {"30 2 * * 0", "Europe/Rome", "2024-03-30T12:00:00Z", "2024-03-31 02:30", "2024-03-31T03:30:00+02:00"},
		"autumn has it twice":         {"30 2 * * 0", "Europe/Rome", "2024-10-26T12:00:00Z", "2024-10-27 02:30", "2024-10-27T02:30:00+02:00"},
		"the other way round":         {"30 1 * * 0", "America/New_York", "2024-11-02T12:00:00Z", "2024-11-03 01:30", "2024-11-03T01:30:00-04:00"},
		"and its gap":                 {"30 2 * * 0", "America/New_York", "2024-03-09T12:00:00Z", "2024-03-10 02:30", "2024-03-10T03:30:00-04:00"},
		"half an hour at Lord Howe":   {"45 1 * * 0", "Australia/Lord_Howe", "2024-04-06T00:00:00Z", "2024-04-07 01:45", "2024-04-07T01:45:00+11:00"},
		"and its gap at Lord Howe":    {"15 2 * * 0", "Australia/Lord_Howe", "2024-10-05T00:00:00Z", "2024-10-06 02:15", "2024-10-06T02:45:00+11:00"},
		"two hours at Troll":          {"30 2 * * 0", "Antarctica/Troll", "2024-10-26T12:00:00Z", "2024-10-27 02:30", "2024-10-27T02:30:00+02:00"},
		"two hours' gap at Troll":     {"30 1 * * 0", "Antarctica/Troll", "2024-03-30T12:00:00Z", "2024-03-31 01:30", "2024-03-31T03:30:00+02:00"},
		"a day that Samoa skipped":    {"0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30 09:00", "2011-12-31T09:00:00+14:00"},
		"an ordinary Thursday":        {"0 9 * * 4", "Europe/Rome", "2023-10-25T00:00:00Z", "2023-10-26 09:00", "2023-10-26T09:00:00+02:00"},
		"a descriptor of cron itself": {"@monthly", "Europe/Rome", "2023-10-25T00:00:00Z", "2023-11-01 00:00", "2023-11-01T00:00:00+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			s := schedule(t, c.cron, c.zone)
			want := mce.Slot{Wall: c.wall, Due: at(c.due).UTC()}
			if diff := cmp.Diff(want, s.Next(at(c.after))); diff != "" {
				t.Error(diff)
			}
			if again := s.Next(want.Due); !again.Due.After(want.Due) || again.Wall == c.wall {
				t.Errorf("the slot comes again: %v", again)
			}
		})
	}
}

func TestTheLatestSlotOvertakesThoseMissed(t *testing.T) {
	s := schedule(t, "0 9 * * 4", "Europe/Rome")
	for name, c := range map[string]struct{ since, now, want string }{
		"three weeks off": {"2024-02-29T08:00:00Z", "2024-03-22T10:00:00Z", "2024-03-21 09:00"},
		"on the dot":      {"2024-02-29T08:00:00Z", "2024-03-07T08:00:00Z", "2024-03-07 09:00"},
		"just before":     {"2024-02-29T08:00:00Z", "2024-03-07T07:59:59Z", ""},
		"had already":     {"2024-03-07T08:00:00Z", "2024-03-07T08:00:00Z", ""},
		"clock set back":  {"2024-03-07T08:00:00Z", "2024-03-01T08:00:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			slot, ok := s.Latest(at(c.since), at(c.now))
			if slot.Wall != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v", slot.Wall, ok)
			}
		})
	}
}

func TestSchedulesThatAreNoneAreRefusedClearly(t *testing.T) {
	for _, c := range []struct{ cron, zone, says string }{
		{"TZ=0", "Europe/Rome", "leave the zone out"},
		{"TZ=", "Europe/Rome", "leave the zone out"},
		{"CRON_TZ=Europe/Rome", "Europe/Rome", "leave the zone out"},
		{"CRON_TZ=Europe/Rome 0 9 * * 4", "Europe/Rome", "leave the zone out"},
		{"@every 1h", "Europe/Rome", "an interval has no place on the calendar"},
		{" @every 1h", "Europe/Rome", "an interval has no place on the calendar"},
		{"0 0 31 2 *", "Europe/Rome", "never comes true"},
		{"", "Europe/Rome", "five fields"},
		{"garbage", "Europe/Rome", "five fields"},
		{"0 9 * *", "Europe/Rome", "five fields"},
		{"0 0 9 * * 4", "Europe/Rome", "five fields"},
		{"61 9 * * 4", "Europe/Rome", "five fields"},
		{"*/0 * * * *", "Europe/Rome", "five fields"},
		{"@reboot", "Europe/Rome", "five fields"},
		{"0 9 * * 4", "Local", "such as Europe/Rome"},
		{"0 9 * * 4", "", "such as Europe/Rome"},
		{"0 9 * * 4", "Mars", `"Mars" is unknown`},
		{"0 9 * * 4", "../etc/passwd", "is unknown"},
	} {
		_, err := mce.ParseSchedule(c.cron, c.zone)
		refused(t, err, mce.Invalid, c.says)
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"30 2 * * 0", "TZ=0", "CRON_TZ=Europe/Rome", "@every 1h", "0 0 31 2 *", "0 0 29 2 *", "@", "*/0 * * * *", "1-60/2 , - / ?", "\x00"} {
		f.Add(s)
	}
	now := at("2024-03-31T00:00:00Z")
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := mce.ParseSchedule(expr, "Europe/Rome")
		if err != nil {
			refused(t, err, mce.Invalid)
			return
		}
		if next := s.Next(now); !next.Due.After(now) {
			t.Errorf("%q: the slot after %s is %v", expr, now, next)
		}
	})
}

func TestATimeOfDayIsReadAndPlacedInItsZone(t *testing.T) {
	nine, err := mce.ParseLocalTime("09:00")
	if err != nil {
		t.Fatal(err)
	}
	event := mce.Event{TimeZone: "Europe/Rome"}
	if got, want := nine.On(at("2024-04-02T23:30:00Z").In(event.Zone()), -7), at("2024-03-27T09:00:00+01:00"); !got.Equal(want) {
		t.Errorf("a week before 3 April in Rome: %s, want %s", got, want)
	}
	for _, bad := range []string{"", "9", "24:00", "09:60", "09:00:00", "9 am"} {
		_, err := mce.ParseLocalTime(bad)
		refused(t, err, mce.Invalid, "09:00")
	}
}

func TestAnUnknownZoneReadsAsUTC(t *testing.T) {
	if got := mce.InZone(at("2024-07-01T12:00:00+02:00"), "Mars"); got.Hour() != 10 {
		t.Errorf("got %s", got)
	}
}
