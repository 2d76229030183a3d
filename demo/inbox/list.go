package inbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const mailsPerPage = 50

type listPage struct {
	page
	Query              string
	Total, Found       int // mails in the inbox; those that the query finds
	Number, Pages      int // this page, from 1; how many there are, at least 1
	Days               []day
	NewerURL, OlderURL string // "" where there is no such page
	LiveURL, StillURL  string // this page, refreshing itself or not
	Addr               string // where the inbox accepts mail
}

// day is the mails of one day of the inbox's clock.
type day struct {
	Date  string
	Mails []row
}

type row struct {
	Mail
	URL, Time string
}

func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	all := s.inbox.Mails()
	query := strings.TrimSpace(r.FormValue("q"))
	found := search(all, query)
	live := r.FormValue("live") == "1"
	p := listPage{
		page:  page{Base: s.base, Title: "Inbox", Live: live},
		Query: query, Total: len(all), Found: len(found),
		Pages: max(1, (len(found)+mailsPerPage-1)/mailsPerPage),
		Addr:  s.inbox.Addr(),
	}
	number, _ := strconv.Atoi(r.FormValue("page")) // nonsense is page 1
	p.Number = min(max(number, 1), p.Pages)
	first := (p.Number - 1) * mailsPerPage
	p.Days = s.days(found[first:min(first+mailsPerPage, len(found))])
	if p.Number > 1 {
		p.NewerURL = s.listURL(query, p.Number-1, live)
	}
	if p.Number < p.Pages {
		p.OlderURL = s.listURL(query, p.Number+1, live)
	}
	p.LiveURL, p.StillURL = s.listURL(query, p.Number, true), s.listURL(query, p.Number, false)
	return s.render(w, http.StatusOK, "list", p)
}

// search finds the mails, in their order, whose addresses or subject hold the query; case does not matter.
func search(mails []Mail, query string) []Mail {
	if query == "" {
		return mails
	}
	query = strings.ToLower(query)
	var found []Mail
	for _, m := range mails {
		fields := append([]string{m.From, m.Subject, m.HeaderFrom, m.HeaderTo}, m.To...)
		if strings.Contains(strings.ToLower(strings.Join(fields, "\n")), query) {
			found = append(found, m)
		}
	}
	return found
}

func (s *site) days(mails []Mail) []day {
	var days []day
	for _, m := range mails {
		received := s.local(m.Received)
		date := received.Format("Monday 2 January 2006")
		if len(days) == 0 || days[len(days)-1].Date != date {
			days = append(days, day{Date: date})
		}
		last := &days[len(days)-1]
		last.Mails = append(last.Mails, row{m, s.mailURL(m.ID, ""), received.Format("15:04")})
	}
	return days
}

// local shows a time in the zone of the inbox's clock.
func (s *site) local(t time.Time) time.Time { return t.In(s.inbox.now().Location()) }

func (s *site) listURL(query string, number int, live bool) string {
	values := url.Values{}
	if query != "" {
		values.Set("q", query)
	}
	if number > 1 {
		values.Set("page", strconv.Itoa(number))
	}
	if live {
		values.Set("live", "1")
	}
	if len(values) == 0 {
		return s.base + "/"
	}
	return s.base + "/?" + values.Encode()
}

// Recipients is who the mail was sent to, the envelope's word for it.
func (r row) Recipients() string { return strings.Join(r.To, ", ") }

// Sender is the person who wrote the mail, or the envelope's sender where the header names nobody.
func (r row) Sender() string {
	switch {
	case r.HeaderFrom != "":
		return r.HeaderFrom
	case r.From != "":
		return r.From
	}
	return "the null sender"
}

// Marked names the attachments for the list; "" where there are none.
func (r row) Marked() string {
	switch r.Attachments {
	case 0:
		return ""
	case 1:
		return "1 attachment"
	}
	return fmt.Sprintf("%d attachments", r.Attachments)
}
