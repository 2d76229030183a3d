package mce

import (
	"fmt"
	"strings"
	"time"
)

// UsualSeries is what a new newsletter begins with: monthly, in English and Italian, with news, events and knowledge. It looks four weeks back from now.
func UsualSeries(now time.Time) Series {
	return Series{
		Slug: "newsletter", Name: Text{}, Cron: "0 10 1 * *", TimeZone: "Europe/Rome", Languages: []Lang{English, "it"}, Minimum: 1,
		Approval: ApprovalRequired, From: now.AddDate(0, 0, -28),
		Sections: []Section{
			{Slug: "news", Title: Text{English: "News", "it": "Notizie"}, Kind: KindArticle, Quota: 6},
			{Slug: "events", Title: Text{English: "Events", "it": "Eventi"}, Kind: KindEvent, Quota: 4},
			{Slug: "knowledge", Title: Text{English: "Knowledge base", "it": "Conoscenze"}, Kind: KindResource, Quota: 4},
		},
	}
}

// SplitCron takes a cron apart: its days ("* * 4") and its time of day ("09:30"). The time is empty for one that is due at several times of a day.
func SplitCron(cron string) (days, at string) {
	fields := strings.Fields(cron)
	if len(fields) != 5 {
		return "", ""
	}
	days = strings.Join(fields[2:], " ")
	if t, err := time.Parse("15:4", fields[1]+":"+fields[0]); err == nil {
		at = t.Format("15:04")
	}
	return days, at
}

// JoinCron puts together what SplitCron took apart.
func JoinCron(days, at string) (string, error) {
	t, err := time.Parse("15:04", at)
	if err != nil {
		return "", Invalidf("the time of day is one such as 09:30")
	}
	if len(strings.Fields(days)) != 3 {
		return "", Invalidf("choose on which days the newsletter comes")
	}
	return fmt.Sprintf("%d %d %s", t.Minute(), t.Hour(), days), nil
}
