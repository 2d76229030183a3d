package page_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

func TestEditionForAReader(t *testing.T) {
	for _, c := range []struct {
		has    []mce.Lang
		reader mce.Lang
		want   mce.Lang
		others []mce.Lang
	}{
		{nil, "it", "en", nil},
		{[]mce.Lang{"en"}, "it", "en", []mce.Lang{}},
		{[]mce.Lang{"en", "it"}, "it", "it", []mce.Lang{"en"}},
		{[]mce.Lang{"it", "en"}, "en", "en", []mce.Lang{"it"}},
		{[]mce.Lang{"el"}, "it", "el", []mce.Lang{}},
	} {
		issue := page.ArchiveIssue{Languages: c.has}
		if got := issue.Edition(c.reader); got != c.want {
			t.Errorf("%v for %s: %s, want %s", c.has, c.reader, got, c.want)
		}
		if diff := cmp.Diff(c.others, issue.Others(c.reader)); diff != "" {
			t.Errorf("others of %v for %s: %s", c.has, c.reader, diff)
		}
	}
}

func TestYears(t *testing.T) {
	if years := (page.ArchiveList{}).Years(); len(years) != 0 {
		t.Errorf("an empty archive has years %v", years)
	}
	var list page.ArchiveList
	for _, y := range []int{2024, 2023, 2023, 2021} {
		list.Issues = append(list.Issues, page.ArchiveIssue{Date: time.Date(y, 5, 1, 0, 0, 0, 0, time.UTC)})
	}
	var got [][2]int
	for _, y := range list.Years() {
		got = append(got, [2]int{y.Year, len(y.Issues)})
	}
	if diff := cmp.Diff([][2]int{{2024, 1}, {2023, 2}, {2021, 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrorWords(t *testing.T) {
	p := newPages(t, site())
	const message = "The name is longer than 200 characters."
	for _, c := range []struct {
		status     int
		lang       mce.Lang
		message    string
		has, hasNo string
	}{
		{400, "en", message, message, "Please check it"},
		{400, "en", "", "Please check it", message},
		{400, "it", message, `lang="en">` + message, "no such words"},
		{400, "it", message, "La preghiamo di controllarla", "no such words"},
		{404, "it", message, "usare il link per intero", message},
		{410, "en", "", "We cannot find this page", "no such words"},
		{429, "en", "", "wait a few minutes", "no such words"},
		{500, "it", message, "riprovare più tardi", message},
		{503, "en", message, message, "We are sorry"},
	} {
		var out bytes.Buffer
		if err := p.Error(&out, c.lang, page.Error{Status: c.status, Message: c.message}); err != nil {
			t.Fatal(err)
		}
		if body := out.String(); !strings.Contains(body, c.has) || strings.Contains(body, c.hasNo) {
			t.Errorf("%d %s %q: wants %q and not %q in\n%s", c.status, c.lang, c.message, c.has, c.hasNo, body)
		}
	}
}
