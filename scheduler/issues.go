package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// assemble makes the issue of each series' latest slot that is due. The issue, unique by its slot, is the memory of what has fired.
func (s *Scheduler) assemble(ctx context.Context, now time.Time) error {
	all, err := s.Store.AllSeries(ctx)
	if err != nil {
		return fmt.Errorf("read series: %w", err)
	}
	var faults error
	for _, series := range all {
		if series.Paused {
			continue
		}
		if err := errors.Join(s.assembleDue(ctx, series, now), s.advance(ctx, series, now)); err != nil {
			faults = errors.Join(faults, fmt.Errorf("series %s: %w", series.Slug, err))
		}
	}
	return faults
}

func (s *Scheduler) assembleDue(ctx context.Context, series mce.Series, now time.Time) error {
	schedule, err := series.Schedule()
	if err != nil {
		return err
	}
	since, err := s.Store.WatchedSince(ctx, series.ID)
	if err != nil {
		return err
	}
	slot, due := schedule.Latest(since, now)
	if !due {
		return nil
	}
	issue, made, err := s.Store.Assemble(ctx, series, slot, series.Approval != mce.ApprovalSecond, now) // there somebody puts it before a second person
	if err != nil || !made {
		return err
	}
	s.Log.Info("issue assembled", "issue", issue.ID, "series", series.Slug, "number", issue.Number, "slot", slot.Wall,
		"state", issue.State, "reason", issue.Reason)
	return nil
}

// advance approves and schedules what is before the editors of a series that needs none.
func (s *Scheduler) advance(ctx context.Context, series mce.Series, now time.Time) error {
	if series.Approval != mce.ApprovalAutomatic {
		return nil
	}
	waiting, err := s.Store.UnscheduledOf(ctx, series.ID)
	if err != nil {
		return err
	}
	for _, issue := range waiting {
		err := s.letGo(ctx, issue, now)
		if err != nil && mce.ErrorCode(err) != mce.Conflict { // then another daemon was first, or somebody has just changed it
			return err
		}
	}
	return nil
}

func (s *Scheduler) letGo(ctx context.Context, issue mce.Issue, now time.Time) error {
	if issue.State == mce.InReview {
		approved, err := s.approve(ctx, issue)
		if err != nil || !approved {
			return err
		}
	}
	_, err := s.Store.Schedule(ctx, issue.ID, now, s.Letters.Look())
	return err
}

// send takes back approvals of what has changed since, and turns the issues whose moment has come into letters.
func (s *Scheduler) send(ctx context.Context, now time.Time) error {
	changed, faults := s.Store.VoidChanged(ctx, s.Letters.Look(), now)
	for _, i := range changed {
		s.Log.Warn("approval void", "issue", i.ID, "reason", i.Reason)
	}
	due, err := s.Store.DueIssues(ctx, now)
	if err != nil {
		return errors.Join(faults, err)
	}
	for _, i := range due {
		letters, err := s.Store.StartSending(ctx, i.ID, s.Letters, s.Domain, now)
		switch {
		case errors.Is(err, mce.ErrOvertaken):
			s.Log.Debug("issue not sent", "issue", i.ID, "reason", err)
		case mce.ErrorCode(err) == mce.Conflict: // somebody has just changed it
			s.Log.Warn("issue not sent", "issue", i.ID, "reason", err)
		case err != nil:
			faults = errors.Join(faults, fmt.Errorf("send issue %d: %w", i.ID, err))
		default:
			s.Log.Info("issue is being sent", "issue", i.ID, "letters", letters)
		}
	}
	done, err := s.Store.FinishIssues(ctx, now)
	for _, id := range done {
		s.Log.Info("issue sent", "issue", id)
	}
	return errors.Join(faults, err)
}
