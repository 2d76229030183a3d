package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// SaveOrganisations writes organisations, each by its name in whatever case: new ones are added, known ones replaced, with all their domains and
// contacts. All or nothing. They must have passed their check.
func (s *Store) SaveOrganisations(ctx context.Context, all []mce.Organisation, now time.Time) error {
	const upsert = `
		insert into organisations (name, country, membership, domains, changed_at) values ($1, $2, $3, $4, $5)
		on conflict (lower(name)) do update set name = excluded.name, country = excluded.country, membership = excluded.membership,
			domains = excluded.domains, changed_at = excluded.changed_at
		returning id`
	const contacts = `
		insert into contacts (organisation_id, email, name, role)
		select $1, email, name, role from unnest($2::text[], $3::text[], $4::text[]) as t (email, name, role)`
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		for _, o := range all {
			var id int64
			if o.Membership == "" {
				o.Membership = mce.NoMember
			}
			if err := tx.GetContext(ctx, &id, upsert, o.Name, o.Country, o.Membership, pq.Array(strs(o.Domains)), now); err != nil {
				return fmt.Errorf("save organisation %s: %w", o.Name, err)
			}
			if _, err := tx.ExecContext(ctx, `delete from contacts where organisation_id = $1`, id); err != nil {
				return err
			}
			emails, names, roles := make([]string, len(o.Contacts)), make([]string, len(o.Contacts)), make([]string, len(o.Contacts))
			for i, c := range o.Contacts {
				emails[i], names[i], roles[i] = c.Email, c.Name, c.Role
			}
			if _, err := tx.ExecContext(ctx, contacts, id, pq.Array(emails), pq.Array(names), pq.Array(roles)); err != nil {
				return fmt.Errorf("save the contacts of %s: %w", o.Name, err)
			}
		}
		return nil
	})
}

type organisationRow struct {
	ID         int64
	Name       string
	Country    string
	Membership mce.Membership
	Domains    pq.StringArray
	Contacts   jsonb[[]mce.Contact]
}

const selectOrganisations = `
	select o.id, o.name, o.country, o.membership, o.domains, (
		select coalesce(jsonb_agg(jsonb_build_object('email', c.email, 'name', c.name, 'role', c.role) order by lower(c.email)), '[]')
		from contacts c where c.organisation_id = o.id) as contacts
	from organisations o`

// Organisations lists them by name: those of a membership, or all for "".
func (s *Store) Organisations(ctx context.Context, membership mce.Membership) ([]mce.Organisation, error) {
	return organisations(ctx, s.db, ` where o.membership = $1 or $1 = '' order by lower(o.name)`, string(membership))
}

// Organisation is one by its name, in whatever case.
func (s *Store) Organisation(ctx context.Context, name string) (mce.Organisation, error) {
	found, err := organisations(ctx, s.db, ` where lower(o.name) = lower($1)`, name)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no organisation %q", name)
	}
	if err != nil {
		return mce.Organisation{}, err
	}
	return found[0], nil
}

// OrganisationsOf are those that a person with an address belongs to: as a contact, or by the domain.
func (s *Store) OrganisationsOf(ctx context.Context, email string) ([]mce.Organisation, error) {
	return organisationsOf(ctx, s.db, email)
}

// belongs is the condition that the address of who belongs to an organisation o: by its domain, or as a contact.
const belongs = `(array[substring(lower(who.email) from '[^@]*$')] <@ o.domains
	or o.id in (select c.organisation_id from contacts c where lower(c.email) = lower(who.email)))`

func organisationsOf(ctx context.Context, q sqlx.QueryerContext, email string) ([]mce.Organisation, error) {
	return organisations(ctx, q, `
		where exists (select from (select $1::text as email) who where `+belongs+`)
		order by lower(o.name)`, email)
}

// RemoveOrganisation forgets one, its domains and contacts. Who belonged to it is a member no more, at once.
func (s *Store) RemoveOrganisation(ctx context.Context, name string) error {
	var id int64
	err := s.db.GetContext(ctx, &id, `delete from organisations where lower(name) = lower($1) returning id`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.NotFoundf("there is no organisation %q", name)
	}
	return err
}

func organisations(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Organisation, error) {
	var rows []organisationRow
	err := sqlx.SelectContext(ctx, q, &rows, selectOrganisations+where, args...)
	out := make([]mce.Organisation, len(rows))
	for i, r := range rows {
		out[i] = mce.Organisation{ID: r.ID, Name: r.Name, Country: r.Country, Membership: r.Membership, Domains: r.Domains, Contacts: r.Contacts.V}
	}
	return out, err
}
