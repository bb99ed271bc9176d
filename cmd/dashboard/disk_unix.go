//go:build unix

package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// ownedByUs keeps the superuser from writing into the data of a service that runs as
// somebody else: the files would be root's, and the service could not go on with them.
func ownedByUs(database string) error { return ownedBy(os.Geteuid(), database) }

func ownedBy(us int, database string) error {
	info, err := os.Stat(database)
	if us != 0 || err != nil {
		return nil // not the superuser, or nothing there yet
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid == 0 {
		return nil
	}
	name := strconv.Itoa(int(stat.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return fmt.Errorf("database %s: it belongs to %s, and what root writes there the service could not use; run it as %[2]s: sudo -u %[2]s gongkai …", database, name)
}

// freeBytes is the room that this user has on the disk of a folder.
func freeBytes(folder string) (float64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return float64(disk.Bavail) * float64(disk.Bsize), nil
}
