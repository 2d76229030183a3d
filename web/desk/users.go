package desk

import (
	"io"
	"net/http"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

func (d *Desk) users(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.Users(r.Context())
	if err != nil {
		return err
	}
	view := pages.Users{Common: d.common(w, r, v), Users: all}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Users(w, lang, view) })
}

func (d *Desk) newUser(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.userPage(w, r, v, http.StatusOK, pages.UserForm{Entered: mce.User{Role: mce.Editor, Language: v.session.User.Language}})
}

func (d *Desk) addUser(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.takeUser(w, r, v, mce.User{}, "user-added", func(u mce.User, reason string) error {
		_, err := d.store.AddUser(r.Context(), u, v.actor(r), reason, d.clock.Now())
		return err
	})
}

// userOf is the user whom the address names.
func (d *Desk) userOf(r *http.Request) (mce.User, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return mce.User{}, &mce.Error{Code: mce.NotFound, Err: err}
	}
	return d.store.User(r.Context(), id)
}

func (d *Desk) showUser(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.userOf(r)
	if err != nil {
		return err
	}
	return d.userPage(w, r, v, http.StatusOK, pages.UserForm{Entered: u})
}

func (d *Desk) saveUser(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.userOf(r)
	if err != nil {
		return err
	}
	return d.takeUser(w, r, v, u, "user-saved", func(u mce.User, reason string) error {
		return d.store.SaveUser(r.Context(), u, v.actor(r), reason, d.clock.Now())
	})
}

// takeUser takes the form of a user, and shows it again with what is wrong.
func (d *Desk) takeUser(w http.ResponseWriter, r *http.Request, v visit, of mce.User, said string, save func(u mce.User, reason string) error) error {
	form := r.PostForm
	entered := mce.User{
		ID: of.ID, Name: form.Get("name"), Email: form.Get("email"), Role: mce.DeskRole(form.Get("role")), Language: mce.Lang(form.Get("language")),
	}
	view := pages.UserForm{Entered: entered, Reason: form.Get("reason")}
	reason, err := reasonOf(view.Reason)
	clean, fault := mce.CleanUser(entered)
	if fault == nil && err != nil {
		fault = &mce.FieldError{Field: "reason", Err: err}
	}
	if fault != nil {
		view.FaultIn, view.Fault = fault.Field, fault.Error()
		return d.userPage(w, r, v, http.StatusUnprocessableEntity, view)
	}
	if err := save(clean, reason); mce.ErrorCode(err) == mce.Conflict {
		view.Fault = mce.ErrorMessage(err)
		return d.userPage(w, r, v, http.StatusConflict, view)
	} else if err != nil {
		return err
	}
	return d.said(w, r, said, clean.Name, "/desk/users")
}

func (d *Desk) userPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.UserForm) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.User(w, lang, view) })
}

func (d *Desk) askToRemove(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.userOf(r)
	if err != nil {
		return err
	}
	view := pages.Remove{Common: d.common(w, r, v), Of: u}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Remove(w, lang, view) })
}

func (d *Desk) removeUser(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.userOf(r)
	if err != nil {
		return err
	}
	reason, err := reasonOf(r.PostForm.Get("reason"))
	if err != nil {
		return err
	}
	if err := d.store.RemoveUser(r.Context(), u.ID, v.actor(r), reason, d.clock.Now()); err != nil {
		return err
	}
	return d.said(w, r, "user-removed", u.Name, "/desk/users")
}
