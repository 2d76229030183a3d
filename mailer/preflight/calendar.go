package preflight

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/majorcities/mce-mailer/mce"
)

// calendarWords are the words of a language for dates: the full name first.
type calendarWords struct {
	days     [7][]string // from Sunday, as time.Weekday
	months   [12][]string
	capitals bool // months are written with a capital
}

func calendars() map[mce.Lang]calendarWords {
	return map[mce.Lang]calendarWords{
		mce.English: {
			capitals: true,
			days: [7][]string{{"Sunday", "Sun"}, {"Monday", "Mon"}, {"Tuesday", "Tues", "Tue"}, {"Wednesday", "Wed"}, {"Thursday", "Thurs", "Thur", "Thu"},
				{"Friday", "Fri"}, {"Saturday", "Sat"}},
			months: [12][]string{{"January", "Jan"}, {"February", "Feb"}, {"March", "Mar"}, {"April", "Apr"}, {"May"}, {"June", "Jun"}, {"July", "Jul"},
				{"August", "Aug"}, {"September", "Sept", "Sep"}, {"October", "Oct"}, {"November", "Nov"}, {"December", "Dec"}},
		},
		"it": {
			days: [7][]string{{"domenica", "dom"}, {"lunedì", "lunedi", "lun"}, {"martedì", "martedi", "mar"}, {"mercoledì", "mercoledi", "mer"},
				{"giovedì", "giovedi", "gio"}, {"venerdì", "venerdi", "ven"}, {"sabato", "sab"}},
			months: [12][]string{{"gennaio", "gen"}, {"febbraio", "feb"}, {"marzo", "mar"}, {"aprile", "apr"}, {"maggio", "mag"}, {"giugno", "giu"},
				{"luglio", "lug"}, {"agosto", "ago"}, {"settembre", "sett", "set"}, {"ottobre", "ott"}, {"novembre", "nov"}, {"dicembre", "dic"}},
		},
	}
}

// written is a date in a text.
type written struct {
	words   string
	weekday time.Weekday
	named   bool // the weekday stands beside it
	day     int
	month   time.Month
	year    int // 0: not written
}

// dateReader finds the dates of a text.
type dateReader struct {
	words calendarWords
	forms []*regexp.Regexp
}

// newDateReader knows “Wednesday, 26 October 2023”, “Wed 25 – Fri 27 Oct”, “Wednesday, October 26th, 2023”, “mercoledì 26 ottobre”,
// “Wednesday 26/10/2023” (the day first, as Europe writes) and 2023-10-26.
func newDateReader(w calendarWords) *dateReader {
	const (
		edge   = `(?:^|[^\p{L}\d])`
		number = `(\d{1,2})(?:st|nd|rd|th|º|°)?`
		year   = `(?:,?\s+(\d{4}))?(?:[^\p{L}\d]|$)`
	)
	day, month := anyOf(w.days[:]), anyOf(w.months[:])
	named := `(?:(?P<wd>` + day + `)\b?[.,]?\s+(?:the\s+)?)`
	until := `(?:\s*(?:–|—|-|/|to|and|e|al|&)\s*(?:(?:` + day + `)[.,]?\s+)?\d{1,2}(?:st|nd|rd|th|º|°)?)?`
	forms := []string{
		edge + named + `?(?P<d>` + number + `)` + until + `\s+(?:of\s+)?(?P<m>` + month + `)\.?` + strings.Replace(year, `(\d`, `(?P<y>\d`, 1),
		edge + named + `?(?P<m>` + month + `)\.?\s+(?P<d>` + number + `)` + strings.Replace(year, `(\d`, `(?P<y>\d`, 1),
		edge + named + `?(?P<d>\d{1,2})[./](?P<mn>\d{1,2})[./](?P<y>\d{4})(?:\D|$)`,
		edge + named + `?(?P<y>\d{4})-(?P<mn>\d{2})-(?P<d>\d{2})(?:\D|$)`,
	}
	r := &dateReader{words: w}
	for _, f := range forms {
		r.forms = append(r.forms, regexp.MustCompile(`(?i)`+f))
	}
	return r
}

// anyOf matches the words, the longest of each first.
func anyOf(lists [][]string) string {
	var all []string
	for _, words := range lists {
		all = append(all, words...)
	}
	return strings.Join(all, "|")
}

// dates finds the dates of a text; what is no date of the calendar (31 June) is left out.
func (r *dateReader) dates(s string) []written {
	var out []written
	for _, form := range r.forms {
		for _, m := range form.FindAllStringSubmatch(s, -1) {
			if w, ok := r.written(form, m); ok {
				out = append(out, w)
			}
		}
	}
	return out
}

func (r *dateReader) written(form *regexp.Regexp, m []string) (written, bool) {
	w := written{words: strings.Trim(m[0], " \t\r\n.,;:()[]*_“”\"'")}
	for i, name := range form.SubexpNames() {
		switch name {
		case "wd":
			if m[i] != "" {
				w.weekday, w.named = time.Weekday(indexOf(r.words.days[:], m[i])), true
			}
		case "d":
			w.day, _ = strconv.Atoi(strings.TrimRight(m[i], "stndrhSTNDRH º°"))
		case "m":
			if r.words.capitals && m[i] != "" && unicode.IsLower(rune(m[i][0])) {
				return w, false // "may"
			}
			w.month = time.Month(indexOf(r.words.months[:], m[i]) + 1)
		case "mn":
			n, _ := strconv.Atoi(m[i])
			w.month = time.Month(n)
		case "y":
			w.year, _ = strconv.Atoi(m[i])
		}
	}
	leap := time.Date(2024, w.month, w.day, 0, 0, 0, 0, time.UTC) // has every day that any year has
	return w, w.day >= 1 && w.month >= 1 && w.month <= 12 && leap.Day() == w.day
}

func indexOf(lists [][]string, word string) int {
	for i, words := range lists {
		for _, w := range words {
			if strings.EqualFold(w, word) {
				return i
			}
		}
	}
	return -1
}

// on is the date: without a year, the one that is nearest to a moment.
func (w written) on(near time.Time) time.Time {
	if w.year != 0 {
		return time.Date(w.year, w.month, w.day, 0, 0, 0, 0, time.UTC)
	}
	best := time.Date(near.Year(), w.month, w.day, 0, 0, 0, 0, time.UTC)
	for _, year := range []int{near.Year() - 1, near.Year() + 1} {
		if t := time.Date(year, w.month, w.day, 0, 0, 0, 0, time.UTC); near.Sub(t).Abs() < near.Sub(best).Abs() {
			best = t
		}
	}
	return best
}
