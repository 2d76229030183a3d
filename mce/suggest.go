package mce

import (
	"slices"
	"strings"
)

// SuggestAddress guesses what was meant by an address with a typing slip behind the @, as in anna@gmial.com. It is only ever a suggestion
// for people to look at: a slip may be somebody's domain. The part before the @ stays as it is typed, and what is suggested is an address
// that ParseAddress accepts. ok is false where there is nothing to suggest, which includes every domain known to be in use.
func SuggestAddress(address string) (suggestion string, ok bool) {
	address = strings.TrimFunc(address, isBlank)
	at := strings.LastIndexByte(address, '@')
	typed := strings.ToLower(address[at+1:])
	meant := meantDomain(typed)
	if at < 1 || meant == "" || meant == typed {
		return "", false
	}
	suggestion = address[:at+1] + meant
	_, err := ParseAddress(suggestion)
	return suggestion, err == nil
}

// meantDomain is the domain that was meant, by its ending first and then by its name; empty where nothing is to be guessed.
func meantDomain(typed string) string {
	if slices.Contains(inUse(), typed) {
		return ""
	}
	domain := strings.Trim(strings.ReplaceAll(typed, ",", "."), ".")
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 {
		for _, p := range providers() { // gmailcom
			if strings.ReplaceAll(p, ".", "") == domain {
				return p
			}
		}
		return ""
	}
	name, ending := domain[:dot], domain[dot+1:]
	if right := rightEnding(ending); right != "" {
		ending = right
	} else if (ending == "co" || ending == "cm" || ending == "om") && slices.Contains(providers(), name+".com") {
		ending = "com" // these exist, but the providers' mail is not there
	}
	domain = name + "." + ending
	if slices.Contains(inUse(), domain) {
		return domain
	}
	if p := nearest(name, ending); p != "" {
		return p
	}
	return domain
}

// nearest is the provider with that ending of which the name is a slip; empty for none, or for two that are equally near.
//
// Short names (gmx, web, live) are left alone, and so are those that begin otherwise: people rarely miss the first letter, and mail.com,
// email.com and ymail.com are not gmail.com. Two letters swapped at the beginning (mgail) are a slip all the same.
func nearest(name, ending string) (provider string) {
	least := 3
	for _, p := range providers() {
		right, ok := strings.CutSuffix(p, "."+ending)
		if !ok || len(right) < 5 || name == "" {
			continue
		}
		if name[0] != right[0] && (len(name) < 2 || name[0] != right[1] || name[1] != right[0]) {
			continue
		}
		allowed := 1
		if len(right) >= 9 {
			allowed = 2
		}
		switch slips := distance(name, right); {
		case slips > allowed || slips > least:
		case slips == least:
			provider = ""
		default:
			provider, least = p, slips
		}
	}
	return provider
}

// distance counts the slips between two words: letters left out, added, wrong, or swapped with the next (Damerau-Levenshtein, where no
// letter is touched twice).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// rightEnding is the top level that was meant by one that does not exist; empty for any other.
func rightEnding(ending string) string {
	switch ending {
	case "con", "cmo", "ocm", "vom", "xom", "cim", "cpm", "comm", "coom", "ccom", "como", "conm":
		return "com"
	case "ent", "nte", "met", "nett", "nrt":
		return "net"
	case "ogr", "rog", "orgg", "prg":
		return "org"
	case "ti", "itt", "iit":
		return "it"
	case "ed", "dee":
		return "de"
	case "rf", "frr":
		return "fr"
	}
	return ""
}

// providers are those where people of Europe's cities have mailboxes, as the sign-ups of such newsletters show them.
func providers() []string {
	return strings.Fields(`
		gmail.com googlemail.com outlook.com hotmail.com live.com msn.com icloud.com yahoo.com proton.me protonmail.com gmx.com
		hotmail.it yahoo.it libero.it virgilio.it tiscali.it live.it outlook.it
		gmx.de gmx.net web.de t-online.de freenet.de hotmail.de yahoo.de
		orange.fr wanadoo.fr laposte.net hotmail.fr yahoo.fr
		hotmail.es telefonica.net yahoo.es
		seznam.cz interia.pl telenet.be skynet.be ziggo.nl`)
}

// PublicDomain reports whether a domain is one where everybody may have a mailbox.
func PublicDomain(domain string) bool { return slices.Contains(inUse(), strings.ToLower(domain)) }

// inUse are domains that are never taken for a slip: the providers, and others that look like them.
func inUse() []string {
	return append(providers(), strings.Fields(`
		mail.com email.com ymail.com rocketmail.com gmx.at gmx.ch gmx.eu yahoo.co.uk hotmail.co.uk gmail.it alice.it libera.it libro.it
		liberi.it photon.me oranger.fr orage.fr me.com mac.com aol.com mail.ru email.it`)...)
}
