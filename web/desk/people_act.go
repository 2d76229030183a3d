package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// What is done on a person's behalf goes the very ways that the person's own pages go; beside that the audit log has who did it and why, and the record of
// consent likewise, as long as the person is known.

// deskSource is how something came into the record of consent.
const deskSource = "desk"

// order is what is to be done for whom.
type order struct {
	pages.PersonAct
	form url.Values
	deed mce.Deed
}

// consent is what the record says of a change; the wording is that in which the person reads.
func (d *Desk) consent(o order) mce.Consent {
	return mce.Consent{
		Wording: d.site.ConsentWording(o.Dossier.Subscriber.Language), Version: mce.ConsentVersion, Source: deskSource, Origin: o.deed.Evidence(), At: o.deed.At,
	}
}

// deeds are what can be done for a person, by their names in addresses. The error is an *mce.FieldError where an entry is to be mended.
func (d *Desk) deeds() map[pages.Act]func(ctx context.Context, o order) error {
	return map[pages.Act]func(ctx context.Context, o order) error{
		pages.ActLeave:    d.leaveFor,
		pages.ActChoices:  d.chooseFor,
		pages.ActDetails:  d.tellFor,
		pages.ActAsk:      d.askAgain,
		pages.ActSuppress: d.suppress,
		pages.ActLift: func(ctx context.Context, o order) error {
			return d.store.RemoveSuppression(ctx, o.Dossier.Subscriber.Email)
		},
		pages.ActErase: func(ctx context.Context, o order) error {
			return d.store.Erase(ctx, o.Dossier.Subscriber.Email, deskSource, o.deed.At)
		},
		pages.ActCancel: func(ctx context.Context, o order) error {
			return d.store.CancelByID(ctx, o.Place.ID, d.letters, d.site.Domain(), o.deed.At)
		},
		pages.ActResend: func(ctx context.Context, o order) error {
			return d.store.TellAgain(ctx, o.Place.ID, d.letters, d.site.Domain(), o.deed.At)
		},
		pages.ActExport: func(ctx context.Context, o order) error {
			return d.store.NotePerson(ctx, o.Dossier.Subscriber.Email, mce.ExportedPerson)
		},
	}
}

func (d *Desk) leaveFor(ctx context.Context, o order) error {
	done, err := d.store.Leave(ctx, o.Ref.ID, deskSource, mce.LeaveReason(o.form.Get("why")), o.deed.At)
	if err == nil && !done {
		err = mce.Conflictf("the subscription had ended before")
	}
	if err == nil && d.left != nil {
		d.left(o.Ref.ID)
	}
	return err
}

func (d *Desk) chooseFor(ctx context.Context, o order) error {
	c := mce.Choices{Language: mce.Lang(o.form.Get("language")), Topics: o.form["topics"], Pace: mce.ReadingPace(o.form.Get("pace"))}
	if until := o.form.Get("pause"); until != "" {
		var err error
		if c.PausedUntil, err = time.Parse(time.DateOnly, until); err != nil {
			return &mce.FieldError{Field: "pause", Err: mce.Invalidf("%q is not a day; write it as 2026-12-31", until)}
		}
	}
	if fault := c.Check(o.Topics, o.deed.At); fault != nil {
		return fault
	}
	_, err := d.store.SaveChoices(ctx, o.Ref.ID, c, d.consent(o))
	return err
}

func (d *Desk) tellFor(ctx context.Context, o order) error {
	details, fault := mce.CleanDetails(mce.Details{Name: o.form.Get("name"), Organisation: o.form.Get("organisation"), Country: o.form.Get("country")})
	if fault != nil {
		return fault
	}
	_, err := d.store.SaveDetails(ctx, o.Ref.ID, details, d.consent(o))
	return err
}

// askAgain sends the mail that asks to confirm, with what the person had chosen.
func (d *Desk) askAgain(ctx context.Context, o order) error {
	s := o.Dossier.Subscriber
	return d.askToConfirm(ctx, mce.Entry{
		Email: s.Email, Details: mce.Details{Name: s.Name, Organisation: s.Organisation, Country: s.Country},
		Language: string(s.Language), Pace: string(s.Pace), Topics: s.Topics,
	}, o.Topics, o.deed)
}

// askToConfirm asks whether somebody wants to subscribe: nobody is subscribed by others.
func (d *Desk) askToConfirm(ctx context.Context, in mce.Entry, topics []mce.Topic, deed mce.Deed) error {
	wish, fault := mce.NewWish(in, topics)
	if fault != nil {
		return fault
	}
	p := wish.Subscriber
	wish = d.site.Wished(wish, p.Language, deskSource, deed.Evidence(), deed.At)
	render := func() (mce.Edition, error) { return d.letters.OptIn(p.Language, mce.Chosen(topics, p.Topics)) }
	done, err := d.store.AskToConfirm(ctx, wish, render, d.site.Domain())
	if err == nil && !done {
		err = mce.Conflictf("%s was not asked: it is subscribed, was asked within a day, or must not be written to", p.Email)
	}
	return err
}

func (d *Desk) suppress(ctx context.Context, o order) error {
	x, err := mce.NewSuppression(o.Dossier.Subscriber.Email, o.deed.Reason, deskSource, o.deed.At)
	if err != nil {
		return &mce.FieldError{Field: "reason", Err: err}
	}
	added, err := d.store.AddSuppression(ctx, x)
	if err == nil && !added {
		err = mce.Conflictf("%s was suppressed before", x.Email)
	}
	return err
}

// actOf is what the address of a request says is to be done, for whom. What cannot be done for them now is an error of code NotFound.
func (d *Desk) actOf(r *http.Request) (view pages.PersonAct, err error) {
	if view.Person, err = d.person(r); err != nil {
		return view, err
	}
	view.Act = pages.Act(cmp.Or(r.PathValue("act"), string(pages.ActErase)))
	if place := r.FormValue("place"); place != "" {
		id, err := strconv.ParseInt(place, 10, 64)
		if err != nil {
			return view, &mce.Error{Code: mce.NotFound, Err: err}
		}
		at := slices.IndexFunc(view.Dossier.Registrations, func(x mce.DossierRegistration) bool { return x.ID == id })
		if at < 0 {
			return view, mce.NotFoundf("there is no such registration")
		}
		view.Place = &view.Dossier.Registrations[at]
	}
	if !view.Can(view.Act, view.Place) {
		return view, mce.NotFoundf("that cannot be done for them now")
	}
	return view, nil
}

func (d *Desk) askToAct(w http.ResponseWriter, r *http.Request, v visit) error {
	view, err := d.actOf(r)
	if err != nil {
		return err
	}
	view.Entered = view.Known()
	return d.actPage(w, r, v, http.StatusOK, view)
}

func (d *Desk) actPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.PersonAct) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.PersonAct(w, lang, view) })
}

// actFor does it.
func (d *Desk) actFor(w http.ResponseWriter, r *http.Request, v visit) error {
	view, err := d.actOf(r)
	if err != nil {
		return err
	}
	view.Entered = r.PostForm
	reason, err := needReason(r.PostForm.Get("reason"))
	if err == nil {
		o := order{PersonAct: view, form: r.PostForm, deed: mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}}
		err = d.deeds()[view.Act](mce.WithDeed(r.Context(), o.deed), o)
	}
	var fault *mce.FieldError
	switch {
	case errors.As(err, &fault):
		view.FaultIn, view.Fault = fault.Field, fault.Error()
		return d.actPage(w, r, v, http.StatusUnprocessableEntity, view)
	case mce.ErrorCode(err) == mce.Conflict:
		view.Fault = mce.ErrorMessage(err)
		return d.actPage(w, r, v, http.StatusConflict, view)
	case err != nil:
		return err
	case view.Act == pages.ActExport:
		return d.sendDossier(w, view)
	case view.Act == pages.ActErase:
		return d.done(w, r, "person-erase", "", "/desk/people")
	}
	return d.done(w, r, "person-"+string(view.Act), view.Dossier.Subscriber.Email, view.Path())
}

// sendDossier is what is kept of a person, as the person gets it.
func (d *Desk) sendDossier(w http.ResponseWriter, view pages.PersonAct) error {
	body, err := json.MarshalIndent(view.Dossier, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="person-%s.json"`, view.Ref))
	h.Set("Cache-Control", "no-store")
	w.Write(body) //nolint:errcheck // the reader has gone
	return nil
}

func (d *Desk) newPerson(w http.ResponseWriter, r *http.Request, v visit) error {
	topics, err := d.store.Topics(r.Context())
	if err != nil {
		return err
	}
	view := pages.NewPerson{Topics: topics, Entered: url.Values{"language": {string(v.session.User.Language)}}}
	for _, t := range topics {
		view.Entered.Add("topics", t.Slug)
	}
	return d.newPersonPage(w, r, v, http.StatusOK, view)
}

func (d *Desk) newPersonPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.NewPerson) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.NewPerson(w, lang, view) })
}

func (d *Desk) askNewPerson(w http.ResponseWriter, r *http.Request, v visit) error {
	topics, err := d.store.Topics(r.Context())
	if err != nil {
		return err
	}
	form := r.PostForm
	view := pages.NewPerson{Topics: topics, Entered: form}
	reason, err := needReason(form.Get("reason"))
	if err == nil {
		deed := mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}
		err = d.askToConfirm(mce.WithDeed(r.Context(), deed), mce.Entry{
			Email: form.Get("email"), Details: mce.Details{Name: form.Get("name"), Organisation: form.Get("organisation"), Country: form.Get("country")},
			Language: form.Get("language"), Pace: form.Get("pace"), Topics: form["topics"],
		}, topics, deed)
	}
	var fault *mce.FieldError
	switch {
	case errors.As(err, &fault):
		view.FaultIn, view.Fault = fault.Field, fault.Error()
		return d.newPersonPage(w, r, v, http.StatusUnprocessableEntity, view)
	case mce.ErrorCode(err) == mce.Conflict:
		view.Fault = mce.ErrorMessage(err)
		return d.newPersonPage(w, r, v, http.StatusConflict, view)
	case err != nil:
		return err
	}
	return d.done(w, r, "person-ask", form.Get("email"), "/desk/people")
}
