package mce

import (
	"cmp"
	"strconv"
	"time"
)

// FewPeople is the least number of people of a source or a reason that is told by itself: a smaller one might say something of somebody.
const FewPeople = 5

// GrowthMonth is how the readership grew and shrank in a month (UTC).
type GrowthMonth struct {
	Month      time.Time      // its first day
	Came       map[string]int // confirmed, imported, returned: how many
	Left       map[string]int // by the reason that they gave, one of LeaveReasons; "" for none
	Suppressed int            // addresses that must not be written to since
	Total      int            // subscribed at its end, or now
}

// CameTotal is how many came.
func (g GrowthMonth) CameTotal() int { return sum(g.Came) }

// LeftTotal is how many left.
func (g GrowthMonth) LeftTotal() int { return sum(g.Left) }

func sum(counts map[string]int) (n int) {
	for _, people := range counts {
		n += people
	}
	return n
}

// GrowthReasons are why people left in all the months together: the most frequent first. Those that fewer than FewPeople gave are not told by
// themselves, but with those who gave none, as "".
func GrowthReasons(months []GrowthMonth) (names []string, counts map[string]int) {
	counts = map[string]int{}
	for _, m := range months {
		for reason, people := range m.Left {
			counts[reason] += people
		}
	}
	counts = FewTogether(counts)
	return byCount(counts), counts
}

// FewTogether counts by reason, those that fewer than FewPeople gave with those who gave none, as "".
func FewTogether(counts map[string]int) map[string]int {
	out := map[string]int{}
	for reason, people := range counts {
		if people < FewPeople {
			reason = ""
		}
		out[reason] += people
	}
	return out
}

// GrowthRows are months as a table, the first first.
func GrowthRows(months []GrowthMonth) [][]string {
	rows := [][]string{{"month", "confirmed", "imported", "returned", "left", "suppressed", "subscribed"}}
	for _, m := range months {
		row := []string{m.Month.Format("2006-01")}
		for _, n := range []int{m.Came["confirmed"], m.Came["imported"], m.Came["returned"], m.LeftTotal(), m.Suppressed, m.Total} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	reasons, counts := GrowthReasons(months)
	for _, reason := range reasons {
		rows = append(rows, []string{"all months", "", "", "", strconv.Itoa(counts[reason]), "", cmp.Or(reason, "no reason given, or one of few")})
	}
	return rows
}
