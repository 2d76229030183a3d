package desk

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/web/desk/picture"
)

// imageRoutes are the pictures of content.
func (d *Desk) imageRoutes() []route {
	const one = pages.ImagesPath + "/{id}"
	return []route{
		{http.MethodGet, pages.ImagesPath, mce.EditContent, false, d.images},
		{http.MethodPost, pages.ImagesPath, mce.EditContent, false, d.addImage},
		{http.MethodGet, one, mce.EditContent, false, d.showImage},
		{http.MethodPost, one, mce.EditContent, false, d.saveImage},
		{http.MethodGet, one + "/remove", mce.EditContent, false, d.showImage},
		{http.MethodPost, one + "/remove", mce.EditContent, false, d.removeImage},
	}
}

// pictures are all pictures; whether they are used, where that is asked for.
func (d *Desk) pictures(r *http.Request, use bool) ([]pages.Picture, error) {
	all, err := d.store.Images(r.Context())
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	if use {
		if used, err = d.store.UsedImages(r.Context()); err != nil {
			return nil, err
		}
	}
	out := make([]pages.Picture, len(all))
	for i, image := range all {
		image.Used = used[image.Name]
		out[i] = d.pictureOf(image)
	}
	return out, nil
}

func (d *Desk) images(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.imagesPage(w, r, v, http.StatusOK, pages.Images{Unused: r.URL.Query().Get("unused") == "yes"})
}

func (d *Desk) imagesPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.Images) error {
	all, err := d.pictures(r, true)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !view.Unused || !p.Used {
			view.Pictures = append(view.Pictures, p)
		}
	}
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Images(w, lang, view) })
}

// addImage takes a picture, makes it anew, and keeps that.
func (d *Desk) addImage(w http.ResponseWriter, r *http.Request, v visit) error {
	view := pages.Images{Alt: altOf(r)}
	made, title, err := d.upload(r, "file")
	if err == nil {
		err = checkAlt(view.Alt)
	}
	if err != nil {
		if code := mce.ErrorCode(err); code != mce.Invalid && code != mce.Busy {
			return err
		}
		var in *mce.FieldError
		if view.FaultIn = "file"; errors.As(err, &in) {
			view.FaultIn = in.Field
		}
		view.Fault = mce.ErrorMessage(err)
		return d.imagesPage(w, r, v, statusOf(err), view)
	}
	deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
	if _, err := d.store.AddImage(mce.WithDeed(r.Context(), deed), imageOf(made, title, view.Alt), deed.At); err != nil {
		return err
	}
	return d.said(w, r, "image-added", "", pages.ImagesPath)
}

// upload makes the picture of a form's entry anew, one after the other: the largest takes some hundred megabytes meanwhile.
func (d *Desk) upload(r *http.Request, entry string) (made []picture.Picture, title string, err error) {
	file, header, err := r.FormFile(entry)
	if err != nil {
		return nil, "", mce.Invalidf("choose a file")
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, picture.MaxBytes+1))
	if err != nil {
		return nil, "", err
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-r.Context().Done():
		return nil, "", r.Context().Err()
	}
	made, err = picture.Make(raw)
	return made, titleOf(header.Filename), err
}

// titleOf is what a file was called, for people to read: it is never the name of anything.
func titleOf(name string) string {
	runes := []rune(legible(path.Base(strings.ReplaceAll(name, `\`, "/"))))
	return string(runes[:min(len(runes), 120)])
}

// imageOf names a picture by its content: whoever uploads it twice has it once, and its address changes with it.
func imageOf(made []picture.Picture, title string, alt mce.Text) mce.Image {
	sum := sha256.Sum256(made[0].Content)
	i := mce.Image{Name: fmt.Sprintf("%x", sum[:16]), Title: title, Alt: alt}
	for _, p := range made {
		_, ending, _ := strings.Cut(p.Type, "/")
		i.Files = append(i.Files, mce.ImageFile{
			Name: fmt.Sprintf("%s-%d.%s", i.Name, p.Width, ending), Width: p.Width, Height: p.Height, Type: p.Type, Content: p.Content,
		})
	}
	return i
}

// altOf is what a form says that a picture shows.
func altOf(r *http.Request) mce.Text {
	out := mce.Text{}
	for _, lang := range mce.Languages() {
		if words := strings.Join(strings.Fields(legible(r.PostForm.Get("alt-"+string(lang)))), " "); words != "" {
			out[lang] = words
		}
	}
	return out
}

// maxAlt is longer than anybody listens to.
const maxAlt = 500

func checkAlt(alt mce.Text) error {
	for _, lang := range mce.Languages() {
		fault := func(sentence string) error {
			return &mce.FieldError{Field: "alt-" + string(lang), Err: mce.Invalidf("%s", sentence)}
		}
		switch {
		case alt[lang] == "":
			return fault("say what the picture shows: it is read to whoever does not see it")
		case utf8.RuneCountInString(alt[lang]) > maxAlt:
			return fault("these are more words than anybody listens to; a sentence or two are enough")
		}
	}
	return nil
}

// imageIn is the picture that the address names.
func (d *Desk) imageIn(r *http.Request) (pages.Picture, error) {
	id, err := idOf(r, "id")
	if err != nil {
		return pages.Picture{}, err
	}
	i, err := d.store.Image(r.Context(), id)
	if err != nil {
		return pages.Picture{}, err
	}
	return d.pictureOf(i), nil
}

func (d *Desk) pictureOf(i mce.Image) pages.Picture {
	return pages.Picture{Image: i, URL: d.site.ImageURL(i.Files[0].Name)}
}

func (d *Desk) showImage(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.imageIn(r)
	if err != nil {
		return err
	}
	return d.imagePage(w, r, v, http.StatusOK, pages.Image{Picture: p, Alt: p.Alt})
}

func (d *Desk) imagePage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.Image) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Image(w, lang, view) })
}

func (d *Desk) saveImage(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.imageIn(r)
	if err != nil {
		return err
	}
	view := pages.Image{Picture: p, Alt: altOf(r)}
	var in *mce.FieldError
	if errors.As(checkAlt(view.Alt), &in) {
		view.FaultIn, view.Fault = in.Field, in.Error()
		return d.imagePage(w, r, v, http.StatusUnprocessableEntity, view)
	}
	deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
	if err := d.store.SaveImage(mce.WithDeed(r.Context(), deed), p.ID, view.Alt); err != nil {
		return err
	}
	return d.said(w, r, "image-saved", "", p.Path())
}

func (d *Desk) removeImage(w http.ResponseWriter, r *http.Request, v visit) error {
	p, err := d.imageIn(r)
	if err != nil {
		return err
	}
	deed := mce.Deed{By: v.actor(r), At: d.clock.Now()}
	if err := d.store.RemoveImage(mce.WithDeed(r.Context(), deed), p.ID); err != nil {
		return err
	}
	return d.said(w, r, "image-removed", "", pages.ImagesPath)
}

// ourImage is the file of the picture of an article, if it is one of ours.
func (d *Desk) ourImage(w mce.Written) (file string, ours bool) {
	return strings.CutPrefix(w["image"], d.site.ImageURL(""))
}

// describe gives the picture of an article the words that are kept with it, in each language of the article where it has none of its own.
func (d *Desk) describe(r *http.Request, w mce.Written) error {
	file, ours := d.ourImage(w)
	if !ours {
		return nil
	}
	alt, err := d.store.ImageAlt(r.Context(), file)
	for lang, words := range alt {
		entry := mce.TextField("image_alt", lang)
		if w[entry] == "" && w[mce.TextField("title", lang)] != "" {
			w[entry] = words
		}
	}
	return err
}

// sayAlt keeps with a picture of which nobody has said anything what the article that was saved says of it.
func (d *Desk) sayAlt(r *http.Request, w mce.Written) {
	file, ours := d.ourImage(w)
	if !ours {
		return
	}
	alt := mce.Text{}
	for _, lang := range mce.Languages() {
		if words := strings.TrimSpace(w[mce.TextField("image_alt", lang)]); words != "" {
			alt[lang] = words
		}
	}
	if err := d.store.SayAlt(r.Context(), file, alt); err != nil { // the article is saved all the same
		d.log.Warn("the words of a picture are not kept with it", "err", err)
	}
}
