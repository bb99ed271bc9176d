//go:build !unix

package archive

import (
	"errors"
	"os"
)

// syncOne brings a file to the disk, for which the system wants it open for writing: an
// original, which nobody may write, is made writable for as long. A folder cannot be
// synced there: the system keeps names by itself.
func syncOne(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return err
	}
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return errors.Join(err, os.Chmod(path, info.Mode()))
	}
	return errors.Join(f.Sync(), f.Close(), os.Chmod(path, info.Mode()))
}
