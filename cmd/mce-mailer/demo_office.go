package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/demo"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/scheduler"
)

// office is what the demo's story does through the program: the verbs of the command line, and buttons behind links.
type office struct {
	app      *app
	examiner scheduler.Examiner
}

// Prepare imports the sample.
func (o *office) Prepare(ctx context.Context, content, subscribers []byte) error {
	now := o.app.clock.Now()
	if all, err := o.app.store.AllSeries(ctx); err != nil || len(all) > 0 {
		return err
	}
	lib, err := decodeLibrary(bytes.NewReader(content))
	if err != nil {
		return err
	}
	if faults := lib.Check(); len(faults) > 0 {
		return faults[0]
	}
	listed, faults, err := mce.ReadSubscribers(bytes.NewReader(subscribers), lib.Topics, mce.Columns{})
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("sample subscribers: %w %v", err, faults)
	}
	if err := o.app.store.SaveLibrary(ctx, lib, now); err != nil {
		return err
	}
	people := make([]mce.Subscriber, len(listed))
	for i, l := range listed {
		people[i] = l.Subscriber
	}
	if _, err := o.app.store.ImportSubscribers(ctx, people, "Sample consent: these people are made up.", "demo", now, nil); err != nil {
		return err
	}
	editor := mce.User{Email: demo.EditorAddress, Name: "Giulia Bianchi", Role: mce.Admin, Language: mce.English}
	_, err = o.app.store.AddUser(ctx, editor, mce.Actor{Name: "the demo"}, "", now)
	return err
}

// RegisterAll registers the delegates of a table.
func (o *office) RegisterAll(ctx context.Context, delegates []byte) error {
	people, faults, err := mce.ReadRegistrations(bytes.NewReader(delegates))
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("sample delegates: %w %v", err, faults)
	}
	_, err = o.app.register(ctx, people...)
	return err
}

// Register registers one.
func (o *office) Register(ctx context.Context, event, email, name, organisation, country, language string) error {
	p, err := mce.NewRegistration(event, email, name, organisation, country, language)
	if err != nil {
		return err
	}
	_, err = o.app.register(ctx, mce.Order{People: []mce.Registration{p}})
	return err
}

// Subscribe asks a person to confirm.
func (o *office) Subscribe(ctx context.Context, email, name, language string) error {
	topics, err := o.app.store.Topics(ctx)
	if err != nil {
		return err
	}
	add := subscriberAddCmd{Email: email, Name: name, Language: language}
	p, err := add.person(topics)
	if err != nil {
		return err
	}
	_, err = o.app.askToConfirm(ctx, p, topics, "demo")
	return err
}

// Release approves and schedules what is in review.
func (o *office) Release(ctx context.Context) error {
	issues, err := o.app.store.Issues(ctx, "")
	if err != nil {
		return err
	}
	look := o.app.letters.Look()
	for _, i := range issues {
		if i.State != mce.InReview {
			continue
		}
		if err := o.approve(ctx, i.ID, look); err != nil {
			return err
		}
		if _, err := o.app.store.Schedule(ctx, i.ID, o.app.clock.Now(), look); err != nil {
			return err
		}
	}
	return nil
}

// approve checks an issue first, as everybody must.
func (o *office) approve(ctx context.Context, id int64, look string) error {
	d, err := o.app.store.Draft(ctx, id)
	if err != nil {
		return err
	}
	r, err := o.examiner.Examine(ctx, d)
	if err != nil {
		return err
	}
	_, err = o.app.store.ApproveExamined(ctx, id, "the demo's editor", look, r, nil)
	return err
}

// Click presses the button behind a link.
func (o *office) Click(ctx context.Context, link string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, link, strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("the page answered %s", r.Status)
	}
	return nil
}

// Issues lists the issues.
func (o *office) Issues(ctx context.Context) ([]mce.Issue, error) {
	return o.app.store.Issues(ctx, "")
}

// Explain says what was decided about each item.
func (o *office) Explain(ctx context.Context, id int64) ([]mce.Explanation, error) {
	return o.app.store.Explain(ctx, id)
}

// Readers are the active subscribers who chose something that the issue is about.
func (o *office) Readers(ctx context.Context, issueID int64) ([]string, error) {
	d, err := o.app.store.Draft(ctx, issueID)
	if err != nil {
		return nil, err
	}
	subs, err := o.app.store.Subscribers(ctx, mce.SubscriberQuery{State: mce.Active})
	var out []string
	for _, s := range subs {
		if len(d.For(s.Topics).Items) > 0 {
			out = append(out, s.Email)
		}
	}
	return out, err
}

// Preview is an issue as a reader of all topics would get it.
func (o *office) Preview(ctx context.Context, id int64, lang mce.Lang) (mce.Edition, error) {
	d, err := o.app.store.Draft(ctx, id)
	if err != nil {
		return mce.Edition{}, err
	}
	return o.app.preview(d, lang)
}

// Arrive takes codes at the desk.
func (o *office) Arrive(ctx context.Context, event, but string) error {
	regs, err := o.app.store.Registrations(ctx, event)
	if err != nil {
		return err
	}
	for _, r := range regs {
		if r.State != mce.Registered || r.Email == but {
			continue
		}
		if _, _, err := o.app.store.CheckIn(ctx, event, r.Code, o.app.clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// Arrived are those whose codes were taken.
func (o *office) Arrived(ctx context.Context, event string) ([]string, error) {
	regs, err := o.app.store.Registrations(ctx, event)
	var out []string
	for _, r := range regs {
		if !r.Arrived.IsZero() {
			out = append(out, r.Email)
		}
	}
	return out, err
}

// Interested are the active subscribers who chose one of the event's topics and are not registered.
func (o *office) Interested(ctx context.Context, event string) ([]string, error) {
	e, err := o.app.store.Event(ctx, event)
	if err != nil {
		return nil, err
	}
	delegates, err := o.Delegates(ctx, event)
	if err != nil {
		return nil, err
	}
	subs, err := o.app.store.Subscribers(ctx, mce.SubscriberQuery{State: mce.Active})
	var out []string
	for _, s := range subs {
		chose := slices.ContainsFunc(s.Topics, func(t string) bool { return slices.Contains(e.Topics, t) })
		if chose && !slices.Contains(delegates, s.Email) {
			out = append(out, s.Email)
		}
	}
	return out, err
}

// Delegates are the addresses registered for an event.
func (o *office) Delegates(ctx context.Context, event string) ([]string, error) {
	regs, err := o.app.store.Registrations(ctx, event)
	var out []string
	for _, r := range regs {
		if r.State == mce.Registered {
			out = append(out, r.Email)
		}
	}
	return out, err
}
