package demo

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
)

// EditorAddress is that of the one user of the editors' desk: the link to log in arrives in the inbox.
const EditorAddress = "editor@majorcities.example"

// Office is what the story does through the program, as editors, delegates and the office of the association do.
type Office interface {
	// Prepare imports the sample content and people; it does nothing when that has been done.
	Prepare(ctx context.Context, content, subscribers []byte) error
	// RegisterAll registers the delegates of a CSV file.
	RegisterAll(ctx context.Context, delegates []byte) error
	Register(ctx context.Context, event, email, name, organisation, country, language string) error
	// Subscribe asks a person by mail to confirm.
	Subscribe(ctx context.Context, email, name, language string) error
	// Release approves the issues that are in review and schedules them for now.
	Release(ctx context.Context) error
	// Click POSTs to a link of a mail, as the button behind it does.
	Click(ctx context.Context, link string) error
	// Issues lists the issues, the latest first; Readers whom one of them is for, by their addresses.
	Issues(ctx context.Context) ([]mce.Issue, error)
	Readers(ctx context.Context, issueID int64) ([]string, error)
	Explain(ctx context.Context, issueID int64) ([]mce.Explanation, error)
	// Preview is an issue as a made-up reader of all topics would get it.
	Preview(ctx context.Context, issueID int64, lang mce.Lang) (mce.Edition, error)
	// Delegates are the addresses registered for an event.
	Delegates(ctx context.Context, event string) ([]string, error)
	// Arrive takes the codes of an event's delegates at the desk, but for one; Arrived are the addresses of those who came.
	Arrive(ctx context.Context, event, but string) error
	Arrived(ctx context.Context, event string) ([]string, error)
	// Interested are the readers who chose one of an event's topics and are not registered for it.
	Interested(ctx context.Context, event string) ([]string, error)
}

// Step is one happening of the story.
type Step struct {
	Slug  string
	When  time.Time
	Title string // what happens, for the page and the terminal
	// Do is what somebody does then; nil when the cron alone acts.
	Do func(ctx context.Context, o Office, in *inbox.Inbox) error
	// Mails are those that must have arrived by then and not before, by recipient; nil when none.
	Mails func(ctx context.Context, o Office) ([]string, error)
	// Review: an issue is before the editors from now on.
	Review bool
	// Subject is a word of the subject of each of them.
	Subject []string
}

// The people of the story who do something.
const (
	event        = "prato-2023"
	webinar      = "webinar-ransomware-2023"
	absent       = "raluca.tanase@cluj.example"
	newReader    = "ilse.brandt@hamburg.example"
	newDelegate  = "tomaz.novak@ljubljana.example"
	storyZone    = "Europe/Rome"
	delegateName = "Tomaž Novak"
)

// Start is where the demo's clock begins, and End where its story is told.
func Start() time.Time { return on(18, 8, 0) }

// End is the time after the last step.
func End() time.Time { return at(11, 3, 8, 0) }

func on(day, hour, minute int) time.Time { return at(10, day, hour, minute) }

func at(month time.Month, day, hour, minute int) time.Time {
	wall := time.Date(2023, month, day, hour, minute, 0, 0, time.UTC)
	_, offset := mce.InZone(wall, storyZone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second)
}

// Story is what happens, in order of time.
func Story() []Step {
	return []Step{
		{
			Slug: "registered", When: on(18, 8, 0), Title: "Fourteen delegates are registered for Prato; each is confirmed at once, with an invitation for the calendar",
			Do: func(ctx context.Context, o Office, _ *inbox.Inbox) error {
				return o.RegisterAll(ctx, sample.Delegates())
			},
			Mails: delegates, Subject: []string{"You are registered", "Iscrizione"},
		},
		{
			Slug: "subscribes", When: on(18, 8, 30), Title: "Ilse Brandt subscribes; she is asked by mail to confirm",
			Do: func(ctx context.Context, o Office, _ *inbox.Inbox) error {
				return o.Subscribe(ctx, newReader, "Ilse Brandt", "en")
			},
			Mails: only(newReader), Subject: []string{"onfirm"},
		},
		{
			Slug: "confirms", When: on(18, 8, 40), Title: "Ilse presses the button behind the link: from now on she is a reader, and is welcomed by mail",
			Do: confirmReader, Mails: only(newReader), Subject: []string{"Welcome"},
		},
		{Slug: "week-before", When: on(18, 9, 0), Title: "One week before: the cron reminds every delegate", Mails: delegates},
		{Slug: "issue-1", When: on(19, 9, 0), Review: true, Title: "Thursday, 9:00: the cron assembles the first issue and puts it before the editors"},
		{
			Slug: "issue-1-out", When: on(19, 11, 0), Title: "The editor approves it; it leaves for every reader who chose one of its topics",
			Do: release, Mails: readers(1),
		},
		{Slug: "leaves", When: on(19, 15, 0), Title: "A reader leaves by one click in her mail program (RFC 8058)", Do: leaveByMail},
		{
			Slug: "late", When: on(20, 10, 0), Title: "Tomaž Novak registers late; his confirmation leaves at once",
			Do: func(ctx context.Context, o Office, _ *inbox.Inbox) error {
				return o.Register(ctx, event, newDelegate, delegateName, "City of Ljubljana", "Slovenia", "en")
			},
			Mails: only(newDelegate), Subject: []string{"You are registered"},
		},
		{Slug: "day-before", When: on(24, 9, 0), Title: "The day before: reminder with the programme", Mails: delegates},
		{Slug: "morning-of", When: on(25, 7, 0), Title: "The morning of the first day: where to go", Mails: delegates},
		{
			Slug: "arrivals", When: on(25, 8, 30), Title: "The desk opens; the codes of all delegates but one are taken",
			Do: func(ctx context.Context, o Office, _ *inbox.Inbox) error { return o.Arrive(ctx, event, absent) },
		},
		{Slug: "skipped", When: on(26, 9, 0), Title: "Thursday again, and too little to say: the issue is skipped, and says so"},
		{
			Slug: "invitation", When: on(26, 10, 0), Title: "Three weeks before a webinar: readers who chose one of its topics are invited, and can leave by that mail too",
			Mails: func(ctx context.Context, o Office) ([]string, error) { return o.Interested(ctx, webinar) }, Subject: []string{"Will you join us?", "anche voi?"},
		},
		{Slug: "afterwards", When: on(30, 10, 0), Title: "Three days after, with the clocks set back in between: thanks, with the first handouts, a form for feedback and the next date", Mails: delegates},
		{
			Slug: "certificates", When: on(31, 10, 0), Title: "A certificate of attendance, as PDF, for each delegate who came",
			Mails: func(ctx context.Context, o Office) ([]string, error) { return o.Arrived(ctx, event) }, Subject: []string{"certificate", "attestato"},
		},
		{
			Slug: "digest", When: on(31, 17, 0), Title: "What speakers released since then, in one mail; on days without news there is none",
			Mails: delegates, Subject: []string{"New in the knowledge base", "Novità"},
		},
		{Slug: "issue-2", When: at(11, 2, 9, 0), Review: true, Title: "Thursday, 9:00: the second issue is assembled; what came late has rolled forward into it"},
		{
			Slug: "issue-2-out", When: at(11, 2, 11, 0), Title: "Approved and sent; nobody who left gets it",
			Do: release, Mails: readers(2),
		},
	}
}

func delegates(ctx context.Context, o Office) ([]string, error) { return o.Delegates(ctx, event) }

func only(address string) func(context.Context, Office) ([]string, error) {
	return func(context.Context, Office) ([]string, error) { return []string{address}, nil }
}

func release(ctx context.Context, o Office, _ *inbox.Inbox) error { return o.Release(ctx) }

// readers are those of the issue with a number.
func readers(number int) func(context.Context, Office) ([]string, error) {
	return func(ctx context.Context, o Office) ([]string, error) {
		issues, err := o.Issues(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range issues {
			if i.Number == number {
				return o.Readers(ctx, i.ID)
			}
		}
		return nil, fmt.Errorf("there is no issue with number %d", number)
	}
}

// confirmReader presses the button behind the link in the opt-in mail.
func confirmReader(ctx context.Context, o Office, in *inbox.Inbox) error {
	msg, err := mailTo(ctx, in, newReader, "onfirm")
	if err != nil {
		return err
	}
	link := regexp.MustCompile(`https?://\S+/confirm/[\w-]+`).FindString(msg.Text)
	return o.Click(ctx, link)
}

// Leaver is the reader who unsubscribes: the first subscriber of the sample.
func Leaver() string {
	lines := strings.Split(string(sample.Subscribers()), "\n")
	address, _, _ := strings.Cut(lines[1], ",")
	return address
}

// leaveByMail does what a mail program does with List-Unsubscribe and List-Unsubscribe-Post.
func leaveByMail(ctx context.Context, o Office, in *inbox.Inbox) error {
	msg, err := mailTo(ctx, in, Leaver(), "")
	if err != nil {
		return err
	}
	link, _, found := strings.Cut(strings.TrimPrefix(msg.Get("List-Unsubscribe"), "<"), ">")
	if !found {
		return fmt.Errorf("the mail to %s has no List-Unsubscribe", Leaver())
	}
	return o.Click(ctx, link)
}

// mailTo waits for a mail to an address whose subject has a word and that can be left, or confirmed: the story's clock may be faster than
// the mailer. It is the newest one.
func mailTo(ctx context.Context, in *inbox.Inbox, address, word string) (msg inbox.Message, err error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	late := in.Wait(ctx, func(all []inbox.Mail) (found bool) {
		msg, found, err = newest(in, all, address, word)
		return found || err != nil
	})
	if late != nil {
		return inbox.Message{}, fmt.Errorf("no mail to %s has arrived: %w", address, late)
	}
	return msg, err
}

func newest(in *inbox.Inbox, all []inbox.Mail, address, word string) (msg inbox.Message, found bool, err error) {
	for _, m := range all {
		if m.To[0] != address || !strings.Contains(m.Subject, word) {
			continue
		}
		_, raw, err := in.Get(m.ID)
		if err != nil {
			return inbox.Message{}, false, err
		}
		msg, err := inbox.Parse(raw)
		if err != nil || word != "" || msg.Get("List-Unsubscribe") != "" {
			return msg, err == nil, err
		}
	}
	return inbox.Message{}, false, nil
}
