//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// lowDisk is how much room there must be: a refresh of a province fits into it.
const lowDisk = 1 << 30

// diskHealth holds that there is room where data is written.
func diskHealth(what, folder string) diagnosis {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return ill(what, fmt.Sprintf("%s：%v", folder, err), "建立该文件夹（mkdir -p "+folder+"），或指定另一个")
	}
	free := uint64(disk.Bavail) * uint64(disk.Bsize)
	found := fmt.Sprintf("%s 剩余 %.1f GB", folder, float64(free)/(1<<30))
	if free < lowDisk {
		return ill(what, found, "清理磁盘，或移到更大的磁盘")
	}
	return well(what, "%s", found)
}
