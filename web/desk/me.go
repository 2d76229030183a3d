package desk

import (
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

func (d *Desk) showMe(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.DeskSessions(r.Context(), v.session.User.ID, d.wall.Now())
	if err != nil {
		return err
	}
	view := pages.Me{Common: d.common(w, r, v), Session: v.session}
	view.Sessions = slices.DeleteFunc(all, func(s mce.DeskSession) bool { return s.ID == v.session.ID })
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Me(w, lang, view) })
}

// saveMe takes what a user may change of themselves.
func (d *Desk) saveMe(w http.ResponseWriter, r *http.Request, v visit) error {
	lang, err := mce.ParseLang(r.PostForm.Get("language"))
	if err != nil {
		return err
	}
	if err := d.store.SaveLanguage(r.Context(), v.session.User.ID, lang, v.actor(r), d.clock.Now()); err != nil {
		return err
	}
	return d.said(w, r, "me-saved", "", "/desk/me")
}

// endSessions ends another session of the user, or all others.
func (d *Desk) endSessions(w http.ResponseWriter, r *http.Request, v visit) error {
	said, id := "sessions-ended", int64(0)
	if one := r.PostForm.Get("session"); one != "" {
		var err error
		if id, err = strconv.ParseInt(one, 10, 64); err != nil || id <= 0 {
			return mce.Invalidf("there is no session %q", one)
		}
		said = "session-ended"
	}
	if _, err := d.store.EndSessions(r.Context(), v.session, id, v.actor(r), d.clock.Now()); err != nil {
		return err
	}
	return d.said(w, r, said, "", "/desk/me")
}
