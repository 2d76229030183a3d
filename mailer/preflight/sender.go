package preflight

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"

	"github.com/majorcities/mce-mailer/mce"
)

// sender looks at what DNS says of the sender's domains. All of it is advisory: an editor cannot mend it, and a failing look-up tells
// nothing.
func sender(ctx context.Context, i *issue) []mce.Finding {
	if i.options.Network == nil {
		return nil
	}
	from := domainOf(i.options.Site.From)
	bounces := from
	if i.options.ReturnPath != "" {
		bounces = domainOf(i.options.ReturnPath)
	}
	var out []mce.Finding
	for _, words := range []string{spf(ctx, i.options.Network.Resolver, bounces), policy(ctx, i.options.Network.Resolver, from)} {
		if words != "" {
			out = append(out, mce.Finding{Where: "sender", Words: words + tellOperator})
		}
	}
	return out
}

// spf says what is wrong with the record that names the servers which may send for a domain (RFC 7208); empty when nothing.
func spf(ctx context.Context, r Resolver, domain string) string {
	records, err := r.LookupTXT(ctx, domain)
	if err != nil && !notFound(err) {
		return fmt.Sprintf("The SPF record of %s could not be looked up (%s).", domain, reason(err))
	}
	records = slices.DeleteFunc(records, func(s string) bool { return s != "v=spf1" && !strings.HasPrefix(strings.ToLower(s), "v=spf1 ") })
	switch {
	case len(records) == 0:
		return fmt.Sprintf("%s has no SPF record: large providers refuse newsletters without (RFC 7208).", domain)
	case len(records) > 1:
		return fmt.Sprintf("%s has %d SPF records, and must have one: with several none counts (RFC 7208 §3.2).", domain, len(records))
	case strings.Contains(records[0]+" ", " +all ") || strings.Contains(records[0]+" ", " all "):
		return fmt.Sprintf("The SPF record of %s lets every server of the world send for it (+all).", domain)
	}
	return ""
}

// policy says what is wrong with the DMARC record of a domain, its own or that of its organisation (RFC 7489 §6.6.3).
func policy(ctx context.Context, r Resolver, domain string) string {
	for _, d := range slices.Compact([]string{domain, organisation(domain)}) {
		_, err := dmarc.LookupWithOptions(d, &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) { return r.LookupTXT(ctx, name) }})
		switch {
		case err == nil:
			return ""
		case errors.Is(err, dmarc.ErrNoPolicy):
		case strings.Contains(err.Error(), "lookup") || dmarc.IsTempFail(err):
			return fmt.Sprintf("The DMARC record of %s could not be looked up.", d)
		default:
			return fmt.Sprintf("The DMARC record of %s cannot be read: %s.", d, strings.TrimPrefix(err.Error(), "dmarc: "))
		}
	}
	return fmt.Sprintf("%s has no DMARC record: large providers refuse newsletters without (RFC 7489). v=DMARC1; p=none is a beginning.", domain)
}

func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// reason is a fault of the network in few words, without addresses of servers that tell readers nothing.
func reason(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &dns):
		return dns.Err
	}
	return "the network could not be asked"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
