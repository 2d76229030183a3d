package postgres

import "github.com/majorcities/mce-mailer/mce"

// checkSeen refuses a change of what is not any more as it was seen, by its mark; the mark of nothing is empty.
func checkSeen[T interface{ Mark() string }](what string, found []T, seen string) error {
	stands := ""
	if len(found) > 0 {
		stands = found[0].Mark()
	}
	if stands != seen {
		return mce.Conflictf("the %s has changed since you opened this page; look at it again, then decide", what)
	}
	return nil
}
