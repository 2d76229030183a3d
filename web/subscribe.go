package web

import (
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// Wishes to subscribe, by the page; web/api has the interface for the association's own site. Known, new and suppressed addresses are answered
// alike, in bytes and in time: the wish is only written down here.

// What one client may wish for.
const formEvery, formBurst = time.Minute, 10

func errThrottled() error {
	return &mce.Error{Code: mce.Busy, Message: "There were many requests from your connection. Please try again in a few minutes."}
}

// showSubscribe shows the form.
func (s *Server) showSubscribe(w http.ResponseWriter, r *http.Request) error {
	return s.subscribePage(w, r, http.StatusOK, page.Subscribe{Entered: page.Entered{Language: readerLang(r, "")}})
}

// subscribe takes the form, from our page or from another site's that has the same fields.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	in := page.Entered{
		Email: meant(form), Name: form.Get("name"), Organisation: form.Get("organisation"), Country: form.Get("country"),
		Language: mce.Lang(form.Get("language")), Chosen: form["topics"], Pace: mce.ReadingPace(form.Get("pace")),
		Agreed: form.Get("agree") != "" && mce.CheckConsentVersion(form.Get("version")) == nil, // to what the page says now
	}
	v := page.Subscribe{Entered: in}
	wish, fault := mce.NewWish(mce.Entry{
		Email: in.Email, Details: mce.Details{Name: in.Name, Organisation: in.Organisation, Country: in.Country},
		Language: string(in.Language), Pace: string(in.Pace), Topics: in.Chosen,
	}, topics)
	switch better, slip := mce.SuggestAddress(wish.Subscriber.Email); {
	case fault != nil:
		v.Fault, v.FaultIn = fault.Error(), fault.Field
	case !in.Agreed:
		v.FaultIn = "agree"
	case slip && form.Get("sure") != in.Email:
		v.Better = better
	}
	if v.FaultIn != "" || v.Better != "" {
		return s.subscribePage(w, r, http.StatusUnprocessableEntity, v)
	}
	if !s.forms.Allow(client.Address(r)) {
		return errThrottled()
	}
	if err := s.Store.AddWish(r.Context(), s.Site.Wished(wish, readerLang(r, ""), "subscribe page", client.Address(r), s.Clock.Now())); err != nil {
		return err
	}
	v.Done = true
	return s.subscribePage(w, r, http.StatusOK, v)
}

// meant is the address that was entered, or the suggestion for it where that was taken. The suggestion's button is the first of its form, so
// Enter presses it too: what it suggests holds only for the address that it was made for, not for one mended by hand.
func meant(form url.Values) string {
	entered := form.Get("email")
	if address, err := mce.ParseAddress(entered); err == nil {
		if better, slip := mce.SuggestAddress(address); slip && better == form.Get("better") {
			return better
		}
	}
	return entered
}

func (s *Server) subscribePage(w http.ResponseWriter, r *http.Request, status int, v page.Subscribe) error {
	lang := readerLang(r, "")
	var err error
	if v.Topics, err = s.Store.Topics(r.Context()); err != nil {
		return err
	}
	if v.Paces, err = s.Store.Paces(r.Context()); err != nil {
		return err
	}
	v.Common, v.Wording, v.Version = s.common(r), s.Site.ConsentWording(lang), mce.ConsentVersion
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Subscribe(w, lang, v) })
}
