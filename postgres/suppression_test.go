package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestSuppressionsAreKeptFoundAndTakenBack(t *testing.T) {
	o := newOffice(t)
	first := mce.Suppression{Email: "Bad@example.org", Reason: "asked by phone", Source: "command line", At: now}
	other := mce.Suppression{Email: "worse@example.org", Reason: "complained 100%", Source: "desk", At: now}
	for _, x := range []mce.Suppression{first, other} {
		if added := value(o.AddSuppression(t.Context(), x))(t); !added {
			t.Errorf("%+v was there", x)
		}
	}
	again := first
	again.Reason = "another reason"
	if added := value(o.AddSuppression(t.Context(), again))(t); added {
		t.Error("added twice")
	}
	first.Email = "bad@example.org"
	for search, want := range map[string][]mce.Suppression{
		"": {first, other}, "BAD@": {first}, "phone": {first}, "desk": {other}, "0%": {other}, "1%0": nil, "another": nil,
	} {
		if diff := cmp.Diff(want, value(o.Suppressions(t.Context(), search))(t)); diff != "" {
			t.Errorf("%q: %s", search, diff)
		}
	}
	must(t, o.RemoveSuppression(t.Context(), "BAD@example.org"))
	refused(t, o.RemoveSuppression(t.Context(), "bad@example.org"), mce.NotFound, "is not suppressed")
}

// TestASuppressionHoldsBackWhatIsInTheOutbox: letters are looked at once more when their turn comes.
func TestASuppressionHoldsBackWhatIsInTheOutbox(t *testing.T) {
	o := newOffice(t)
	o.readers("a@example.org en news", "b@example.org en news")
	o.sending()
	value(o.AddSuppression(t.Context(), mce.Suppression{Email: "B@example.org", Reason: "asked", Source: "desk", At: now}))(t)
	_, letters := o.lease(4)
	for _, l := range letters {
		if out := l.LeftOut != ""; out != (l.To == "b@example.org") {
			t.Errorf("%s: left out %q", l.To, l.LeftOut)
		}
	}
}
