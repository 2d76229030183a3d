package mce

import (
	"fmt"
	"slices"
	"strings"
)

// User is somebody who works at the editors' desk.
type User struct {
	ID       int64
	Email    string // empty: the user was removed
	Name     string // empty: removed long ago
	Role     DeskRole
	Language Lang // of the desk and of the mails with their links
}

// Removed reports whether the user may not come in any more. Their line stays: the audit log refers to it.
func (u User) Removed() bool { return u.Email == "" }

// DeskRole says what a user may do at the desk. Each role may do what those before it may.
type DeskRole string

// The roles.
const (
	Editor   DeskRole = "editor"   // writes, and puts issues before the others
	Approver DeskRole = "approver" // decides what goes out
	Admin    DeskRole = "admin"    // says who may do what, and sees who did
)

// DeskRoles are all roles, the one that may the least first.
func DeskRoles() []DeskRole { return []DeskRole{Editor, Approver, Admin} }

// ParseDeskRole reads a role by its name.
func ParseDeskRole(s string) (DeskRole, error) {
	if !slices.Contains(DeskRoles(), DeskRole(s)) {
		return "", Invalidf("expected a role, which is editor, approver or admin, not %q", s)
	}
	return DeskRole(s), nil
}

// Permission is something that a role may do.
type Permission string

// The permissions.
const (
	UseDesk       Permission = "use the desk" // see what is going out, and change what is one's own
	EditContent   Permission = "edit content"
	EditIssues    Permission = "edit issues" // and put them before the editors
	ApproveIssues Permission = "approve issues"
	SendIssues    Permission = "send issues"    // schedule, pause, cancel
	SeePeople     Permission = "see people"     // subscribers and delegates, and check delegates in
	ChangePeople  Permission = "act for people" // on their behalf, with a reason, and import them
	ErasePeople   Permission = "erase people"
	ReadAudit     Permission = "read the audit log"
	ManageUsers   Permission = "manage users"
	ManageSeries  Permission = "manage series" // how often a newsletter comes, of what it is made, who approves it
)

// Right is a row of the one table that says who may do what.
type Right struct {
	Permission Permission
	Roles      []DeskRole
}

// Rights is that table.
func Rights() []Right {
	return []Right{
		{UseDesk, []DeskRole{Editor, Approver, Admin}},
		{EditContent, []DeskRole{Editor, Approver, Admin}},
		{EditIssues, []DeskRole{Editor, Approver, Admin}},
		{SeePeople, []DeskRole{Editor, Approver, Admin}},
		{ApproveIssues, []DeskRole{Approver, Admin}},
		{SendIssues, []DeskRole{Approver, Admin}},
		{ChangePeople, []DeskRole{Approver, Admin}},
		{ErasePeople, []DeskRole{Admin}},
		{ReadAudit, []DeskRole{Admin}},
		{ManageUsers, []DeskRole{Admin}},
		{ManageSeries, []DeskRole{Admin}},
	}
}

// May reports whether a role may do something. An unknown role may do nothing, and nobody may do what the table does not have.
func May(r DeskRole, p Permission) bool {
	return slices.ContainsFunc(Rights(), func(x Right) bool { return x.Permission == p && slices.Contains(x.Roles, r) })
}

// CleanUser checks what was entered of a user. A name is asked for: the audit log and the issues say who did what by it.
func CleanUser(u User) (out User, fault *FieldError) {
	var err error
	if out.Email, err = ParseAddress(u.Email); err != nil {
		return out, &FieldError{"email", err}
	}
	if out.Name, err = CleanName(u.Name); err == nil && out.Name == "" {
		err = Invalidf("a user needs a name: the others see by it who did what")
	}
	if err != nil {
		return out, &FieldError{"name", err}
	}
	if out.Role, err = ParseDeskRole(string(u.Role)); err != nil {
		return out, &FieldError{"role", err}
	}
	if out.Language, err = ParseLang(string(u.Language)); err != nil {
		return out, &FieldError{"language", err}
	}
	out.ID = u.ID
	return out, nil
}

// Difference is what the audit log says about a change from before to u. Addresses and names can be forgotten, so it has none.
func (u User) Difference(before User) string {
	var parts []string
	if u.Role != before.Role {
		parts = append(parts, fmt.Sprintf("role: %s → %s", before.Role, u.Role))
	}
	if u.Email != before.Email {
		parts = append(parts, "address")
	}
	if u.Name != before.Name {
		parts = append(parts, "name")
	}
	if u.Language != before.Language {
		parts = append(parts, fmt.Sprintf("language: %s → %s", before.Language, u.Language))
	}
	return strings.Join(parts, ", ")
}
