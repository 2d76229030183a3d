package calendar

import (
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/majorcities/mce-mailer/mce"
)

// addPerson adds an ORGANIZER or ATTENDEE (RFC 5545 §3.8.4). Without a name the address stands for it.
//
// golang-ical escapes parameter values with backslashes, which RFC 5545 §3.2 does not know: a colon in a name would end the parameters.
// So the name is quoted here and handed over as part of the property's name, which is written as it is. The value is then taken for a
// text and escaped as one, which changes nothing: \ ; and , do not occur in a mailto, which has them percent-encoded.
func addPerson(entry *ics.VEvent, property ics.ComponentProperty, name, address string, params ...ics.PropertyParameter) error {
	address, err := mce.ParseAddress(address)
	if err != nil {
		return err
	}
	if name = line(name); name == "" {
		name = address
	}
	entry.AddProperty(property+";CN="+ics.ComponentProperty(quoted(name)), mce.Mailto(address), params...)
	return nil
}

// quoted is a name as a parameter value (RFC 5545 §3.2), in which no double quote can be. Decided: an apostrophe stands for it, and not
// the ^' of RFC 6868, which Outlook and Google show as it is. A backslash becomes a slash: some readers (libical) let it
// escape the closing quote.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(name) + `"`
}
