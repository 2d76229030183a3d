package main

import (
	"context"
	"fmt"

	"github.com/majorcities/mce-mailer/mce"
)

// register takes registrations and queues what tells each person where they stand.
func (a *app) register(ctx context.Context, orders ...mce.Order) ([]mce.Registration, error) {
	return a.store.RegisterAll(ctx, orders, a.letters, a.site.Domain(), a.clock.Now())
}

// askToConfirm queues the letter that asks to confirm a subscription.
func (a *app) askToConfirm(ctx context.Context, p mce.Subscriber, topics []mce.Topic, source string) (bool, error) {
	w := a.site.Wished(mce.Wish{Subscriber: p}, p.Language, source, "", a.clock.Now())
	render := func() (mce.Edition, error) { return a.letters.OptIn(p.Language, mce.Chosen(topics, p.Topics)) }
	return a.store.AskToConfirm(ctx, w, render, a.site.Domain())
}

// preview is an issue as it would leave, with a made-up reader.
func (a *app) preview(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	e, err := a.letters.Newsletter(d, lang)
	return e.Filled(map[string]string{mce.SlotGreeting: a.letters.Greeting(lang, "Anna Rossi"), mce.SlotToken: "preview"}), err
}

// asKept is an address as it is kept, to look it up; what is no address is looked for as it is typed.
func asKept(typed string) string {
	if kept, err := mce.ParseAddress(typed); err == nil {
		return kept
	}
	return typed
}

// suggest tells of an address that looks like a slip. It is taken as it is all the same.
func (e *env) suggest(address string) {
	if meant, ok := mce.SuggestAddress(address); ok {
		fmt.Fprintf(e.err, "%s: is %s meant?\n", address, meant)
	}
}
