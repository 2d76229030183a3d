package main

import (
	"github.com/majorcities/mce-mailer/mce"
)

// issueWords are words of an issue in the languages that there are.
type issueWords struct {
	issueArg
	English string `arg:"" optional:"" help:"In English. Empty: back to what the program proposes."`
	Italian string `help:"In Italian; else the English words are used."`
}

// words are those that were given. Others fall back to the English ones, so these must be there.
func (c issueWords) words() (mce.Text, error) {
	words := mce.Text{}
	for lang, s := range map[mce.Lang]string{mce.English: c.English, "it": c.Italian} {
		if s != "" {
			words[lang] = s
		}
	}
	if len(words) > 0 && c.English == "" {
		return nil, mce.Invalidf("the English words are missing: they are what every other language falls back to")
	}
	return words, nil
}

// change gives an issue other words.
func (c issueWords) change(e *env, set func(w *mce.IssueWords, to mce.Text)) error {
	return c.edit(e, func(a *app) (mce.Issue, error) {
		given, err := c.words()
		if err != nil {
			return mce.Issue{}, err
		}
		i, err := a.store.Issue(e.ctx, c.ID)
		if err != nil {
			return i, err
		}
		words, seen := i.Words(), i.Words().Mark()
		set(&words, given)
		return a.store.SetWords(e.acting(), c.ID, words, seen)
	})
}

type issueSubjectCmd struct{ issueWords }

// Run sets the subject.
func (c *issueSubjectCmd) Run(e *env) error {
	return c.edit(e, func(a *app) (mce.Issue, error) {
		words, err := c.words()
		if err != nil {
			return mce.Issue{}, err
		}
		return a.store.SetSubject(e.acting(), c.ID, words)
	})
}

type issuePreheaderCmd struct{ issueWords }

// Run sets the preheader.
func (c *issuePreheaderCmd) Run(e *env) error {
	return c.change(e, func(w *mce.IssueWords, to mce.Text) { w.Preheader = to })
}

type issueNoteCmd struct{ issueWords }

// Run sets the opening note.
func (c *issueNoteCmd) Run(e *env) error {
	return c.change(e, func(w *mce.IssueWords, to mce.Text) { w.Note = to })
}

// itemArg names a piece of content.
type itemArg struct {
	issueArg
	Item string `arg:"" help:"Its slug; where an article and an event share one: article/SLUG."`
}

type issuePlaceCmd struct {
	itemArg
	Section  string `required:"" help:"Slug of the section."`
	Position int    `default:"1000" help:"Number in the section, from 1. Without it: the last."`
}

// Run places an item.
func (c *issuePlaceCmd) Run(e *env) error {
	return c.edit(e, func(a *app) (mce.Issue, error) {
		ref, err := a.store.ItemNamed(e.ctx, c.Item)
		if err != nil {
			return mce.Issue{}, err
		}
		return a.store.Place(e.acting(), c.ID, ref, mce.Place{Section: c.Section, Position: c.Position}, e.clock.Now())
	})
}

type issueLeaveOutCmd struct{ itemArg }

// Run leaves an item out.
func (c *issueLeaveOutCmd) Run(e *env) error { return c.takeOut(e, mce.Dropped) }

type issueHoldCmd struct{ itemArg }

// Run holds an item.
func (c *issueHoldCmd) Run(e *env) error { return c.takeOut(e, mce.Held) }

func (c itemArg) takeOut(e *env, verdict mce.Verdict) error {
	return c.edit(e, func(a *app) (mce.Issue, error) {
		ref, err := a.store.ItemNamed(e.ctx, c.Item)
		if err != nil {
			return mce.Issue{}, err
		}
		return a.store.TakeOut(e.acting(), c.ID, ref, verdict)
	})
}

type issueReassembleCmd struct{ issueArg }

// Run assembles an issue anew.
func (c *issueReassembleCmd) Run(e *env) error {
	return c.edit(e, func(a *app) (mce.Issue, error) { return a.store.Reassemble(e.acting(), c.ID, e.clock.Now()) })
}

// edit does something to an issue and prints it.
func (c issueArg) edit(e *env, do func(*app) (mce.Issue, error)) error {
	return e.with(func(a *app) error {
		i, err := do(a)
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}
