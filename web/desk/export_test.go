package desk

import (
	"context"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Routes are the methods and paths that the desk answers, for the test that has one row for each.
func (d *Desk) Routes() []string {
	var all []string
	for _, r := range d.routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// NextOf is where a link leads on to.
func NextOf(next string) string { return nextOf(next) }

// ClientName is what a browser calls itself.
func ClientName(agent string) string { return clientName(agent) }

// Follow is what watches issues, with a look of the test's.
func Follow(every time.Duration, look func(ctx context.Context, issue int64) (mce.Progress, error)) func(issue int64) (<-chan mce.Progress, func()) {
	w := &watch{every: every, look: look}
	return w.follow
}
