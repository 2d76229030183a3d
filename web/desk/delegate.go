package desk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// delegateOf is the registration that the address names, of the event that it names.
func (d *Desk) delegateOf(r *http.Request) (mce.Event, mce.Registration, error) {
	e, err := d.eventOf(r)
	if err != nil {
		return e, mce.Registration{}, err
	}
	id, err := idOf(r, "person")
	if err != nil {
		return e, mce.Registration{}, err
	}
	p, err := d.store.RegistrationByID(r.Context(), id)
	if err == nil && p.Event != e.Slug {
		err = &mce.Error{Code: mce.NotFound}
	}
	return e, p, err
}

func (d *Desk) newDelegate(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	return d.delegatePage(w, r, v, http.StatusOK, pages.Delegate{Event: e, Person: mce.Registration{Language: mce.English, Role: mce.AsDelegate}})
}

func (d *Desk) showDelegate(w http.ResponseWriter, r *http.Request, v visit) error {
	e, p, err := d.delegateOf(r)
	if err != nil {
		return err
	}
	return d.delegatePage(w, r, v, http.StatusOK, pages.Delegate{Event: e, Person: p})
}

// delegatePage shows a person of an event: the form of what they said of themselves.
func (d *Desk) delegatePage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.Delegate) error {
	var err error
	if view.Person.Booking != 0 {
		view.Booking, _, err = d.store.BookingByID(r.Context(), view.Person.Booking)
		if err != nil && mce.ErrorCode(err) != mce.NotFound {
			return err
		}
	}
	view.Now = d.clock.Now()
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Delegate(w, lang, view) })
}

// enteredDelegate is what a form says of a person.
func enteredDelegate(r *http.Request, e mce.Event, p mce.Registration) mce.Registration {
	f := func(name string) string { return strings.TrimSpace(legible(r.PostForm.Get(name))) }
	if p.ID == 0 {
		p.Event, p.Email, p.Role = e.Slug, f("email"), mce.Role(f("role"))
	}
	return p.With(mce.Particulars{
		Name: f("name"), Organisation: f("organisation"), Country: f("country"), Language: mce.Lang(f("language")), Zone: f("zone"), Sessions: r.PostForm["sessions"],
	})
}

func (d *Desk) addDelegate(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	entered := enteredDelegate(r, e, mce.Registration{})
	return d.takeDelegate(w, r, v, pages.Delegate{Event: e, Person: entered}, func(ctx context.Context) (mce.Registration, error) {
		p, err := mce.NewRegistration(e.Slug, entered.Email, entered.Name, entered.Organisation, entered.Country, string(entered.Language))
		if err != nil {
			return p, err
		}
		if err := p.Choose(string(entered.Role), entered.Zone, entered.Sessions); err != nil {
			return p, err
		}
		out, err := d.store.Register(ctx, mce.Order{People: []mce.Registration{p}}, d.letters, d.site.Domain(), d.clock.Now())
		if err != nil {
			return p, err
		}
		return out[0], nil
	})
}

func (d *Desk) changeDelegate(w http.ResponseWriter, r *http.Request, v visit) error {
	e, p, err := d.delegateOf(r)
	if err != nil {
		return err
	}
	entered := enteredDelegate(r, e, p)
	return d.takeDelegate(w, r, v, pages.Delegate{Event: e, Person: entered}, func(ctx context.Context) (mce.Registration, error) {
		clean, fault := entered.Particulars().Clean()
		if fault != nil {
			return p, fault
		}
		return d.store.ChangeRegistration(ctx, p.ID, clean, d.letters, d.site.Domain(), d.clock.Now())
	})
}

func (d *Desk) cancelDelegate(w http.ResponseWriter, r *http.Request, v visit) error {
	e, p, err := d.delegateOf(r)
	if err != nil {
		return err
	}
	return d.takeDelegate(w, r, v, pages.Delegate{Event: e, Person: p}, func(ctx context.Context) (mce.Registration, error) {
		return p, d.store.CancelByID(ctx, p.ID, d.letters, d.site.Domain(), d.clock.Now())
	})
}

// takeDelegate does something for a person, with a reason, and shows the form again with what is wrong.
func (d *Desk) takeDelegate(w http.ResponseWriter, r *http.Request, v visit, view pages.Delegate, do func(context.Context) (mce.Registration, error)) error {
	cancels := strings.HasSuffix(r.URL.Path, "/cancel")
	reason, err := needReason(r.PostForm.Get("reason"))
	var p mce.Registration
	if err == nil {
		p, err = do(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}))
	}
	if err == nil {
		said := "delegate-saved"
		if cancels {
			said = "delegate-cancelled"
		} else if view.Person.ID == 0 {
			said = "delegate-" + string(p.State)
		}
		return d.done(w, r, said, p.Name, pages.DelegatePath(view.Event.ID, p.ID))
	}
	code := mce.ErrorCode(err)
	if code != mce.Invalid && code != mce.Conflict {
		return err
	}
	view.Reason, view.Cancels, view.Fault = r.PostForm.Get("reason"), cancels, mce.ErrorMessage(err)
	var in *mce.FieldError
	if errors.As(err, &in) {
		view.FaultIn = in.Field[strings.LastIndexByte(in.Field, '/')+1:]
		view.Fault = in.Error()
	}
	return d.delegatePage(w, r, v, statusOf(err), view)
}

func (d *Desk) showCheckIn(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	return d.checkInPage(w, r, v, http.StatusOK, pages.CheckIn{Event: e})
}

// checkInPage shows the entry for codes with what the last one gave, and who is found by name.
func (d *Desk) checkInPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.CheckIn) error {
	var err error
	if view.Tally, err = d.store.EventTally(r.Context(), view.Event.ID); err != nil {
		return err
	}
	if view.Search = strings.TrimSpace(legible(r.URL.Query().Get("q"))); view.Search != "" {
		q := mce.DelegateQuery{EventID: view.Event.ID, Search: view.Search, Standing: mce.WithPlace, Limit: 20}
		if view.Found, err = d.store.Delegates(r.Context(), q); err != nil {
			return err
		}
	}
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.CheckIn(w, lang, view) })
}

// checkIn takes a code and says at once on the same page whose it is: the next one waits.
func (d *Desk) checkIn(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	view, code := pages.CheckIn{Event: e}, strings.TrimSpace(legible(r.PostForm.Get("code")))
	if code == "" {
		err = mce.Invalidf("type a code, or let the scanner do it")
	} else {
		deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
		view.Person, view.First, err = d.store.CheckIn(mce.WithDeed(r.Context(), deed), e.Slug, code, deed.At)
	}
	switch c := mce.ErrorCode(err); {
	case err == nil:
		return d.checkInPage(w, r, v, http.StatusOK, view)
	case c == mce.NotFound || c == mce.Conflict || c == mce.Invalid:
		view.Fault, view.Code = mce.ErrorMessage(err), code
		return d.checkInPage(w, r, v, http.StatusUnprocessableEntity, view)
	}
	return err
}

func (d *Desk) undoCheckIn(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	r.SetPathValue("person", r.PostForm.Get("person"))
	_, p, err := d.delegateOf(r)
	if err != nil {
		return err
	}
	if p, err = d.store.UndoCheckIn(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), At: d.clock.Now()}), p.ID); err != nil {
		return err
	}
	return d.done(w, r, "check-in-undone", p.Name, pages.EventPath(e.ID)+"/check-in")
}
