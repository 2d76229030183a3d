package desk

import (
	"fmt"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Deed is what a line of the log says was done, in the language of the page. An action that has no words there stays as the log has it.
func (f frame) Deed(a mce.AuditAction) foreign {
	if words, err := f.T("deed." + strings.ReplaceAll(string(a), " ", "-")); err == nil {
		return foreign{Text: words}
	}
	return f.Foreign(mce.English, string(a))
}

// Thing names the kind of thing that something was done to, likewise.
func (f frame) Thing(o mce.AuditObject) foreign {
	if words, err := f.T("thing." + string(o)); err == nil {
		return foreign{Text: words}
	}
	return f.Foreign(mce.English, string(o))
}

// ThingPath is the page of what something was done to; empty where there is none.
func (f frame) ThingPath(a mce.Audit) string {
	switch a.Object {
	case mce.OnIssue:
		return IssuePath(a.ObjectID)
	case mce.OnArticle, mce.OnEvent, mce.OnResource:
		return PiecePath(mce.ItemKind(a.Object), a.ObjectID)
	case mce.OnRegistration:
		if a.OfEvent != 0 {
			return DelegatePath(a.OfEvent, a.ObjectID)
		}
	case mce.OnSubscriber:
		if a.Action != mce.ErasedPerson {
			return PeoplePath + "/" + mce.PersonRef{As: mce.KnownReader, ID: a.ObjectID}.String()
		}
	case mce.OnBooking:
		return PeoplePath + "/" + mce.PersonRef{As: mce.KnownBooker, ID: a.ObjectID}.String()
	case mce.OnSeries:
		return "/desk/series/" + a.Detail
	case mce.OnUser:
		if a.OfUser.Name != "" && a.OfUser.Email != "" {
			return fmt.Sprintf("/desk/users/%d", a.ObjectID)
		}
	case mce.OnTopic:
		if a.Action == mce.SavedTopic {
			return TopicsPath + "/" + a.Detail
		}
	case mce.OnImage:
		if a.Action != mce.RemovedImage {
			return fmt.Sprintf("%s/%d", ImagesPath, a.ObjectID)
		}
	case mce.OnReminder:
		if a.Action == mce.SavedRule {
			return "/desk/reminders/" + a.Detail
		}
	case mce.OnImport: // it is gone by then
	}
	return ""
}
