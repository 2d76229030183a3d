package main

import "fmt"

type migrateCmd struct{}

// Run migrates: opening the store does it, and says what there was to do.
func (c *migrateCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		if err := a.store.Ready(e.ctx); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "The schema is up to date.")
		return nil
	})
}
