// Package browsertest starts a real Chromium for tests.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Start starts a Chromium with one empty tab, for chromedp; both end with the test. What the test asks of it fails when
// that takes longer than the limit, so that a browser that hangs is named, and not the package; 0 is none. More options are a browser's besides the usual.
// Where Chromium is missing the test is skipped, or fails under CI=true: see [Missing].
func Start(t testing.TB, limit time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	ctx := t.Context()
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		t.Cleanup(cancel)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(chromium(t)),
		chromedp.NoSandbox, // the pages are our own, and containers seldom allow a sandbox
		chromedp.DisableGPU,
		// A page here is gone before its code is worth an optimising compiler's time.
		chromedp.Flag("js-flags", "--no-opt --no-maglev"),
	)
	for _, name := range []string{"disable-quic", "disable-component-update", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(name, true))
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	return ctx
}

func chromium(t testing.TB) string {
	t.Helper()
	// The headless shell is Chromium without what a person has around the page: half the work for the same page.
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, "Chromium is missing: apt-get install chromium-headless-shell (or chromium)")
	return ""
}

// Missing ends a test that needs what the machine does not have; the sentence says what to install. It is skipped, except under CI=true:
// there it fails, because a check that is silently left out checks nothing.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}
