package desk

import (
	"io"

	"github.com/majorcities/mce-mailer/mce"
)

// The pages of topics.
const (
	TopicsPath   = "/desk/topics"
	NewTopicPath = "/desk/new-topic"
)

// Topics is the view of the list of topics.
type Topics struct {
	Common
	All []mce.TopicUse
}

// TopicForm is the view of the form of a topic.
type TopicForm struct {
	Common
	Entered mce.TopicUse // without a slug: a new one
	Fault   string       // in English
}

// OwnPath is that of the topic.
func (v TopicForm) OwnPath() string {
	if v.Entered.Slug == "" {
		return NewTopicPath
	}
	return TopicsPath + "/" + v.Entered.Slug
}

// Fields are the form's entries: its name in each language.
func (v TopicForm) Fields() []Field {
	var out []Field
	for _, lang := range mce.Languages() {
		out = append(out, Field{
			Name: "name-" + string(lang), Label: "topic.name", Lang: lang, Type: "text", Value: v.Entered.Name[lang], Autocomplete: "off",
			Optional: lang != mce.English,
		})
	}
	return out
}

// Topics writes the list of topics.
func (p *Pages) Topics(w io.Writer, lang mce.Lang, v Topics) error {
	return p.write(w, "topics", lang, v.Common, v)
}

// TopicForm writes the form of a topic.
func (p *Pages) TopicForm(w io.Writer, lang mce.Lang, v TopicForm) error {
	return p.write(w, "topic_form", lang, v.Common, v)
}
