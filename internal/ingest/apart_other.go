//go:build !unix

package ingest

import "errors"

// boundMemory is an error where the system has no such limit.
func boundMemory(int64) error { return errors.ErrUnsupported }
