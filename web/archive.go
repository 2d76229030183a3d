package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// archive lists the issues that were sent.
func (s *Server) archive(w http.ResponseWriter, r *http.Request) error {
	sent, err := s.Store.SentIssues(r.Context())
	if err != nil {
		return err
	}
	v := page.ArchiveList{Common: s.common(r)}
	for _, i := range sent {
		v.Issues = append(v.Issues, page.ArchiveIssue{
			Series: i.Series, Name: i.Name, Number: i.Number, Date: i.Date, Subject: i.Subject, Languages: i.Languages,
		})
	}
	lang := readerLang(r, "")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Archive(w, lang, v) })
}

// archived shows an issue as everybody may read it: the copy that was kept when it was sent, without anything personal.
func (s *Server) archived(w http.ResponseWriter, r *http.Request) error {
	series := r.PathValue("series")
	number, numberErr := strconv.ParseInt(r.PathValue("number"), 10, 32) // what the database counts with
	lang, langErr := mce.ParseLang(r.PathValue("lang"))
	if strings.Trim(series, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || numberErr != nil || number < 1 || langErr != nil {
		return mce.NotFoundf("There is no such issue in the archive.")
	}
	e, err := s.Store.ArchivedEdition(r.Context(), series, int(number), lang)
	if err != nil {
		return err
	}
	// A mail brings its styles along; its pictures are those that the editors chose.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return s.show(w, http.StatusOK, e.Lang, func(w io.Writer) error {
		_, err := io.WriteString(w, e.HTML)
		return err
	})
}
