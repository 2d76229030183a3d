package scheduler

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Examiner looks at an issue before the policy of its series approves it.
type Examiner interface {
	Examine(ctx context.Context, d mce.Draft) (mce.Report, error)
}

// policy is who approves the issues of an automatic series.
const policy = "the policy of the series"

// approve approves an issue of an automatic series when nothing blocks it. Else the issue stays in review, with the reason for the editors:
// they mend it, or approve it themselves with an override. What was held is examined anew once it has changed, not at every tick.
func (s *Scheduler) approve(ctx context.Context, issue mce.Issue) (approved bool, err error) {
	if s.Examiner == nil {
		_, err := s.Store.Approve(ctx, issue.ID, policy, s.Letters.Look(), s.Clock.Now())
		return err == nil, err
	}
	d, err := s.Store.Draft(ctx, issue.ID)
	if err != nil {
		return false, err
	}
	content, err := mce.SealOf(d, s.Letters.Look(), time.Time{})
	if err != nil || s.holds(issue.ID, content) {
		return false, err
	}
	report, err := s.Examiner.Examine(ctx, d)
	if err != nil {
		return false, fmt.Errorf("examine issue %d: %w", issue.ID, err)
	}
	overrides, err := s.Store.Overrides(ctx, issue.ID, report)
	if err != nil {
		return false, err
	}
	if blocked := report.Clear(overrides); blocked != nil {
		return false, s.hold(ctx, issue, report, blocked)
	}
	_, err = s.Store.ApproveExamined(ctx, issue.ID, policy, s.Letters.Look(), report, nil)
	return err == nil, err
}

func (s *Scheduler) hold(ctx context.Context, issue mce.Issue, report mce.Report, blocked error) error {
	if err := s.Store.Hold(ctx, issue.ID, mce.ErrorMessage(blocked)); err != nil {
		return err
	}
	s.held.Store(issue.ID, report.Fingerprint)
	s.Log.Warn("issue held in review", "issue", issue.ID, "series", issue.Series, "blocking", len(report.Blocking(nil)), "reason", mce.ErrorMessage(blocked))
	return nil
}

// holds reports whether an issue was held with this very content.
func (s *Scheduler) holds(id int64, content []byte) bool {
	held, ok := s.held.Load(id)
	return ok && bytes.Equal(held.([]byte), content)
}
