package mailer

import (
	"bytes"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// stamp is an edition made ready: its MIME message cut at the slots. A letter is copies of the parts with its values between.
type stamp struct {
	parts  [][]byte // one more than slots
	slots  []slot
	domain string
	latest time.Time
	greet  func(name string) string
	wire   bool // dot-stuffed (RFC 5321 §4.5.2), as the dialogue wants it
}

// slot is a place to fill: what goes there, and the encoding of its surroundings.
type slot struct {
	name string
	in   place
}

type place int

const (
	inHeader place = iota
	inText         // quoted-printable
	inHTML         // quoted-printable of HTML
)

// softBreak is a line break that quoted-printable readers take away (RFC 2045 §6.7 rule 5). One on each side keeps a value on a line of
// its own, so that no line grows too long whatever the value is.
const softBreak = "=\r\n"

// prepare encodes an edition and finds its slots. Every mark that the edition's text has must come back out of the encoding.
func prepare(e mce.Edition, s Sender, greet func(name string) string) (*stamp, error) {
	raw, err := encode(e, s)
	if err != nil {
		return nil, err
	}
	bodyAt := bytes.Index(raw, []byte("\r\n\r\n"))
	htmlAt := bytes.Index(raw, []byte("\r\nContent-Type: text/html"))
	if bodyAt < 0 || htmlAt < bodyAt {
		return nil, fmt.Errorf("edition %d: the encoded mail is not text followed by HTML", e.ID)
	}
	st := &stamp{domain: e.Domain, latest: e.Latest, greet: greet}
	at := 0
	for _, m := range markForm(e.Nonce).FindAllSubmatchIndex(raw, -1) {
		sl := slot{name: strings.ReplaceAll(string(raw[m[2]:m[3]]), softBreak, "")}
		part := raw[at:m[0]]
		switch {
		case m[0] > htmlAt:
			sl.in = inHTML
		case m[0] > bodyAt:
			sl.in = inText
		}
		if at > 0 && st.slots[len(st.slots)-1].in != inHeader {
			part = append([]byte(softBreak), part...)
		}
		if sl.in != inHeader {
			part = append(bytes.Clone(part), softBreak...)
		}
		st.parts, st.slots, at = append(st.parts, part), append(st.slots, sl), m[1]
	}
	st.parts = append(st.parts, append([]byte(softBreak), raw[at:]...))
	return st, st.check(e)
}

// forWire stuffs the dots once for all letters. Where each is signed on its own it must be done afterwards.
func (st *stamp) forWire() *stamp {
	wire := *st
	wire.wire, wire.parts = true, make([][]byte, len(st.parts))
	for i, part := range st.parts {
		wire.parts[i] = stuff(nil, part) // where a part begins, a slot ended: that is no line's beginning
	}
	return &wire
}

// markForm finds the marks, also where quoted-printable broke the line within one.
func markForm(nonce string) *regexp.Regexp {
	loose := func(s string) string { return strings.Join(strings.Split(s, ""), `(?:=\r\n)?`) }
	return regexp.MustCompile(loose("zq"+nonce) + `(?:=\r\n)?((?:[A-Z]|=\r\n)+)` + loose("qz"))
}

// over reports whether the letter is of no more use, after an outage for instance.
func (st *stamp) over(now time.Time) bool { return !st.latest.IsZero() && now.After(st.latest) }

// check compares the slots found with those that went in.
func (st *stamp) check(e mce.Edition) error {
	want := 3 + strings.Count(e.HTML, "zq"+e.Nonce) + strings.Count(e.Text, "zq"+e.Nonce)
	if e.Kind.Leavable() {
		want += 2 // both ways of List-Unsubscribe
	}
	if len(st.slots) != want {
		return fmt.Errorf("edition %d: %d slots went into the encoding and %d came out", e.ID, want, len(st.slots))
	}
	for _, sl := range st.slots {
		switch sl.name {
		case slotMessageID, slotDate, slotTo, mce.SlotGreeting, mce.SlotToken, mce.SlotCode:
		default:
			return fmt.Errorf("edition %d: there is no slot %q", e.ID, sl.name)
		}
	}
	if len(st.slots) == 0 || st.slots[len(st.slots)-1].in == inHeader {
		return fmt.Errorf("edition %d: nothing in its text is personal, not even the greeting", e.ID)
	}
	return nil
}

// stamp appends the letter to dst: copies and fills, nothing is rendered.
func (st *stamp) stamp(dst []byte, l mce.Letter, keys *mce.Keys) ([]byte, error) {
	if strings.ContainsAny(l.To+l.Name, "\r\n\x00") {
		return nil, fmt.Errorf("the address or name of letter %d would break a header", l.ID)
	}
	var held [48]byte
	token := keys.AppendToken(held[:0], l.Purpose(), l.PersonID, l.CauseID) // it stands in several places
	for i, sl := range st.slots {
		dst = append(dst, st.parts[i]...)
		switch sl.name {
		case slotMessageID:
			dst = keys.AppendToken(dst, mce.ForReturn, l.ID, 0)
			dst = append(append(dst, '@'), st.domain...)
		case slotDate:
			dst = l.CreatedAt.AppendFormat(dst, time.RFC1123Z)
		case slotTo:
			dst = append(dst, mailbox(l.Name, l.To)...)
		case mce.SlotToken:
			dst = append(dst, token...)
		case mce.SlotCode:
			dst = st.appendQuoted(dst, l.Code)
		case mce.SlotGreeting:
			words := st.greet(l.Name)
			if sl.in == inHTML {
				words = html.EscapeString(words)
			}
			dst = st.appendQuoted(dst, words)
		}
	}
	return append(dst, st.parts[len(st.slots)]...), nil
}

// mailbox is a name and an address for a header. A long name is many encoded words; each goes on a line of its own (RFC 2047 §2: a line
// with any has at most 76 characters).
func mailbox(name, address string) string {
	if strings.HasPrefix(address, `"`) { // net/mail would quote the quotation marks
		local, domain := mce.SplitAddress(address)
		address = local + "@" + domain
	}
	s := (&mail.Address{Name: name, Address: address}).String()
	if len(s) <= 72 {
		return s
	}
	return strings.ReplaceAll(s, "?= ", "?=\r\n ")
}

// appendQuoted appends s in quoted-printable, at the beginning of a line. What is plain and short, as most names are, is copied.
func (st *stamp) appendQuoted(dst []byte, s string) []byte {
	if len(s) < 72 && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' && r != ' ' || r > '~' || r == '=' }) < 0 &&
		!strings.HasPrefix(s, ".") && !strings.HasSuffix(s, " ") {
		return append(dst, s...)
	}
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(s)) //nolint:errcheck // a Buffer takes everything
	w.Close()          //nolint:errcheck
	if st.wire {
		return stuff(dst, b.Bytes())
	}
	return append(dst, b.Bytes()...)
}
