package preflight

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/majorcities/mce-mailer/mce"
)

var fileName = regexp.MustCompile(`(?i)^\S+\.(?:jpe?g|png|gif|webp|svg|heic)$|^(?:IMG|DSC|image|photo|picture|foto|immagine)[_ -]?\d*$`)

// pictures looks for what stands for a picture where it is not seen. A picture marked as mere ornament needs none.
func pictures(_ *issue, m *message) []mce.Finding {
	var out []mce.Finding
	for n := range m.doc.Descendants() {
		if n.DataAtom != atom.Img {
			continue
		}
		alt, has := lookUp(n, "alt")
		alt = strings.TrimSpace(alt)
		ornament := has && (attribute(n, "role") == "presentation" || attribute(n, "aria-hidden") == "true")
		name := attribute(n, "src")
		name = name[strings.LastIndexByte(name, '/')+1:]
		switch {
		case alt == "" && !ornament:
			out = append(out, mce.Finding{Where: m.where(n), Field: mce.TextField("image_alt", m.part.Lang), Words: fmt.Sprintf("The picture %s has no alternative text. Say in a few words what it shows.", quoted(name))})
		case fileName.MatchString(alt):
			out = append(out, mce.Finding{Level: mce.Advisory, Where: m.where(n), Field: mce.TextField("image_alt", m.part.Lang), Words: fmt.Sprintf("The alternative text %s is a file's name. Say in a few words what the picture shows.", quoted(alt))})
		}
	}
	return out
}
