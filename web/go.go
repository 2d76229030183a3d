package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// follow leads to what a link of an issue led to when the issue left, and to nothing else. The address is the same for all readers; that it was
// followed is counted, and nothing is kept of who did. It is the one GET that writes anything, and what it writes decides nothing.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) error {
	issue, err := strconv.ParseInt(r.PathValue("issue"), 10, 64)
	if err != nil {
		return &mce.Error{Code: mce.NotFound, Err: err}
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 1 || number > 1<<30 {
		return &mce.Error{Code: mce.NotFound, Err: err}
	}
	to, err := s.Store.FollowLink(r.Context(), issue, number, byPerson(r))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // an address of the issue, which editors approved
	return nil
}

// byPerson reports whether a request looks like somebody's who follows a link: a browser that opens a page, by its Fetch metadata
// (https://www.w3.org/TR/fetch-metadata/), and not ahead of time. Scanners of mail seldom have them; those that say what they are, are believed.
func byPerson(r *http.Request) bool {
	agent := strings.ToLower(r.UserAgent())
	for _, robot := range []string{"bot", "crawl", "spider", "scan", "preview", "headless", "python", "curl", "wget", "go-http"} {
		if strings.Contains(agent, robot) {
			return false
		}
	}
	h := r.Header
	return r.Method == http.MethodGet && h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Dest") == "document" &&
		h.Get("Sec-Purpose") == "" && h.Get("Purpose") == "" && agent != ""
}
