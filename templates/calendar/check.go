package calendar

import (
	"net/url"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// checkTimes refuses what a calendar cannot say: a zone without a name, an end that is not later (RFC 5545 §3.8.2.2), a year that has not
// four digits. Before 1971 our time zones would not hold (see observance).
func checkTimes(e mce.Event) error {
	if err := mce.CheckZone(e.TimeZone); err != nil {
		return err
	}
	if e.Ends.Unix() <= e.Starts.Unix() {
		return mce.Invalidf("event %s must end later than it starts to stand in a calendar", e.Slug)
	}
	if e.Starts.UTC().Year() < 1971 || e.Ends.UTC().Year() > 9998 {
		return mce.Invalidf("event %s must lie between the years 1971 and 9998 to stand in a calendar", e.Slug)
	}
	return nil
}

// checkURL accepts no address or a whole one. URL is a property whose value is not escaped: a line end in it would begin a new property.
func checkURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	notURI := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) } // RFC 3986 §2
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.ContainsFunc(s, notURI) {
		return mce.Invalidf("%q must be a whole web address beginning with https:// to stand in a calendar", s)
	}
	return nil
}
