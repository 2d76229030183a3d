package preflight

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// weekdays compares each weekday with the date that it stands beside. Without a year the nearest one is taken, which may be the wrong one.
func weekdays(i *issue, t text) []mce.Finding {
	var out []mce.Finding
	for _, w := range datesIn(t) {
		day := w.on(i.moment)
		if !w.named || day.Weekday() == w.weekday {
			continue
		}
		f := mce.Finding{Words: fmt.Sprintf("It says %s, but %s is a %s. Correct the weekday or the date.",
			quoted(w.words), day.Format("2 January 2006"), day.Weekday())}
		if w.year == 0 {
			f.Level = mce.Advisory
		}
		out = append(out, f)
	}
	return out
}

// dateReaders read the languages that we write in.
var dateReaders = func() map[mce.Lang]*dateReader {
	out := map[mce.Lang]*dateReader{}
	for lang, words := range calendars() {
		out[lang] = newDateReader(words)
	}
	return out
}()

func datesIn(t text) []written {
	if r, ok := dateReaders[t.lang]; ok {
		return r.dates(t.words)
	}
	return nil
}

// calls are words by which a text asks for something until a date, in English and Italian.
var calls = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:register|registration|sign up|apply|applications?|deadline|submit|send us|respond|reply|by|until|before|will be|will take place|` +
	`join us|save the date|entro|fino a[l']?|scade|scadenza|iscrizion[ei]|iscriviti|iscrivetevi|candidature|si terrà|si svolgerà|ci vediamo|partecipa)(?:[^\p{L}]|$)`)

// pastDates finds dates that have passed in sentences that speak of what is to come. What merely tells of the past is left alone.
func pastDates(i *issue, t text) []mce.Finding {
	var out []mce.Finding
	year, month, dayOfMonth := mce.InZone(i.moment, i.draft.Series.TimeZone).Date()
	today := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC) // as the dates of texts
	for _, s := range sentences(t.words) {
		if !calls.MatchString(s) {
			continue
		}
		for _, w := range datesIn(text{lang: t.lang, words: s}) {
			if day := w.on(i.moment); w.year != 0 && day.Before(today) {
				out = append(out, mce.Finding{Words: fmt.Sprintf("%s has passed when the issue goes out, and the text speaks of it as to come: %s. Correct the date, or say it in the past.",
					day.Format("2 January 2006"), quoted(s))})
			}
		}
	}
	return out
}

// pastEvents looks at the events of the issue.
func pastEvents(_ context.Context, i *issue) []mce.Finding {
	var out []mce.Finding
	for _, it := range i.draft.Items {
		e := it.Event
		if e == nil {
			continue
		}
		day := func(t time.Time) string { return t.In(e.Zone()).Format("Monday 2 January 2006, 15:04 MST") }
		f := mce.Finding{Where: e.Slug}
		switch {
		case e.State == mce.EventCancelled:
			f.Field, f.Words = "state", "The event is cancelled. Take it out of the issue, or say in an article that it does not take place."
		case e.State == mce.EventMoved:
			f.Field, f.Words = "state", "The event is put off and its dates do not hold any more. Take it out of the issue, or give it its new dates."
		case !e.Ends.After(i.moment):
			f.Field, f.Words = "ends", fmt.Sprintf("The event is over when the issue goes out: it ended on %s. Take it out of the issue, or correct its dates.", day(e.Ends))
		case !e.Starts.After(i.moment):
			f.Level, f.Field, f.Words = mce.Advisory, "starts", fmt.Sprintf("The event has begun when the issue goes out, on %s. Send the issue earlier, or take the event out.", day(e.Starts))
		case !e.Closes.IsZero() && !e.Closes.After(i.moment):
			f.Level, f.Field, f.Words = mce.Advisory, "closes", fmt.Sprintf("Registration has closed when the issue goes out, on %s. Readers who want to come cannot register.", day(e.Closes))
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

var (
	clock = regexp.MustCompile(`(?i)(?:^|[^\d.:/-])(?:(?:[01]?\d|2[0-3])[:h][0-5]\d(?:[^\d:]|$)|(?:1[0-2]|[1-9])(?:[.:][0-5]\d)?\s?[ap]\.?m\b|(?:at|from|ore|alle|dalle)\s+(?:[01]?\d|2[0-3])[.][0-5]\d(?:[^\d.]|$)|(?:ore|alle ore)\s+(?:[01]?\d|2[0-3])(?:[^\d.:/]|$))`)
	zoned = regexp.MustCompile(`\b(?:CES?T|EES?T|WES?T|BST|IST|TRT|MSK|[ECMP][SD]T|UTC|GMT|Z)\b|(?i:\b(?:local|central european|eastern european|western european)\b[^.]{0,20}\btime\b|\b(?:time in|\p{L}+ time)\b|ora (?:locale|di|italiana|legale|solare)|fuso orario|time zone)`)
)

// zoneless finds times of day without a zone, where readers cannot know whose clock is meant: everywhere but in the text of an event that
// people go to, which has its zone above it.
func zoneless(_ *issue, t text) []mce.Finding {
	if e := t.item.Event; e != nil && e.Online == "" && e.Kind != mce.Webinar {
		return nil
	}
	var out []mce.Finding
	if zoned.MatchString(t.words) { // said once, it is said for the text
		return nil
	}
	for _, s := range sentences(t.words) {
		if clock.MatchString(s) {
			out = append(out, mce.Finding{Words: fmt.Sprintf("A time without a zone: %s. Write whose clock is meant, as in “15:00 CET”.", quoted(s))})
		}
	}
	return out
}
