package mce_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAMissingTranslationFallsBackToEnglish(t *testing.T) {
	for name, c := range map[string]struct {
		text  mce.Text
		lang  mce.Lang
		want  string
		wants mce.Lang
	}{
		"there":       {mce.Text{"en": "A", "it": "Z"}, "it", "Z", "it"},
		"missing":     {en("A"), "it", "A", "en"},
		"empty":       {mce.Text{"en": "A", "it": ""}, "it", "A", "en"},
		"unknown":     {en("A"), "xx", "A", "en"},
		"absent text": {nil, "it", "", "en"},
	} {
		if got, lang := c.text.In(c.lang); got != c.want || lang != c.wants {
			t.Errorf("%s: %q in %s", name, got, lang)
		}
	}
	if diff := cmp.Diff([]mce.Lang{"en", "it"}, mce.Text{"it": "Z", "en": "A"}.Langs()); diff != "" {
		t.Error(diff)
	}
}

func TestALanguageIsOneWeWriteIn(t *testing.T) {
	for in, want := range map[string]mce.Lang{"": "en", "en": "en", "it": "it"} {
		if got, err := mce.ParseLang(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, bad := range []string{"xx", "EN", "en-GB", "en\n"} {
		_, err := mce.ParseLang(bad)
		refused(t, err, mce.Invalid, "use one of [en it]")
	}
}

func TestPeopleSeeTheSentenceAndTheOperatorTheCause(t *testing.T) {
	cause := errors.New("connection refused")
	err := fmt.Errorf("settle: %w", mce.Unavailablef(cause, "the database cannot be reached"))
	refused(t, err, mce.Unavailable, "the database cannot be reached")
	if strings.Contains(mce.ErrorMessage(err), "refused") || !strings.Contains(err.Error(), "refused") || !errors.Is(err, cause) {
		t.Errorf("%q for people, %q for the operator", mce.ErrorMessage(err), err)
	}
	refused(t, cause, mce.Internal, "Something went wrong on our side")
	refused(t, &mce.Error{Code: mce.Internal, Message: "stack"}, mce.Internal, "Something went wrong on our side")
	refused(t, mce.NotFoundf("no issue %d", 7), mce.NotFound, "no issue 7")
	refused(t, nil, "")
}

func TestAddressesOfPages(t *testing.T) {
	s := mce.Site{PublicURL: "https://mail.example", From: "news@mail.mce.example"}
	for got, want := range map[string]string{
		s.URL("a b", "c/d"):                    "https://mail.example/a%20b/c%2Fd",
		s.LeaveURL("t"):                        "https://mail.example/leave/t",
		s.ConfirmURL("t"):                      "https://mail.example/confirm/t",
		s.ArchiveURL("newsletter", "12", "it"): "https://mail.example/archive/newsletter/12/it",
		s.SeriesURL("newsletter", "it"):        "https://mail.example/archive/newsletter/it",
		s.FeedURL("newsletter", "it", "atom"):  "https://mail.example/archive/newsletter/it/feed.atom",
		s.Domain():                             "mail.mce.example",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestEveryFeedHasATypeAndAName(t *testing.T) {
	var got []string
	for _, k := range mce.FeedKinds() {
		got = append(got, k.Name()+" "+k.MediaType())
	}
	want := []string{"Atom application/atom+xml", "RSS application/rss+xml", "JSON Feed application/feed+json"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheSystemClockSpeaksUTC(t *testing.T) {
	if now := (mce.SystemClock{}).Now(); now.Location() != time.UTC || time.Since(now) > time.Minute {
		t.Error(now)
	}
}
