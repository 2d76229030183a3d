// Package axetest looks at pages in a real Chromium, for tests: accessibility by axe-core, sideways scrolling, and whatever the
// browser's console complains of, a stylesheet that the Content-Security-Policy refused among it.
package axetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
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
	chromium := findChromium()
	if chromium == "" {
		missing(t, "Chromium is missing: apt-get install chromium")
	}
	axe, err := os.ReadFile(axePath())
	if err != nil {
		missing(t, "axe-core is missing: npm install --no-save --prefix . axe-core@4.14.1 in the module's folder, or AXE_CORE=…/axe.min.js")
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), flags(chromium)...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	b := &Browser{ctx: ctx, axe: string(axe)}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatalf("start %s: %v", chromium, err)
	}
	return b
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func flags(chromium string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium),
		chromedp.Headless,
		chromedp.NoSandbox, // the pages are our own, and containers seldom allow a sandbox
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
	}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-dev-shm-usage", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(name, true))
	}
	return options
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
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
