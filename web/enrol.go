package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// enrol takes a registration from anybody. New addresses and those that are registered already are answered alike: who it is learns by mail where
// they stand. The answer waits for the transaction, for a place is given at once or not at all.
func (s *Server) enrol(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	offer, err := s.offer(r)
	if err != nil {
		return err
	}
	v := page.Event{Offer: offer, Email: meant(form), Particulars: entered(form), Newsletter: form.Get("newsletter") != ""}
	p, fault := s.delegate(&v, form)
	switch {
	case !offer.Takes():
		return s.refuse(w, r, v, "event")
	case fault != "":
		return s.refuse(w, r, v, fault)
	case v.Better != "":
		return s.eventPage(w, r, http.StatusUnprocessableEntity, v)
	case !s.forms.allow(clientAddress(r)):
		return errThrottled()
	}
	var wrong *mce.FieldError
	err = s.Store.Enrol(r.Context(), p, s.Letters, s.Site.Domain(), s.Clock.Now())
	switch {
	case errors.As(err, &wrong) && wrong.Field == "email":
		return s.refuse(w, r, v, "member")
	case errors.As(err, &wrong) && wrong.Field == "event": // it has closed meanwhile
		if v.Offer, err = s.offer(r); err != nil {
			return err
		}
		return s.refuse(w, r, v, "event")
	case errors.As(err, &wrong):
		return s.refuse(w, r, v, wrong.Field)
	case err != nil:
		return err
	}
	if err := s.wishBeside(r, v); err != nil {
		return err
	}
	v.Done = true
	return s.eventPage(w, r, http.StatusOK, v)
}

// delegate is whom a form registers; otherwise the entry at fault, or an address that they may have meant, in the view.
func (s *Server) delegate(v *page.Event, form url.Values) (p mce.Registration, fault string) {
	p.Event = v.Offer.Slug
	var err error
	if p.Email, err = mce.ParseAddress(v.Email); err != nil {
		return p, "email"
	}
	particulars, wrong := v.Particulars.Clean()
	if wrong != nil {
		return p, wrong.Field
	}
	if v.Offer.Offers(particulars.Sessions) != nil {
		return p, "sessions"
	}
	if v.Newsletter && mce.CheckConsentVersion(form.Get("version")) != nil {
		v.Newsletter = false // the words that they ticked are others than those that they are going to see
		return p, "newsletter"
	}
	if better, slip := mce.SuggestAddress(p.Email); slip && form.Get("sure") != v.Email {
		v.Better = better
	}
	return p.With(particulars), ""
}

// refuse shows the form again, with the entry at fault.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, v page.Event, fault string) error {
	v.FaultIn = fault
	status := http.StatusUnprocessableEntity
	if fault == "event" {
		status = http.StatusConflict
	}
	return s.eventPage(w, r, status, v)
}

// wishBeside notes the wish for newsletters of who ticked that box, exactly as the page to subscribe does: about the topics of the event, which
// stand beside the box.
func (s *Server) wishBeside(r *http.Request, v page.Event) error {
	if !v.Newsletter {
		return nil
	}
	known, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	var topics []string
	for _, t := range v.Offer.TopicsOf(known) {
		topics = append(topics, t.Slug)
	}
	wish, fault := mce.NewWish(mce.Entry{
		Email: v.Email, Details: mce.Details{Name: v.Name, Organisation: v.Organisation, Country: mce.CountryNamed(v.Country)},
		Language: string(v.Language), Topics: topics,
	}, known)
	if fault != nil {
		return fault
	}
	return s.Store.AddWish(r.Context(), s.Site.Wished(wish, readerLang(r, ""), "event page", clientAddress(r), s.Clock.Now()))
}

// entered is what somebody wrote into the entries that all forms of delegates have.
func entered(form url.Values) mce.Particulars {
	return mce.Particulars{
		Name: form.Get("name"), Organisation: form.Get("organisation"), Country: form.Get("country"), Language: mce.Lang(form.Get("language")),
		Zone: form.Get("zone"), Sessions: form["sessions"],
	}
}
