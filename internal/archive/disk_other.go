//go:build !linux

package archive

// toDisk returns when files and folders of the archive are on the disk.
func (d *folder) toDisk(paths []string) error { return syncEach(paths) }
