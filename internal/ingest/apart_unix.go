//go:build unix

package ingest

import "syscall"

// boundMemory lets the system refuse this process more memory than that for data. What
// asks for more ends the process.
func boundMemory(most int64) error {
	limit := syscall.Rlimit{Cur: uint64(most), Max: uint64(most)}
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}
