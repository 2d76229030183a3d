package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// importStore takes tables of subscribers.
type importStore interface {
	KeepUpload(ctx context.Context, userID int64, u mce.Upload) (id int64, err error)
	Upload(ctx context.Context, userID, id int64) (mce.Upload, error)
	DropUpload(ctx context.Context, userID, id int64) error
	TryImport(ctx context.Context, people []mce.Subscriber, now time.Time, progress func(done int)) (mce.ImportResult, error)
	ImportSubscribers(ctx context.Context, people []mce.Subscriber, wording, source string, now time.Time, progress func(done int)) (mce.ImportResult, error)
}

// shownFaults is how many faults and conflicts of a table stand on the page; the file has all.
const shownFaults = 50

// shownPeople is how many of a table stand on the page, for whoever wants to see that the columns were understood.
const shownPeople = 3

func (d *Desk) importPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.Import) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Import(w, lang, &view) })
}

// showImport asks for a table.
func (d *Desk) showImport(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.importPage(w, r, v, http.StatusOK, pages.Import{})
}

// importOf is the table that a form or an address names.
func (d *Desk) importOf(r *http.Request, v visit, of string) (view pages.Import, err error) {
	id, err := strconv.ParseInt(of, 10, 64)
	if err != nil {
		return view, &mce.Error{Code: mce.NotFound, Err: err}
	}
	if view.Upload, err = d.store.Upload(r.Context(), v.session.User.ID, id); err != nil {
		return view, err
	}
	view.Header, err = mce.ReadHeader(bytes.NewReader(view.Upload.Content))
	return view, err
}

// uploadTable takes a table, guesses what its columns are, and says what the import would do.
func (d *Desk) uploadTable(w http.ResponseWriter, r *http.Request, v visit) error {
	view := pages.Import{Entered: r.PostForm}
	u, err := uploaded(r)
	if err == nil {
		view.Header, err = mce.ReadHeader(bytes.NewReader(u.Content))
	}
	if mce.ErrorCode(err) == mce.Invalid {
		view.FaultIn, view.Fault = "file", mce.ErrorMessage(err)
		return d.importPage(w, r, v, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	u.At = d.clock.Now()
	if u.ID, err = d.store.KeepUpload(r.Context(), v.session.User.ID, u); err != nil {
		return err
	}
	view.Upload = u
	view.Guess()
	return d.takeTable(w, r, v, view, false)
}

func uploaded(r *http.Request) (u mce.Upload, err error) {
	file, header, err := r.FormFile("file")
	if err != nil {
		return u, mce.Invalidf("choose a file")
	}
	defer file.Close()
	if u.Content, err = io.ReadAll(io.LimitReader(file, mce.MaxUpload+1)); err != nil {
		return u, err
	}
	if len(u.Content) > mce.MaxUpload {
		return u, mce.Invalidf("the file is larger than %d MB; divide it, or import it on the command line (subscriber import)", mce.MaxUpload>>20)
	}
	u.Name = legible(header.Filename)
	return u, nil
}

// readTable is the table as the form says that it is to be read. The error of code Invalid is a table or a form that cannot be read so.
func (d *Desk) readTable(r *http.Request, view pages.Import) ([]mce.Listed, []mce.LineFault, error) {
	topics, err := d.store.Topics(r.Context())
	if err != nil {
		return nil, nil, err
	}
	return mce.ReadSubscribers(bytes.NewReader(view.Upload.Content), topics, view.Columns())
}

// consentOf are the words and the source that an import rests on.
func consentOf(form url.Values) (wording, source string, err error) {
	if source, err = reasonOf(form.Get("source")); err != nil || source == "" {
		if err == nil {
			err = mce.Invalidf("say where and when they agreed, as “registration desk, Larissa 2022”")
		}
		return "", "", &mce.FieldError{Field: "source", Err: err}
	}
	// They are kept as they are, but for how browsers end lines.
	wording = strings.TrimSpace(legible(strings.ReplaceAll(form.Get("wording"), "\r\n", "\n")))
	switch {
	case wording == "":
		err = mce.Invalidf("the exact words that they agreed to are needed: only people who have agreed may be imported")
	case utf8.RuneCountInString(wording) > maxWording:
		err = mce.Invalidf("these are more than %d characters; the sentences that they agreed to are enough", maxWording)
	default:
		return wording, source, nil
	}
	return "", "", &mce.FieldError{Field: "wording", Err: err}
}

// maxWording is longer than what people agree to.
const maxWording = 5000

// tryTable says what the import would do, or leads back to how its columns are read.
func (d *Desk) tryTable(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.takeForm(w, r, v, false)
}

// importTable does it.
func (d *Desk) importTable(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.takeForm(w, r, v, true)
}

// takeForm takes how a table that is here is to be read.
func (d *Desk) takeForm(w http.ResponseWriter, r *http.Request, v visit, really bool) error {
	view, err := d.importOf(r, v, r.PostForm.Get("of"))
	if err != nil {
		return err
	}
	view.Entered = r.PostForm
	if r.PostForm.Get("back") != "" { // what was entered stays entered
		return d.importPage(w, r, v, http.StatusOK, view)
	}
	return d.takeTable(w, r, v, view, really)
}

// takeTable imports a table, or says what that would do, or what is wrong with it.
func (d *Desk) takeTable(w http.ResponseWriter, r *http.Request, v visit, view pages.Import, really bool) error {
	form := view.Entered
	wording, source, err := consentOf(form)
	var people []mce.Listed
	if err == nil {
		people, view.Faults, err = d.readTable(r, view)
	}
	if err == nil && really && len(view.Faults) > 0 && form.Get("skip") == "" {
		err = &mce.FieldError{Field: "skip", Err: mce.Invalidf("%d lines have a fault. Mend them and upload the table again, or leave them out", len(view.Faults))}
	}
	if mce.ErrorCode(err) == mce.Invalid {
		var fault *mce.FieldError
		if errors.As(err, &fault) {
			view.FaultIn = fault.Field
		}
		view.Fault = mce.ErrorMessage(err)
		view.Tried = view.FaultIn == "skip"
		if !view.Tried {
			return d.importPage(w, r, v, http.StatusUnprocessableEntity, view)
		}
	} else if err != nil {
		return err
	}
	now := d.clock.Now()
	if really && !view.Tried {
		return d.keepTable(w, r, v, view, people, wording, source, now)
	}
	view.Tried, view.Read, view.First = true, byLanguage(people), people[:min(len(people), shownPeople)]
	if view.Result, err = d.store.TryImport(r.Context(), subscribersOf(people), now, nil); err != nil {
		return err
	}
	view.Conflicts = mce.ImportConflicts(people, view.Result.Left)
	view.Shorten(shownFaults)
	status := http.StatusOK
	if view.Fault != "" {
		status = http.StatusUnprocessableEntity
	}
	return d.importPage(w, r, v, status, view)
}

func (d *Desk) keepTable(w http.ResponseWriter, r *http.Request, v visit, view pages.Import, people []mce.Listed, wording, source string, now time.Time) error {
	deed := mce.Deed{By: v.actor(r), Reason: source, At: now}
	ctx := mce.WithDeed(r.Context(), deed)
	result, err := d.store.ImportSubscribers(ctx, subscribersOf(people), wording, source, now, nil)
	if err != nil {
		return err
	}
	if err := d.store.DropUpload(r.Context(), v.session.User.ID, view.Upload.ID); err != nil { // it is done all the same, and the table goes by itself
		d.log.Warn("an imported table stays for a day", "err", err)
	}
	to, err := d.guided(r, pages.PeoplePath)
	if err != nil {
		return err
	}
	return d.done(w, r, "people-imported", strconv.Itoa(result.Added), to)
}

// byLanguage counts people, the languages that we have in their order.
func byLanguage(people []mce.Listed) []mce.Share {
	var out []mce.Share
	for _, lang := range mce.Languages() {
		s := mce.Share{Lang: lang}
		for _, p := range people {
			if p.Language == lang {
				s.People++
			}
		}
		if s.People > 0 {
			out = append(out, s)
		}
	}
	return out
}

func subscribersOf(people []mce.Listed) []mce.Subscriber {
	out := make([]mce.Subscriber, len(people))
	for i, l := range people {
		out[i] = l.Subscriber
	}
	return out
}

// faultsTable is all that is wrong with a table, and where it tells of people otherwise than they chose, as a table.
func (d *Desk) faultsTable(w http.ResponseWriter, r *http.Request, v visit) error {
	query := r.URL.Query()
	view, err := d.importOf(r, v, query.Get("of"))
	if err != nil {
		return err
	}
	view.Entered = query
	people, faults, err := d.readTable(r, view)
	if err != nil {
		return err
	}
	result, err := d.store.TryImport(r.Context(), subscribersOf(people), d.clock.Now(), nil)
	if err != nil {
		return err
	}
	rows := [][]string{{"line", "email", "what", "detail"}}
	for _, f := range faults {
		rows = append(rows, []string{strconv.Itoa(f.Line), "", "fault", mce.SafeCell(f.Reason)})
	}
	for _, l := range result.Left {
		p := people[l.Index]
		why := l.Why
		if why == mce.LeftKnown {
			why = string(l.Theirs.State)
		}
		rows = append(rows, []string{strconv.Itoa(p.Line), mce.SafeCell(p.Email), "left as it is", why})
	}
	for _, c := range mce.ImportConflicts(people, result.Left) {
		rows = append(rows, []string{strconv.Itoa(c.Line), mce.SafeCell(c.Email), "differs: " + c.Field, mce.SafeCell(c.Theirs + " / " + c.File)})
	}
	return sendTable(w, "import-faults.csv", rows)
}
