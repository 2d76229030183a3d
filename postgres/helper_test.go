package postgres_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// now is a Thursday, on which the newsletter is due.
var now = at("2024-03-07T08:00:00Z")

const domain = "mce.example"

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func en(s string) mce.Text        { return mce.Text{"en": s} }
func both(en, it string) mce.Text { return mce.Text{"en": en, "it": it} }

// library is a small stock: two articles, an open conference, a series, a reminder.
func library() mce.Library {
	window := mce.Window{From: at("2024-03-01T00:00:00Z")}
	return mce.Library{
		Topics: []mce.Topic{{Slug: "news", Name: both("News", "Notizie")}, {Slug: "events", Name: en("Events")}},
		Articles: []mce.Article{
			{Slug: "first", Title: both("First", "Primo"), Body: en("Body"), Topics: []string{"news"}, Priority: 1, Window: window},
			{Slug: "second", Title: en("Second"), Body: en("Body"), Topics: []string{"news"}, Window: window},
		},
		Events: []mce.Event{{
			Slug: "prato", Kind: mce.Conference, State: mce.EventOpen, Title: both("Conference", "Conferenza"), City: en("Prato"), TimeZone: "Europe/Rome",
			Starts: at("2024-10-23T07:00:00Z"), Ends: at("2024-10-25T11:00:00Z"), Topics: []string{"events"}, Window: window,
		}},
		Series: []mce.Series{{
			Slug: "newsletter", Name: en("Newsletter"), Cron: "0 9 * * 4", TimeZone: "Europe/Rome", Languages: []mce.Lang{"en", "it"}, Minimum: 1,
			Approval: mce.ApprovalRequired, From: at("2024-01-01T00:00:00Z"),
			Sections: []mce.Section{
				{Slug: "news", Title: en("News"), Kind: mce.KindArticle, Quota: 1}, {Slug: "dates", Title: en("Dates"), Kind: mce.KindEvent, Quota: 1},
			},
		}},
		Reminders: []mce.ReminderRule{{
			Slug: "soon", Anchor: mce.AtStart, Days: -7, At: "09:00", Useful: 48, Subject: en("Soon"), Body: en("Body"),
		}},
	}
}

// office is a store with a library, and what tests ask of it again and again.
type office struct {
	*postgres.Store
	t   testing.TB
	url string
	db  *sql.DB
}

func newOffice(t *testing.T) *office {
	t.Helper()
	t.Parallel()
	return officeOf(t)
}

func officeOf(t testing.TB) *office {
	t.Helper()
	address := pgtest.URL(t)
	s, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o := &office{Store: s, t: t, url: address, db: pgtest.DB(t, address)}
	o.save(library())
	return o
}

func (o *office) save(lib mce.Library) {
	o.t.Helper()
	must(o.t, o.SaveLibrary(o.t.Context(), lib, now))
}

// sql runs a statement of the test's own and counts its rows.
func (o *office) sql(statement string, args ...any) int {
	o.t.Helper()
	res, err := o.db.ExecContext(o.t.Context(), statement, args...)
	must(o.t, err)
	n, err := res.RowsAffected()
	must(o.t, err)
	return int(n)
}

// readers imports subscribers written as "address language topic topic".
func (o *office) readers(lines ...string) {
	o.t.Helper()
	var people []mce.Subscriber
	for _, l := range lines {
		f := strings.Fields(l)
		people = append(people, mce.Subscriber{Email: f[0], Choices: mce.Choices{Language: mce.Lang(f[1]), Topics: f[2:]}})
	}
	_, err := o.ImportSubscribers(o.t.Context(), people, "yes", "test", now.AddDate(0, 0, -1), nil)
	must(o.t, err)
}

// many is n readers of everything in English.
func (o *office) many(n int) {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("reader%04d@example.org en events news", i)
	}
	o.readers(lines...)
}

// assemble makes the issue of the slot so many weeks after now.
func (o *office) assemble(week int) mce.Issue {
	o.t.Helper()
	series := value(o.Series(o.t.Context(), "newsletter"))(o.t)
	due := now.AddDate(0, 0, 7*week)
	issue, _, err := o.Assemble(o.t.Context(), series, mce.Slot{Wall: due.Format("2006-01-02") + " 09:00", Due: due}, true, due)
	must(o.t, err)
	return issue
}

func (o *office) scheduled() mce.Issue {
	o.t.Helper()
	return o.approveAndSchedule(o.assemble(0).ID)
}

func (o *office) approveAndSchedule(id int64) mce.Issue {
	o.t.Helper()
	value(o.Approve(o.t.Context(), id, "anna", "look", now))(o.t)
	return value(o.Schedule(o.t.Context(), id, now, "look"))(o.t)
}

func (o *office) start(id int64) (letters int) {
	o.t.Helper()
	return value(o.StartSending(o.t.Context(), id, plain{}, domain, now))(o.t)
}

// sending is an issue whose letters are in the outbox.
func (o *office) sending() mce.Issue {
	o.t.Helper()
	i := o.scheduled()
	o.start(i.ID)
	return o.issue(i.ID)
}

func (o *office) issue(id int64) mce.Issue {
	o.t.Helper()
	return value(o.Issue(o.t.Context(), id))(o.t)
}

func (o *office) progress(id int64) map[mce.Outcome]int {
	o.t.Helper()
	return value(o.IssueProgress(o.t.Context(), id))(o.t)
}

func (o *office) subscriber(email string) mce.Subscriber {
	o.t.Helper()
	return value(o.SubscriberByEmail(o.t.Context(), email))(o.t)
}

func (o *office) settle(outcome mce.Outcome, letters ...mce.Letter) {
	o.t.Helper()
	tries := make([]mce.Try, len(letters))
	for i, l := range letters {
		tries[i] = mce.Try{Letter: l, Outcome: outcome, Code: 450, Status: "4.2.0", Detail: "said so", Due: now}
	}
	must(o.t, o.Settle(o.t.Context(), tries, now))
}

// claim takes what is due on the express lane.
func (o *office) claim(n int) []mce.Letter {
	o.t.Helper()
	_, letters, err := o.ClaimExpress(o.t.Context(), mce.Claim{Letters: n, Now: now})
	must(o.t, err)
	return letters
}

// lease takes the next run and its letters.
func (o *office) lease(window int) (mce.Run, []mce.Letter) {
	o.t.Helper()
	run, ok, err := o.LeaseRun(o.t.Context(), window)
	must(o.t, err)
	if !ok {
		o.t.Fatal("there is no run to lease")
	}
	return run, value(o.RunLetters(o.t.Context(), run, 0, 1000))(o.t)
}

// crash lets every lease run out, as that of a dead daemon does.
func (o *office) crash() {
	o.t.Helper()
	o.sql(`update runs set leased_until = now() - interval '1 second' where lease is not null`)
	o.sql(`update express set leased_until = now() - interval '1 second' where lease is not null`)
}

func (o *office) register(emails ...string) []mce.Registration {
	o.t.Helper()
	return value(o.Register(o.t.Context(), mce.Order{People: delegates(emails...)}, told, domain, now))(o.t)
}

func delegates(emails ...string) (out []mce.Registration) {
	for _, e := range emails {
		out = append(out, mce.Registration{Event: "prato", Email: e, Name: "Delegate " + e, Language: "en"})
	}
	return out
}

// notices makes letters of a line, the same for every cause but for the kind.
type notices func(mce.Event, mce.Registration) mce.Edition

// told is a notice as far as the outbox looks at it; personal one with the delegate's address in it, as its calendar entry has.
var (
	told notices = func(e mce.Event, r mce.Registration) mce.Edition {
		return mce.Edition{Lang: r.Language, Subject: "See you in " + e.City["en"]}
	}
	personal notices = func(_ mce.Event, r mce.Registration) mce.Edition {
		return mce.Edition{Lang: r.Language, Subject: "For " + r.Name, HTML: r.Email, Text: r.Email,
			Files: []mce.File{{Name: r.Email + ".png", Type: "image/png", CID: "code@" + r.Email, Content: []byte("\x89PNG\x00")}}}
	}
)

func (n notices) of(kind mce.LetterKind, method string, e mce.Event, r mce.Registration) (mce.Edition, error) {
	out := n(e, r)
	out.Kind = kind
	if method != "" {
		out.Method, out.Calendar = method, "BEGIN:VCALENDAR"+out.Text
	}
	return out, nil
}

func (n notices) Confirmation(e mce.Event, r mce.Registration, _ time.Time) (mce.Edition, error) {
	return n.of(mce.Confirmation, "REQUEST", e, r)
}

func (n notices) Update(e mce.Event, _, r mce.Registration, _ time.Time) (mce.Edition, error) {
	return n.of(mce.ChangeOf, "REQUEST", e, r)
}

func (n notices) Booked(e mce.Event, b mce.Booking, people []mce.Registration) (mce.Edition, error) {
	out, err := n.of(mce.Booked, "", e, mce.Registration{Email: b.Email, Name: b.Name, Language: b.Language})
	for _, r := range people {
		out.Text += fmt.Sprintf(" %s %s;", r.Email, r.State)
	}
	return out, err
}

func (n notices) Waiting(e mce.Event, r mce.Registration, _ time.Time) (mce.Edition, error) {
	return n.of(mce.WaitingList, "", e, r)
}

func (n notices) Cancellation(e mce.Event, r mce.Registration, _ time.Time) (mce.Edition, error) {
	return n.of(mce.Cancellation, "CANCEL", e, r)
}

func (n notices) Change(_, e mce.Event, r mce.Registration, changes []mce.Change, _ time.Time) (mce.Edition, error) {
	out, err := n.of(mce.ChangeOf, "", e, r)
	for _, c := range changes {
		out.Text += string(c.What) + " " + c.New.Slug + "; "
	}
	return out, err
}

// plain renders an issue as the titles of its items.
type plain struct{}

func (plain) Look() string { return "look" }

func (plain) Newsletter(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	var titles []string
	for _, it := range d.Items {
		title, _ := it.Title().In(lang)
		titles = append(titles, title)
	}
	return mce.Edition{
		Kind: mce.Newsletter, IssueID: d.Issue.ID, Lang: lang, Subject: strings.Join(titles, ", "), HTML: "<p>", Text: "-", Nonce: "n",
		ListID: d.Series.Slug, Number: d.Issue.Number,
	}, nil
}

func (p plain) Archive(d mce.Draft, lang mce.Lang) (mce.Edition, error) { return p.Newsletter(d, lang) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// value is the result of a call that must succeed: value(f())(t).
func value[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// refused checks that an error has the code and says the words to people.
func refused(t testing.TB, err error, code mce.Code, words string) {
	t.Helper()
	if mce.ErrorCode(err) != code || !strings.Contains(mce.ErrorMessage(err), words) {
		t.Errorf("error %v, want one of code %s that says %q", err, code, words)
	}
}

func (plain) OptIn(p mce.Subscriber) (mce.Edition, error) { return note(mce.OptIn, p.Language) }
func (plain) Link(lang mce.Lang) (mce.Edition, error)     { return note(mce.SelfLink, lang) }
func (plain) Login(lang mce.Lang) (mce.Edition, error)    { return note(mce.LoginLink, lang) }
func (plain) Welcome(lang mce.Lang, _ mce.Choices, latest *mce.Draft) (mce.Edition, error) {
	e, err := note(mce.Welcome, lang)
	if latest != nil {
		e.Subject = fmt.Sprintf("number %d, %d items", latest.Issue.Number, len(latest.Items))
	}
	return e, err
}

func note(kind mce.LetterKind, lang mce.Lang) (mce.Edition, error) {
	return mce.Edition{Kind: kind, Lang: lang, Subject: string(kind), HTML: "<p>Hello</p>", Text: "Hello", Nonce: "n0nce"}, nil
}
