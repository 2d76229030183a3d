package web

import (
	"cmp"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// What somebody chose, opened by the token of any newsletter. Newsletters are forwarded, so the page shows and changes nothing that is more
// personal than what a newsletter itself gives away; the rest is for one's own page, whose link is mailed.

// showChoices shows the form.
func (s *Server) showChoices(w http.ResponseWriter, r *http.Request) error {
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	return s.choicesPage(w, r, sub, http.StatusOK, page.Choices{State: page.Choosing})
}

// choose takes the form.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	if sub.State != mce.Active {
		return s.choicesPage(w, r, sub, http.StatusOK, page.Choices{})
	}
	c := mce.Choices{
		Language: cmp.Or(mce.Lang(form.Get("language")), sub.Language), Topics: form["topics"],
		Pace: cmp.Or(mce.ReadingPace(form.Get("pace")), sub.Pace), // not asked for while there is only one
	}
	v := page.Choices{State: page.Choosing, Pause: form.Get("pause")}
	var fault *mce.FieldError
	if v.Pause != "" {
		if c.PausedUntil, err = time.Parse(time.DateOnly, v.Pause); err != nil {
			fault = &mce.FieldError{Field: "pause", Err: mce.Invalidf("%q is not a day; write it as 2026-12-31", v.Pause)}
		}
	}
	if fault == nil {
		if fault, err = s.check(r, c); err != nil {
			return err
		}
	}
	if fault != nil {
		v.FaultIn, v.Fault = fault.Field, fault.Error()
		v.Entered = page.Entered{Language: c.Language, Chosen: c.Topics, Pace: c.Pace}
		return s.choicesPage(w, r, sub, http.StatusUnprocessableEntity, v)
	}
	return s.saveChoices(w, r, sub, c)
}

// pause is the buttons of the leave page: so many months from today, everything else as it was.
func (s *Server) pause(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	months, err := strconv.Atoi(form.Get("months"))
	if err != nil || months < 1 || months > 12 {
		return mce.Invalidf("a pause is of 1 to 12 months")
	}
	c := sub.Choices
	c.PausedUntil = today(s.Clock.Now()).AddDate(0, months, 0)
	return s.saveChoices(w, r, sub, c)
}

// mailLink asks for the link to the person's own page, which goes to their address and nowhere else.
func (s *Server) mailLink(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	if sub.State != mce.Erased {
		if err := s.wishForLink(r, sub.Email, "choices page"); err != nil {
			return err
		}
	}
	return s.choicesPage(w, r, sub, http.StatusOK, page.Choices{State: page.LinkOnWay})
}

func (s *Server) check(r *http.Request, c mce.Choices) (*mce.FieldError, error) {
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return nil, err
	}
	return c.Check(topics, s.Clock.Now()), nil
}

func (s *Server) saveChoices(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, c mce.Choices) error {
	lang := readerLang(r, sub.Language)
	consent := mce.Consent{
		Wording: s.Site.ConsentWording(lang), Version: mce.ConsentVersion, Source: "choices page", Origin: client.Address(r), At: s.Clock.Now(),
	}
	if _, err := s.Store.SaveChoices(r.Context(), sub.ID, c, consent); err != nil && mce.ErrorCode(err) != mce.Conflict {
		return err // a conflict: they have left meanwhile, as the page is going to say
	}
	sub, err := s.Store.SubscriberByID(r.Context(), sub.ID)
	if err != nil {
		return err
	}
	return s.choicesPage(w, r, sub, http.StatusOK, page.Choices{State: page.Saved})
}

// choicesPage completes the view with what is in force, unless it shows what somebody has just entered.
func (s *Server) choicesPage(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, status int, v page.Choices) error {
	lang, now := readerLang(r, sub.Language), s.Clock.Now()
	var err error
	if v.Topics, err = s.Store.Topics(r.Context()); err != nil {
		return err
	}
	if v.Paces, err = s.Store.Paces(r.Context()); err != nil {
		return err
	}
	v.Common, v.MaskedAddress, v.Wording = s.common(r), masked(sub), s.Site.ConsentWording(lang)
	v.Path, v.Leave = "/choices/"+r.PathValue("token"), "/leave/"+r.PathValue("token")
	v.First, v.Last = today(now).AddDate(0, 0, 1).Format(time.DateOnly), today(now.Add(mce.MaxPause)).Format(time.DateOnly)
	if until := sub.PausedUntil; until.After(now) {
		v.PausedUntil = until
	}
	if v.FaultIn == "" {
		v.Entered = page.Entered{Language: sub.Language, Chosen: sub.Topics, Pace: sub.Pace}
		if v.Pause = ""; !v.PausedUntil.IsZero() {
			v.Pause = v.PausedUntil.Format(time.DateOnly)
		}
	}
	switch sub.State {
	case mce.Unsubscribed, mce.Erased:
		v.State = page.NotReading
	case mce.Pending:
		v.State = page.NotYet
	case mce.Active:
	}
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Choices(w, lang, v) })
}

// today is the beginning of the day, in UTC: a pause counts whole days.
func today(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }
