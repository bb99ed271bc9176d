package main

import "golang.org/x/sys/windows"

// ownedByUs finds nothing to hold here: access is by lists, and who may write may.
func ownedByUs(string) error { return nil }

// freeBytes is the room that this user has on the disk of a folder.
func freeBytes(folder string) (float64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, err
	}
	return float64(free), nil
}
