//go:build !unix

package main

// diskHealth says nothing where the system is not asked for the room on its disks.
func diskHealth(what, folder string) diagnosis { return well(what, "%s", folder) }
