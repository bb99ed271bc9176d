package report

import (
	"errors"
	"fmt"
	"strconv"
)

// Kinds of error that callers tell apart.
var (
	ErrNotFound   = errors.New("not found")
	ErrBadRequest = errors.New("bad request")
	ErrUnreadable = errors.New("unreadable") // a document from which nothing could be had
	ErrBlocked    = errors.New("blocked")    // a portal answered with a challenge or a login
	ErrBusy       = errors.New("busy")       // the database is locked by another
	ErrFull       = errors.New("full")       // the disk has no room for what was to be written
)

// A ParameterError says which parameter is wrong and what is allowed. It is an
// ErrBadRequest.
type ParameterError struct {
	Name, Got, Want string
}

// Error implements error.
func (e *ParameterError) Error() string {
	return fmt.Sprintf("parameter %s: got %q; want %s", e.Name, e.Got, e.Want)
}

// Unwrap makes every ParameterError an ErrBadRequest.
func (e *ParameterError) Unwrap() error { return ErrBadRequest }

// A LimitError says which limit a document went past. It is an ErrUnreadable.
type LimitError struct {
	Limit string // name of the setting
	Max   int64
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("limit %s of %d passed; raise it in the settings if the document is genuine", e.Limit, e.Max)
}

// Unwrap makes every LimitError an ErrUnreadable.
func (e *LimitError) Unwrap() error { return ErrUnreadable }

func itoa(n int) string { return strconv.Itoa(n) }
