package mce

import (
	"strings"
	"time"
)

// Suppression is an address that must not be written to, whoever asks for it.
type Suppression struct {
	Email  string    `json:"email"` // in small letters
	Reason string    `json:"reason"`
	Source string    `json:"source"` // refused at delivery, command line, …
	At     time.Time `json:"at"`
}

// NewSuppression checks what somebody entered.
func NewSuppression(email, reason, source string, at time.Time) (s Suppression, err error) {
	if s.Email, err = ParseAddress(email); err != nil {
		return s, err
	}
	if s.Reason, err = CleanName(reason); err != nil {
		return s, err
	}
	if s.Reason == "" {
		return s, Invalidf("a reason is needed: in a year nobody will remember why %s must not be written to", s.Email)
	}
	s.Email, s.Source, s.At = strings.ToLower(s.Email), source, at
	return s, nil
}

// Record is a line of a table with the columns email, reason, source and at, safe for spreadsheets.
func (s Suppression) Record() []string {
	return []string{SafeCell(s.Email), SafeCell(s.Reason), SafeCell(s.Source), s.At.UTC().Format(time.RFC3339)}
}
