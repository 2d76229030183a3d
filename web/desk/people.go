package desk

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// peopleStore keeps subscribers and delegates.
type peopleStore interface {
	People(ctx context.Context, q mce.PeopleQuery) ([]mce.PersonLine, error)
	EventsWithDelegates(ctx context.Context) ([]mce.EventName, error)
	PersonDossier(ctx context.Context, ref mce.PersonRef, now time.Time) (mce.Dossier, mce.PersonRef, error)
	PersonDeeds(ctx context.Context, ref mce.PersonRef, d mce.Dossier) ([]mce.Audit, error)
	GotIssues(ctx context.Context, subscriberID int64, limit int) ([]mce.GotIssue, error)
	NotePerson(ctx context.Context, email string, action mce.AuditAction) error

	AskToConfirm(ctx context.Context, w mce.Wish, render func() (mce.Edition, error), domain string) (asked bool, err error)
	Leave(ctx context.Context, subscriberID int64, source, reason string, now time.Time) (done bool, err error)
	SaveChoices(ctx context.Context, subscriberID int64, c mce.Choices, consent mce.Consent) (changed bool, err error)
	SaveDetails(ctx context.Context, subscriberID int64, d mce.Details, consent mce.Consent) (changed bool, err error)
	AddSuppression(ctx context.Context, x mce.Suppression) (added bool, err error)
	RemoveSuppression(ctx context.Context, email string) error
	Erase(ctx context.Context, email, source string, now time.Time) error
	CancelByID(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error
	TellAgain(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error
}

// peoplePage is how many people a page of the list has.
const peoplePage = 50

// gotIssues is of how many issues a person's page says whether they got them.
const gotIssues = 10

func (d *Desk) people(w http.ResponseWriter, r *http.Request, v visit) error {
	q := mce.PeopleQuery{
		Search: asked(r, "q"), Group: mce.PeopleGroup(asked(r, "group")), Event: asked(r, "event"), After: asked(r, "after"), Limit: peoplePage + 1,
	}
	if !slices.Contains(mce.PeopleGroups(), q.Group) {
		return mce.NotFoundf("there are no such people")
	}
	if q.Event != "" {
		q.Group = mce.GroupDelegates
	}
	view := pages.People{Common: d.common(w, r, v), Query: q}
	var err error
	if view.Lines, err = d.store.People(r.Context(), q); err != nil {
		return err
	}
	if len(view.Lines) > peoplePage {
		view.Lines = view.Lines[:peoplePage]
		view.Next = strings.ToLower(view.Lines[peoplePage-1].Email)
	}
	if view.Events, err = d.store.EventsWithDelegates(r.Context()); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.People(w, lang, view) })
}

// person is who an address of a page names, with everything that is kept of them.
func (d *Desk) person(r *http.Request) (p pages.Person, err error) {
	ref, err := mce.ParsePersonRef(r.PathValue("ref"))
	if err != nil {
		return p, err
	}
	if p.Dossier, p.Ref, err = d.store.PersonDossier(r.Context(), ref, d.clock.Now()); err != nil {
		return p, err
	}
	p.Now = p.Dossier.At
	p.Topics, err = d.store.Topics(r.Context())
	return p, err
}

func (d *Desk) showPerson(w http.ResponseWriter, r *http.Request, v visit) error {
	view, err := d.person(r)
	if err != nil {
		return err
	}
	deeds, err := d.store.PersonDeeds(r.Context(), view.Ref, view.Dossier)
	if err != nil {
		return err
	}
	if view.Reads() {
		if view.Issues, err = d.store.GotIssues(r.Context(), view.Ref.ID, gotIssues); err != nil {
			return err
		}
	}
	view.Moments, view.Common = view.Dossier.Timeline(deeds), d.common(w, r, v)
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Person(w, lang, view) })
}
