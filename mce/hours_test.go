package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestHoursOfAProgramme(t *testing.T) {
	session := func(slug, from, to string, optional bool) mce.Session {
		return mce.Session{Slug: slug, Starts: at("2024-04-03T" + from + ":00+02:00"), Ends: at("2024-04-03T" + to + ":00+02:00"), Optional: optional}
	}
	e := conference()
	e.Sessions = []mce.Session{
		session("all", "09:00", "12:00", false), session("within", "10:00", "11:00", false), session("over", "11:30", "12:30", false),
		session("chosen", "14:00", "15:15", true), session("other", "16:00", "18:00", true),
	}
	r := mce.Registration{Sessions: []string{"chosen"}}
	if got := r.Hours(e); got != 4*time.Hour+45*time.Minute {
		t.Error(got)
	}
	if got := r.Hours(conference()); got != 0 {
		t.Errorf("no programme: %s", got)
	}
}
