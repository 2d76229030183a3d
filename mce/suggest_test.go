package mce_test

import (
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/majorcities/mce-mailer/mce"
)

func TestASlipBehindTheAtIsGuessed(t *testing.T) {
	for typed, want := range map[string]string{
		"gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmaill.com": "gmail.com", "gnail.com": "gmail.com", "mgail.com": "gmail.com",
		"gmail.con": "gmail.com", "gmail.cmo": "gmail.com", "gmail.ocm": "gmail.com", "gmail,com": "gmail.com", "gmail.co": "gmail.com",
		"gmail.cm": "gmail.com", "gmailcom": "gmail.com", "gmail..com": "gmail.com", "gmail.com.": "gmail.com", "gmial.con": "gmail.com",
		"GMIAL.com": "gmail.com", "gamil.com": "gmail.com", "outlok.com": "outlook.com", "oultook.com": "outlook.com", "outloook.com": "outlook.com",
		"hotmial.com": "hotmail.com", "hotmal.it": "hotmail.it", "hotmaul.fr": "hotmail.fr", "yaho.com": "yahoo.com", "yahooo.it": "yahoo.it", "yhaoo.com": "yahoo.com",
		"iclod.com": "icloud.com", "icoud.com": "icloud.com", "lbero.it": "libero.it", "libreo.it": "libero.it", "libero.ti": "libero.it", "gmx.ed": "gmx.de",
		"gmx.ent": "gmx.net", "web.dee": "web.de", "ornage.fr": "orange.fr", "orange.rf": "orange.fr", "wanado.fr": "wanadoo.fr", "t-onlin.de": "t-online.de",
		"live.con": "live.com", "porton.me": "proton.me", "protonmial.com": "protonmail.com", "protnomial.com": "protonmail.com", "googlmal.com": "googlemail.com",
		"comune.prato.ti": "comune.prato.it", "majorcities.ogr": "majorcities.org", "comune,prato,it": "comune.prato.it", "example.con": "example.com",
	} {
		for _, local := range []string{"anna", "Anna.Rossi+gmial", `"a@gmial.com "`} {
			got, ok := mce.SuggestAddress(" " + local + "@" + typed)
			if !ok || got != local+"@"+want {
				t.Errorf("%s@%s: %q, %v; want @%s", local, typed, got, ok, want)
			}
			if again, ok := mce.SuggestAddress(got); ok {
				t.Errorf("%s is suggested, and then %s", got, again)
			}
		}
	}
}

func TestARealDomainIsNoSlip(t *testing.T) {
	for domain := range strings.FieldsSeq(`
		gmail.com googlemail.com outlook.com hotmail.com live.com msn.com icloud.com yahoo.com proton.me protonmail.com hotmail.it yahoo.it
		libero.it gmx.de gmx.net gmx.com web.de orange.fr
		gmx.at gmx.ch gmx.eu gmx.fr mail.com email.com ymail.com jmail.com gmail.it gmail.de hotmail.fr hotmail.be hotmail.co.uk hotmail.gr yahoo.co.uk
		yahoo.ie outlook.es outlook.dk live.nl live.se lime.com love.com olive.com web.com wed.de me.com pm.me protonmail.ch proton.ch photon.me
		cloud.com orange.es orange.com orange.pl orage.fr libera.it libro.it alice.it tin.it virgilio.it free.fr sfr.fr laposte.net posteo.de
		mailbox.org t-online.de freenet.de arcor.de seznam.cz wp.pl o2.pl onet.pl abv.bg telia.com online.no luukku.com
		comune.prato.it hamburg.de zuerich.ch izmir.bel.tr ljubljana.si hel.fi example.org example.co mail.example.com google.com yandex.com
		gmail.example.org mail.gmail.com xn--mnchen-3ya.example münchen.example city.cm ministry.om tim.it ti.com ed.ac.uk`) {
		if got, ok := mce.SuggestAddress("anna@" + domain); ok {
			t.Errorf("%s was taken for %s", domain, got)
		}
	}
	for _, s := range []string{"", "@", "anna", "@gmial.com", "anna@", "anna@gmail", "an na@gmial.com", "anna@.", "anna@,", "anna@con", "žofie@gmial.com"} {
		if got, ok := mce.SuggestAddress(s); ok {
			t.Errorf("%q was taken for %q", s, got)
		}
	}
}

// An ending that is mended must not be one that a domain can have.
func TestMendedEndingsDoNotExist(t *testing.T) {
	mended := 0
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			for _, c := range strings.Split(" abcdefghijklmnopqrstuvwxyz", "") {
				for _, ending := range []string{strings.TrimSpace(string(a) + string(b) + c), "c" + string(a) + string(b) + c, string(a) + string(b) + c + "g", "net" + c} {
					ending = strings.TrimSpace(ending)
					_, ok := mce.SuggestAddress("anna@city-hall." + ending)
					if suffix, real := publicsuffix.PublicSuffix("city-hall." + ending); ok && real && suffix == ending {
						t.Errorf(".%s exists and is mended", ending)
					} else if ok {
						mended++
					}
				}
			}
		}
	}
	if mended < 20 {
		t.Errorf("only %d endings were mended", mended)
	}
}

func FuzzSuggestAddress(f *testing.F) {
	for _, s := range []string{"anna@gmial.com", "a@gmail,com", "a@g.con", `"@"@x.ti`, "@", "é@gmial.com", "a@b@hotmial.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := mce.SuggestAddress(s)
		if !ok {
			return
		}
		if _, err := mce.ParseAddress(got); err != nil {
			t.Errorf("%q: %q is suggested: %v", s, got, err)
		}
		if at := strings.LastIndexByte(got, '@'); !strings.Contains(s, got[:at+1]) || strings.EqualFold(strings.TrimSpace(s), got) {
			t.Errorf("%q: %q is suggested", s, got)
		}
		if again, ok := mce.SuggestAddress(got); ok {
			t.Errorf("%q: %q is suggested, and then %q", s, got, again)
		}
	})
}
