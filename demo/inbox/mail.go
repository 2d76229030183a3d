package inbox

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxShown is how much of a text or source a page shows; the rest is in the download.
const maxShown = 512 << 10

// The views of a mail, as they stand in its page's address.
const (
	viewHTML        = "html"
	viewText        = "text"
	viewHeaders     = "headers"
	viewSource      = "source"
	viewAttachments = "attachments"
)

type mailPage struct {
	page
	Mail               Mail
	Message            Message
	Received, Date     string
	View               string
	Tabs               []tab
	NewerURL, OlderURL string // "" at either end
	RawURL, FrameURL   string
	Unsubscribe        unsubscribe
	Phone, Dark        bool // how the HTML view shows the mail
	Switches           []tab
	Text               []span
	Source             string
	Cut                bool // Text or Source is not all
	Files              []file
}

// tab is a link of which one in a row is the current.
type tab struct {
	Name, URL string
	Current   bool
}

// file is an attachment as the page shows it.
type file struct {
	Attachment
	URL      string
	Size     string
	Calendar []calendarLine
	Preview  string // "" where the content is no text
}

func (s *site) mail(w http.ResponseWriter, r *http.Request) error {
	m, raw, err := s.inbox.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	message, _ := Parse(raw) // m.Broken already says what is wrong
	views := viewsOf(m, message)
	view := r.PathValue("view")
	if view == "" {
		view = views[0]
	}
	if !slices.Contains(views, view) {
		return ErrNoMail
	}
	p := mailPage{
		page: page{Base: s.base, Title: cmp.Or(strings.TrimSpace(m.Subject), "(no subject)")},
		Mail: m, Message: message, View: view,
		Received:    s.local(m.Received).Format("Monday 2 January 2006, 15:04 MST"),
		RawURL:      s.mailURL(m.ID, "raw"),
		Unsubscribe: unsubscribeOf(message),
	}
	if !m.Date.IsZero() {
		p.Date = m.Date.Format("Monday 2 January 2006, 15:04 -07:00")
	}
	p.NewerURL, p.OlderURL = s.neighbours(m.ID)
	for _, v := range views {
		p.Tabs = append(p.Tabs, tab{tabName(v, message), s.mailURL(m.ID, v), v == view})
	}
	s.fill(&p, r, raw)
	w.Header().Set("Content-Security-Policy", pagePolicy(p.Unsubscribe.Origin))
	return s.render(w, http.StatusOK, "mail", p)
}

// fill adds what only the current view shows.
func (s *site) fill(p *mailPage, r *http.Request, raw []byte) {
	switch p.View {
	case viewHTML:
		p.FrameURL = s.mailURL(p.Mail.ID, "frame")
		p.Phone, p.Dark = r.FormValue("width") == "phone", r.FormValue("colours") == "dark"
		p.Switches = switches(p.Phone, p.Dark)
	case viewText:
		var text string
		text, p.Cut = cut(p.Message.Text)
		p.Text = linkify(text)
	case viewSource:
		source, _ := decodeText("", raw)
		p.Source, p.Cut = cut(source)
	case viewAttachments:
		for i, a := range p.Message.Attachments {
			p.Files = append(p.Files, s.file(p.Mail.ID, i, a))
		}
	}
}

func (s *site) file(id string, i int, a Attachment) file {
	f := file{Attachment: a, URL: s.mailURL(id, viewAttachments+"/"+strconv.Itoa(i+1)), Size: size(len(a.Content))}
	if strings.HasPrefix(a.MediaType, "text/") || strings.HasPrefix(a.MediaType, "message/") {
		text, _ := decodeText(a.Charset, a.Content)
		f.Preview, _ = cut(text)
	}
	if a.MediaType == "text/calendar" {
		f.Calendar = readCalendar(f.Preview)
	}
	return f
}

// viewsOf lists the views that make sense for a mail, the best first.
func viewsOf(m Mail, message Message) []string {
	if m.Broken != "" {
		return []string{viewSource, viewHeaders}
	}
	var views []string
	if message.HTML != "" {
		views = append(views, viewHTML)
	}
	if message.Text != "" {
		views = append(views, viewText)
	}
	if len(message.Attachments) > 0 {
		views = append(views, viewAttachments)
	}
	return append(views, viewHeaders, viewSource)
}

func tabName(view string, m Message) string {
	switch view {
	case viewHTML:
		return "HTML"
	case viewAttachments:
		return fmt.Sprintf("Attachments (%d)", len(m.Attachments))
	}
	return strings.ToUpper(view[:1]) + view[1:]
}

func (s *site) neighbours(id string) (newer, older string) {
	mails := s.inbox.Mails()
	i := slices.IndexFunc(mails, func(m Mail) bool { return m.ID == id })
	if i > 0 {
		newer = s.mailURL(mails[i-1].ID, "")
	}
	if i >= 0 && i+1 < len(mails) {
		older = s.mailURL(mails[i+1].ID, "")
	}
	return newer, older
}

// mailURL is the address of a mail's page, or of something below it.
func (s *site) mailURL(id, below string) string {
	return strings.TrimSuffix(s.base+"/mail/"+id+"/"+below, "/")
}
