package desk

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// seen names what an issue says now, to be sent along with an approval: one approves what one saw.
func (d *Desk) seen(draft mce.Draft) (string, error) {
	hash, err := mce.SealOf(draft, d.letters.Look(), time.Time{})
	return hex.EncodeToString(hash), err
}

// change is what a button does to an issue; ctx says who presses it.
type change func(ctx context.Context, r *http.Request, v visit, draft mce.Draft) error

// act makes a handler of a change. What is not possible now is said on the page of the issue, with what is.
func (d *Desk) act(said string, do change) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		draft, err := d.draftOf(r)
		if err != nil {
			return err
		}
		reason, err := reasonOf(r.PostForm.Get("reason"))
		if err == nil {
			deed := mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}
			err = do(mce.WithDeed(r.Context(), deed), r, v, draft)
		}
		switch code := mce.ErrorCode(err); {
		case err == nil:
			return d.said(w, r, said, "", "/desk/issues/"+r.PathValue("id"))
		case code != mce.Conflict && code != mce.Invalid:
			return err
		}
		status := statusOf(err)
		if draft, again := d.draftOf(r); again == nil { // its state may be another by now
			return d.issuePage(w, r, v, draft, status, pages.Issue{Fault: mce.ErrorMessage(err)})
		}
		return err
	}
}

func (d *Desk) giveSubject(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	subject := mce.Text{}
	for _, lang := range draft.Series.Languages {
		words, err := subjectOf(r.PostForm.Get("subject-" + string(lang)))
		if err != nil {
			return err
		}
		if words != "" {
			subject[lang] = words
		}
	}
	if len(subject) > 0 && subject[mce.English] == "" {
		return mce.Invalidf("the English subject is missing: it is what every other language falls back to")
	}
	_, err := d.store.SetSubject(ctx, draft.Issue.ID, subject)
	return err
}

// maxSubject is far longer than any mail program shows.
const maxSubject = 300

func subjectOf(s string) (string, error) {
	s, err := reasonOf(s)
	if err != nil || len(s) > maxSubject {
		return "", mce.Invalidf("the subject is longer than %d characters, or has a sign that cannot be sent", maxSubject)
	}
	return s, nil
}

func (d *Desk) submit(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Submit(ctx, draft.Issue.ID)
	return err
}

func (d *Desk) approve(ctx context.Context, r *http.Request, v visit, draft mce.Draft) error {
	now, err := d.seen(draft)
	if err != nil {
		return err
	}
	if r.PostForm.Get("seen") != now {
		return mce.Conflictf("the issue has changed since you opened this page; look at it again, then approve it")
	}
	_, err = d.store.Approve(ctx, draft.Issue.ID, v.session.User.Name, d.letters.Look(), d.clock.Now())
	return err
}

func (d *Desk) schedule(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	at, err := parseMoment(r.PostForm.Get("when"), r.PostForm.Get("at"), draft.Series.TimeZone, d.clock.Now())
	if err != nil {
		return err
	}
	_, err = d.store.Schedule(ctx, draft.Issue.ID, at, d.letters.Look())
	return err
}

func (d *Desk) unschedule(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Unschedule(ctx, draft.Issue.ID, d.letters.Look())
	return err
}

func (d *Desk) pause(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Pause(ctx, draft.Issue.ID)
	return err
}

func (d *Desk) resume(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Resume(ctx, draft.Issue.ID)
	return err
}

// cancel asks for a reason: it is what the others see of the issue from then on.
func (d *Desk) cancel(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	reason, err := reasonOf(r.PostForm.Get("reason"))
	if err != nil {
		return err
	}
	if reason == "" {
		return mce.Invalidf("say why the issue is cancelled: the others see it in its place")
	}
	_, err = d.store.Cancel(ctx, draft.Issue.ID, reason, d.clock.Now())
	return err
}
