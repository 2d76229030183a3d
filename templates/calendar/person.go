package calendar

import (
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/majorcities/mce-mailer/mce"
)

// addPerson adds an ORGANIZER or ATTENDEE (RFC 5545 §3.8.4). Without a name the address stands for it.
//
// golang-ical escapes parameter values with backslashes, which RFC 5545 §3.2 does not know: a colon in a name would end the parameters.
// So the name is quoted here and handed over as part of the property's name, which is written as it is. The value is then taken for a
// text and escaped as one, which changes nothing: \ ; and , do not occur in a mailto.
func addPerson(entry *ics.VEvent, property ics.ComponentProperty, name, address string, params ...ics.PropertyParameter) error {
	address, err := mce.ParseAddress(address)
	if err != nil {
		return err
	}
	if name = line(name); name == "" {
		name = address
	}
	entry.AddProperty(property+";CN="+ics.ComponentProperty(quoted(name)), mailto(address), params...)
	return nil
}

// quoted is a name as a parameter value (RFC 5545 §3.2), in which no double quote can be. Decided: an apostrophe stands for it, and not
// the ^' of RFC 6868, which Outlook and Google show as it is. A backslash becomes a slash: some readers (libical) let it
// escape the closing quote.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(name) + `"`
}

// mailto is an address as a URI; what RFC 6068 §2 does not let stand for itself in a local part is percent-encoded.
func mailto(address string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	for _, c := range []byte(address) {
		if strings.IndexByte("%/?#&=^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
