//go:build !unix

package durable

// syncFolder does nothing: the system keeps names by itself, and a folder cannot be synced.
func syncFolder(string) error { return nil }
