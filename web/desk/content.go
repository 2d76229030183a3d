package desk

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// piecePath is the route of a piece; its id is new for one that there is not yet.
const piecePath = "/desk/content/{kind}/{id}"

// contentRoutes are the articles, events and resources: their lists, forms, drafts and history.
func (d *Desk) contentRoutes() []route {
	const piece = piecePath
	return []route{
		{http.MethodGet, "/desk/content/{$}", mce.EditContent, false, d.enterContent},
		{http.MethodGet, "/desk/content/preview", mce.EditContent, false, d.enterContent},
		{http.MethodPost, "/desk/content/preview", mce.EditContent, false, d.previewProse},
		{http.MethodGet, "/desk/content/{kind}", mce.EditContent, false, d.contents},
		{http.MethodGet, piece, mce.EditContent, false, d.showPiece},
		{http.MethodPost, piece, mce.EditContent, false, d.takePiece},
		{http.MethodGet, piece + "/draft", mce.EditContent, false, d.showPiece},
		{http.MethodPost, piece + "/draft", mce.EditContent, false, d.takeDraft},
		{http.MethodGet, piece + "/history", mce.EditContent, false, d.history},
		{http.MethodGet, piece + "/restore", mce.EditContent, false, d.history},
		{http.MethodPost, piece + "/restore", mce.EditContent, false, d.restore},
	}
}

func (d *Desk) enterContent(w http.ResponseWriter, r *http.Request, _ visit) error {
	return d.redirect(w, r, pages.ContentPath(mce.KindArticle))
}

// kindOf is the kind of content that the address names.
func kindOf(r *http.Request) (mce.ItemKind, error) {
	kind := mce.ItemKind(strings.TrimSuffix(r.PathValue("kind"), "s"))
	if mce.NewContent(kind) == nil || string(kind)+"s" != r.PathValue("kind") {
		return "", &mce.Error{Code: mce.NotFound}
	}
	return kind, nil
}

// pieceOf is the piece that the address names; an empty one for a new one.
func (d *Desk) pieceOf(r *http.Request) (mce.Piece, error) {
	kind, err := kindOf(r)
	if err != nil {
		return mce.Piece{}, err
	}
	if r.PathValue("id") == "new" {
		return mce.Piece{Kind: kind, Content: mce.NewContent(kind)}, nil
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return mce.Piece{}, &mce.Error{Code: mce.NotFound, Err: err}
	}
	return d.store.Piece(r.Context(), kind, id)
}

// contentsAtOnce is how many lines a page of a list has.
const contentsAtOnce = 50

func (d *Desk) contents(w http.ResponseWriter, r *http.Request, v visit) error {
	kind, err := kindOf(r)
	if err != nil {
		return err
	}
	q := mce.ContentQuery{
		Kind: kind, Search: asked(r, "q"), Shown: mce.Shown(asked(r, "shown")), Translation: mce.Translation(asked(r, "translation")),
		Now: d.clock.Now(), Limit: contentsAtOnce,
	}
	if from := asked(r, "from"); from != "" {
		if q.Skip, err = strconv.Atoi(from); err != nil || q.Skip < 0 || q.Skip > 1_000_000 {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	ask := q
	ask.Limit++ // to know whether there are more
	view := pages.Contents{Common: d.common(w, r, v), Query: q}
	if view.Lines, err = d.store.ContentList(r.Context(), ask); err != nil {
		return err
	}
	if view.More = len(view.Lines) > contentsAtOnce; view.More {
		view.Lines = view.Lines[:contentsAtOnce]
	}
	if view.Zone, err = d.zone(r); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Contents(w, lang, view) })
}

// zone is on whose clocks the association lives, as far as it is known: those of its first newsletter.
func (d *Desk) zone(r *http.Request) (string, error) {
	series, err := d.store.AllSeries(r.Context())
	return homeZone(series), err
}

// homeZone is on whose clocks an association with these newsletters lives.
func homeZone(all []mce.Series) string {
	if len(all) == 0 {
		return "UTC"
	}
	return all[0].TimeZone
}

// previewProse answers with Markdown as a mail has it.
func (d *Desk) previewProse(w http.ResponseWriter, r *http.Request, _ visit) error {
	html, err := d.letters.Prose(legible(r.PostForm.Get("text")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := io.WriteString(w, html); err != nil { //nolint:gosec // the renderer has cleaned it
		d.log.Debug("reader gone", "err", err)
	}
	return nil
}

// history shows what became of a piece.
func (d *Desk) history(w http.ResponseWriter, r *http.Request, v visit) error {
	const page = 20
	p, err := d.pieceOf(r)
	if err == nil && p.ID == 0 {
		err = &mce.Error{Code: mce.NotFound}
	}
	if err != nil {
		return err
	}
	before := 0
	if from := r.URL.Query().Get("before"); from != "" {
		if before, err = strconv.Atoi(from); err != nil || before <= 0 || before > 1<<30 {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	view := pages.History{Common: d.common(w, r, v), Piece: p}
	if view.Versions, err = d.store.PieceHistory(r.Context(), p.Kind, p.ID, before, page+1); err != nil {
		return err
	}
	if len(view.Versions) > page {
		view.Versions = view.Versions[:page]
		view.Older = view.Versions[page-1].Version
	}
	if view.Zone, err = d.zone(r); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.History(w, lang, view) })
}

// restore makes a version stand again, as a new one.
func (d *Desk) restore(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.pieceOf(r)
	if err != nil {
		return err
	}
	of, err := strconv.Atoi(r.PostForm.Get("of"))
	if err != nil || of <= 0 || of > 1<<30 {
		return mce.Invalidf("say which version is to be restored")
	}
	old, err := d.store.PieceAt(r.Context(), p.Kind, p.ID, of)
	if err == nil && old.Content == nil {
		err = mce.NotFoundf("in this version it was removed")
	}
	if err != nil {
		return err
	}
	p.Content = old.Content
	p.Version, _ = strconv.Atoi(r.PostForm.Get("version")) // none: no version is that
	deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
	if _, err := d.store.SavePiece(mce.WithDeed(r.Context(), deed), p, nil, mce.RestoredContent, deed.At); err != nil {
		return err
	}
	return d.done(w, r, "content-restored", "", pages.PiecePath(p.Kind, p.ID))
}

// written is what a form of a piece says. An entry that is missing is an empty one, as a box that is not ticked; what is no field is left out.
func written(r *http.Request, kind mce.ItemKind) mce.Written {
	form := r.PostForm
	named := mce.Written{}
	for name := range form {
		named[name] = ""
	}
	out := mce.Written{}
	for name := range mce.Blank(kind, named.Sessions()...) {
		out[name] = legible(strings.Join(form[name], " "))
	}
	if elsewhere := legible(form.Get("image_elsewhere")); elsewhere != "" && kind == mce.KindArticle {
		out["image"] = elsewhere
	}
	return out
}

// zoneIn is on whose clocks a form was filled in; the usual ones, and an error, where it names none that there are.
func zoneIn(r *http.Request, usual string) (string, error) {
	zone := r.PostForm.Get("zone")
	if zone == "" {
		return usual, nil
	}
	if err := mce.CheckZone(zone); err != nil {
		return usual, &mce.FieldError{Field: "zone", Err: err}
	}
	return zone, nil
}
