package desk

import (
	"io"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
)

// GrowthPath is how the readership grew and shrank.
const GrowthPath = PeoplePath + "/growth"

// Growth is the view of how the readership grew and shrank.
type Growth struct {
	Common
	Months []mce.GrowthMonth // the earliest first
}

// Growth writes how the readership grew and shrank.
func (p *Pages) Growth(w io.Writer, lang mce.Lang, v Growth) error {
	return p.write(w, "growth", lang, v.Common, v)
}

// Charts are the pictures: who is subscribed, who came, who left.
func (v Growth) Charts() []Chart {
	return []Chart{
		v.chart("total", func(m mce.GrowthMonth) int { return m.Total }),
		v.chart("came", mce.GrowthMonth.CameTotal), v.chart("left", mce.GrowthMonth.LeftTotal),
	}
}

// chart draws a number of each month, the last one as the one that is not over.
func (v Growth) chart(name string, number func(mce.GrowthMonth) int) Chart {
	most := 1
	for _, m := range v.Months {
		most = max(most, number(m))
	}
	c := Chart{Name: name, ChartWidth: barGap * len(v.Months)}
	for i, m := range v.Months {
		height := max(0, number(m)) * (barHeight - 20) / most
		c.Drawn = append(c.Drawn, Bar{
			X: i*barGap + (barGap-barWidth)/2, Y: barHeight + 16 - height, Width: barWidth, Height: height,
			Label: m.Month.Format("01/06"), Value: strconv.Itoa(number(m)), Own: i == len(v.Months)-1,
		})
	}
	return c
}

// Reasons are why people left in all the months together, the most frequent first; "" is no reason, or one of few.
func (v Growth) Reasons() []Reason {
	names, counts := mce.GrowthReasons(v.Months)
	out := make([]Reason, len(names))
	for i, name := range names {
		out[i] = Reason{name, counts[name]}
	}
	return out
}

// Reason is how many left for a reason.
type Reason struct {
	Name   string
	People int
}
