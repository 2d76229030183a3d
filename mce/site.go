package mce

import (
	"net/url"
	"strings"
)

// Site is who we are to the outside: what letters and pages say of the association, from the configuration.
type Site struct {
	Name      string // "Major Cities of Europe"
	Short     string // "MCE"
	Postal    string // one line, in every newsletter
	PublicURL string // without a slash at its end
	FromName  string
	From      string // address
	ReplyTo   string // address read by people
}

// URL is the address of a page of ours.
func (s Site) URL(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return s.PublicURL + "/" + strings.Join(parts, "/")
}

// Domain is the part of From behind the @: right half of Message-IDs and of List-Id.
func (s Site) Domain() string { return s.From[strings.LastIndexByte(s.From, '@')+1:] }

// LeaveURL is the one-click address and page for leaving; token may be a slot mark.
func (s Site) LeaveURL(token string) string { return s.PublicURL + "/leave/" + token }

// ConfirmURL is the page for confirming a subscription.
func (s Site) ConfirmURL(token string) string { return s.PublicURL + "/confirm/" + token }

// ArchiveURL is the public page of an issue; series and language as they are.
func (s Site) ArchiveURL(series string, number string, lang Lang) string {
	return s.URL("archive", series, number, string(lang))
}
