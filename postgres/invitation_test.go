package postgres_test

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// inviting is an office whose rule invites the readers of events an hour after now.
func inviting(t *testing.T, change func(*mce.Library)) *office {
	t.Helper()
	o := newOffice(t)
	lib := library()
	lib.Reminders[0].For = mce.ForInterested
	if change != nil {
		change(&lib)
	}
	o.save(lib)
	o.readers("anna@example.org en events", "bob@example.org it events news", "news@example.org en news", "gone@example.org en events",
		"pauses@example.org en events", "comes@example.org en events", "late@example.org en events", "refused@example.org en events", "came@example.org en events")
	value(o.Leave(t.Context(), o.subscriber("gone@example.org").ID, "leave link", "", now.AddDate(0, 0, -1)))(t)
	o.sql(`update subscribers set paused_until = $1 where email = 'pauses@example.org'`, now.AddDate(0, 1, 0))
	o.sql(`update subscribers set changed_at = $1 where email = 'late@example.org'`, now.Add(time.Hour))
	o.sql(`insert into suppressions values ('refused@example.org', 'unknown', 'bounce', now())`)
	o.register("Comes@example.org", "came@example.org")
	o.settle(mce.Delivered, o.claim(10)...)
	o.sql(`update registrations set state = 'cancelled' where email = 'came@example.org'`)
	return o
}

// invited claims what is due and says who is to be written to, and who is left out for which reason.
func (o *office) invited() (to []string, leftOut map[string]string) {
	o.t.Helper()
	_, letters, err := o.ClaimExpress(o.t.Context(), mce.Claim{Letters: 100, Now: now.Add(time.Hour)})
	must(o.t, err)
	leftOut = map[string]string{}
	for _, l := range letters {
		if l.Kind != mce.Invitation || l.Purpose() != mce.ForLeaving || l.To != "" && l.PersonID != o.subscriber(l.To).ID {
			o.t.Errorf("%+v", l)
		}
		if l.LeftOut != "" {
			leftOut[l.To] = l.LeftOut
			continue
		}
		to = append(to, l.To)
	}
	slices.Sort(to)
	return to, leftOut
}

func (o *office) invitation(lang mce.Lang) (mce.Edition, error) { return note(mce.Invitation, lang) }

func (o *office) invite() int {
	o.t.Helper()
	return value(o.queue(o.invitation))(o.t)
}

func TestReadersOfATopicWhoAreNotRegisteredAreInvitedOnce(t *testing.T) {
	o := inviting(t, nil)
	for _, want := range []int{3, 0} {
		if n := o.invite(); n != want {
			t.Errorf("%d invitations, want %d", n, want)
		}
	}
	if n := o.drop(); n != 0 {
		t.Errorf("%d dropped that went", n)
	}
	to, leftOut := o.invited()
	if !slices.Equal(to, []string{"anna@example.org", "bob@example.org", "came@example.org"}) || len(leftOut) > 0 {
		t.Error(to, leftOut)
	}
	if n := o.sql(`select from letters l join editions e on e.id = l.edition_id where l.kind = 'invitation' and e.lang = 'it'`); n != 1 {
		t.Errorf("%d in Italian", n)
	}
}

// The event moved: who has been invited is not invited again, who became a reader since is.
func TestAMovedEventInvitesOnlyWhoWasNot(t *testing.T) {
	o := inviting(t, nil)
	o.invite()
	rule, event := value(o.ReminderRules(t.Context()))(t)[0], value(o.EventsAround(t.Context(), now))(t)[0]
	due := now.AddDate(0, 0, 7)
	if n := value(o.QueueReminder(t.Context(), rule, event, due, due.Add(time.Hour), due, o.invitation, domain))(t); n != 1 {
		t.Errorf("%d invitations, want that of the late reader", n)
	}
}

func TestDaemonsThatInviteAtOnceInviteOnce(t *testing.T) {
	o := inviting(t, nil)
	var all errgroup.Group
	for range 6 {
		all.Go(func() error { _, err := o.queue(o.invitation); return err })
	}
	must(t, all.Wait())
	if n := o.sql(`select from letters where kind = 'invitation'`); n != 3 {
		t.Errorf("%d letters for three readers", n)
	}
}

func TestAMembersEventInvitesMembers(t *testing.T) {
	o := inviting(t, nil)
	o.sql(`update events set admission = 'members'`)
	must(t, o.SaveOrganisations(t.Context(), []mce.Organisation{
		{Name: "Prato", Membership: mce.Member, Contacts: []mce.Contact{{Email: "Anna@example.org"}}}, {Name: "Seller", Membership: mce.Sponsor, Domains: []string{"example.org"}},
	}, now))
	o.invite()
	if to, _ := o.invited(); !slices.Equal(to, []string{"anna@example.org"}) {
		t.Error(to)
	}
}

func TestWhoReadsADigestOnceAMonthFindsTheEventThere(t *testing.T) {
	for name, digest := range map[string]bool{"a digest": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			o := inviting(t, func(l *mce.Library) {
				if digest {
					monthly := l.Series[0]
					monthly.Slug, monthly.Cron, monthly.Pace = "monthly", "0 9 1 * *", mce.Monthly
					l.Series = append(l.Series, monthly)
				}
			})
			o.sql(`update subscribers set pace = 'monthly'`)
			if n := o.invite(); (n == 0) != digest {
				t.Errorf("%d invitations", n)
			}
		})
	}
}

func TestADroppedInvitationIsRecordedAndNeverSent(t *testing.T) {
	o := inviting(t, nil)
	if n := o.drop(); n != 3 {
		t.Errorf("%d dropped", n)
	}
	if o.drop() != 0 || o.invite() != 0 {
		t.Error("it is dropped twice, or sent after all")
	}
	if n := o.sql(`select from invitation_rounds where outcome = 'dropped' and reason = 'too late' and letters = 3`); n != 1 {
		t.Error("not recorded")
	}
}

func TestWhoChangedTheirMindIsLeftOut(t *testing.T) {
	for want, change := range map[string]string{
		"unsubscribed":         `update subscribers set state = 'unsubscribed' where email = 'anna@example.org'`,
		"paused by the reader": `update subscribers set paused_until = '2030-01-01' where email = 'anna@example.org'`,
		"the reader did not choose one of its topics": `update subscribers set topics = '{news}' where email = 'anna@example.org'`,
		"registered already":                          `update registrations set state = 'waiting', email = 'ANNA@example.org' where email = 'came@example.org'`,
		"the address is suppressed":                   `insert into suppressions values ('anna@example.org', 'unknown', 'bounce', now())`,
		"the event was cancelled":                     `update events set state = 'cancelled'`,
		"the event was put off":                       `update events set state = 'moved'`,
		"registration has closed":                     `update events set state = 'closed'`,
	} {
		t.Run(want, func(t *testing.T) {
			o := inviting(t, nil)
			o.invite()
			o.sql(change)
			if _, leftOut := o.invited(); leftOut["anna@example.org"] != want {
				t.Error(leftOut)
			}
		})
	}
}

// Single letters pass: a confirmation does not wait for thousands of invitations that were queued before it.
func TestInvitationsLetSingleLettersPass(t *testing.T) {
	o := inviting(t, nil)
	o.invite()
	value(o.Register(t.Context(), mce.Order{People: delegates("dora@example.org")}, told, domain, now.Add(time.Hour)))(t)
	_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 1, Now: now.Add(2 * time.Hour)})
	must(t, err)
	if len(letters) != 1 || letters[0].Kind != mce.Confirmation {
		t.Errorf("%+v", letters)
	}
	_, letters, err = o.ClaimExpress(t.Context(), mce.Claim{Letters: 10, Now: now.Add(2 * time.Hour), Single: true})
	must(t, err)
	if len(letters) != 0 {
		t.Errorf("where single letters alone may go: %+v", letters)
	}
}

func TestInvitationsInDoubtWaitForADecision(t *testing.T) {
	for name, c := range map[string]struct {
		resend bool
		again  int
	}{"sent again": {true, 3}, "left": {false, 0}} {
		t.Run(name, func(t *testing.T) {
			o := inviting(t, nil)
			o.invite()
			o.invited()
			o.crash()
			if to, _ := o.invited(); len(to) != 0 {
				t.Errorf("%s are written to twice", to)
			}
			if doubt := value(o.UncertainLetters(t.Context(), 0))(t); len(doubt) != 3 || doubt[0].Event != "prato" || doubt[0].IssueID != 0 {
				t.Errorf("%+v", doubt)
			}
			if n := value(o.ResolveInvitations(t.Context(), "prato", c.resend, now))(t); n != 3 {
				t.Errorf("%d resolved", n)
			}
			if to, _ := o.invited(); len(to) != c.again {
				t.Errorf("%s", to)
			}
			_, err := o.ResolveInvitations(t.Context(), "prato", true, now)
			refused(t, err, mce.Conflict, "no invitation to prato is in doubt")
			_, err = o.ResolveInvitations(t.Context(), "nowhere", true, now)
			refused(t, err, mce.NotFound, "nowhere")
		})
	}
}

func TestAnErasedReaderIsForgottenByInvitations(t *testing.T) {
	o := inviting(t, nil)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	o.invite()
	must(t, o.Erase(t.Context(), "anna@example.org", "test", now))
	if n := o.sql(`select from invitations`); n != 2 {
		t.Errorf("%d are remembered", n)
	}
	if to, leftOut := o.invited(); slices.Contains(to, "anna@example.org") || leftOut[""] != "the person was erased" {
		t.Error(to, leftOut)
	}
}

func TestProspectsSayWhyAReaderIsNotInvited(t *testing.T) {
	o := inviting(t, nil)
	o.invite()
	rule := value(o.ReminderRules(t.Context()))(t)[0]
	for email, want := range map[string]string{
		"Anna@example.org": "queued|", "news@example.org": "none|the reader did not choose one of its topics", "gone@example.org": "none|unsubscribed",
		"pauses@example.org": "none|paused by the reader", "comes@example.org": "none|registered already", "refused@example.org": "none|the address is suppressed",
	} {
		found := value(o.Prospects(t.Context(), email, now))(t)
		if len(found) != 1 {
			t.Fatalf("%s: %+v", email, found)
		}
		due := now.Add(time.Hour)
		p := found[0]
		p.Event.Starts = due.AddDate(0, 0, 7)
		got := value(rule.Invitation(p, now))(t)
		if got.Status+"|"+got.Reason != want {
			t.Errorf("%s: %+v", email, got)
		}
	}
	if found := value(o.Prospects(t.Context(), "nobody@example.org", now))(t); len(found) != 0 {
		t.Error(found)
	}
}
