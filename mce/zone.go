package mce

import (
	"time"
	_ "time/tzdata" // the zones are in the program: a slim machine has none
)

// CheckZone refuses what is not a name of the time zone database. "Local" is refused too: it means another zone on another machine.
func CheckZone(name string) error {
	if name == "" || name == "Local" {
		return Invalidf("a time zone is needed by name, such as Europe/Rome")
	}
	if _, err := time.LoadLocation(name); err != nil {
		return Invalidf("time zone %q is unknown; use a name such as Europe/Rome", name)
	}
	return nil
}

func zoneOrUTC(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// InZone is the time on the wall clock of a zone; on UTC's where the name is unknown.
func InZone(t time.Time, zone string) time.Time { return t.In(zoneOrUTC(zone)) }
