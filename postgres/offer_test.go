package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestWhatIsPublishedIsOfferedForAYearAfterItsEnd(t *testing.T) {
	o := newOffice(t)
	lib := library()
	usual := lib.Events[0]
	lib.Events = nil
	for slug, change := range map[string]func(*mce.Event){
		"ahead":     func(*mce.Event) {},
		"called":    func(e *mce.Event) { e.State = mce.EventCancelled },
		"not-yet":   func(e *mce.Event) { e.From = now.Add(time.Second) },
		"no-longer": func(e *mce.Event) { e.Until = now },
		"past":      func(e *mce.Event) { e.Starts, e.Ends = now.AddDate(0, -11, 0), now.AddDate(0, -11, 2) },
		"long-past": func(e *mce.Event) { e.Starts, e.Ends = now.AddDate(-2, 0, 0), now.AddDate(-2, 0, 2) },
	} {
		e := usual
		e.Slug, e.Window = slug, mce.Window{From: now.Add(-time.Hour)}
		change(&e)
		lib.Events = append(lib.Events, e)
	}
	o.save(lib)
	got := map[string]mce.Standing{}
	for _, offer := range value(o.Offers(t.Context(), now))(t) {
		got[offer.Slug] = offer.Standing
	}
	if len(got) != 4 || got[usual.Slug] != mce.Open || got["ahead"] != mce.Open || got["called"] != mce.CalledOff || got["past"] != mce.Over {
		t.Errorf("%v", got)
	}
	if offer := value(o.Offer(t.Context(), "long-past", now))(t); !offer.Past() || offer.Takes() {
		t.Errorf("%+v", offer)
	}
	for _, slug := range []string{"not-yet", "no-longer", "nothing"} {
		_, err := o.Offer(t.Context(), slug, now)
		refused(t, err, mce.NotFound, slug)
	}
}

func TestAnOfferCountsThePlaces(t *testing.T) {
	o := newOffice(t)
	o.tour(2, func(e *mce.Event) {
		e.Sessions = []mce.Session{{Slug: "lab", Title: en("Lab"), Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Optional: true}}
	})
	var got []string
	look := func() {
		offer := value(o.Offer(t.Context(), "prato", now))(t)
		got = append(got, string(offer.Standing))
		if all := value(o.Offers(t.Context(), now))(t); all[0].Standing != offer.Standing || len(offer.Choosable()) != 1 {
			t.Errorf("%+v, %+v", all[0], offer)
		}
	}
	look()
	first := o.register("anna@example.org")[0]
	speaker := delegates("sam@example.org")[0]
	speaker.Role = mce.AsSpeaker
	value(o.Register(t.Context(), mce.Order{People: []mce.Registration{speaker}}, told, domain, now))(t)
	look()
	o.register("bob@example.org")
	look()
	must(t, o.CancelByID(t.Context(), first.ID, told, domain, now))
	look()
	if s := strings.Join(got, " "); s != "open open full open" {
		t.Error(s)
	}
}
