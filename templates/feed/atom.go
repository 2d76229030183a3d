package feed

import (
	"encoding/xml"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     mce.Lang    `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   atomPerson  `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	Rel      string   `xml:"rel,attr"`
	Type     string   `xml:"type,attr"`
	HrefLang mce.Lang `xml:"hreflang,attr,omitempty"`
	Href     string   `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary,omitempty"`
	Content   atomHTML `xml:"content"`
}

// atomHTML is HTML as text: RFC 4287 §3.1.1.2 wants it escaped.
type atomHTML struct {
	Type string `xml:"type,attr"`
	Body string `xml:",chardata"`
}

func (f Feed) atom() ([]byte, error) {
	out := atomFeed{
		Lang: f.Lang, ID: f.ID, Title: f.Title, Subtitle: f.Description, Updated: atomTime(f.Updated),
		Author: atomPerson{Name: f.Author, URI: f.Site},
		Links:  []atomLink{{"self", mce.AtomFeed.MediaType(), f.Lang, f.Self}, {"alternate", "text/html", f.Lang, f.Home}},
	}
	for _, e := range f.Entries {
		at := atomTime(e.Date) // an issue is never changed once it was sent
		out.Entries = append(out.Entries, atomEntry{
			ID: e.ID, Title: e.Title, Updated: at, Published: at, Link: atomLink{"alternate", "text/html", f.Lang, e.Link},
			Summary: e.Summary, Content: atomHTML{"html", e.HTML},
		})
	}
	return asXML(out)
}

func atomTime(t time.Time) string { return t.Format(time.RFC3339) }

func asXML(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "\t")
	return append([]byte(xml.Header), append(body, '\n')...), err
}
