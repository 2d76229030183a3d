package desk_test

import (
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// peopleScenes are the pages of people in their states.
func (h *house) peopleScenes(admin *browser) []scene {
	h.t.Helper()
	ctx := h.t.Context()
	rosa := h.somebody("rosa.bianchi@department-of-digital-services.prato.example")
	event := h.congress()
	came := h.delegate(event, "rosa.bianchi@department-of-digital-services.prato.example", "Rosa Bianchi")
	_, _, err := h.store.CheckIn(ctx, event, came.Code, business.Add(time.Hour))
	h.must(err)
	nikos := h.delegate(event, "nikos@larissa.example", "Nikos Papas")
	_, err = h.store.AddSuppression(ctx, mce.Suppression{Email: "gone@city.example", Reason: "mailbox is gone", Source: "refused at delivery", At: business})
	h.must(err)
	gone := h.somebody("left@city.example")
	_, err = h.store.Leave(ctx, gone.ID, "leave link", "too-many", business)
	h.must(err)
	_, err = h.store.AddSuppression(ctx, mce.Suppression{Email: "left@city.example", Reason: "asked for it", Source: "desk", At: business.Add(time.Hour)})
	h.must(err)

	path, place := "/desk/people/"+rosa.String(), fmt.Sprintf("/desk/people/r%d", nikos.ID)
	admin.press(path+"/choices", path+"/choices", "language", "it", "topics", "events", "pace", "monthly", "pause", "2023-12-24", "reason", "She asked for it on the telephone.")
	admin.get(path) // the message is said once
	of := admin.sendsTable("delegates of Larissa.csv", table+"rosa.bianchi@department-of-digital-services.prato.example;Rosa;Verdi;en;\n").kept(h.t)
	token := admin.get("/desk/me").token()
	columns := url.Values{
		"token": {token}, "of": {of}, "map-email": {"1"}, "map-name": {"2"}, "map-name-2": {"3"}, "map-language": {"4"}, "map-state": {"5"},
		"source": {"registration desk, Larissa 2022"}, "wording": {"I want the newsletters of Major Cities of Europe."},
	}
	other := maps.Clone(columns)
	other.Set("back", "1")
	return []scene{
		{"people", admin, "/desk/people", nil},
		{"people-none", admin, "/desk/people?q=nobody", nil},
		{"person", admin, path, nil},
		{"person-delegate", admin, place, nil},
		{"person-left", admin, "/desk/people/" + gone.String(), nil},
		{"person-choices", admin, path + "/choices", nil},
		{"person-details-fault", admin, path + "/details", url.Values{"token": {token}, "name": {"Rosa"}, "country": {"nowhere"}, "reason": {"x"}}},
		{"person-leave", admin, path + "/leave", nil},
		{"person-erase", admin, path + "/erase", nil},
		{"person-erase-conflict", admin, path + "/erase", url.Values{"token": {token}, "reason": {"x"}}},
		{"person-cancel", admin, fmt.Sprintf("%s/cancel?place=%d", place, nikos.ID), nil},
		{"person-new", admin, "/desk/people/new", nil},
		{"person-new-fault", admin, "/desk/people/new", url.Values{"token": {token}, "email": {"x"}, "reason": {"x"}}},
		{"people-import", admin, "/desk/people/import", nil},
		{"people-import-map", admin, "/desk/people/import/try", other},
		{"people-import-fault", admin, "/desk/people/import/try", url.Values{"token": {token}, "of": {of}}},
		{"people-import-try", admin, "/desk/people/import/try", columns},
		{"people-growth", admin, "/desk/people/growth", nil},
	}
}
