package mailer

import (
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// ParseLimits reads the limits of recipient domains, as "example.org per_minute=600 sessions=4; example.net sessions=2". The domain * is
// every one that is not named.
func ParseLimits(text string) (map[string]mce.Limit, error) {
	limits := map[string]mce.Limit{}
	for entry := range strings.SplitSeq(text, ";") {
		words := strings.Fields(entry)
		if len(words) == 0 {
			continue
		}
		domain := strings.ToLower(words[0])
		if domain != "*" {
			a, err := mce.ParseAddress("postmaster@" + domain)
			if err != nil {
				return nil, mce.Invalidf("%q is no domain; expected a form such as example.org per_minute=600 sessions=4; …", words[0])
			}
			domain = mce.Letter{To: a}.Domain()
		}
		if _, twice := limits[domain]; twice {
			return nil, mce.Invalidf("%s is there twice", domain)
		}
		var limit mce.Limit
		for _, word := range words[1:] {
			key, value, _ := strings.Cut(word, "=")
			if known, err := setLimit(&limit, key, value); err != nil {
				return nil, err
			} else if !known {
				return nil, mce.Invalidf("%q is not known for %s; use per_minute=… and sessions=…", word, domain)
			}
		}
		if limit == (mce.Limit{}) {
			return nil, mce.Invalidf("%s has no limit; say per_minute=… or sessions=…", domain)
		}
		limits[domain] = limit
	}
	return limits, nil
}

// setLimit takes in what limits of relays and of domains have in common; known is false for anything else.
func setLimit(l *mce.Limit, key, value string) (known bool, err error) {
	switch key {
	case "per_minute":
		return true, setNumber(&l.PerMinute, key, value, 1)
	case "sessions":
		return true, setNumber(&l.Sessions, key, value, 1)
	}
	return false, nil
}

func setNumber(to *int, key, value string, least int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > 1_000_000 {
		return mce.Invalidf("%s=%s is not understood; expected a number from %d on", key, value, least)
	}
	*to = n
	return nil
}
