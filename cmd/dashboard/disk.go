package main

import (
	"fmt"
	"path/filepath"

	"gongkai/internal/archive"
	"gongkai/internal/store"
)

// lowDisk is how much room there must be: a refresh of a province fits into it.
const lowDisk = 1 << 30

// diskHealth holds that there is room where data is written.
func diskHealth(what, folder string) diagnosis {
	free, err := freeBytes(folder)
	if err != nil {
		return ill(what, fmt.Sprintf("%s：%v", folder, err), "建立该文件夹（mkdir -p "+folder+"），或指定另一个")
	}
	found := fmt.Sprintf("%s 剩余 %.1f GB", folder, free/(1<<30))
	if free < lowDisk {
		return ill(what, found, "清理磁盘，或移到更大的磁盘")
	}
	return well(what, "%s", found)
}

// rooms are the folders that must have room, by what writes there.
func (s *settings) rooms() map[string]func() (float64, error) {
	rooms := make(map[string]func() (float64, error))
	if !archive.InBucket(s.Archive) {
		rooms["archive"] = func() (float64, error) { return freeBytes(s.Archive) }
	}
	if !store.OnServer(s.DB) {
		rooms["database"] = func() (float64, error) { return freeBytes(filepath.Dir(s.DB)) }
	}
	if s.Backup.Folder != "" {
		rooms["backup"] = func() (float64, error) { return freeBytes(s.Backup.Folder) }
	}
	return rooms
}
