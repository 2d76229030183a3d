package web_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// booked registers people for the conference by somebody else, and gives the link of the mail to that person, as a path.
func (s *site) booked(emails ...string) string {
	s.t.Helper()
	order := mce.Order{Booker: &mce.Booking{Event: prato, Email: "office@prato.example", Name: "Sara Verdi", Language: "en"}}
	for _, email := range emails {
		order.People = append(order.People, mce.Registration{Event: prato, Email: email, Name: "Delegate " + email, Language: "en"})
	}
	out, err := s.store.Register(s.t.Context(), order, s.letters, "mce.example", frozen{}.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return "/booking/" + s.keys.Token(mce.ForBooking, out[0].Booking, 0)
}

func TestABookingShowsItsPeopleAndGivesPlacesBack(t *testing.T) {
	s := newSite(t, public)
	s.adapt(prato, func(e *mce.Event) { e.Capacity = 2 })
	path := s.booked("anna@example.org", "bruno@example.org", "carla@example.org")
	anna, carla := s.registration("anna@example.org"), s.registration("carla@example.org")
	a := s.get(path)
	a.wants(t, http.StatusOK, "Your booking", "office@prato.example", "Delegate anna@example.org", "Has a place.", "On the waiting list.", `content="noindex"`,
		fmt.Sprintf("%s/cancel/%d?lang=en", path, anna.ID))
	a.lacks(t, anna.Code, carla.Code)
	guards(t, a, pagePolicy)

	cancel := fmt.Sprintf("%s/cancel/%d", path, anna.ID)
	s.get(cancel).wants(t, http.StatusOK, "It is the registration of Delegate anna@example.org.", `action="`+cancel+`?lang=en"`)
	s.post(cancel).wants(t, http.StatusOK, "The registration is cancelled", path+"?lang=en")
	s.post(cancel).wants(t, http.StatusOK, "was already cancelled")
	if got := s.registration("anna@example.org").State; got != mce.Withdrawn {
		t.Error(got)
	}
	if got := s.registration("carla@example.org").State; got != mce.Registered { // moved up
		t.Error(got)
	}
	s.get(path).wants(t, http.StatusOK, "Cancelled.")
}

func TestABookingReachesItsOwnPeopleAlone(t *testing.T) {
	s := newSite(t, public)
	path := s.booked("anna@example.org")
	other := s.placed("bruno@example.org")
	for _, person := range []string{fmt.Sprint(other.ID), "0", "x", "-1", "99999999999999999999"} {
		s.get(path+"/cancel/"+person).wants(t, http.StatusNotFound, "does not belong to the booking")
		s.post(path+"/cancel/"+person).wants(t, http.StatusNotFound)
	}
	if got := s.registration("bruno@example.org").State; got != mce.Registered {
		t.Error(got)
	}
}

func TestABookingOfWhatIsOverOnlyShows(t *testing.T) {
	s := newSite(t, public)
	path := s.booked("anna@example.org")
	s.adapt(prato, func(e *mce.Event) { e.Starts, e.Ends = frozen{}.Now().Add(-time.Hour), frozen{}.Now() })
	a := s.get(path)
	a.wants(t, http.StatusOK, "Nothing can be changed any more")
	a.lacks(t, "/cancel/")
	s.post(fmt.Sprintf("%s/cancel/%d", path, s.registration("anna@example.org").ID)).wants(t, http.StatusOK, "There is nothing to cancel any more")
	if got := s.registration("anna@example.org").State; got != mce.Registered {
		t.Error(got)
	}
}
