package postgres_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// forWhom lets change make the newsletter another, sends an issue of it and gives who has a letter.
func (o *office) forWhom(change func(*mce.Series)) string {
	o.t.Helper()
	s := value(o.Series(o.t.Context(), "newsletter"))(o.t)
	change(&s)
	o.save(mce.Library{Series: []mce.Series{s}})
	o.sending()
	return o.recipients()
}

// recipients are the local parts of who has a letter of the next run.
func (o *office) recipients() string {
	o.t.Helper()
	_, letters := o.lease(4)
	names := map[string]bool{}
	for _, l := range letters {
		name, _, _ := strings.Cut(strings.ToLower(l.To), "@")
		names[name] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

func TestASeriesReachesItsSegmentOnly(t *testing.T) {
	for name, c := range map[string]struct {
		segment mce.Segment
		want    string
	}{
		"everybody": {mce.Segment{}, "anna carla mayor sara says seller x"},
		"members":   {mce.Segment{Membership: []mce.Membership{mce.Member}}, "mayor sara"},
		"delegates": {mce.Segment{Events: []string{"prato"}}, "seller"},
		"a topic":   {mce.Segment{Topics: []string{"events"}, Languages: []mce.Lang{"en"}}, "mayor seller"},
		"a country": {mce.Segment{Countries: []string{"GR"}}, "mayor"},
	} {
		t.Run(name, func(t *testing.T) {
			o := population(t)
			if diff := cmp.Diff(c.want, o.forWhom(func(s *mce.Series) { s.Segment = c.segment })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// paced has a reader of each pace.
func paced(t *testing.T) *office {
	o := newOffice(t)
	value(o.ImportSubscribers(t.Context(), []mce.Subscriber{
		{Email: "each@example.org", Choices: mce.Choices{Language: "en", Topics: []string{"news"}}},
		{Email: "month@example.org", Choices: mce.Choices{Language: "en", Topics: []string{"news"}, Pace: mce.Monthly}},
	}, "yes", "desk", now, nil))(t)
	return o
}

func TestAMonthlySeriesReachesWhoChoseIt(t *testing.T) {
	o := paced(t)
	weekly := library().Series[0]
	weekly.Slug = "weekly"
	o.save(mce.Library{Series: []mce.Series{weekly}})
	if got := o.forWhom(func(s *mce.Series) { s.Pace = mce.Monthly }); got != "month" {
		t.Error(got)
	}
}

func TestWhoChoseMonthlyGetsEachIssueWhileThereIsNoMonthlySeries(t *testing.T) {
	for name, c := range map[string]struct {
		digest *mce.Series
		want   string
	}{
		"none":   {nil, "each month"},
		"paused": {&mce.Series{Paused: true}, "each month"},
		"one":    {&mce.Series{}, "each"},
	} {
		t.Run(name, func(t *testing.T) {
			o := paced(t)
			if c.digest != nil {
				digest := library().Series[0]
				digest.Slug, digest.Pace, digest.Paused = "digest", mce.Monthly, c.digest.Paused
				o.save(mce.Library{Series: []mce.Series{digest}})
			}
			if got := o.forWhom(func(*mce.Series) {}); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestAnotherSegmentVoidsAnApproval: whom an issue goes to is part of what was approved.
func TestAnotherSegmentVoidsAnApproval(t *testing.T) {
	for name, change := range map[string]func(*mce.Series){
		"segment": func(s *mce.Series) { s.Segment.Countries = []string{"IT"} },
		"pace":    func(s *mce.Series) { s.Pace = mce.Monthly },
	} {
		t.Run(name, func(t *testing.T) {
			o := paced(t)
			i := o.scheduled()
			s := value(o.Series(t.Context(), "newsletter"))(t)
			change(&s)
			o.save(mce.Library{Series: []mce.Series{s}})
			_, err := o.StartSending(t.Context(), i.ID, plain{}, domain, now)
			if mce.ErrorCode(err) != mce.Conflict || o.issue(i.ID).State != mce.InReview || o.sql(`select from letters`) != 0 {
				t.Errorf("%v, %s", err, o.issue(i.ID).State)
			}
		})
	}
}

func TestAPausedReaderIsLeftOut(t *testing.T) {
	o := newOffice(t)
	o.readers("on@example.org en news", "off@example.org en news", "over@example.org en news", "late@example.org en news")
	pause := func(email string, until time.Time) {
		p := o.subscriber(email)
		p.PausedUntil = until
		value(o.SaveChoices(t.Context(), p.ID, p.Choices, mce.Consent{Source: "test", At: now}))(t)
	}
	pause("off@example.org", now.AddDate(0, 1, 0))
	pause("over@example.org", now)
	o.sending()
	pause("late@example.org", now.AddDate(0, 1, 0)) // after the fan-out
	_, letters := o.lease(4)
	got := map[string]string{}
	for _, l := range letters {
		got[l.To] = l.LeftOut
	}
	want := map[string]string{"on@example.org": "", "over@example.org": "", "late@example.org": "paused by the reader"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASegmentOfWhatThereIsNotIsRefused(t *testing.T) {
	o := newOffice(t)
	for says, segment := range map[string]mce.Segment{
		`series newsletter, segment: there is no topic "gardening"`: {Topics: []string{"gardening"}},
		`series newsletter, segment: there is no event "elsewhere"`: {Events: []string{"prato", "elsewhere"}},
	} {
		lib := library()
		lib.Series[0].Segment = segment
		refused(t, o.SaveLibrary(t.Context(), lib, now), mce.Invalid, says)
	}
	if s := value(o.Series(t.Context(), "newsletter"))(t); !s.Segment.All() {
		t.Errorf("%+v", s.Segment)
	}
}
