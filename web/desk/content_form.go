package desk

import (
	"errors"
	"html/template"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// zoneEntry is where a draft keeps on whose clocks it was written.
const zoneEntry = "zone"

// showPiece shows the form of a piece: with what its user was typing when they went away, else as it stands.
func (d *Desk) showPiece(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.pieceOf(r)
	if err != nil {
		return err
	}
	view := pages.ContentForm{Piece: p, Version: p.Version}
	if view.Zone, err = d.zone(r); err != nil {
		return err
	}
	draft, err := d.store.ContentDraft(r.Context(), v.session.User.ID, p.Kind, p.ID)
	if err != nil {
		return err
	}
	if draft.At.IsZero() {
		view.Written = fresh(p, view.Zone, d)
	} else {
		view.Draft, view.Version, view.Written = mce.InZone(draft.At, view.Zone), draft.Version, draft.Entries
		if zone := draft.Entries[zoneEntry]; zone != "" {
			view.Zone = zone
		}
	}
	return d.piecePage(w, r, v, http.StatusOK, view)
}

// fresh is a piece as it stands, and of a new one what is usual.
func fresh(p mce.Piece, zone string, d *Desk) mce.Written {
	out := mce.Write(p.Content, mce.InZone(d.clock.Now(), zone).Location())
	if p.ID != 0 {
		return out
	}
	switch p.Kind {
	case mce.KindEvent:
		out["time_zone"], out["kind"], out["state"], out["admission"] = zone, string(mce.Conference), string(mce.EventAnnounced), string(mce.ForEveryone)
	case mce.KindResource:
		out["kind"] = "handout"
	case mce.KindArticle:
	}
	return out
}

func (d *Desk) piecePage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.ContentForm) error {
	var err error
	if view.Topics, err = d.store.Topics(r.Context()); err != nil {
		return err
	}
	switch view.Piece.Kind {
	case mce.KindArticle:
		if view.Images, err = d.pictures(r, false); err != nil {
			return err
		}
	case mce.KindResource:
		if view.Events, err = d.store.ContentList(r.Context(), mce.ContentQuery{Kind: mce.KindEvent, Limit: 500}); err != nil {
			return err
		}
	case mce.KindEvent:
	}
	if view.Piece.ID != 0 {
		if view.Issues, err = d.store.IssuesWith(r.Context(), mce.ItemRef{Kind: view.Piece.Kind, ID: view.Piece.ID}); err != nil {
			return err
		}
	}
	view.Common, view.At = d.common(w, r, v), d.clock.Now()
	if view.Saved() {
		if view.Next, err = d.nextIssues(r, view.Piece); err != nil {
			return err
		}
	}
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Content(w, lang, view) })
}

// versionIn is the version with which somebody began; 0, which is another than any, where the form says none.
func versionIn(r *http.Request) int {
	n, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}

// nextIssues are those to come by themselves that may have a piece. Only of its first version is that certain: a later one may have run, or been left out.
func (d *Desk) nextIssues(r *http.Request, p mce.Piece) ([]mce.Text, error) {
	if p.Version != 1 {
		return nil, nil
	}
	all, err := d.store.AllSeries(r.Context())
	if err != nil {
		return nil, err
	}
	var out []mce.Text
	for _, s := range all {
		schedule, err := s.Schedule()
		if err != nil || s.Paused {
			continue // none comes by itself
		}
		if due := schedule.Next(d.clock.Now()).Due; s.Admits(p.Candidate(), due) {
			out = append(out, s.Name)
		}
	}
	return out, nil
}

// takePiece takes the form of a piece, and does what the button asks for.
func (d *Desk) takePiece(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.pieceOf(r)
	if err != nil {
		return err
	}
	view := pages.ContentForm{Piece: p, Written: written(r, p.Kind)}
	view.Version = versionIn(r)
	usual, err := d.zone(r)
	if err != nil {
		return err
	}
	var fault error
	view.Zone, fault = zoneIn(r, usual)
	if noPicture, err := d.takePicture(r, v, view.Written); err != nil {
		return err
	} else if fault == nil {
		fault = noPicture
	}
	button, which, _ := strings.Cut(r.PostForm.Get("do"), ":")
	if button == "" || button == "save" || button == another {
		return d.savePiece(w, r, v, view, fault)
	}
	switch button {
	case "add":
		view.Written, view.Focus = anotherSession(view.Written)
	case "remove":
		view.Written = view.Written.WithoutSession(which)
	case "take":
		view.Written = d.taken(r, view)
	case "preview":
		if view.Previews, err = d.previews(view.Written); err != nil {
			return err
		}
	}
	if err := d.keepDraft(r, v, view); err != nil {
		return err
	}
	return d.piecePage(w, r, v, http.StatusOK, view)
}

// another is the button that saves, and leads to the form of a new piece.
const another = "another"

// takePicture keeps a picture that was sent with the form of an article, which shows it from then on. A fault is why it is none.
func (d *Desk) takePicture(r *http.Request, v visit, w mce.Written) (fault, err error) {
	const entry = "image_file"
	if r.MultipartForm == nil || len(r.MultipartForm.File[entry]) == 0 || r.MultipartForm.File[entry][0].Filename == "" {
		return nil, nil
	}
	made, title, err := d.upload(r, entry)
	if code := mce.ErrorCode(err); code == mce.Invalid || code == mce.Busy {
		return &mce.FieldError{Field: entry, Err: err}, nil
	} else if err != nil {
		return nil, err
	}
	i := imageOf(made, title, mce.Text{}) // what it shows is kept with it once the article is saved
	deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
	if _, err = d.store.AddImage(mce.WithDeed(r.Context(), deed), i, deed.At); err != nil {
		return nil, err
	}
	w["image"] = d.site.ImageURL(i.Files[0].Name)
	return nil, nil
}

// anotherSession adds one that begins when the last one ends, and names the entry to begin with.
func anotherSession(w mce.Written) (mce.Written, string) {
	at := w["starts"]
	for _, slug := range w.Sessions() {
		at = max(at, w.Session(slug)["ends"])
	}
	w, name := w.WithNewSession(at, at)
	return w, "session/" + name + "/title"
}

// taken is what goes on of mine and theirs.
func (d *Desk) taken(r *http.Request, view pages.ContentForm) mce.Written {
	theirs := mce.Write(view.Piece.Content, mce.InZone(d.clock.Now(), view.Zone).Location())
	for name := range view.Written {
		if r.PostForm.Get("take:"+name) == "theirs" {
			view.Written[name] = theirs[name]
		}
	}
	for _, slug := range theirs.Sessions() { // of sessions that I had not
		for field, value := range theirs.Session(slug) {
			if name := "session/" + slug + "/" + field; r.PostForm.Get("take:"+name) == "theirs" {
				view.Written[name] = value
			}
		}
	}
	return withoutEmptySessions(view.Written)
}

// withoutEmptySessions leaves out those of which nothing is written: whoever takes over that one is gone takes over that all its entries are empty.
func withoutEmptySessions(w mce.Written) mce.Written {
	for _, slug := range w.Sessions() {
		empty := true
		for _, value := range w.Session(slug) {
			empty = empty && strings.TrimSpace(value) == ""
		}
		if empty {
			w = w.WithoutSession(slug)
		}
	}
	return w
}

// previews are all texts in Markdown, as a mail has them.
func (d *Desk) previews(w mce.Written) (map[string]template.HTML, error) {
	out := map[string]template.HTML{}
	for _, name := range []string{"body", "body_it"} {
		html, err := d.letters.Prose(w[name])
		if err != nil {
			return nil, err
		}
		out[name] = template.HTML(html) //nolint:gosec // the renderer has cleaned it
	}
	return out, nil
}

// savePiece saves what is written, or says what is wrong with it, or that somebody else was faster. What is not saved is kept as a draft.
func (d *Desk) savePiece(w http.ResponseWriter, r *http.Request, v visit, view pages.ContentForm, fault error) error {
	p := view.Piece
	if p.ID != 0 && view.Version != p.Version {
		return d.clash(w, r, v, view)
	}
	if err := d.describe(r, view.Written); err != nil {
		return err
	}
	if fault == nil {
		fault = rewrite(p.Content, d.shownAtOnce(p, view), view.Zone)
	}
	if fault == nil {
		deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
		saved, err := d.store.SavePiece(mce.WithDeed(r.Context(), deed), p, holds(r, p), actionOn(p), deed.At)
		if err == nil {
			d.sayAlt(r, view.Written)
			return d.saved(w, r, v, p, saved)
		}
		if code := mce.ErrorCode(err); code == mce.Conflict && p.ID != 0 {
			if view.Piece, err = d.pieceOf(r); err != nil {
				return err
			}
			return d.clash(w, r, v, view)
		} else if code != mce.Invalid && code != mce.NotFound {
			return err
		}
		fault = err
	}
	if err := d.keepDraft(r, v, view); err != nil {
		return err
	}
	var in *mce.FieldError
	view.Fault = mce.ErrorMessage(fault)
	if errors.As(fault, &in) {
		view.FaultIn, view.Fault = in.Field, strings.TrimPrefix(in.Error(), in.Field[strings.LastIndexByte(in.Field, '/')+1:]+": ")
	}
	if view.Piece.ID != 0 { // as it stands, not as it was to be
		again, err := d.pieceOf(r)
		if err != nil {
			return err
		}
		view.Piece = again
	}
	return d.piecePage(w, r, v, http.StatusUnprocessableEntity, view)
}

// shownAtOnce is what is written, and of a new piece that is shown from no moment on that this is now.
func (d *Desk) shownAtOnce(p mce.Piece, view pages.ContentForm) mce.Written {
	if p.ID != 0 || view.Written["publish_at"] != "" {
		return view.Written
	}
	out := maps.Clone(view.Written)
	out["publish_at"] = mce.InZone(d.clock.Now(), view.Clocks()).Format("2006-01-02T15:04")
	return out
}

// rewrite changes content to what is written; the error is what is wrong with it, if anything.
func rewrite(c mce.Content, to mce.Written, zone string) error {
	if err := mce.Rewrite(c, to, mce.InZone(time.Time{}, zone).Location()); err != nil {
		return err
	}
	if fault := mce.CheckPiece(c); fault != nil {
		return fault
	}
	return nil
}

// holds are the translations of which the form says that they hold; only those that are stale.
func holds(r *http.Request, p mce.Piece) []string {
	return slices.DeleteFunc(slices.Clone(p.Stale), func(field string) bool { return !slices.Contains(r.PostForm["holds"], field) })
}

func actionOn(p mce.Piece) mce.AuditAction {
	if p.ID == 0 {
		return mce.AddedContent
	}
	return mce.ChangedContent
}

func (d *Desk) saved(w http.ResponseWriter, r *http.Request, v visit, before, now mce.Piece) error {
	if err := d.store.DropContentDraft(r.Context(), v.session.User.ID, before.Kind, before.ID); err != nil { // it is saved all the same
		d.log.Warn("the draft of what was saved stays", "err", err)
	}
	to, err := d.afterSaving(r, now)
	if err != nil {
		return err
	}
	if before.ID != 0 && before.Version == now.Version && len(holds(r, before)) == 0 {
		return d.said(w, r, "content-same", "", to)
	}
	title, _ := now.Content.Name().In(v.session.User.Language)
	return d.done(w, r, "content-saved", title, to)
}

// afterSaving is where to go on to: to the piece, or a new one if that is asked for, and with an event to its people where they will be told of what was
// saved.
func (d *Desk) afterSaving(r *http.Request, p mce.Piece) (string, error) {
	if r.PostForm.Get("do") == another {
		return pages.PiecePath(p.Kind, 0), nil
	}
	if p.Kind != mce.KindEvent {
		return pages.PiecePath(p.Kind, p.ID), nil
	}
	news, err := d.store.News(r.Context(), p.ID, d.clock.Now())
	if err != nil || len(news.For) == 0 {
		return pages.PiecePath(p.Kind, p.ID), err
	}
	return pages.EventPath(p.ID), nil
}

// clash shows mine and theirs, field by field. Mine is kept as a draft meanwhile.
func (d *Desk) clash(w http.ResponseWriter, r *http.Request, v visit, view pages.ContentForm) error {
	if err := d.keepDraft(r, v, view); err != nil {
		return err
	}
	p := view.Piece
	began, err := d.store.PieceAt(r.Context(), p.Kind, p.ID, view.Version)
	if mce.ErrorCode(err) == mce.NotFound {
		return mce.Conflictf("this form is of another piece; what you wrote is kept as a draft")
	} else if err != nil {
		return err
	}
	last, err := d.store.PieceAt(r.Context(), p.Kind, p.ID, p.Version)
	if err != nil {
		return err
	}
	zone := mce.InZone(d.clock.Now(), view.Zone).Location()
	var base mce.Written
	if began.Content != nil {
		base = mce.Write(began.Content, zone)
	}
	page := pages.Clash{Common: d.common(w, r, v), Piece: p, By: last, Zone: view.Zone, Written: view.Written}
	page.Clashes = mce.Clashes(base, view.Written, mce.Write(p.Content, zone))
	page.Written[zoneEntry] = view.Zone
	page.Path = pages.PiecePath(p.Kind, p.ID)
	return d.show(w, r, v, http.StatusConflict, func(w io.Writer, lang mce.Lang) error { return d.pages.Clash(w, lang, page) })
}

// takeDraft keeps what a user is typing, or forgets it.
func (d *Desk) takeDraft(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.pieceOf(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("do") != "keep" {
		if err := d.store.DropContentDraft(r.Context(), v.session.User.ID, p.Kind, p.ID); err != nil {
			return err
		}
		return d.said(w, r, "draft-dropped", "", pages.PiecePath(p.Kind, p.ID))
	}
	usual, err := d.zone(r)
	if err != nil {
		return err
	}
	view := pages.ContentForm{Piece: p, Written: written(r, p.Kind)}
	view.Version = versionIn(r)
	view.Zone, _ = zoneIn(r, usual) // a draft may have faults
	if err := d.keepDraft(r, v, view); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// keepDraft keeps what is written; what stands so already, saved by the same user a moment ago, is no draft.
func (d *Desk) keepDraft(r *http.Request, v visit, view pages.ContentForm) error {
	p := view.Piece
	zone := mce.InZone(d.clock.Now(), view.Zone).Location()
	if p.ID != 0 && len(mce.Differences(mce.Write(p.Content, zone), view.Written)) == 0 {
		return d.store.DropContentDraft(r.Context(), v.session.User.ID, p.Kind, p.ID)
	}
	entries := mce.Written{zoneEntry: view.Zone}
	for name, value := range view.Written {
		entries[name] = value
	}
	return d.store.KeepContentDraft(r.Context(), v.session.User.ID, mce.ContentDraft{
		Kind: p.Kind, ID: p.ID, Version: view.Version, Entries: entries, At: d.wall.Now(),
	})
}
