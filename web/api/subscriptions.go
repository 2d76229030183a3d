package api

import (
	"net"
	"net/http"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/client"
)

// Wishes to subscribe, from the association's own site. Known, new and suppressed addresses are answered alike, in bytes and in time: the wish is
// only written down here.

// What one site may wish for, for all its visitors.
const siteEvery, siteBurst = time.Second, 100

// subscription is the body of POST /subscriptions.
type subscription struct {
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Country      string   `json:"country"` // ISO 3166-1, two letters
	Language     string   `json:"language"`
	Topics       []string `json:"topics"`
	Pace         string   `json:"pace"`    // each or monthly
	Agreed       bool     `json:"agreed"`  // the person saw the wording of GET /subscriptions in that language, and agreed
	Version      string   `json:"version"` // of that wording; empty: the present one, whichever that is
	Origin       string   `json:"origin"`  // the person's network address, as the site saw it; for the record of consent
}

// check is a fault in what the site says of the agreement.
func (in subscription) check() *mce.FieldError {
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

// describeSubscriptions tells a site what its form has to show.
func (s *Server) describeSubscriptions(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	paces, err := s.Store.Paces(r.Context())
	if err != nil {
		return err
	}
	wording := map[mce.Lang]string{}
	for _, lang := range mce.Languages() {
		wording[lang] = s.Site.ConsentWording(lang)
	}
	return answer(w, http.StatusOK, map[string]any{"topics": topics, "paces": paces, "wording": wording, "version": mce.ConsentVersion})
}

func (s *Server) subscribe(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	var in subscription
	if err := read(r, &in); err != nil {
		return err
	}
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	wish, fault := mce.NewWish(mce.Entry{
		Email: in.Email, Details: mce.Details{Name: in.Name, Organisation: in.Organisation, Country: in.Country},
		Language: in.Language, Pace: in.Pace, Topics: in.Topics,
	}, topics)
	if fault == nil {
		fault = in.check()
	}
	if fault != nil {
		return fault
	}
	if err := within(s.sites, client.Address(r)); err != nil {
		return err
	}
	if err := s.Store.AddWish(r.Context(), s.Site.Wished(wish, wish.Subscriber.Language, "interface", in.Origin, s.Clock.Now())); err != nil {
		return err
	}
	return answer(w, http.StatusAccepted, map[string]string{"status": "asked"})
}
