package preflight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/majorcities/mce-mailer/mce"
)

// signatures verifies the DKIM signatures of every mail: with the public halves of our keys, which tells whether signing works; and where
// the network may be asked, with what the world finds in DNS, which tells whether it works for them. Where the relay signs there is nothing
// to verify yet.
func signatures(ctx context.Context, i *issue) []mce.Finding {
	if len(i.options.Keys) == 0 {
		return nil
	}
	var out []mce.Finding
	ours := func(name string) ([]string, error) {
		if record, ok := i.options.Keys[name]; ok {
			return []string{record}, nil
		}
		return nil, &net.DNSError{Err: "no such key", Name: name, IsNotFound: true}
	}
	for _, m := range i.mails {
		for _, words := range verify(m, ours) {
			out = append(out, mce.Finding{Where: "signature", Words: words + tellOperator})
		}
	}
	if i.options.Network != nil && len(out) == 0 {
		out = append(out, published(ctx, i)...)
	}
	return out
}

// verify says what is wrong with the signatures of a mail.
func verify(m *message, lookUp func(string) ([]string, error)) []string {
	found, err := dkim.VerifyWithOptions(bytes.NewReader(m.raw), &dkim.VerifyOptions{LookupTXT: lookUp})
	if err != nil || len(found) == 0 {
		return []string{"The mail is not signed, although keys are set (DKIM_KEYS)."}
	}
	var out []string
	for _, v := range found {
		if v.Err != nil {
			out = append(out, fmt.Sprintf("The signature for %s does not hold (%s): mail programs would distrust the mail.", v.Domain, strings.TrimPrefix(v.Err.Error(), "dkim: ")))
			continue
		}
		for _, name := range []string{"From", "List-Unsubscribe", "List-Unsubscribe-Post"} { // RFC 6376 §5.4, RFC 8058 §4
			if !slices.ContainsFunc(v.HeaderKeys, func(k string) bool { return strings.EqualFold(strings.TrimSpace(k), name) }) {
				out = append(out, fmt.Sprintf("The signature for %s does not cover %s.", v.Domain, name))
			}
		}
		if from := domainOf(m.site.From); organisation(from) != organisation(v.Domain) {
			out = append(out, fmt.Sprintf("The mail is signed for %s and sent from %s: the signature does not count for the sender.", v.Domain, from))
		}
	}
	return out
}

// published compares what DNS has with what we sign with. A key that is not there may be on its way: that is advisory.
func published(ctx context.Context, i *issue) []mce.Finding {
	var out []mce.Finding
	theirs := func(name string) ([]string, error) { return i.options.Network.Resolver.LookupTXT(ctx, name) }
	for _, name := range sortedKeys(i.options.Keys) {
		_, err := theirs(name)
		var dns *net.DNSError
		switch {
		case errors.As(err, &dns) && dns.IsNotFound:
			out = append(out, mce.Finding{Level: mce.Advisory, Where: "signature", Words: fmt.Sprintf("DNS has no key at %s: nobody can verify the signature. mce-mailer dkim keygen shows the record.", name) + tellOperator})
		case err != nil:
			out = append(out, mce.Finding{Level: mce.Advisory, Where: "signature", Words: fmt.Sprintf("Whether DNS has the key %s could not be found out (%s).", name, reason(err)) + tellOperator})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, words := range verify(i.mails[0], theirs) {
		out = append(out, mce.Finding{Where: "signature", Words: "With the key in DNS: " + words + tellOperator})
	}
	return out
}
