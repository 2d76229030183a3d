package desk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// eventStore keeps events with their people, and what those are told.
type eventStore interface {
	EventByID(ctx context.Context, id int64) (mce.Event, error)
	Events(ctx context.Context) ([]mce.Event, error)
	EventTally(ctx context.Context, eventID int64) (mce.EventTally, error)
	EventTallies(ctx context.Context) ([]mce.EventTally, error)
	News(ctx context.Context, eventID int64, now time.Time) (mce.News, error)
	LetNewsGo(ctx context.Context, eventID int64, version int, now time.Time) error
	WithholdNews(ctx context.Context, eventID int64, version int, reason string, now time.Time) error
	ReminderTallies(ctx context.Context, eventID int64) ([]mce.ReminderTally, error)

	Delegates(ctx context.Context, q mce.DelegateQuery) ([]mce.Registration, error)
	Registrations(ctx context.Context, event string) ([]mce.Registration, error)
	RegistrationByID(ctx context.Context, id int64) (mce.Registration, error)
	Bookings(ctx context.Context, ids []int64) (map[int64]mce.Booking, error)
	BookingByID(ctx context.Context, id int64) (mce.Booking, []mce.Registration, error)
	Register(ctx context.Context, order mce.Order, notices mce.Notices, domain string, now time.Time) ([]mce.Registration, error)
	ChangeRegistration(ctx context.Context, id int64, to mce.Particulars, notices mce.Notices, domain string, now time.Time) (mce.Registration, error)
	CancelByID(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error
	CheckIn(ctx context.Context, event, code string, now time.Time) (r mce.Registration, first bool, err error)
	UndoCheckIn(ctx context.Context, id int64) (mce.Registration, error)
}

// eventRoutes are the events with their people.
func (d *Desk) eventRoutes() []route {
	const one = "/desk/events/{id}"
	const person = one + "/delegates/{person}"
	return []route{
		{http.MethodGet, pages.EventsPath, mce.SeePeople, false, d.events},
		{http.MethodGet, one, mce.SeePeople, false, d.showEvent},
		{http.MethodGet, one + "/mail", mce.SeePeople, false, d.newsMail},
		{http.MethodGet, one + "/tell", mce.SeePeople, false, d.showEvent},
		{http.MethodPost, one + "/tell", mce.SendIssues, true, d.tellNews},
		{http.MethodGet, one + "/withhold", mce.SeePeople, false, d.showEvent},
		{http.MethodPost, one + "/withhold", mce.SendIssues, false, d.withholdNews},
		{http.MethodGet, one + "/delegates", mce.SeePeople, false, d.delegates},
		{http.MethodGet, one + "/delegates.csv", mce.SeePeople, false, d.delegates},
		{http.MethodPost, one + "/delegates.csv", mce.SeePeople, false, d.delegatesTable},
		{http.MethodGet, one + "/delegates/new", mce.ChangePeople, false, d.newDelegate},
		{http.MethodPost, one + "/delegates/new", mce.ChangePeople, false, d.addDelegate},
		{http.MethodGet, person, mce.SeePeople, false, d.showDelegate},
		{http.MethodPost, person, mce.ChangePeople, false, d.changeDelegate},
		{http.MethodGet, person + "/cancel", mce.SeePeople, false, d.showDelegate},
		{http.MethodPost, person + "/cancel", mce.ChangePeople, false, d.cancelDelegate},
		{http.MethodGet, one + "/check-in", mce.SeePeople, false, d.showCheckIn},
		{http.MethodPost, one + "/check-in", mce.SeePeople, false, d.checkIn},
		{http.MethodGet, one + "/check-in/undo", mce.SeePeople, false, d.showCheckIn},
		{http.MethodPost, one + "/check-in/undo", mce.SeePeople, false, d.undoCheckIn},
	}
}

// idOf reads a number of the address.
func idOf(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0, &mce.Error{Code: mce.NotFound, Err: err}
	}
	return id, nil
}

func (d *Desk) eventOf(r *http.Request) (mce.Event, error) {
	id, err := idOf(r, "id")
	if err != nil {
		return mce.Event{}, err
	}
	return d.store.EventByID(r.Context(), id)
}

func (d *Desk) events(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.Events(r.Context())
	if err != nil {
		return err
	}
	tallies, err := d.store.EventTallies(r.Context())
	if err != nil {
		return err
	}
	of := map[int64]mce.EventTally{}
	for _, t := range tallies {
		of[t.EventID] = t
	}
	now := d.clock.Now()
	view := pages.Events{Common: d.common(w, r, v)}
	for i := range all {
		e := all[len(all)-1-i] // the latest first
		line := pages.EventLine{Event: e, Tally: of[e.ID], Standing: e.Standing(of[e.ID].Places+of[e.ID].Waiting, now)}
		if e.Ends.After(now) {
			view.Coming = append([]pages.EventLine{line}, view.Coming...)
		} else {
			view.Over = append(view.Over, line)
		}
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Events(w, lang, view) })
}

func (d *Desk) showEvent(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	return d.eventPage(w, r, v, e, nil)
}

// eventPage shows an event with what stands about its people, and what could not be done, if anything.
func (d *Desk) eventPage(w http.ResponseWriter, r *http.Request, v visit, e mce.Event, fault error) error {
	ctx, now := r.Context(), d.clock.Now()
	view := pages.Event{Event: e, Now: now, Reason: r.PostForm.Get("reason")}
	var err error
	if view.Tally, err = d.store.EventTally(ctx, e.ID); err != nil {
		return err
	}
	view.Standing = e.Standing(view.Tally.Places+view.Tally.Waiting, now)
	if view.News, err = d.store.News(ctx, e.ID, now); err != nil {
		return err
	}
	if view.Reminders, err = d.remindersOf(ctx, v.session.User.Language, e, now); err != nil {
		return err
	}
	if view.Log, err = d.store.AuditLog(ctx, mce.AuditQuery{Object: mce.OnEvent, Of: e.ID, Limit: auditPage}); err != nil {
		return err
	}
	status := http.StatusOK
	if fault != nil {
		status, view.Fault = statusOf(fault), mce.ErrorMessage(fault)
	}
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Event(w, lang, view) })
}

// remindersOf are the rules that concern an event, or did, with what became of them.
func (d *Desk) remindersOf(ctx context.Context, lang mce.Lang, e mce.Event, now time.Time) ([]pages.EventReminder, error) {
	rules, err := d.store.ReminderRules(ctx)
	if err != nil {
		return nil, err
	}
	tallies, err := d.store.ReminderTallies(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	var out []pages.EventReminder
	for _, rule := range rules {
		x := pages.EventReminder{Rule: rule}
		for _, t := range tallies {
			if t.RuleID == rule.ID {
				t.Due = t.Due.In(e.Zone())
				x.Past = append(x.Past, t)
			}
		}
		if rule.Concerns(e) {
			due, err := rule.NextDue(e, now)
			if err != nil {
				return nil, err
			}
			if due.After(now) {
				x.Next = due.In(e.Zone())
			}
		}
		if rule.Concerns(e) || len(x.Past) > 0 {
			if x.Subject, err = d.letters.ReminderSubject(rule, e, lang); err != nil {
				return nil, err
			}
			out = append(out, x)
		}
	}
	pages.SortReminders(out)
	return out, nil
}

// newsMail is the mail by which people would be told, to be shown in a frame: that to one of those for whom n is new, counted from 0.
func (d *Desk) newsMail(w http.ResponseWriter, r *http.Request, _ visit) error {
	id, err := idOf(r, "id")
	if err != nil {
		return err
	}
	news, err := d.store.News(r.Context(), id, d.clock.Now())
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || n < 0 || n >= len(news.For) {
		return &mce.Error{Code: mce.NotFound, Err: err}
	}
	of := news.For[n]
	e, err := d.letters.Change(of.Old, news.Event, of.Example, of.Changes, d.clock.Now())
	if err != nil {
		return err
	}
	e = e.Filled(map[string]string{
		mce.SlotGreeting: d.letters.Greeting(e.Lang, of.Example.Name), mce.SlotToken: "preview", mce.SlotCode: of.Example.Code,
	})
	d.sendMail(w, e.Lang, d.mailPolicy(true), e.HTML)
	return nil
}

func (d *Desk) tellNews(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.decideNews(w, r, v, "news-told", func(ctx context.Context, e mce.Event, version int) error {
		return d.store.LetNewsGo(ctx, e.ID, version, d.clock.Now())
	})
}

func (d *Desk) withholdNews(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.decideNews(w, r, v, "news-withheld", func(ctx context.Context, e mce.Event, version int) error {
		deed, _ := mce.DeedOf(ctx)
		if deed.Reason == "" {
			return mce.Invalidf("say why people are not to be told yet: the other editors see it here")
		}
		return d.store.WithholdNews(ctx, e.ID, version, deed.Reason, d.clock.Now())
	})
}

func (d *Desk) decideNews(w http.ResponseWriter, r *http.Request, v visit, said string, decide func(ctx context.Context, e mce.Event, version int) error) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	reason, err := reasonOf(r.PostForm.Get("reason"))
	if err == nil {
		version, _ := strconv.Atoi(r.PostForm.Get("version")) // none: no version is that
		err = decide(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}), e, version)
	}
	switch code := mce.ErrorCode(err); {
	case err == nil:
		return d.done(w, r, said, "", pages.EventPath(e.ID))
	case code == mce.Conflict || code == mce.Invalid:
		return d.eventPage(w, r, v, e, err)
	}
	return err
}

// delegatesAtOnce is how many lines a page of an event's people has.
const delegatesAtOnce = 50

func (d *Desk) delegates(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	q := mce.DelegateQuery{EventID: e.ID, Search: asked(r, "q"), Standing: mce.DelegateStanding(asked(r, "standing")), Limit: delegatesAtOnce}
	if from := query.Get("from"); from != "" {
		if q.Skip, err = strconv.Atoi(from); err != nil || q.Skip < 0 || q.Skip > mce.MaxCapacity {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	if booking := query.Get("booking"); booking != "" {
		if q.Booking, err = strconv.ParseInt(booking, 10, 64); err != nil || q.Booking < 1 {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	ask := q
	ask.Limit++ // to know whether there are more
	view := pages.Delegates{Common: d.common(w, r, v), Event: e, Query: q}
	if view.People, err = d.store.Delegates(r.Context(), ask); err != nil {
		return err
	}
	if view.More = len(view.People) > delegatesAtOnce; view.More {
		view.People = view.People[:delegatesAtOnce]
	}
	if view.Bookings, err = d.store.Bookings(r.Context(), bookingsOf(view.People)); err != nil {
		return err
	}
	if view.Tally, err = d.store.EventTally(r.Context(), e.ID); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Delegates(w, lang, view) })
}

// bookingsOf are the bookings by which people were registered.
func bookingsOf(people []mce.Registration) (ids []int64) {
	for _, p := range people {
		if p.Booking != 0 && !slices.Contains(ids, p.Booking) {
			ids = append(ids, p.Booking)
		}
	}
	return ids
}

// delegatesTable is all people of an event as a table to download. That so much leaves the desk at once is in the audit log.
func (d *Desk) delegatesTable(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := d.eventOf(r)
	if err != nil {
		return err
	}
	people, err := d.store.Registrations(r.Context(), e.Slug)
	if err != nil {
		return err
	}
	line := mce.Audit{At: d.clock.Now(), By: v.actor(r), Action: mce.ListedPlaces, Object: mce.OnEvent, ObjectID: e.ID, Detail: fmt.Sprintf("%d people", len(people))}
	if err := d.store.AddAudit(r.Context(), line); err != nil {
		return err
	}
	rows := [][]string{{"event", "email", "name", "organisation", "country", "language", "role", "zone", "sessions", "state", "code", "arrived"}}
	for _, p := range people {
		arrived := ""
		if !p.Arrived.IsZero() {
			arrived = p.Arrived.In(e.Zone()).Format("2006-01-02 15:04")
		}
		row := []string{
			p.Event, p.Email, p.Name, p.Organisation, p.Country, string(p.Language), string(p.Role), p.Zone, strings.Join(p.Sessions, " "), string(p.State), p.Code, arrived,
		}
		for i := range row {
			row[i] = mce.SafeCell(row[i])
		}
		rows = append(rows, row)
	}
	return sendTable(w, e.Slug+".csv", rows)
}
