//go:build unix

package main

import "syscall"

// freeBytes is the room that this user has on the disk of a folder.
func freeBytes(folder string) (float64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return float64(disk.Bavail) * float64(disk.Bsize), nil
}
