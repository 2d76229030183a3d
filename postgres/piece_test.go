package postgres_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/migrations"
)

// pieceOf is a piece of the library by its slug.
func (o *office) pieceOf(kind mce.ItemKind, slug string) mce.Piece {
	o.t.Helper()
	var id int64
	o.scan(&id, `select id from `+string(kind)+`s where slug = $1`, slug)
	p, err := o.Piece(o.t.Context(), kind, id)
	o.must(err)
	return p
}

func (o *office) must(err error) {
	o.t.Helper()
	must(o.t, err)
}

func (o *office) scan(to any, query string, args ...any) {
	o.t.Helper()
	o.must(o.db.QueryRowContext(o.t.Context(), query, args...).Scan(to))
}

func stocked(t *testing.T) *office {
	o := newOffice(t)
	o.must(o.SaveLibrary(t.Context(), library(), now))
	return o
}

func article(p mce.Piece) *mce.Article { return p.Content.(*mce.Article) }

func TestAPieceIsWhatWasSaved(t *testing.T) {
	o := stocked(t)
	lib := library()
	got := o.pieceOf(mce.KindArticle, "first")
	if diff := cmp.Diff(mce.Write(&lib.Articles[0], time.UTC), mce.Write(article(got), time.UTC)); diff != "" || got.Version != 1 || !article(got).From.Equal(lib.Articles[0].From) {
		t.Errorf("version %d: %s", got.Version, diff)
	}
	e := o.pieceOf(mce.KindEvent, "prato").Content.(*mce.Event)
	stored, err := o.Event(t.Context(), "prato")
	o.must(err)
	stored.Version, stored.Sequence = 0, 0 // counted apart
	if diff := cmp.Diff(mce.Write(&stored, time.UTC), mce.Write(e, time.UTC)); diff != "" {
		t.Error(diff)
	}
	o.must(o.SaveLibrary(t.Context(), lib, now))
	if again := o.pieceOf(mce.KindArticle, "first"); again.Version != 1 {
		t.Errorf("what has not changed has version %d", again.Version)
	}
}

func TestWhoComesSecondIsToldAndNothingIsLost(t *testing.T) {
	o := stocked(t)
	anna, bob := o.pieceOf(mce.KindArticle, "first"), o.pieceOf(mce.KindArticle, "first")
	article(anna).Title = both("Anna's", "Di Anna")
	saved, err := o.SavePiece(t.Context(), anna, nil, mce.ChangedContent, now)
	o.must(err)
	if saved.Version != 2 {
		t.Errorf("version %d", saved.Version)
	}
	article(bob).Body = en("Bob's")
	if _, err := o.SavePiece(t.Context(), bob, nil, mce.ChangedContent, now); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("the second is told %v", err)
	}
	// The association's web site is in the same history.
	o.sql(`update articles set link = 'https://example.org' where slug = 'first'`)
	if _, err := o.SavePiece(t.Context(), saved, nil, mce.ChangedContent, now); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("who overlooks the web site is told %v", err)
	}
	history, err := o.PieceHistory(t.Context(), mce.KindArticle, saved.ID, 0, 10)
	o.must(err)
	if len(history) != 3 || history[0].By.Name == "" || history[0].Content.(*mce.Article).Link == "" || history[0].Before.(*mce.Article).Link != "" || history[2].Before != nil {
		t.Errorf("%+v", history)
	}
	first, err := o.PieceAt(t.Context(), mce.KindArticle, saved.ID, 1)
	o.must(err)
	if first.Content.Name()["it"] != "Primo" {
		t.Errorf("%+v", first)
	}
	o.sql(`delete from articles where slug = 'first'`)
	if _, err := o.Piece(t.Context(), mce.KindArticle, saved.ID); mce.ErrorCode(err) != mce.NotFound {
		t.Error(err)
	}
	history, err = o.PieceHistory(t.Context(), mce.KindArticle, saved.ID, 0, 1)
	o.must(err)
	if history[0].Content != nil || history[0].Version != 4 {
		t.Errorf("%+v", history[0])
	}
}

func TestAProgrammeIsPartOfItsEvent(t *testing.T) {
	o := stocked(t)
	p := o.pieceOf(mce.KindEvent, "prato")
	e := p.Content.(*mce.Event)
	e.Sessions = []mce.Session{
		{Slug: "opening", Title: both("Opening", "Apertura"), Starts: e.Starts, Ends: e.Starts.Add(time.Hour)},
		{Slug: "tour", Title: en("Tour"), Starts: e.Starts.Add(2 * time.Hour), Ends: e.Starts.Add(3 * time.Hour), Optional: true, Speakers: []string{"A B", "C"}},
	}
	p, err := o.SavePiece(t.Context(), p, nil, mce.ChangedContent, now)
	o.must(err)
	if p.Version != 2 || len(p.Content.(*mce.Event).Sessions) != 2 {
		t.Errorf("%+v", p)
	}
	o.sql(`update sessions set title = jsonb_set(title, '{en}', '"Welcome"') where slug = 'opening'`)
	p = o.pieceOf(mce.KindEvent, "prato")
	if p.Version != 3 || !slices.Equal(p.Stale, []string{"session/opening/title_it"}) {
		t.Errorf("version %d, stale %q", p.Version, p.Stale)
	}
	var versions int
	o.scan(&versions, `select max(version) from event_versions`)
	if versions != 2 {
		t.Errorf("delegates' versions: %d", versions) // the first and the desk's; a tick notes the web site's
	}
	if stored, err := o.Event(t.Context(), "prato"); err != nil || stored.Sessions[1].Speakers[0] != "A B" {
		t.Errorf("%+v, %v", stored, err)
	}
}

func TestATranslationIsStaleUntilItIsSeenTo(t *testing.T) {
	o := stocked(t)
	save := func(change func(*mce.Article), holds ...string) mce.Piece {
		t.Helper()
		p := o.pieceOf(mce.KindArticle, "first")
		change(article(p))
		p, err := o.SavePiece(t.Context(), p, holds, mce.ChangedContent, now)
		o.must(err)
		return p
	}
	stale := func(p mce.Piece, want ...string) {
		t.Helper()
		if stored := o.pieceOf(mce.KindArticle, "first"); !slices.Equal(p.Stale, want) || !slices.Equal(stored.Stale, want) {
			t.Errorf("stale: %q, stored %q, want %q", p.Stale, stored.Stale, want)
		}
		item := mce.ItemRef{Kind: mce.KindArticle, ID: p.ID}
		texts, err := o.StaleTexts(t.Context(), []mce.ItemRef{{Kind: mce.KindEvent, ID: p.ID}, item})
		o.must(err)
		if len(texts) > 1 || !slices.Equal(texts[item], want) {
			t.Errorf("stale texts: %v, want %q", texts, want)
		}
	}
	english := func(a *mce.Article) { a.Title = both(a.Title["en"]+"!", a.Title["it"]) }
	stale(save(english), "title_it")
	stale(save(func(a *mce.Article) { a.Link = "https://example.org" }), "title_it")
	stale(save(func(a *mce.Article) { a.Title = both(a.Title["en"], "Primo!") }))
	stale(save(english), "title_it")
	stale(save(func(*mce.Article) {}, "title_it"))
	stale(save(func(a *mce.Article) { a.Title = both("Both", "Tutti e due") }))
	stale(save(func(a *mce.Article) { a.Title = both("Held at once", "Tutti e due") }, "title_it"))
	stale(save(english), "title_it")
	stale(save(func(a *mce.Article) { a.Title = en(a.Title["en"]) }))
	list, err := o.ContentList(t.Context(), mce.ContentQuery{Kind: mce.KindArticle, Translation: mce.TranslationMissing, Now: now, Limit: 10})
	o.must(err)
	if len(list) != 2 {
		t.Errorf("%+v", list)
	}
}

func TestANewPieceHasASlugOfItsOwn(t *testing.T) {
	o := stocked(t)
	ctx := mce.WithDeed(t.Context(), mce.Deed{By: mce.Actor{Name: "somebody"}, At: now})
	for _, want := range []string{"citta-per-citta", "citta-per-citta-2"} {
		p, err := o.SavePiece(ctx, mce.Piece{Kind: mce.KindArticle, Content: &mce.Article{Title: en("Città per città"), Body: en("x"), Window: mce.Window{From: now}}}, nil, mce.AddedContent, now)
		o.must(err)
		if p.Slug() != want || p.Version != 1 || p.ID == 0 {
			t.Errorf("%+v", p)
		}
	}
	history, err := o.AuditLog(t.Context(), mce.AuditQuery{Object: mce.OnArticle, Limit: 10})
	o.must(err)
	if len(history) != 2 || history[0].Detail != "citta-per-citta-2, version 1" {
		t.Errorf("%+v", history)
	}
}

func TestContentIsListedByWhatOneLooksFor(t *testing.T) {
	o := stocked(t)
	o.sql(`update articles set expire_at = $1 where slug = 'second'`, now.Add(-time.Hour))
	for name, c := range map[string]struct {
		q    mce.ContentQuery
		want int
	}{
		"all":        {mce.ContentQuery{Kind: mce.KindArticle}, 2},
		"by word":    {mce.ContentQuery{Kind: mce.KindArticle, Search: "PRIMO"}, 1},
		"by a sign":  {mce.ContentQuery{Kind: mce.KindArticle, Search: "%"}, 0},
		"now":        {mce.ContentQuery{Kind: mce.KindArticle, Shown: mce.ShownNow}, 1},
		"later":      {mce.ContentQuery{Kind: mce.KindArticle, Shown: mce.ShownLater}, 0},
		"once":       {mce.ContentQuery{Kind: mce.KindArticle, Shown: mce.ShownOnce}, 1},
		"stale":      {mce.ContentQuery{Kind: mce.KindArticle, Translation: mce.TranslationStale}, 0},
		"missing":    {mce.ContentQuery{Kind: mce.KindArticle, Translation: mce.TranslationMissing}, 1},
		"events":     {mce.ContentQuery{Kind: mce.KindEvent}, 1},
		"resources":  {mce.ContentQuery{Kind: mce.KindResource}, 0},
		"what comes": {mce.ContentQuery{Kind: mce.KindArticle, Skip: 1}, 1},
	} {
		c.q.Now, c.q.Limit = now, 10
		got, err := o.ContentList(t.Context(), c.q)
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWhatIsTypedIsKeptForItsUser(t *testing.T) {
	o := stocked(t)
	u, err := o.AddUser(t.Context(), mce.User{Email: "a@example.org", Name: "A", Role: mce.Editor, Language: "en"}, mce.Actor{Name: "x"}, "", now)
	o.must(err)
	d := mce.ContentDraft{Kind: mce.KindArticle, ID: 1, Version: 1, Entries: mce.Written{"title": "x <"}, At: now}
	for range 2 {
		o.must(o.KeepContentDraft(t.Context(), u.ID, d))
	}
	got, err := o.ContentDraft(t.Context(), u.ID, mce.KindArticle, 1)
	o.must(err)
	if diff := cmp.Diff(d, got); diff != "" {
		t.Error(diff)
	}
	o.must(o.DropContentDraft(t.Context(), u.ID, mce.KindArticle, 1))
	if got, err = o.ContentDraft(t.Context(), u.ID, mce.KindArticle, 1); err != nil || !got.At.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestOfManyWhoSaveAtOnceOneIsFirst(t *testing.T) {
	o := stocked(t)
	const editors = 8
	begun := make([]mce.Piece, editors)
	for i := range begun {
		begun[i] = o.pieceOf(mce.KindEvent, "prato")
		begun[i].Content.(*mce.Event).Title = en("By editor " + string(rune('A'+i)))
	}
	errs := make(chan error, editors)
	for _, p := range begun {
		go func() {
			_, err := o.SavePiece(t.Context(), p, nil, mce.ChangedContent, now)
			errs <- err
		}()
	}
	saved, told := 0, 0
	for range editors {
		switch err := <-errs; {
		case err == nil:
			saved++
		case mce.ErrorCode(err) == mce.Conflict:
			told++
		default:
			t.Error(err)
		}
	}
	if p := o.pieceOf(mce.KindEvent, "prato"); saved != 1 || told != editors-1 || p.Version != 2 {
		t.Errorf("%d saved, %d told, version %d", saved, told, p.Version)
	}
}

// TestContentOfAnOlderDatabaseHasAHistory that begins with the migration; and the way back works.
func TestContentOfAnOlderDatabaseHasAHistory(t *testing.T) {
	o := stocked(t)
	steps, err := goose.NewProvider(goose.DialectPostgres, o.db, migrations.Files)
	o.must(err)
	_, err = steps.DownTo(t.Context(), 19)
	o.must(err)
	o.sql(`update articles set link = 'https://example.org' where slug = 'first'`)
	_, err = steps.Up(t.Context())
	o.must(err)
	p := o.pieceOf(mce.KindArticle, "first")
	history, err := o.PieceHistory(t.Context(), p.Kind, p.ID, 0, 10)
	o.must(err)
	if p.Version != 1 || article(p).Link == "" || len(history) != 1 || history[0].By.Name != "before" {
		t.Errorf("%+v, %+v", p, history)
	}
	o.pieceOf(mce.KindEvent, "prato")
	o.sql(`update articles set link = '' where slug = 'first'`)
	if p = o.pieceOf(mce.KindArticle, "first"); p.Version != 2 {
		t.Errorf("version %d", p.Version)
	}
}
