package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/net/html/atom"

	"github.com/majorcities/mce-mailer/mce"
)

// link is an address that the mails have, and where it stands.
type link struct {
	url   string
	where string
	lang  mce.Lang
}

// entry is where in the form of its item the link stands; empty where that is not known.
func (l link) entry(d mce.Draft) string {
	for _, it := range d.Items {
		if it.Slug() != l.where {
			continue
		}
		for name, value := range addressesOf(it) {
			if address, _, _ := strings.Cut(value, "#"); address == l.url {
				return name
			}
		}
		for _, f := range it.Texts() {
			if strings.Contains(f.Text[l.lang], l.url) {
				return mce.TextField(f.Entry, l.lang)
			}
		}
	}
	return ""
}

// addressesOf are the addresses that an item has entries of their own for.
func addressesOf(it mce.Item) map[string]string {
	switch {
	case it.Article != nil:
		return map[string]string{"link": it.Article.Link, "image": it.Article.Image}
	case it.Event != nil:
		return map[string]string{"link": it.Event.Link, "online": it.Event.Online}
	case it.Resource != nil:
		return map[string]string{"link": it.Resource.Link}
	}
	return nil
}

// links looks at all links and pictures that lead elsewhere, a few at a time. Only what is surely gone blocks.
func links(ctx context.Context, i *issue) []mce.Finding {
	if i.options.Network == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	all, web := linksOf(i), NewLinks(i.options.Network.Links)
	defer web.Close()
	answers := make([]answer, len(all))
	var wait sync.WaitGroup
	for n, l := range all {
		wait.Go(func() {
			answers[n].status, answers[n].err = web.look(ctx, l.url)
		})
	}
	wait.Wait()
	online := false // somebody answered: what has no name is not merely out of our reach
	for _, a := range answers {
		online = online || a.status != 0
	}
	var out []mce.Finding
	for n, l := range all {
		if f := answers[n].finding(l.url, online); f.Words != "" {
			f.Where, f.Lang, f.Field = l.where, l.lang, l.entry(i.draft)
			out = append(out, f)
		}
	}
	return out
}

// answer is what came of looking at a link.
type answer struct {
	status int
	err    error
}

// finding says what is wrong; it is empty when nothing is. online: other links were answered.
func (a answer) finding(link string, online bool) mce.Finding {
	blocking := func(words string) mce.Finding {
		return mce.Finding{Level: mce.Blocking, Words: fmt.Sprintf("%s: %s. Correct the link, or take it out.", link, words)}
	}
	advisory := func(words string) mce.Finding {
		return mce.Finding{Level: mce.Advisory, Words: fmt.Sprintf("%s: %s. Try it yourself.", link, words)}
	}
	var dns *net.DNSError
	switch {
	case a.err == nil && (a.status == 404 || a.status == 410):
		return blocking(fmt.Sprintf("the page is not there (%d)", a.status))
	case a.err == nil && a.status >= 500:
		return advisory(fmt.Sprintf("the server has a fault at present (%d)", a.status))
	case a.err == nil && a.status >= 400:
		return advisory(fmt.Sprintf("the server does not let a program look (%d)", a.status))
	case a.err == nil:
		return mce.Finding{}
	case errors.Is(a.err, errPrivate) && literal(hostOf(link)) && !ledOn(a.err, link):
		return blocking("it leads into a private network, which readers cannot reach")
	case errors.Is(a.err, errPrivate), errors.Is(a.err, errPort), errors.Is(a.err, errRedirects), errors.Is(a.err, errScheme):
		return advisory("it was not looked at, because " + sentenceOf(a.err))
	case errors.As(a.err, &dns) && dns.IsNotFound && online:
		return blocking("there is no such server")
	case errors.As(a.err, &dns):
		return advisory("the name of the server could not be looked up (" + reason(a.err) + ")")
	}
	return advisory("no answer (" + reason(a.err) + ")")
}

// sentenceOf is the innermost cause, one of ours.
func sentenceOf(err error) string {
	for _, known := range []error{errPrivate, errPort, errRedirects, errScheme} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}

// ledOn reports whether it was not the link itself but one that it redirects to that failed.
func ledOn(err error, link string) bool {
	var at *url.Error
	return errors.As(err, &at) && at.URL != link
}

func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// linksOf lists the links of all mails once for each place. Our own pages are left out: that of the issue is there only once it was sent,
// and the others are opened by tokens.
func linksOf(i *issue) []link {
	var out []link
	seen := map[link]bool{}
	own := i.options.Site.PublicURL + "/"
	for _, m := range i.mails {
		for n := range m.doc.Descendants() {
			var l link
			switch n.DataAtom {
			case atom.A:
				l.url = attribute(n, "href")
			case atom.Img:
				l.url = attribute(n, "src")
			}
			u, err := url.Parse(l.url)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || strings.HasPrefix(l.url, own) || l.url+"/" == own {
				continue
			}
			u.Fragment = ""
			l.url, l.where = u.String(), m.where(n)
			if !seen[l] { // in whatever language: it is the same page
				seen[l] = true
				l.lang = m.part.Lang
				out = append(out, l)
			}
		}
	}
	return out
}
