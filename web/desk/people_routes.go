package desk

import (
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// peopleRoutes are subscribers and delegates: found, looked at, acted for. What is done for somebody is at an address of its own, which asks first.
func (d *Desk) peopleRoutes() []route {
	const person = "/desk/people/{ref}"
	return []route{
		{http.MethodGet, "/desk/people", mce.SeePeople, false, d.people},
		{http.MethodGet, "/desk/people/new", mce.ChangePeople, false, d.newPerson},
		{http.MethodPost, "/desk/people/new", mce.ChangePeople, false, d.askNewPerson},
		{http.MethodGet, pages.ImportPath, mce.ChangePeople, false, d.showImport},
		{http.MethodPost, pages.ImportPath, mce.ChangePeople, false, d.uploadTable},
		{http.MethodGet, pages.ImportPath + "/try", mce.ChangePeople, false, d.showImport},
		{http.MethodPost, pages.ImportPath + "/try", mce.ChangePeople, false, d.tryTable},
		{http.MethodGet, pages.ImportPath + "/do", mce.ChangePeople, false, d.showImport},
		{http.MethodPost, pages.ImportPath + "/do", mce.ChangePeople, false, d.importTable},
		{http.MethodGet, pages.ImportPath + "/faults.csv", mce.ChangePeople, false, d.faultsTable},
		{http.MethodGet, pages.GrowthPath, mce.SeePeople, false, d.growth},
		{http.MethodGet, pages.GrowthPath + ".csv", mce.SeePeople, false, d.growthTable},
		{http.MethodGet, person, mce.SeePeople, false, d.showPerson},
		{http.MethodGet, person + "/erase", mce.ErasePeople, true, d.askToAct},
		{http.MethodPost, person + "/erase", mce.ErasePeople, true, d.actFor},
		{http.MethodGet, person + "/{act}", mce.ChangePeople, false, d.askToAct},
		{http.MethodPost, person + "/{act}", mce.ChangePeople, false, d.actFor},
	}
}
