// Package axetest looks at pages in a real Chromium, for tests: accessibility by axe-core, sideways scrolling, and whatever the
// browser's console complains of, a stylesheet that the Content-Security-Policy refused among it.
package axetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// Browser is one Chromium with one tab; its methods must not be called concurrently.
type Browser struct {
	ctx context.Context
	axe string // source of axe-core

	mu         sync.Mutex
	complaints []string // of the console, since the last page
}

// New starts a browser that ends with the test. Where Chromium or axe-core is missing the test is skipped, except under CI=true:
// there it fails, because a check that is silently left out checks nothing.
func New(t testing.TB) *Browser {
	t.Helper()
	ctx := browsertest.Start(t, 0)
	axe, err := os.ReadFile(axePath())
	if err != nil {
		browsertest.Missing(t, "axe-core is missing: npm install --no-save --prefix . axe-core@4.14.1 in the module's folder, or AXE_CORE=…/axe.min.js")
	}
	b := &Browser{ctx: ctx, axe: string(axe)}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal("start Chromium: ", err)
	}
	return b
}

// axePath is AXE_CORE, or where npm puts it in the folder of the module that is tested.
func axePath() string {
	if path := os.Getenv("AXE_CORE"); path != "" {
		return path
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
}

func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

// takeComplaints gives what the console said since the last call.
func (b *Browser) takeComplaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.complaints
	b.complaints = nil
	return taken
}
