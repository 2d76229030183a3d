package postgres_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// wall is the time of people and machines; it need not be that of the business.
var wall = at("2026-11-26T10:00:00Z")

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// asks wishes for a link at a moment of the wall clock, and lets the wish be granted.
func (o *office) asks(email, browser, origin string, when time.Time) {
	o.t.Helper()
	must(o.t, o.AddWish(o.t.Context(), mce.Wish{
		Kind: mce.ToLogIn, Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: "it"}}, Consent: mce.Consent{Origin: origin, At: now},
		Login: mce.LoginAsk{Browser: hash(browser), Next: "/desk/users", Until: when.Add(mce.LoginFor)},
	}))
	for more := true; more; {
		more = value(o.GrantWish(o.t.Context(), plain{}, domain))(o.t)
	}
}

// links are the links that were mailed, the oldest first.
func (o *office) links() []mce.Letter {
	o.t.Helper()
	o.crash()
	var links []mce.Letter
	for _, l := range o.claim(100) {
		if l.Kind == mce.LoginLink {
			links = append(links, l)
		}
	}
	return links
}

// logsIn uses a link in a browser.
func (o *office) logsIn(l mce.Letter, browser, cookie string, when time.Time) mce.LoginFault {
	o.t.Helper()
	begin := mce.NewSession{Hash: hash(cookie), Client: "Firefox", Origin: "192.0.2.1"}
	_, fault, err := o.LogIn(o.t.Context(), l.PersonID, l.CauseID, hash(browser), begin, when, now)
	must(o.t, err)
	return fault
}

func TestALinkIsMailedToUsersAlone(t *testing.T) {
	o := newOffice(t)
	anna := o.user("anna", mce.Editor)
	o.readers("reader@example.org en news")
	for _, email := range []string{"ANNA@mce.example", "reader@example.org", "nobody@example.org"} {
		o.asks(email, "browser", "192.0.2.1", wall)
	}
	links := o.links()
	if len(links) != 1 || links[0].To != "anna@mce.example" || links[0].Name != "anna" || links[0].PersonID != anna.ID || links[0].LeftOut != "" {
		t.Fatalf("%+v", links)
	}
	e := value(o.Edition(t.Context(), links[0].EditionID))(t)
	if e.Lang != "en" || !e.Latest.Equal(now.Add(mce.LoginFor)) {
		t.Errorf("in %s, latest %s", e.Lang, e.Latest)
	}
	l := value(o.Login(t.Context(), anna.ID, links[0].CauseID))(t)
	if l.User != anna || l.Next != "/desk/users" || !l.Until.Equal(wall.Add(mce.LoginFor)) || !l.Used.IsZero() {
		t.Errorf("%+v", l)
	}
	if n := o.sql(`delete from wishes`); n != 0 {
		t.Errorf("%d wishes are left", n)
	}
}

func TestALinkLetsInOnceInItsBrowserAndInTime(t *testing.T) {
	o := newOffice(t)
	anna := o.user("anna", mce.Admin)
	o.asks(anna.Email, "browser", "192.0.2.1", wall)
	link := o.links()[0]
	for _, c := range []struct {
		name, browser string
		when          time.Time
		want          mce.LoginFault
	}{
		{"stolen", "another", wall, mce.LoginElsewhere},
		{"without a cookie", "", wall, mce.LoginElsewhere},
		{"late", "browser", wall.Add(mce.LoginFor), mce.LoginOver},
		{"in time", "browser", wall.Add(mce.LoginFor - 1), mce.LoginGood},
		{"again", "browser", wall, mce.LoginUsed},
		{"again, stolen", "another", wall, mce.LoginElsewhere},
	} {
		if got := o.logsIn(link, c.browser, c.name, c.when); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		_, err := o.DeskSession(t.Context(), hash(c.name), wall)
		if (err == nil) != (c.want == mce.LoginGood) {
			t.Errorf("%s: a session? %v", c.name, err)
		}
	}
	_, _, err := o.LogIn(t.Context(), anna.ID+1, link.CauseID, hash("browser"), mce.NewSession{Hash: hash("x")}, wall, now)
	refused(t, err, mce.NotFound, "does not work any more")
	o.logged("root at the command line: add user anna (role: admin)\nanna: log in anna")
}

func TestOfTwoClicksAtOnceOneLetsIn(t *testing.T) {
	o := newOffice(t)
	anna := o.user("anna", mce.Editor)
	o.asks(anna.Email, "browser", "", wall)
	link := o.links()[0]
	var both errgroup.Group
	faults := make([]mce.LoginFault, 4)
	for i := range faults {
		both.Go(func() error { faults[i] = o.logsIn(link, "browser", string(rune('a'+i)), wall); return nil })
	}
	must(t, both.Wait())
	good := 0
	for _, f := range faults {
		if f == mce.LoginGood {
			good++
		} else if f != mce.LoginUsed {
			t.Errorf("%q", f)
		}
	}
	if sessions := value(o.DeskSessions(t.Context(), anna.ID, wall))(t); good != 1 || len(sessions) != 1 {
		t.Errorf("%d let in, %d sessions", good, len(sessions))
	}
}

func TestNobodysMailboxIsFilledAndNobodyIsKeptOut(t *testing.T) {
	o := newOffice(t)
	anna, bob := o.user("anna", mce.Editor), o.user("bob", mce.Editor)
	for range 8 {
		o.asks(anna.Email, "stranger", "198.51.100.1", wall)
	}
	if n := len(o.links()); n != 5 {
		t.Errorf("%d mails at the wish of one client", n)
	}
	o.asks(anna.Email, "browser", "192.0.2.1", wall)
	if n := len(o.links()); n != 6 {
		t.Errorf("%d mails: she is kept out by a stranger", n)
	}
	for i := range 30 {
		o.asks(anna.Email, "stranger", string(rune('a'+i)), wall)
	}
	if n := len(o.links()); n != 20 {
		t.Errorf("%d mails at the wish of many clients", n)
	}
	o.asks(bob.Email, "browser", "198.51.100.1", wall)
	o.asks(anna.Email, "browser", "192.0.2.1", wall.Add(mce.LoginFor))
	if n := len(o.links()); n != 22 {
		t.Errorf("%d mails: others, or a later wish, are refused", n)
	}
}

func TestASessionEnds(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	anna := o.user("anna", mce.Editor)
	o.user("boss", mce.Admin)
	by := mce.Actor{UserID: anna.ID}
	begin := func(cookie string, when time.Time) {
		t.Helper()
		o.asks(anna.Email, cookie, cookie, when)
		links := o.links()
		if fault := o.logsIn(links[len(links)-1], cookie, cookie, when); fault != mce.LoginGood {
			t.Fatal(fault)
		}
	}
	open := func(cookie string, when time.Time) bool {
		t.Helper()
		d, err := o.DeskSession(ctx, hash(cookie), when)
		if err != nil && mce.ErrorCode(err) != mce.NotFound || err == nil && d.User.ID != anna.ID {
			t.Fatal(d, err)
		}
		return err == nil
	}
	begin("one", wall)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{11 * time.Hour, true}, {22 * time.Hour, true}, // each use counts anew
		{22*time.Hour + 30*time.Second, true},
		{34*time.Hour + 31*time.Second, false}, {22 * time.Hour, true},
	} {
		if open("one", wall.Add(c.after)) != c.want {
			t.Errorf("after %s open is not %v", c.after, c.want)
		}
	}
	for day := time.Duration(23); day < 14*24; day += 11 {
		open("one", wall.Add(day*time.Hour))
	}
	if open("one", wall.Add(14*24*time.Hour)) {
		t.Error("it lasts for ever where it is used")
	}

	begin("two", wall)
	begin("three", wall)
	begin("four", wall)
	own := value(o.DeskSession(ctx, hash("two"), wall))(t)
	if all := value(o.DeskSessions(ctx, anna.ID, wall))(t); len(all) != 4 {
		t.Fatalf("%d sessions", len(all))
	}
	third := value(o.DeskSession(ctx, hash("three"), wall))(t)
	if n := value(o.EndSessions(ctx, own, third.ID, by, now))(t); n != 1 || open("three", wall) || !open("four", wall) {
		t.Errorf("%d ended", n)
	}
	if n := value(o.EndSessions(ctx, own, own.ID, by, now))(t); n != 0 || !open("two", wall) {
		t.Error("it ended itself")
	}
	stranger := mce.DeskSession{ID: 1 << 40, User: mce.User{ID: anna.ID + 1}}
	if n := value(o.EndSessions(ctx, stranger, own.ID, by, now))(t); n != 0 || !open("two", wall) {
		t.Error("another user ended it")
	}
	if n := value(o.EndSessions(ctx, own, 0, by, now))(t); n != 2 || !open("two", wall) || open("four", wall) {
		t.Errorf("%d ended", n)
	}
	must(t, o.LogOut(ctx, own, by, now))
	if open("two", wall) {
		t.Error("replay after log-out")
	}

	begin("five", wall)
	o.asks(anna.Email, "six", "six", wall)
	anna.Language = "it"
	must(t, o.SaveUser(ctx, anna, by, "", now))
	if !open("five", wall) {
		t.Error("another language ends the session")
	}
	anna.Role = mce.Approver
	must(t, o.SaveUser(ctx, anna, operator, "", now))
	if open("five", wall) {
		t.Error("another role does not end the session")
	}
	links := o.links()
	if l := links[len(links)-1]; l.LeftOut != "the link does not work any more" {
		t.Errorf("a link of the old role: %+v", l)
	}
	begin("seven", wall)
	must(t, o.RemoveUser(ctx, anna.ID, operator, "", now))
	if open("seven", wall) {
		t.Error("who was removed is still in")
	}
}

func TestASessionIsReplacedAtTheNextLogIn(t *testing.T) {
	o := newOffice(t)
	anna := o.user("anna", mce.Editor)
	o.asks(anna.Email, "browser", "", wall)
	o.asks(anna.Email, "browser", "", wall)
	links := o.links()
	o.logsIn(links[0], "browser", "first", wall)
	begin := mce.NewSession{Hash: hash("second"), Replaces: hash("first")}
	later := wall.Add(mce.LoginFor - time.Minute)
	if _, fault, err := o.LogIn(t.Context(), anna.ID, links[1].CauseID, hash("browser"), begin, later, now); err != nil || fault != mce.LoginGood {
		t.Fatal(fault, err)
	}
	_, err := o.DeskSession(t.Context(), hash("first"), later)
	refused(t, err, mce.NotFound, "not logged in any more")
	if d := value(o.DeskSession(t.Context(), hash("second"), later))(t); !d.LoggedIn.Equal(later) || !d.Fresh(later.Add(mce.FreshFor-1)) || d.Fresh(later.Add(mce.FreshFor)) {
		t.Errorf("%+v", d)
	}
}
