package web

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// Wishes to subscribe, by the page and by the interface for the association's own site. Known, new and suppressed addresses are answered
// alike, in bytes and in time: the wish is only written down here.

// What one client may wish for: readers a handful, the association's site for all its visitors.
const (
	formEvery, formBurst = time.Minute, 10
	siteEvery, siteBurst = time.Second, 100
)

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

// subscriptionRequest is the body of POST /api/v1/subscriptions.
type subscriptionRequest struct {
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Country      string   `json:"country"` // ISO 3166-1, two letters
	Language     string   `json:"language"`
	Topics       []string `json:"topics"`
	Pace         string   `json:"pace"`    // each or monthly
	Agreed       bool     `json:"agreed"`  // the person saw the wording of GET /api/v1/subscriptions in that language, and agreed
	Version      string   `json:"version"` // of that wording; empty: the present one, whichever that is
	Origin       string   `json:"origin"`  // the person's network address, as the site saw it; for the record of consent
}

// check is a fault in what the site says of the agreement.
func (in subscriptionRequest) check() *mce.FieldError {
	if !in.Agreed {
		return &mce.FieldError{Field: "agreed", Err: mce.Invalidf("the person must have seen the wording and agreed to it")}
	}
	if err := mce.CheckConsentVersion(in.Version); err != nil {
		return &mce.FieldError{Field: "version", Err: err}
	}
	if in.Origin != "" && net.ParseIP(in.Origin) == nil {
		return &mce.FieldError{Field: "origin", Err: mce.Invalidf("%q is no network address", in.Origin)}
	}
	return nil
}

// apiFault is the body of every error of the interface.
type apiFault struct {
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// describeSubscriptions tells a site what its form has to show.
func (s *Server) describeSubscriptions(w http.ResponseWriter, r *http.Request) {
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	paces, err := s.Store.Paces(r.Context())
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	wording := map[mce.Lang]string{}
	for _, lang := range mce.Languages() {
		wording[lang] = s.Site.ConsentWording(lang)
	}
	s.answer(w, http.StatusOK, map[string]any{"topics": topics, "paces": paces, "wording": wording, "version": mce.ConsentVersion})
}

func (s *Server) apiSubscribe(w http.ResponseWriter, r *http.Request) {
	var in subscriptionRequest
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		s.fail(w, r, "", &mce.Error{Code: mce.Invalid, Message: "the body is not the JSON that is expected: " + err.Error(), Err: err})
		return
	}
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	wish, fault := mce.NewWish(mce.Entry{
		Email: in.Email, Details: mce.Details{Name: in.Name, Organisation: in.Organisation, Country: in.Country},
		Language: in.Language, Pace: in.Pace, Topics: in.Topics,
	}, topics)
	if fault == nil {
		fault = in.check()
	}
	switch {
	case fault != nil:
		s.fail(w, r, fault.Field, fault.Err)
		return
	case !s.sites.Allow(client.Address(r)):
		s.fail(w, r, "", errThrottled())
		return
	}
	if err := s.Store.AddWish(r.Context(), s.Site.Wished(wish, wish.Subscriber.Language, "interface", in.Origin, s.Clock.Now())); err != nil {
		s.fail(w, r, "", err)
		return
	}
	s.answer(w, http.StatusAccepted, map[string]string{"status": "asked"})
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, field string, err error) {
	status := statusOf(err)
	if status >= http.StatusInternalServerError {
		s.Log.Error("interface", "route", r.Pattern, "err", err)
	}
	s.answer(w, status, map[string]apiFault{"error": {Code: string(mce.ErrorCode(err)), Field: field, Message: mce.ErrorMessage(err)}})
}

func (s *Server) answer(w http.ResponseWriter, status int, body any) {
	content, err := json.Marshal(body)
	if err != nil {
		s.Log.Error("interface", "err", errors.Join(err))
		status, content = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"Something went wrong here."}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(content, '\n')) //nolint:errcheck // the client has gone
}
