package locale

import (
	"fmt"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type calendarWords struct {
	weekdays [7]string // from Sunday
	months   [12]string
}

func words(lang mce.Lang) calendarWords {
	switch lang {
	case "it":
		return calendarWords{
			weekdays: [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"},
			months: [12]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
				"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
		}
	default:
		return calendarWords{
			weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
			months: [12]string{"January", "February", "March", "April", "May", "June",
				"July", "August", "September", "October", "November", "December"},
		}
	}
}

// Day is "Wednesday 25 October 2023", on the wall calendar of t's own zone.
func (p *Printer) Day(t time.Time) string {
	w := words(p.Lang)
	return fmt.Sprintf("%s %d %s %d", w.weekdays[t.Weekday()], t.Day(), w.months[t.Month()-1], t.Year())
}

// Clock is "09:00".
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04") }

// Zone is "CEST, UTC+2": the zone's short name where it has one, and always the offset.
func (p *Printer) Zone(t time.Time) string {
	name, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	offset := fmt.Sprintf("UTC%s%d", sign, seconds/3600)
	if minutes := seconds % 3600 / 60; minutes != 0 {
		offset += fmt.Sprintf(":%02d", minutes)
	}
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") || name == "UTC" || name == "" {
		return offset
	}
	return name + ", " + offset
}

// Moment is "Wednesday 25 October 2023, 09:00 (CEST, UTC+2)".
func (p *Printer) Moment(t time.Time) string {
	return fmt.Sprintf("%s, %s (%s)", p.Day(t), p.Clock(t), p.Zone(t))
}

// Span is a time with a beginning and an end, as short as it stays clear: one day is named once, one month once.
func (p *Printer) Span(from, to time.Time) string {
	w := words(p.Lang)
	sameDay := from.Year() == to.Year() && from.YearDay() == to.YearDay()
	switch {
	case sameDay:
		return fmt.Sprintf("%s, %s–%s (%s)", p.Day(from), p.Clock(from), p.Clock(to), p.Zone(from))
	case from.Year() == to.Year() && from.Month() == to.Month():
		return fmt.Sprintf("%s %d – %s", w.weekdays[from.Weekday()], from.Day(), p.Day(to))
	default:
		return p.Day(from) + " – " + p.Day(to)
	}
}

// Language is the name of a language, in this one.
func (p *Printer) Language(lang mce.Lang) string {
	names := map[mce.Lang]map[mce.Lang]string{
		"en": {"en": "English", "it": "Italian", "el": "Greek", "de": "German", "fr": "French", "es": "Spanish"},
		"it": {"en": "inglese", "it": "italiano", "el": "greco", "de": "tedesco", "fr": "francese", "es": "spagnolo"},
	}
	if n := names[p.Lang][lang]; n != "" {
		return n
	}
	return string(lang)
}

// List joins words as a sentence does: "a, b and c".
func (p *Printer) List(words []string) string {
	and := map[mce.Lang]string{"en": " and ", "it": " e "}[p.Lang]
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + and + words[len(words)-1]
}
