package desk

import (
	"fmt"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Going is how far an issue is, in words, as the page shows it and events tell it.
type Going struct {
	Percent int            `json:"percent"`
	Done    string         `json:"done"` // "120 of 1000 letters"
	Rate    string         `json:"rate"` // "35 letters a second, about 2 minutes more"; empty: not known
	Counts  map[string]int `json:"counts"`
	State   string         `json:"state"`
	Over    bool           `json:"over"` // the page is to be loaded anew
}

// ProgressWords says how far an issue is in a language.
func (p *Pages) ProgressWords(lang mce.Lang, at mce.Progress) (Going, error) {
	f := frame{Printer: p.catalog.In(lang), Site: p.site, pages: p}
	return f.Going(at)
}

// Going says how far an issue is.
func (f frame) Going(at mce.Progress) (out Going, err error) {
	out = Going{Percent: at.Percent(), Counts: map[string]int{}, State: string(at.State), Over: at.Over()}
	for _, o := range mce.Outcomes() {
		out.Counts[string(o)] = at.Letters[o]
	}
	if out.Done, err = f.T("progress.done", "Done", at.Done(), "Count", at.Total()); err != nil || at.Rate <= 0 {
		return out, err
	}
	if out.Rate, err = f.T("progress.rate", "Count", int(at.Rate+0.5)); err != nil {
		return out, err
	}
	if left := at.Remaining(); left > 0 {
		minutes := int(left/time.Minute) + 1
		var more string
		more, err = f.T("progress.left", "Count", minutes)
		out.Rate += " " + more
	}
	return out, err
}

// Outcomes are all outcomes, in their order.
func (f frame) Outcomes() []mce.Outcome { return mce.Outcomes() }

// bars is how a comparison is drawn: a group of bars for each issue, in the units of its view box.
const (
	barWidth  = 22
	barGap    = 46
	barHeight = 120
)

// Bar is one bar of a picture.
type Bar struct {
	X, Y, Width, Height int
	Label               string // below it
	Value               string // above it
	Own                 bool   // of the issue itself
}

// Middle is where what is written about the bar stands.
func (b Bar) Middle() int { return b.X + b.Width/2 }

// Above is the line above the bar.
func (b Bar) Above() int { return b.Y - 4 }

// Chart is a picture of a number of each issue.
type Chart struct {
	Name       string // delivered, refused or left
	ChartWidth int
	Drawn      []Bar
}

// Chart draws a number.
func (v IssueReport) Chart(number string) Chart {
	return Chart{number, 24 + len(v.Compared)*barGap, v.bars(number)}
}

func (v IssueReport) bars(number string) []Bar {
	most := 1.0
	values := make([]float64, len(v.Compared))
	for i, r := range v.Compared {
		values[i] = numberOf(r, number)
		most = max(most, values[i])
	}
	out := make([]Bar, len(values))
	for i, value := range values {
		height := int(value / most * barHeight)
		out[i] = Bar{
			X: 16 + i*barGap, Y: 16 + barHeight - height, Width: barWidth, Height: height, Own: i == len(values)-1,
			Label: fmt.Sprint(v.Compared[i].Issue.Number), Value: strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0"),
		}
	}
	return out
}

func numberOf(r mce.IssueReport, number string) float64 {
	switch number {
	case "delivered":
		return float64(r.Letters[mce.Delivered])
	case "followed":
		return float64(r.Followed)
	case "refused":
		return r.Share(r.NotDelivered())
	default:
		return r.Share(r.LeftTotal())
	}
}

// Percent is a share as people read it.
func (f frame) Percent(share float64) string {
	s := strings.TrimSuffix(fmt.Sprintf("%.1f", share), ".0") + " %"
	if f.Lang != mce.English {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}
