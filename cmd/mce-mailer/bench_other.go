//go:build !linux

package main

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type usage struct {
	daemon, postgres time.Duration
	peak             int64
}

// usageOf needs /proc.
func usageOf(string) (usage, error) {
	return usage{}, mce.Invalidf("the benchmark reads /proc: it runs on Linux only")
}
