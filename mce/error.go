package mce

import (
	"errors"
	"fmt"
)

// Code classes an error by what the caller can do about it.
type Code string

const (
	// Invalid means that the input is wrong; the sentence says what is expected.
	Invalid Code = "invalid"
	// NotFound means that the named thing does not exist.
	NotFound Code = "not_found"
	// Conflict means that the thing is not in a state that allows what was asked.
	Conflict Code = "conflict"
	// Unavailable means that a part we need (database, mail relay) cannot be reached now; trying later may help.
	Unavailable Code = "unavailable"
	// Busy means that the same client asked too often; waiting helps.
	Busy Code = "busy"
	// Internal is everything else: people see one line, the operator the cause.
	Internal Code = "internal"
)

// Error carries a code, a sentence for people and, for the operator, the wrapped cause.
type Error struct {
	Code    Code
	Message string
	Err     error // nil when the sentence says it all
}

// Error is the operator's view: the sentence and its cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrOvertaken is the cause of a Conflict that another daemon brought about by doing the same: nothing is wrong.
var ErrOvertaken = errors.New("another daemon was first")

// Invalidf makes an error of code Invalid.
func Invalidf(format string, args ...any) error {
	return &Error{Code: Invalid, Message: fmt.Sprintf(format, args...)}
}

// NotFoundf makes an error of code NotFound.
func NotFoundf(format string, args ...any) error {
	return &Error{Code: NotFound, Message: fmt.Sprintf(format, args...)}
}

// Conflictf makes an error of code Conflict.
func Conflictf(format string, args ...any) error {
	return &Error{Code: Conflict, Message: fmt.Sprintf(format, args...)}
}

// Unavailablef wraps a cause that may pass by itself.
func Unavailablef(cause error, format string, args ...any) error {
	return &Error{Code: Unavailable, Message: fmt.Sprintf(format, args...), Err: cause}
}

// ErrorCode is the code of the outermost Error in the chain; Internal for any other error, "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// ErrorMessage is the sentence for people; what is internal stays internal.
func ErrorMessage(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != Internal {
		return e.Message
	}
	return "Something went wrong on our side. The operator has been told; please try again later."
}
