package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// joins is a reader who asks, is asked, and confirms at a moment.
func (o *office) joins(email string, c mce.Choices, when time.Time) mce.Subscriber {
	o.t.Helper()
	if c.Language == "" {
		c.Language = mce.English
	}
	w := mce.Wish{Subscriber: mce.Subscriber{Email: email, Choices: c}, Consent: mce.Consent{Wording: "yes", Source: "form", At: when}}
	if !value(o.AskToConfirm(o.t.Context(), w, func() (mce.Edition, error) { return note(mce.OptIn, c.Language) }, domain))(o.t) {
		o.t.Fatalf("%s was not asked", email)
	}
	p := o.subscriber(email)
	_, asked := o.record(p.ID)
	if !value(o.Confirm(o.t.Context(), p.ID, asked, "link", "", plain{}, domain, when))(o.t) {
		o.t.Fatalf("%s has not confirmed", email)
	}
	return p
}

// due are the letters of a kind on the express lane at a moment, by recipient.
func (o *office) due(kind mce.LetterKind, when time.Time) map[string]mce.Letter {
	o.t.Helper()
	o.crash() // what was claimed before comes again
	_, letters, err := o.ClaimExpress(o.t.Context(), mce.Claim{Letters: 100, Now: when})
	must(o.t, err)
	out := map[string]mce.Letter{}
	for _, l := range letters {
		if l.Kind != kind {
			continue
		}
		if _, twice := out[l.To]; twice {
			o.t.Errorf("%s gets two letters of kind %s", l.To, kind)
		}
		out[l.To] = l
	}
	return out
}

func (o *office) subject(l mce.Letter) string {
	o.t.Helper()
	return value(o.Edition(o.t.Context(), l.EditionID))(o.t).Subject
}

func TestANewReaderIsWelcomedWithTheLatestIssueCutToTheirTopics(t *testing.T) {
	o := newOffice(t)
	o.readers("old@example.org en news events")
	o.sending()
	for email, c := range map[string]mce.Choices{
		"news@example.org":    {Topics: []string{"news"}},
		"both@example.org":    {Topics: []string{"events", "news"}},
		"monthly@example.org": {Topics: []string{"news"}, Pace: mce.Monthly},
	} {
		o.joins(email, c, now)
	}
	letters := o.due(mce.Welcome, now)
	got := map[string]string{}
	for email, l := range letters {
		got[email] = o.subject(l)
		if l.LeftOut != "" || l.Purpose() != mce.ForLeaving || l.PersonID != o.subscriber(email).ID || l.CauseID != 0 {
			t.Errorf("%+v", l)
		}
	}
	want := map[string]string{
		"news@example.org": "number 1, 1 items", "both@example.org": "number 1, 2 items", "monthly@example.org": "welcome", // no monthly issue was sent
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAnIssueThereIsAWelcomeAllTheSame(t *testing.T) {
	o := newOffice(t)
	o.scheduled() // it has not begun to leave
	o.joins("anna@example.org", mce.Choices{Topics: []string{"news"}}, now)
	if l := o.due(mce.Welcome, now); len(l) != 1 || o.subject(l["anna@example.org"]) != "welcome" {
		t.Errorf("%+v", l)
	}
}

// TestAWelcomeShowsNothingThatWasNotForEverybody: not an issue that was called off, nor one for members alone.
func TestAWelcomeShowsNothingThatWasNotForEverybody(t *testing.T) {
	o := newOffice(t)
	o.readers("old@example.org en news events")
	i := o.sending()
	o.sql(`update series set segment = '{"membership": ["member"]}'`)
	o.joins("anna@example.org", mce.Choices{Topics: []string{"news"}}, now)
	o.sql(`update series set segment = '{}'`)
	value(o.Cancel(t.Context(), i.ID, "a mistake", now))(t)
	o.joins("bob@example.org", mce.Choices{Topics: []string{"events"}}, now)
	for email, l := range o.due(mce.Welcome, now) {
		if o.subject(l) != "welcome" {
			t.Errorf("%s is shown %q", email, o.subject(l))
		}
	}
}

func TestReadersAlikeShareAWelcome(t *testing.T) {
	o := newOffice(t)
	o.readers("old@example.org en news events")
	o.sending()
	news := mce.Choices{Topics: []string{"news"}}
	o.joins("first@example.org", news, now)
	o.joins("alike@example.org", news, now.Add(23*time.Hour))
	o.joins("more@example.org", mce.Choices{Topics: []string{"news", "events"}}, now)
	o.joins("italian@example.org", mce.Choices{Language: "it", Topics: []string{"news"}}, now)
	o.joins("later@example.org", news, now.Add(25*time.Hour))
	l := o.due(mce.Welcome, now.Add(48*time.Hour))
	if len(l) != 5 || l["first@example.org"].EditionID != l["alike@example.org"].EditionID {
		t.Errorf("those alike have editions of their own: %+v", l)
	}
	others := map[int64]string{}
	for _, email := range []string{"first@example.org", "more@example.org", "italian@example.org", "later@example.org"} {
		id := l[email].EditionID
		if who, shared := others[id]; shared {
			t.Errorf("%s shares the edition of %s", email, who)
		}
		others[id] = email
	}
}

func TestAWelcomeIsLeftOutForWhoHasLeft(t *testing.T) {
	o := newOffice(t)
	o.joins("anna@example.org", mce.Choices{Topics: []string{"news"}}, now)
	o.leave("anna@example.org", now)
	if l := o.due(mce.Welcome, now)["anna@example.org"]; l.LeftOut != "unsubscribed" {
		t.Errorf("%+v", l)
	}
}

func TestConfirmingTwiceWelcomesOnce(t *testing.T) {
	o := newOffice(t)
	p := o.joins("anna@example.org", mce.Choices{Topics: []string{"news"}}, now)
	if value(o.Confirm(t.Context(), p.ID, 1, "link", "", plain{}, domain, now))(t) {
		t.Error("confirmed twice")
	}
	if n := o.sql(`select from letters where kind = 'welcome'`); n != 1 {
		t.Errorf("%d welcomes", n)
	}
}

// wishesLink lets somebody wish for the link, and grants it.
func (o *office) wishesLink(email string, when time.Time) {
	o.t.Helper()
	must(o.t, o.AddWish(o.t.Context(), mce.Wish{
		Kind: mce.ForLink, Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: "it"}}, Consent: mce.Consent{Source: "page", At: when},
	}))
	for value(o.GrantWish(o.t.Context(), plain{}, domain))(o.t) {
	}
}

func TestTheLinkGoesToWhoIsKnownAndMayBeWrittenTo(t *testing.T) {
	o := sealed(t)
	o.readers("active@example.org it news", "left@example.org en news", "bad@example.org en news", "erased@example.org en news")
	o.leave("left@example.org", now)
	o.sql(`insert into suppressions values ('bad@example.org', 'bounced', 'test', now())`)
	must(t, o.Erase(t.Context(), "erased@example.org", "test", now))
	o.ask("pending@example.org")
	for _, who := range []string{"ACTIVE", "left", "bad", "erased", "pending", "unknown"} {
		o.wishesLink(who+"@example.org", now)
	}
	letters := o.due(mce.SelfLink, now)
	if len(letters) != 2 || letters["left@example.org"].LeftOut != "" {
		t.Errorf("%+v", letters)
	}
	l := letters["active@example.org"]
	token := testKeys(t).Token(l.Purpose(), l.PersonID, l.CauseID)
	id, err := testKeys(t).OpenSelf(token, now.Add(mce.SelfFor-time.Second))
	if active := o.subscriber("active@example.org"); err != nil || id != active.ID || l.CauseID != now.Add(mce.SelfFor).Unix() {
		t.Errorf("%d, %v: %+v", id, err, l)
	}
	if _, err := testKeys(t).OpenSelf(token, now.Add(mce.SelfFor)); mce.ErrorCode(err) != mce.NotFound {
		t.Errorf("a day later: %v", err)
	}
	if e := value(o.Edition(t.Context(), l.EditionID))(t); e.Lang != "it" {
		t.Errorf("in %q", e.Lang)
	}
}

func TestTheLinkIsSentOnceAnHour(t *testing.T) {
	o := newOffice(t)
	o.readers("anna@example.org en news")
	for i, step := range []struct {
		after time.Duration
		sent  int
	}{{0, 1}, {time.Minute, 1}, {time.Hour - time.Second, 1}, {time.Hour, 2}, {time.Hour + time.Minute, 2}} {
		o.wishesLink("anna@example.org", now.Add(step.after))
		if n := o.sql(`select from letters where kind = 'link'`); n != step.sent {
			t.Errorf("step %d: %d letters, want %d", i, n, step.sent)
		}
	}
	if n := o.sql(`select from wishes`); n != 0 {
		t.Errorf("%d wishes are left", n)
	}
}

func TestALetterToANewAddressGoesThere(t *testing.T) {
	for name, c := range map[string]struct {
		spoil string // what happens before it goes
		to    string
		says  string
	}{
		"there":           {`select 1`, "anna@new.example", ""},
		"old suppressed":  {`insert into suppressions values ('anna@example.org', 'full', 'test', now())`, "anna@new.example", ""},
		"new suppressed":  {`insert into suppressions values ('anna@new.example', 'bounced', 'test', now())`, "anna@new.example", "the address is suppressed"},
		"no longer asked": {`delete from moves`, "", "the new address is not asked for any more"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.readers("anna@example.org en news")
			if !o.askToMove("anna@example.org", "anna@new.example", now) {
				t.Fatal("not asked")
			}
			o.sql(c.spoil)
			letters := o.due(mce.Move, now)
			if l, there := letters[c.to]; !there || l.LeftOut != c.says || l.Purpose() != mce.ForMoving || l.CauseID != 1 {
				t.Errorf("%+v", letters)
			}
		})
	}
}
