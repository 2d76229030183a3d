package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Dossier is everything that is kept about a subscriber at now, on one snapshot. The error is of code NotFound when nothing is: they never
// were, or were erased.
func (s *Store) Dossier(ctx context.Context, subscriberID int64, now time.Time) (d mce.Dossier, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		d = mce.Dossier{At: now.UTC()}
		if d.Subscriber, err = dossierSubscriber(ctx, tx, subscriberID); err != nil {
			return err
		}
		return dossierOf(ctx, tx, &d, subscriberID)
	})
	return d, err
}

// PersonDossier is Dossier for the desk, of whoever has the address of ref. Who is no subscriber has nothing in Subscriber but that address; ids
// are those of the registrations. canonical is how the desk names them.
func (s *Store) PersonDossier(ctx context.Context, ref mce.PersonRef, now time.Time) (d mce.Dossier, canonical mce.PersonRef, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		d = mce.Dossier{At: now.UTC()}
		email, err := addressOf(ctx, tx, ref)
		if err != nil {
			return err
		}
		if canonical, err = refOf(ctx, tx, email); err != nil {
			return err
		}
		if canonical.As != mce.KnownReader {
			d.Subscriber.Email = email
			return dossierOf(ctx, tx, &d, 0)
		}
		if d.Subscriber, err = dossierSubscriber(ctx, tx, canonical.ID); err != nil {
			return err
		}
		return dossierOf(ctx, tx, &d, canonical.ID)
	})
	return d, canonical, err
}

// dossierOf reads what there is beside the subscriber, whose id is 0 for who is none.
func dossierOf(ctx context.Context, tx *sqlx.Tx, d *mce.Dossier, subscriberID int64) error {
	email := d.Subscriber.Email
	who, err := tracesOf(ctx, tx, email, "")
	if err != nil {
		return err
	}
	for _, read := range []func() error{
		func() (err error) { d.Consents, err = dossierConsents(ctx, tx, subscriberID); return err },
		func() (err error) { d.Moves, err = dossierMoves(ctx, tx, subscriberID); return err },
		func() (err error) { d.Letters, err = dossierLetters(ctx, tx, who); return err },
		func() (err error) { d.Registrations, err = dossierRegistrations(ctx, tx, who.delegates); return err },
		func() (err error) { d.Bookings, err = dossierBookings(ctx, tx, who.bookers); return err },
		func() (err error) { d.Invitations, err = dossierInvitations(ctx, tx, subscriberID); return err },
		func() (err error) { d.Contacts, err = dossierContacts(ctx, tx, email); return err },
		func() (err error) { d.Suppression, err = dossierSuppression(ctx, tx, email); return err },
		func() (err error) { d.DeskUser, err = dossierUser(ctx, tx, email); return err },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

func dossierSubscriber(ctx context.Context, tx *sqlx.Tx, id int64) (out mce.DossierSubscriber, err error) {
	p, err := subscriber(ctx, tx, ` where s.id = $1 and s.state <> 'erased'`, id)
	if err != nil {
		return out, err
	}
	var times struct {
		PausedUntil *time.Time `db:"paused_until"`
		LinkedAt    *time.Time `db:"linked_at"`
	}
	err = tx.GetContext(ctx, &times, `select paused_until, linked_at from subscribers where id = $1`, id)
	return mce.DossierSubscriber{
		Email: p.Email, Name: p.Name, Organisation: p.Organisation, Country: p.Country, Language: p.Language, Topics: strs(p.Topics), Pace: p.Pace,
		PausedUntil: inUTC(times.PausedUntil), State: p.State, Since: p.CreatedAt, StateSince: p.ChangedAt, LinkAskedAt: inUTC(times.LinkedAt),
	}, err
}

func dossierConsents(ctx context.Context, tx *sqlx.Tx, id int64) ([]mce.DossierConsent, error) {
	var rows []sealRow
	err := tx.SelectContext(ctx, &rows, selectEvidence+` where c.subscriber_id = $1 order by c.at, c.id`, id)
	out := make([]mce.DossierConsent, len(rows))
	for i, r := range rows {
		out[i] = mce.DossierConsent{Consent: r.evidence().Consent, Email: r.Email.String}
	}
	return out, err
}

func dossierMoves(ctx context.Context, tx *sqlx.Tx, id int64) ([]mce.DossierMove, error) {
	out := []mce.DossierMove{}
	err := tx.SelectContext(ctx, &out, `select email, at from moves where subscriber_id = $1 order by at, id`, id)
	for i := range out {
		out[i].At = out[i].At.UTC()
	}
	return out, err
}

// dossierLetters are the letters to a person. Those to who booked for them are not.
func dossierLetters(ctx context.Context, tx *sqlx.Tx, who traces) ([]mce.DossierLetter, error) {
	const letters = theirs + `
		select t.created_at, t.kind, coalesce(e.subject, '') as subject, coalesce(e.lang, '') as lang, t.outcome, t.settled_at, t.code, t.status, t.detail
		from theirs t left join editions e on e.id = t.edition_id
		where t.booking_id is null or t.booking_id = any($3)
		order by t.created_at desc, t.id desc`
	var rows []struct {
		CreatedAt      time.Time `db:"created_at"`
		Kind           mce.LetterKind
		Subject        string
		Lang           mce.Lang
		Outcome        mce.Outcome
		SettledAt      *time.Time `db:"settled_at"`
		Code           int
		Status, Detail string
	}
	err := tx.SelectContext(ctx, &rows, letters, pq.Array(who.readers), pq.Array(who.delegates), pq.Array(who.bookers))
	out := make([]mce.DossierLetter, len(rows))
	for i, r := range rows {
		out[i] = mce.DossierLetter{
			At: r.CreatedAt.UTC(), Kind: r.Kind, Subject: r.Subject, Lang: r.Lang, Outcome: r.Outcome, SettledAt: inUTC(r.SettledAt),
			Code: r.Code, Status: r.Status, Answer: r.Detail,
		}
	}
	return out, err
}

func dossierRegistrations(ctx context.Context, tx *sqlx.Tx, ids []int64) ([]mce.DossierRegistration, error) {
	const registrations = `
		select r.id, e.slug as event, e.title, e.starts, e.ends, e.time_zone, e.state as event_state, e.contact, r.state, r.name, r.organisation, r.country,
			r.language, r.role, r.zone, r.sessions, r.code, coalesce(b.name, '') as booked_by, r.arrived_at, r.created_at, r.cancelled_at
		from registrations r join events e on e.id = r.event_id left join bookings b on b.id = r.booking_id
		where r.id = any($1) order by e.starts desc, r.id`
	var rows []struct {
		ID                          int64
		Event                       string
		Title                       jsonb[mce.Text]
		Starts, Ends                time.Time
		TimeZone                    string         `db:"time_zone"`
		EventState                  mce.EventState `db:"event_state"`
		Contact                     string
		State                       mce.RegistrationState
		Name, Organisation, Country string
		Language                    mce.Lang
		Role                        mce.Role
		Zone                        string
		Sessions                    pq.StringArray
		Code                        string
		BookedBy                    string     `db:"booked_by"`
		ArrivedAt                   *time.Time `db:"arrived_at"`
		CreatedAt                   time.Time  `db:"created_at"`
		CancelledAt                 *time.Time `db:"cancelled_at"`
	}
	if err := tx.SelectContext(ctx, &rows, registrations, pq.Array(ids)); err != nil {
		return nil, err
	}
	reminders, err := dossierReminders(ctx, tx, ids)
	out := make([]mce.DossierRegistration, len(rows))
	for i, r := range rows {
		out[i] = mce.DossierRegistration{
			ID: r.ID, Event: r.Event, Title: r.Title.V, Starts: r.Starts.UTC(), Ends: r.Ends.UTC(), TimeZone: r.TimeZone, EventState: r.EventState, Contact: r.Contact,
			State: r.State, Name: r.Name, Organisation: r.Organisation, Country: r.Country, Language: r.Language,
			Role: r.Role, Zone: r.Zone, Sessions: append([]string{}, r.Sessions...), Code: r.Code,
			BookedBy: r.BookedBy, ArrivedAt: inUTC(r.ArrivedAt), RegisteredAt: r.CreatedAt.UTC(), CancelledAt: inUTC(r.CancelledAt), Reminders: append([]mce.DossierReminder{}, reminders[r.ID]...),
		}
	}
	return out, err
}

func dossierBookings(ctx context.Context, tx *sqlx.Tx, ids []int64) ([]mce.DossierBooking, error) {
	var rows []struct {
		ID       int64
		Event    string
		Title    jsonb[mce.Text]
		Name     string
		Language mce.Lang
		People   int
		At       time.Time
	}
	err := tx.SelectContext(ctx, &rows, `
		select b.id, e.slug as event, e.title, b.name, b.language, b.created_at as at,
			(select count(*) from registrations r where r.booking_id = b.id) as people
		from bookings b join events e on e.id = b.event_id where b.id = any($1) order by b.created_at desc, b.id`, pq.Array(ids))
	out := make([]mce.DossierBooking, len(rows))
	for i, r := range rows {
		out[i] = mce.DossierBooking{ID: r.ID, Event: r.Event, Title: r.Title.V, Name: r.Name, Language: r.Language, People: r.People, At: r.At.UTC()}
	}
	return out, err
}

// dossierReminders are what became of the reminders of registrations, by registration.
func dossierReminders(ctx context.Context, tx *sqlx.Tx, registrations []int64) (map[int64][]mce.DossierReminder, error) {
	const reminders = `
		select m.registration_id, u.slug as rule, m.outcome, m.reason, m.at
		from reminders m join reminder_rules u on u.id = m.rule_id
		where m.registration_id = any($1) order by m.at, u.slug`
	var rows []struct {
		RegistrationID int64 `db:"registration_id"`
		mce.DossierReminder
	}
	err := tx.SelectContext(ctx, &rows, reminders, pq.Array(registrations))
	out := map[int64][]mce.DossierReminder{}
	for _, r := range rows {
		r.At = r.At.UTC()
		out[r.RegistrationID] = append(out[r.RegistrationID], r.DossierReminder)
	}
	return out, err
}

func dossierInvitations(ctx context.Context, tx *sqlx.Tx, id int64) ([]mce.DossierInvitation, error) {
	const invitations = `
		select e.slug as event, e.title, u.slug as rule, m.at
		from invitations m join events e on e.id = m.event_id join reminder_rules u on u.id = m.rule_id
		where m.subscriber_id = $1 order by m.at, e.slug, u.slug`
	var rows []struct {
		Event string
		Title jsonb[mce.Text]
		Rule  string
		At    time.Time
	}
	err := tx.SelectContext(ctx, &rows, invitations, id)
	out := make([]mce.DossierInvitation, len(rows))
	for i, r := range rows {
		out[i] = mce.DossierInvitation{Event: r.Event, Title: r.Title.V, Rule: r.Rule, At: r.At.UTC()}
	}
	return out, err
}

func dossierContacts(ctx context.Context, tx *sqlx.Tx, email string) ([]mce.DossierContact, error) {
	out := []mce.DossierContact{}
	err := tx.SelectContext(ctx, &out, `
		select o.name as organisation, o.country, o.membership, c.name, c.role from contacts c join organisations o on o.id = c.organisation_id
		where lower(c.email) = lower($1) order by lower(o.name)`, email)
	return out, err
}

func dossierSuppression(ctx context.Context, tx *sqlx.Tx, email string) (*mce.DossierSuppression, error) {
	var out mce.DossierSuppression
	err := tx.GetContext(ctx, &out, `select reason, source, at from suppressions where email = lower($1)`, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // null is what the dossier says of an address that may be written to
	}
	out.At = out.At.UTC()
	return &out, err
}

func dossierUser(ctx context.Context, tx *sqlx.Tx, email string) (*mce.DossierUser, error) {
	var out mce.DossierUser
	err := tx.GetContext(ctx, &out, `select name, role, language from users where lower(email) = lower($1)`, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // null is what the dossier says of who does not work at the desk
	}
	return &out, err
}

// inUTC is a time that may be missing, in UTC.
func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}
