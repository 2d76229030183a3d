package desk

import (
	"context"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
)

// button is something that can be done with an issue: its form posts to the name below the issue's address, and stands on a page of it.
type button struct {
	name, page string
	needs      mce.Permission
	fresh      bool // it asks for a recent log-in
	do         change
}

// change is what a button does to an issue; ctx says who presses it.
type change func(ctx context.Context, r *http.Request, v visit, draft mce.Draft) error

// buttons are all of them. What goes to everybody asks for a recent log-in; what is done in haste does not.
func (d *Desk) buttons() []button {
	return []button{
		{"place", contentPage, mce.EditIssues, false, d.place},
		{"hold", contentPage, mce.EditIssues, false, d.hold},
		{"leave-out", contentPage, mce.EditIssues, false, d.leaveOut},
		{"reassemble", contentPage, mce.EditIssues, false, d.reassemble},
		{"subject", contentPage, mce.EditIssues, false, d.giveWords},
		{"submit", checkPage, mce.EditIssues, false, d.submit},
		{"check", checkPage, mce.EditIssues, false, d.check},
		{"approve", checkPage, mce.ApproveIssues, true, d.approve},
		{"test", viewPage, mce.EditIssues, false, d.sendTest},
		{"schedule", sendPage, mce.SendIssues, true, d.schedule},
		{"unschedule", sendPage, mce.SendIssues, false, d.unschedule},
		{"pause", sendPage, mce.SendIssues, false, d.pause},
		{"resume", sendPage, mce.SendIssues, true, d.resume},
		{"resolve", sendPage, mce.SendIssues, true, d.resolve},
		{"cancel", sendPage, mce.SendIssues, false, d.cancel},
	}
}

// issueRoutes are the issues: the pages of each, and their buttons. The check stands at the address of its own button.
func (d *Desk) issueRoutes() []route {
	const issue = "/desk/issues/{id}"
	all := []route{
		{http.MethodGet, "/desk/issues", mce.UseDesk, false, d.issues},
		{http.MethodGet, issue, mce.UseDesk, false, d.showIssue(contentPage)},
		{http.MethodGet, issue + "/view", mce.UseDesk, false, d.showIssue(viewPage)},
		{http.MethodGet, issue + "/mail", mce.UseDesk, false, d.mail},
		{http.MethodGet, issue + "/send", mce.UseDesk, false, d.showIssue(sendPage)},
		{http.MethodGet, issue + "/progress", mce.UseDesk, false, d.followProgress},
		{http.MethodGet, issue + "/report", mce.UseDesk, false, d.showIssue(reportPage)},
		{http.MethodGet, issue + "/report.csv", mce.UseDesk, false, d.reportTable},
	}
	for _, b := range d.buttons() {
		path := issue + "/" + b.name
		all = append(all, route{http.MethodGet, path, mce.UseDesk, false, d.showIssue(b.page)}, route{http.MethodPost, path, b.needs, b.fresh, d.act(b)})
	}
	return all
}
