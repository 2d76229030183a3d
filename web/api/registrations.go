package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// registration is a mce.Registration as programs see it.
type registration struct {
	ID           int64                 `json:"id"`
	Event        string                `json:"event"`
	State        mce.RegistrationState `json:"state"`
	Code         string                `json:"code"`
	Email        string                `json:"email"`
	Name         string                `json:"name"`
	Organisation string                `json:"organisation"`
	Country      string                `json:"country"`
	Language     mce.Lang              `json:"language"`
	Role         mce.Role              `json:"role"`
	Zone         string                `json:"zone"`
	Sessions     []string              `json:"sessions"`
	RegisteredAt time.Time             `json:"registered_at"`
	ArrivedAt    time.Time             `json:"arrived_at,omitzero"`
}

func shown(r mce.Registration) registration {
	return registration{
		ID: r.ID, Event: r.Event, State: r.State, Code: r.Code, Email: r.Email, Name: r.Name, Organisation: r.Organisation, Country: r.Country,
		Language: r.Language, Role: r.Role, Zone: r.Zone, Sessions: append([]string{}, r.Sessions...), RegisteredAt: r.CreatedAt, ArrivedAt: r.Arrived,
	}
}

func shownAll(all []mce.Registration) []registration {
	out := make([]registration, len(all))
	for i, r := range all {
		out[i] = shown(r)
	}
	return out
}

// order is the body of POST /registrations.
type order struct {
	Event  string   `json:"event"`
	People []person `json:"people"`
	Booker *booker  `json:"booker"`
}

type person struct {
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Country      string   `json:"country"`
	Language     string   `json:"language"`
	Role         string   `json:"role"`
	Zone         string   `json:"zone"`
	Sessions     []string `json:"sessions"`
}

type booker struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Language string `json:"language"`
}

// maxPeople is how many may be registered at once: they hold the event's places while it lasts.
const maxPeople = 50

// maxKey is the length of an Idempotency-Key at most.
const maxKey = 255

// register takes places for people, all or none. Under an Idempotency-Key it does so once, however often it is asked.
func (s *Server) register(w http.ResponseWriter, r *http.Request, by mce.APIToken) error {
	var in order
	if err := read(r, &in); err != nil {
		return err
	}
	o, wrong := in.checked()
	if len(wrong) > 0 {
		return wrong
	}
	if key := r.Header.Get("Idempotency-Key"); len(key) > maxKey {
		return mce.Invalidf("The Idempotency-Key is longer than %d characters.", maxKey)
	} else if key != "" {
		// What was meant, not how it was written down: a program may put it into words anew.
		meant, err := json.Marshal(in)
		if err != nil {
			return err
		}
		k := mce.NewOrderKey(by.ID, key, meant)
		o.Key = &k
	}
	people, err := s.Store.Register(r.Context(), o, s.Notices, s.Site.Domain(), s.Clock.Now())
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, map[string]any{"registrations": shownAll(people)})
}

// checked is the order with everything that can be seen to be wrong about it without the database.
func (in order) checked() (o mce.Order, wrong faults) {
	note := func(at string, err error) {
		var f *mce.FieldError
		if errors.As(err, &f) {
			at += "/" + f.Field
		}
		if err != nil {
			wrong = append(wrong, fault{at, mce.ErrorMessage(err)})
		}
	}
	if n := len(in.People); n < 1 || n > maxPeople {
		note("/people", mce.Invalidf("expected 1 to %d people, not %d", maxPeople, n))
	}
	for i, p := range in.People {
		at := fmt.Sprintf("/people/%d", i)
		r, err := mce.NewRegistration(in.Event, p.Email, p.Name, p.Organisation, p.Country, p.Language)
		note(at, err)
		note(at, r.Choose(p.Role, p.Zone, p.Sessions))
		o.People = append(o.People, r)
	}
	if b := in.Booker; b != nil {
		checked, f := mce.NewBooking(in.Event, b.Email, b.Name, b.Language)
		if f != nil {
			note("/booker", f)
		}
		o.Booker = &checked
	}
	return o, wrong
}

// Sizes of a page of registrations.
const usualPage, mostPage = 100, 500

// listRegistrations lists those for an event, a page at a time: each but the last names the next.
func (s *Server) listRegistrations(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	q := r.URL.Query()
	if !q.Has("event") {
		return mce.Invalidf("The parameter event must name an event.")
	}
	event, err := s.eventOf(r.Context(), q.Get("event"))
	if err != nil {
		return err
	}
	after, err := number(q, "after", 0, 0, 1<<62)
	if err != nil {
		return err
	}
	limit, err := number(q, "limit", usualPage, 1, mostPage)
	if err != nil {
		return err
	}
	found, err := s.Store.RegistrationsAfter(r.Context(), event.Slug, after, int(limit)+1)
	if err != nil {
		return err
	}
	page := struct {
		Registrations []registration `json:"registrations"`
		Next          string         `json:"next,omitempty"`
	}{}
	if len(found) > int(limit) {
		found = found[:limit]
		page.Next = fmt.Sprintf("%s%s/registrations?event=%s&after=%d&limit=%d", s.Site.PublicURL, prefix, event.Slug, found[limit-1].ID, limit)
	}
	page.Registrations = shownAll(found)
	return answer(w, http.StatusOK, page)
}

// number is a parameter of an address.
func number(q url.Values, name string, usual, least, most int64) (int64, error) {
	if !q.Has(name) {
		return usual, nil
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil || n < least || n > most {
		return 0, mce.Invalidf("The parameter %s must be a number from %d to %d.", name, least, most)
	}
	return n, nil
}

// registrationOf is the one that an address names.
func (s *Server) registrationOf(ctx context.Context, r *http.Request) (mce.Registration, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return mce.Registration{}, mce.NotFoundf("there is no such registration")
	}
	return s.Store.RegistrationByID(ctx, id)
}

func (s *Server) showRegistration(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	found, err := s.registrationOf(r.Context(), r)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, shown(found))
}

// particulars are what a patch may change of a registration.
type particulars struct {
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Country      string   `json:"country"`
	Language     string   `json:"language"`
	Zone         string   `json:"zone"`
	Sessions     []string `json:"sessions"`
}

// changeRegistration changes what the patch names; where that shows in what the person was told, they are told anew.
func (s *Server) changeRegistration(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	patch, err := body(r, mergePatch)
	if err != nil {
		return err
	}
	found, err := s.registrationOf(r.Context(), r)
	if err != nil {
		return err
	}
	to, err := patched(particulars{found.Name, found.Organisation, found.Country, string(found.Language), found.Zone, found.Sessions}, patch)
	if err != nil {
		return err
	}
	p, wrong := mce.Particulars{
		Name: to.Name, Organisation: to.Organisation, Country: to.Country, Language: mce.Lang(to.Language), Zone: to.Zone, Sessions: to.Sessions,
	}.Clean()
	if wrong != nil {
		return wrong
	}
	changed, err := s.Store.ChangeRegistration(r.Context(), found.ID, p, s.Notices, s.Site.Domain(), s.Clock.Now())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, shown(changed))
}

// cancelRegistration gives a place back. Asked again it answers the same, and nobody is told twice.
func (s *Server) cancelRegistration(w http.ResponseWriter, r *http.Request, _ mce.APIToken) error {
	found, err := s.registrationOf(r.Context(), r)
	if err != nil {
		return err
	}
	cancelErr := s.Store.CancelByID(r.Context(), found.ID, s.Notices, s.Site.Domain(), s.Clock.Now())
	if cancelErr != nil && mce.ErrorCode(cancelErr) != mce.Conflict {
		return cancelErr
	}
	if found, err = s.Store.RegistrationByID(r.Context(), found.ID); err != nil {
		return err
	}
	if cancelErr != nil && found.State != mce.Withdrawn {
		return cancelErr
	}
	return answer(w, http.StatusOK, shown(found))
}
