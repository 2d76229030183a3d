package mce

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// IssueReport is what became of an issue that has left.
type IssueReport struct {
	Issue   Issue
	Letters map[Outcome]int
	Refused map[string]int // those that were not delivered, by RefusalOf
	// Left are readers who left between this issue and the next one of its series, within LeftWithin, by their reason; "" where they gave none, or one
	// that fewer than FewPeople gave.
	Left map[string]int
	// Clicks are the links whose clicks are counted, in their order; empty where the series counts none.
	Clicks []Clicks
	// Followed is how often links were followed that were not followed by few: the others must not be told from a sum either.
	Followed int
}

// Clicks is how often a link of an issue was followed.
type Clicks struct {
	URL   string
	Count int
}

// FewClicks is the least number that is told: a smaller one might say something of somebody.
const FewClicks = 5

// Few reports whether the number is too small to be told.
func (c Clicks) Few() bool { return c.Count < FewClicks }

// LeftWithin bounds for how long after an issue a leaving counts as its own.
const LeftWithin = 30 * 24 * time.Hour

// Total is how many letters there were.
func (r IssueReport) Total() int { return Progress{Letters: r.Letters}.Total() }

// Delivered is how many letters servers took.
func (r IssueReport) Delivered() int { return r.Letters[Delivered] }

// NotDelivered is how many letters servers did not take.
func (r IssueReport) NotDelivered() int {
	return r.Letters[Refused] + r.Letters[Expired] + r.Letters[Failed]
}

// LeftTotal is how many readers left.
func (r IssueReport) LeftTotal() (n int) {
	for _, people := range r.Left {
		n += people
	}
	return n
}

// Share is a part of the letters in per cent, rounded to one decimal; 0 of nothing.
func (r IssueReport) Share(n int) float64 {
	total := r.Total()
	if total == 0 {
		return 0
	}
	return float64(int(float64(n)*1000/float64(total)+0.5)) / 10
}

// Refusals are the classes of refusals that there are in a report: the most frequent first.
func (r IssueReport) Refusals() []string { return byCount(r.Refused) }

// Reasons are the reasons of those who left: the most frequent first.
func (r IssueReport) Reasons() []string { return byCount(r.Left) }

func byCount(counts map[string]int) []string {
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	return names
}

// The classes of what keeps a letter from being delivered, by the enhanced status code (RFC 3463 §3).
const (
	NoSuchAddress  = "address"  // X.1: the address is wrong
	MailboxTrouble = "mailbox"  // X.2: the mailbox is full, closed, or away
	SystemTrouble  = "system"   // X.3, X.4: their servers, or the way to them
	Protocol       = "protocol" // X.5, X.6: what we said was not understood
	Policy         = "policy"   // X.7: they do not want it
	OtherTrouble   = "other"
)

// RefusalClasses are all of them.
func RefusalClasses() []string {
	return []string{NoSuchAddress, MailboxTrouble, SystemTrouble, Protocol, Policy, OtherTrouble}
}

// RefusalOf is the class of a letter's last answer: by its enhanced status code, or by the reply code where there is none.
func RefusalOf(status string, code int) string {
	if parts := strings.Split(status, "."); len(parts) == 3 {
		switch parts[1] {
		case "1":
			return NoSuchAddress
		case "2":
			return MailboxTrouble
		case "3", "4":
			return SystemTrouble
		case "5", "6":
			return Protocol
		case "7":
			return Policy
		}
	}
	switch code { // RFC 5321 §4.2.3
	case 550, 551, 553:
		return NoSuchAddress
	case 552, 452:
		return MailboxTrouble
	case 554:
		return Policy
	}
	return OtherTrouble
}

// Rows are the report as a table: what, which, and how many.
func (r IssueReport) Rows() [][]string {
	rows := [][]string{{"what", "which", "count"}}
	for _, o := range Outcomes() {
		rows = append(rows, []string{"letters", string(o), strconv.Itoa(r.Letters[o])})
	}
	for _, class := range r.Refusals() {
		rows = append(rows, []string{"not delivered", class, strconv.Itoa(r.Refused[class])})
	}
	for _, reason := range r.Reasons() {
		rows = append(rows, []string{"left", cmp.Or(reason, "no reason given, or one of few"), strconv.Itoa(r.Left[reason])})
	}
	for _, c := range r.Clicks {
		count := strconv.Itoa(c.Count)
		if c.Few() {
			count = fmt.Sprintf("fewer than %d", FewClicks)
		}
		rows = append(rows, []string{"clicks", c.URL, count})
	}
	return rows
}
