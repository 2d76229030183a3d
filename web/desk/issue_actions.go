package desk

import (
	"context"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
)

// act makes a handler of a button. What is not possible now is said on the page of the button, with what is.
func (d *Desk) act(b button) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		draft, err := d.draftOf(r)
		if err != nil {
			return err
		}
		reason, err := reasonOf(r.PostForm.Get("reason"))
		if err == nil {
			deed := mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}
			err = b.do(mce.WithDeed(r.Context(), deed), r, v, draft)
		}
		switch code := mce.ErrorCode(err); {
		case err == nil:
			return d.done(w, r, b.says(r), "", b.next(r))
		case code != mce.Conflict && code != mce.Invalid && code != mce.Unavailable:
			return err
		}
		if draft, again := d.draftOf(r); again == nil { // its state may be another by now
			return d.issuePage(w, r, v, draft, b.page, err)
		}
		return err
	}
}

// says is what is said of it: of a moment that is set to now, that it goes out.
func (b button) says(r *http.Request) string {
	if b.name == "schedule" && r.PostForm.Get("when") == "now" {
		return "leaving"
	}
	return b.name
}

// next is the page to go on to: that of the button, at the item that it moved, which is where the focus goes. From an approval that is where it is chosen
// when the issue goes out.
func (b button) next(r *http.Request) string {
	to := "/desk/issues/" + r.PathValue("id")
	switch {
	case b.name == "approve":
		to += "/" + sendPage
	case b.page != contentPage:
		to += "/" + b.page
	}
	if b.page == viewPage && r.URL.RawQuery != "" { // it is looked at as before
		return to + "?" + r.URL.Query().Encode()
	}
	if b.name != "place" {
		return to
	}
	if ref, err := parseRef(r.PostForm.Get("item")); err == nil {
		to += "#" + refName(ref)
	}
	return to
}

func (d *Desk) submit(ctx context.Context, _ *http.Request, _ visit, draft mce.Draft) error {
	_, err := d.store.Submit(ctx, draft.Issue.ID)
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

// resolve decides about letters in doubt: they go again, or stay as they are.
func (d *Desk) resolve(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	decision := r.PostForm.Get("doubt")
	if decision != "again" && decision != "leave" {
		return mce.Invalidf("decide whether the letters in doubt go again or stay as they are")
	}
	_, err := d.store.Resolve(ctx, draft.Issue.ID, decision == "again", d.clock.Now())
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
