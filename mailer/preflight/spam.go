package preflight

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// spamTime is how long a verdict may take: SpamAssassin may ask the network itself.
const spamTime = 30 * time.Second

// spam asks SpamAssassin for its opinion of the whole issue in each language; that of shorter editions is hardly another.
func spam(ctx context.Context, i *issue) []mce.Finding {
	if i.options.Spamd == "" {
		return nil
	}
	var out []mce.Finding
	seen := map[mce.Lang]bool{}
	for _, m := range i.mails {
		if seen[m.part.Lang] {
			continue
		}
		seen[m.part.Lang] = true
		f := mce.Finding{Where: "mail", Lang: m.part.Lang}
		v, err := askSpamd(ctx, i.options.Spamd, m.raw)
		switch {
		case err != nil:
			f.Level, f.Words = mce.Advisory, "SpamAssassin did not give its opinion ("+err.Error()+")."+tellOperator
		case v.score >= v.limit:
			f.Words = fmt.Sprintf("SpamAssassin takes this mail for spam: %.1f points, and %.1f are the limit. It minds: %s.", v.score, v.limit, v.minds())
		case v.score >= v.limit*0.6:
			f.Level, f.Words = mce.Advisory, fmt.Sprintf("SpamAssassin has doubts: %.1f points of %.1f. It minds: %s.", v.score, v.limit, v.minds())
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// verdict is what SpamAssassin thinks of a mail.
type verdict struct {
	score, limit float64
	symbols      []string // the tests that hit
}

func (v verdict) minds() string {
	if len(v.symbols) == 0 {
		return "nothing that it names"
	}
	return strings.Join(v.symbols, ", ")
}

// askSpamd speaks the SPAMC protocol 1.5: one request, SYMBOLS, over one connection. Faults are said without the address, for people.
func askSpamd(ctx context.Context, address string, mail []byte) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, spamTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return verdict{}, fmt.Errorf("it does not answer at SPAMD_ADDR")
	}
	defer conn.Close()                                                           //nolint:errcheck // the answer has been read
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // it is given up
	defer stop()
	if _, err := fmt.Fprintf(conn, "SYMBOLS SPAMC/1.5\r\nContent-length: %d\r\n\r\n%s", len(mail), mail); err != nil {
		return verdict{}, fmt.Errorf("it did not take the mail")
	}
	return readVerdict(conn)
}

// answerSize is more than any answer has.
const answerSize = 64 << 10

// readVerdict reads “SPAMD/1.1 0 EX_OK”, fields such as “Spam: False ; 2.1 / 5.0”, and the symbols.
func readVerdict(r io.Reader) (verdict, error) {
	broken := fmt.Errorf("its answer is not understood")
	in := textproto.NewReader(bufio.NewReader(io.LimitReader(r, answerSize)))
	line, err := in.ReadLine()
	if err != nil {
		return verdict{}, fmt.Errorf("no answer in time")
	}
	status := strings.Fields(line)
	if len(status) < 2 || !strings.HasPrefix(status[0], "SPAMD/") {
		return verdict{}, broken
	}
	if status[1] != "0" {
		return verdict{}, fmt.Errorf("it answers: %s", strings.Join(status[1:], " "))
	}
	fields, err := in.ReadMIMEHeader()
	if err != nil {
		return verdict{}, broken
	}
	_, numbers, _ := strings.Cut(fields.Get("Spam"), ";")
	score, limit, ok := strings.Cut(numbers, "/")
	var v verdict
	var wrong [2]error
	v.score, wrong[0] = strconv.ParseFloat(strings.TrimSpace(score), 64)
	v.limit, wrong[1] = strconv.ParseFloat(strings.TrimSpace(limit), 64)
	if !ok || wrong[0] != nil || wrong[1] != nil {
		return verdict{}, broken
	}
	symbols, err := io.ReadAll(in.R)
	if err != nil {
		return verdict{}, broken
	}
	v.symbols = strings.FieldsFunc(string(symbols), func(r rune) bool { return r == ',' || r == '\r' || r == '\n' || r == ' ' })
	return v, nil
}
