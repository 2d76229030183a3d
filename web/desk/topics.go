package desk

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// topicStore keeps what readers can choose.
type topicStore interface {
	TopicUses(ctx context.Context) ([]mce.TopicUse, error)
	AddTopic(ctx context.Context, t mce.Topic) error
	RenameTopic(ctx context.Context, t mce.Topic) error
	RemoveTopic(ctx context.Context, slug string) error
}

// topicRoutes are the topics: their list, and the form of each.
func (d *Desk) topicRoutes() []route {
	const one = pages.TopicsPath + "/{slug}"
	return []route{
		{http.MethodGet, pages.TopicsPath, mce.ManageSeries, false, d.topicList},
		{http.MethodGet, pages.NewTopicPath, mce.ManageSeries, false, d.newTopic},
		{http.MethodPost, pages.NewTopicPath, mce.ManageSeries, false, d.addTopic},
		{http.MethodGet, one, mce.ManageSeries, false, d.showTopic},
		{http.MethodPost, one, mce.ManageSeries, false, d.renameTopic},
		{http.MethodGet, one + "/remove", mce.ManageSeries, false, d.showTopic},
		{http.MethodPost, one + "/remove", mce.ManageSeries, false, d.removeTopic},
	}
}

func (d *Desk) topicList(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.TopicUses(r.Context())
	if err != nil {
		return err
	}
	view := pages.Topics{Common: d.common(w, r, v), All: all}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Topics(w, lang, view) })
}

// topicOf is the topic of the address.
func (d *Desk) topicOf(r *http.Request) (mce.TopicUse, error) {
	all, err := d.store.TopicUses(r.Context())
	if err != nil {
		return mce.TopicUse{}, err
	}
	i := slices.IndexFunc(all, func(u mce.TopicUse) bool { return u.Slug == r.PathValue("slug") })
	if i < 0 {
		return mce.TopicUse{}, &mce.Error{Code: mce.NotFound}
	}
	return all[i], nil
}

func (d *Desk) newTopic(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.topicForm(w, r, v, mce.TopicUse{}, nil)
}

func (d *Desk) showTopic(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.topicOf(r)
	if err != nil {
		return err
	}
	return d.topicForm(w, r, v, u, nil)
}

// addTopic makes the slug of the English name. It never changes: content, subscribers and imports know the topic by it.
func (d *Desk) addTopic(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.Topics(r.Context())
	if err != nil {
		return err
	}
	t := mce.Topic{Name: topicName(r)}
	t.Slug = mce.FreeSlug(t.Name[mce.English], "topic", func(slug string) bool {
		return slices.ContainsFunc(all, func(other mce.Topic) bool { return other.Slug == slug })
	})
	return d.saveTopic(w, r, v, t, mce.TopicUse{Topic: mce.Topic{Name: t.Name}}, d.store.AddTopic)
}

func (d *Desk) renameTopic(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.topicOf(r)
	if err != nil {
		return err
	}
	u.Name = topicName(r)
	return d.saveTopic(w, r, v, u.Topic, u, d.store.RenameTopic)
}

// saveTopic saves a topic, or shows the form again as it was entered.
func (d *Desk) saveTopic(w http.ResponseWriter, r *http.Request, v visit, t mce.Topic, entered mce.TopicUse, save func(context.Context, mce.Topic) error) error {
	err := t.Check()
	if t.Name[mce.English] == "" {
		err = mce.Invalidf("give the topic an English name")
	}
	if err == nil {
		err = save(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), At: d.clock.Now()}), t)
	}
	switch mce.ErrorCode(err) {
	case "":
	case mce.Invalid, mce.Conflict:
		return d.topicForm(w, r, v, entered, err)
	default:
		return err
	}
	name, _ := t.Name.In(v.session.User.Language)
	return d.done(w, r, "topic-saved", name, pages.TopicsPath)
}

// removeTopic removes a topic that nothing names; of another it says what does.
func (d *Desk) removeTopic(w http.ResponseWriter, r *http.Request, v visit) error {
	u, err := d.topicOf(r)
	if err != nil {
		return err
	}
	err = d.store.RemoveTopic(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), At: d.clock.Now()}), u.Slug)
	if mce.ErrorCode(err) == mce.Conflict {
		return d.topicForm(w, r, v, u, err)
	} else if err != nil {
		return err
	}
	name, _ := u.Name.In(v.session.User.Language)
	return d.done(w, r, "topic-removed", name, pages.TopicsPath)
}

// topicName is what the form says, without blanks around it; a language that was left empty has none.
func topicName(r *http.Request) mce.Text {
	name := mce.Text{}
	for _, lang := range mce.Languages() {
		if words := strings.Join(strings.Fields(legible(r.PostForm.Get("name-"+string(lang)))), " "); words != "" {
			name[lang] = words
		}
	}
	return name
}

func (d *Desk) topicForm(w http.ResponseWriter, r *http.Request, v visit, u mce.TopicUse, fault error) error {
	view, status := pages.TopicForm{Common: d.common(w, r, v), Entered: u}, http.StatusOK
	if fault != nil {
		view.Fault, status = mce.ErrorMessage(fault), statusOf(fault)
	}
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.TopicForm(w, lang, view) })
}
