package desk

import (
	"context"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// issueStore is what the pages of issues need of the database.
type issueStore interface {
	Issue(ctx context.Context, id int64) (mce.Issue, error)
	Draft(ctx context.Context, id int64) (mce.Draft, error)
	Decisions(ctx context.Context, issueID int64) ([]mce.Decision, error)
	Published(ctx context.Context, issue mce.Issue, search string, limit int, now time.Time) ([]mce.Candidate, error)
	Showable(ctx context.Context, issue mce.Issue, now time.Time) ([]mce.Candidate, error)
	Place(ctx context.Context, id int64, ref mce.ItemRef, to mce.Place, now time.Time) (mce.Issue, error)
	TakeOut(ctx context.Context, id int64, ref mce.ItemRef, verdict mce.Verdict) (mce.Issue, error)
	Reassemble(ctx context.Context, id int64, now time.Time) (mce.Issue, error)
	SetWords(ctx context.Context, id int64, words mce.IssueWords, seen string) (mce.Issue, error)

	SubscriberByEmail(ctx context.Context, email string) (mce.Subscriber, error)
	Topics(ctx context.Context) ([]mce.Topic, error)
	Readerships(ctx context.Context, d mce.Draft, now time.Time) ([]mce.Readership, error)

	Submit(ctx context.Context, id int64) (mce.Issue, error)
	ApproveExamined(ctx context.Context, id int64, by, look string, r mce.Report, more []mce.Override) (mce.Issue, error)
	Overrides(ctx context.Context, id int64, r mce.Report) ([]mce.Override, error)
	Schedule(ctx context.Context, id int64, at time.Time, look string) (mce.Issue, error)
	Unschedule(ctx context.Context, id int64, look string) (mce.Issue, error)
	Pause(ctx context.Context, id int64) (mce.Issue, error)
	Resume(ctx context.Context, id int64) (mce.Issue, error)
	Cancel(ctx context.Context, id int64, reason string, now time.Time) (mce.Issue, error)

	IssueProgress(ctx context.Context, issueID int64) (map[mce.Outcome]int, error)
	UncertainLetters(ctx context.Context, issueID int64) ([]mce.UncertainLetter, error)
	Resolve(ctx context.Context, issueID int64, resend bool, now time.Time) (letters int, err error)
	IssueReports(ctx context.Context, issue mce.Issue, limit int) ([]mce.IssueReport, error)
	Clicks(ctx context.Context, issueID int64) ([]mce.Clicks, error)
	Refusals(ctx context.Context, issueID int64) (map[string]int, error)
	AddAudit(ctx context.Context, a mce.Audit) error

	IssuesBefore(ctx context.Context, id int64, n int) ([]mce.Issue, error)
	IssuesInWork(ctx context.Context) ([]mce.Issue, error)
	FirstSteps(ctx context.Context) (mce.FirstSteps, error)
	seriesStore
	topicStore
}

// Examiner looks at an issue as it would leave, before anybody approves it.
type Examiner interface {
	Examine(ctx context.Context, d mce.Draft) (mce.Report, error)
}

// Prover sends a test mail to one address, and says why it could not.
type Prover interface {
	SendProof(ctx context.Context, e mce.Edition, to, name string) error
}
