package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

func unhex(s string) []byte {
	raw, _ := hex.DecodeString(s) //nolint:errcheck // ours; nothing is what nobody has examined
	return raw
}

// readers keeps for a minute who would get an issue: counting a hundred thousand takes a while, and everybody looks at the same number.
type readers struct {
	mu sync.Mutex
	of map[string]counted
}

type counted struct {
	all []mce.Readership
	at  time.Time
}

const countFor = time.Minute

func (d *Desk) readerships(ctx context.Context, draft mce.Draft) ([]mce.Readership, error) {
	now, key := d.wall.Now(), fmt.Sprintf("%d %s", draft.Series.ID, draft.Series.Audience())
	d.readers.mu.Lock()
	defer d.readers.mu.Unlock() // who comes meanwhile waits for the same number
	if c, ok := d.readers.of[key]; ok && now.Sub(c.at) < countFor && !now.Before(c.at) {
		return c.all, nil
	}
	all, err := d.store.Readerships(ctx, draft, d.clock.Now())
	if err != nil {
		return nil, err
	}
	if d.readers.of == nil || len(d.readers.of) > maxReports {
		d.readers.of = map[string]counted{}
	}
	d.readers.of[key] = counted{all, now}
	return all, nil
}

// sendView is the page from which an issue leaves, and on which it is watched.
func (d *Desk) sendView(r *http.Request, head pages.Issue, draft mce.Draft) (func(io.Writer, mce.Lang) error, error) {
	view := pages.IssueSend{Issue: head}
	now := mce.InZone(d.clock.Now(), draft.Series.TimeZone)
	view.Presets = mce.Presets(now)
	view.Suggested = later(head.At, view.Presets[0].At)
	if r.Method == http.MethodPost {
		view.Pressed = path.Base(r.URL.Path)
		view.When, view.Moment, view.Reason = r.PostForm.Get("when"), r.PostForm.Get("at"), r.PostForm.Get("reason")
	}
	var err error
	if draft.Issue.Editable() {
		view.Editions, err = d.editions(r.Context(), draft)
	} else if !draft.Issue.StartedAt.IsZero() {
		view.Progress = mce.Progress{State: draft.Issue.State}
		if view.Progress.Letters, err = d.store.IssueProgress(r.Context(), draft.Issue.ID); err == nil && view.Progress.Letters[mce.Uncertain] > 0 {
			view.Doubts, err = d.store.UncertainLetters(r.Context(), draft.Issue.ID)
		}
	}
	return func(w io.Writer, lang mce.Lang) error { return d.pages.IssueSend(w, lang, view) }, err
}

// editions are those that somebody would get, by language.
func (d *Desk) editions(ctx context.Context, draft mce.Draft) ([]pages.Editions, error) {
	all, err := d.readerships(ctx, draft)
	if err != nil {
		return nil, err
	}
	var out []pages.Editions
	for _, lang := range draft.Series.Languages {
		e := pages.Editions{Lang: lang}
		for _, p := range draft.Parts(all) {
			if p.Lang == lang && p.Readers > 0 {
				e.Parts, e.Readers = append(e.Parts, p), e.Readers+p.Readers
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// schedule sets when an issue goes out. What would not be right any more at that moment is found by looking at it once more.
func (d *Desk) schedule(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	at, err := parseMoment(r.PostForm.Get("when"), r.PostForm.Get("at"), draft.Series.TimeZone, d.clock.Now())
	if err != nil {
		return err
	}
	if err := d.checkMoment(ctx, draft, at); err != nil {
		return err
	}
	_, err = d.store.Schedule(ctx, draft.Issue.ID, at, d.letters.Look())
	return err
}

func (d *Desk) checkMoment(ctx context.Context, draft mce.Draft, at time.Time) error {
	if _, err := draft.Issue.State.Next(mce.ScheduleIt); err != nil {
		return err
	}
	draft.Issue.ScheduledFor = at
	report, err := d.atOnce.Examine(ctx, draft)
	if err != nil {
		return err
	}
	overrides, err := d.store.Overrides(ctx, draft.Issue.ID, report)
	if err != nil {
		return err
	}
	return report.Clear(overrides)
}

// parseMoment reads what a form says about when an issue goes out: now, one of the moments that are often chosen, or "at" a time on the wall clock
// of its zone.
func parseMoment(when, at, zone string, now time.Time) (time.Time, error) {
	if when == "now" {
		return now, nil
	}
	if when != "at" {
		at = when
	}
	if at == "" {
		return time.Time{}, mce.Invalidf("choose when it goes out: now, one of the moments, or a day and a time")
	}
	t, err := mce.ParseMoment(at, mce.InZone(now, zone).Location())
	if err != nil {
		return t, &mce.Error{Code: mce.Invalid, Message: "this is no day and time that there is in " + zone + "; choose another", Err: err}
	}
	if t.Before(now) {
		return t, mce.Invalidf("this moment has passed; choose one to come, or now")
	}
	return t, nil
}

// Limits of test mails: they are for those who make the issue, not a way to send one.
const (
	maxTests  = 10
	testEvery = time.Minute
	testBurst = 20
	testsTime = 50 * time.Second // for all of them: somebody waits, and the server gives up after a minute
)

// sendTest mails the whole issue to some addresses, in one or all languages. Its subject says that it is a test. Where it ends half way, what left is
// in the audit log, and the error says who got none.
func (d *Desk) sendTest(ctx context.Context, r *http.Request, v visit, draft mce.Draft) error {
	to, err := testAddresses(r.PostForm.Get("to"))
	if err != nil {
		return err
	}
	langs := draft.Series.Languages
	if only := mce.Lang(r.PostForm.Get("in")); only != "" {
		langs = []mce.Lang{only}
	}
	editions, err := d.testEditions(draft, langs)
	if err != nil {
		return err
	}
	if !d.tests.AllowN(fmt.Sprint(v.session.User.ID), len(to)*len(langs)) {
		return mce.Conflictf("these are many test mails; wait some minutes, or send it to fewer addresses")
	}
	sent, err := d.sendProofs(ctx, editions, to, v.session.User.Name)
	if sent == 0 {
		return err
	}
	if err != nil {
		err = &mce.Error{Code: mce.ErrorCode(err), Message: fmt.Sprintf("the test went to %d of %d addresses, and not to %s: %s",
			sent, len(to), strings.Join(to[sent:], ", "), mce.ErrorMessage(err)), Err: err}
	}
	deed, _ := mce.DeedOf(ctx)
	return errors.Join(err, d.store.AddAudit(context.WithoutCancel(ctx), mce.Audit{
		At: deed.At, By: deed.By, Action: mce.SentProof, Object: mce.OnIssue, ObjectID: draft.Issue.ID, Detail: fmt.Sprintf("to %d addresses in %v", sent, langs),
	}))
}

// testEditions are the whole issue in some languages, with subjects that say that it is a test.
func (d *Desk) testEditions(draft mce.Draft, langs []mce.Lang) ([]mce.Edition, error) {
	if len(draft.Items) == 0 {
		return nil, mce.Conflictf("there is nothing in the issue yet")
	}
	out := make([]mce.Edition, len(langs))
	for i, lang := range langs {
		if _, err := mce.ParseLang(string(lang)); err != nil {
			return nil, err
		}
		e, err := d.letters.Newsletter(draft, lang)
		if err != nil {
			return nil, err
		}
		e.Subject = d.letters.TestSubject(lang, e.Subject)
		out[i] = e
	}
	return out, nil
}

// sendProofs mails all editions to one address after the other, and says to how many.
func (d *Desk) sendProofs(ctx context.Context, editions []mce.Edition, to []string, name string) (sent int, err error) {
	ctx, cancel := context.WithTimeout(ctx, testsTime)
	defer cancel()
	for n, address := range to {
		for _, e := range editions {
			if err := d.prover.SendProof(ctx, e, address, name); err != nil {
				return n, err
			}
		}
	}
	return len(to), nil
}

func testAddresses(s string) ([]string, error) {
	var out []string
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \r\n\t", r) }) {
		address, err := mce.ParseAddress(one)
		if err != nil {
			return nil, err
		}
		out = append(out, address)
	}
	if len(out) == 0 || len(out) > maxTests {
		return nil, mce.Invalidf("a test mail goes to one address or to several, at most %d, with commas between them", maxTests)
	}
	return out, nil
}
