package desk

import (
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
)

// peopleRoutes are subscribers and delegates: found, looked at, acted for. What is done for somebody is at an address of its own, which asks first.
func (d *Desk) peopleRoutes() []route {
	const person = "/desk/people/{ref}"
	return []route{
		{http.MethodGet, "/desk/people", mce.SeePeople, false, d.people},
		{http.MethodGet, "/desk/people/new", mce.ChangePeople, false, d.newPerson},
		{http.MethodPost, "/desk/people/new", mce.ChangePeople, false, d.askNewPerson},
		{http.MethodGet, person, mce.SeePeople, false, d.showPerson},
		{http.MethodGet, person + "/erase", mce.ErasePeople, true, d.askToAct},
		{http.MethodPost, person + "/erase", mce.ErasePeople, true, d.actFor},
		{http.MethodGet, person + "/{act}", mce.ChangePeople, false, d.askToAct},
		{http.MethodPost, person + "/{act}", mce.ChangePeople, false, d.actFor},
	}
}
