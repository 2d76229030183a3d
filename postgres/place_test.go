package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// tour makes the office's event one for so many; change adapts it further.
func (o *office) tour(capacity int, change func(*mce.Event)) {
	o.t.Helper()
	lib := library()
	lib.Events[0].Capacity = capacity
	if change != nil {
		change(&lib.Events[0])
	}
	o.save(lib)
}

// standing are the addresses of the event in a state, in the order in which they registered.
func (o *office) standing(state mce.RegistrationState) (out []string) {
	o.t.Helper()
	all := value(o.Registrations(o.t.Context(), "prato"))(o.t)
	slices.SortFunc(all, func(a, b mce.Registration) int { return int(a.ID - b.ID) })
	for _, r := range all {
		if r.State == state {
			out = append(out, r.Email)
		}
	}
	return out
}

// letters counts those of a kind that wait for a person, or for anybody where the address is empty.
func (o *office) letters(kind mce.LetterKind, email string) int {
	o.t.Helper()
	return o.sql(`select from letters l join registrations r on r.id = l.registration_id where l.kind = $1 and (r.email = $2 or $2 = '')`, string(kind), email)
}

// TestThirtyPlacesForFortyFive who register all at once: nobody is lost, nobody overbooked; and who cancels makes room for the first who wait.
func TestThirtyPlacesForFortyFive(t *testing.T) {
	o := newOffice(t)
	o.tour(30, nil)
	var all errgroup.Group
	for i := range 45 {
		all.Go(func() error {
			_, err := o.Register(t.Context(), mce.Order{People: delegates(fmt.Sprintf("p%d@example.org", i))}, told, domain, now.Add(time.Duration(i)*time.Second))
			return err
		})
	}
	must(t, all.Wait())
	in, waiting := o.standing(mce.Registered), o.standing(mce.OnWaitingList)
	if len(in) != 30 || len(waiting) != 15 || o.letters(mce.Confirmation, "") != 30 || o.letters(mce.WaitingList, "") != 15 {
		t.Fatalf("%d have a place, %d wait", len(in), len(waiting))
	}
	var first []string
	rows, err := o.db.QueryContext(t.Context(), `select email from registrations where state = 'waiting' order by created_at, id limit 2`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var email string
		must(t, rows.Scan(&email))
		first = append(first, email)
	}
	must(t, rows.Err())
	for _, email := range in[:2] {
		must(t, o.CancelRegistration(t.Context(), "prato", email, told, domain, now.Add(time.Hour)))
	}
	for _, email := range first {
		if !slices.Contains(o.standing(mce.Registered), email) || o.letters(mce.Confirmation, email) != 1 {
			t.Errorf("%s, who waited longest, has no place", email)
		}
	}
	if in, waiting := o.standing(mce.Registered), o.standing(mce.OnWaitingList); len(in) != 30 || len(waiting) != 13 {
		t.Errorf("then %d have a place, %d wait", len(in), len(waiting))
	}
}

func TestNobodyOvertakesTheWaitingList(t *testing.T) {
	o := newOffice(t)
	o.tour(1, nil)
	o.register("anna@example.org")
	o.register("bob@example.org")
	must(t, o.CancelRegistration(t.Context(), "prato", "bob@example.org", told, domain, now))
	if o.letters(mce.Cancellation, "bob@example.org") != 1 || len(o.standing(mce.OnWaitingList)) != 0 {
		t.Error("who waited cannot leave the list")
	}
	o.register("carla@example.org")
	o.tour(3, nil) // two more places, and nobody was told yet
	if r := o.register("dora@example.org")[0]; r.State != mce.Registered {
		t.Errorf("with two free places and one who waits, dora is %s", r.State)
	}
	if r := o.register("eve@example.org")[0]; r.State != mce.OnWaitingList {
		t.Errorf("the last place is carla's, but eve is %s", r.State)
	}
	for _, want := range []int{1, 0} { // once, however often it is asked
		if n := value(o.MoveUp(t.Context(), told, domain, now.Add(time.Hour)))(t); n != want {
			t.Errorf("%d move up, want %d", n, want)
		}
	}
	if in := o.standing(mce.Registered); !slices.Equal(in, []string{"anna@example.org", "carla@example.org", "dora@example.org"}) {
		t.Errorf("%v", in)
	}
}

func TestASpeakerTakesNoPlace(t *testing.T) {
	o := newOffice(t)
	o.tour(1, nil)
	speakers := delegates("s1@example.org", "s2@example.org")
	speakers[0].Role, speakers[1].Role = mce.AsSpeaker, mce.AsSpeaker
	value(o.Register(t.Context(), mce.Order{People: speakers}, told, domain, now))(t)
	o.register("anna@example.org", "bob@example.org")
	if in := o.standing(mce.Registered); len(in) != 3 || slices.Contains(in, "bob@example.org") {
		t.Errorf("%v", in)
	}
}

func TestOnlyMembersComeToWhatIsForThem(t *testing.T) {
	o := newOffice(t)
	o.tour(0, func(e *mce.Event) { e.Admission = mce.ForMembers })
	must(t, o.SaveOrganisations(t.Context(), []mce.Organisation{
		{Name: "Prato", Membership: mce.Member, Domains: []string{"comune.example"}, Contacts: []mce.Contact{{Email: "mayor@elsewhere.example"}}},
		{Name: "Acme", Membership: mce.Sponsor, Domains: []string{"acme.example"}},
	}, now))
	o.register("anna@comune.example", "Mayor@Elsewhere.example")
	for _, email := range []string{"bob@elsewhere.example", "carla@acme.example"} {
		_, err := o.Register(t.Context(), mce.Order{People: delegates(email)}, told, domain, now)
		refused(t, err, mce.Conflict, "is for members of the association")
		refused(t, err, mce.Conflict, "use the address at your member city, or ask us to add yours")
	}
	if n := o.letters(mce.Confirmation, ""); n != 2 {
		t.Errorf("%d confirmations", n)
	}
}

// TestACancellationNeverOvertakesItsInvitation: the letters of a registration leave one after the other, also when the first must be tried again.
func TestACancellationNeverOvertakesItsInvitation(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	must(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now))
	again := o.register("anna@example.org")[0]
	first := o.claim(5)
	if len(first) != 1 || first[0].Kind != mce.Confirmation || first[0].LeftOut != "" {
		t.Fatalf("%+v", first)
	}
	if got := o.claim(5); len(got) != 0 {
		t.Fatalf("beside the first: %+v", got)
	}
	must(t, o.Settle(t.Context(), []mce.Try{{Letter: first[0], Outcome: mce.Deferred, Due: now.Add(time.Minute)}}, now))
	if got := o.claim(5); len(got) != 0 {
		t.Fatalf("while the first waits for its next try: %+v", got)
	}
	o.crash()
	for _, want := range []mce.LetterKind{mce.Confirmation, mce.Cancellation, mce.Confirmation} {
		_, got, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now.Add(time.Hour)})
		must(t, err)
		if len(got) != 1 || got[0].Kind != want {
			t.Fatalf("%+v, want the %s", got, want)
		}
		o.settle(mce.Delivered, got...)
	}
	if again.Sequence != 2 {
		t.Errorf("the last invitation has sequence %d", again.Sequence)
	}
}
