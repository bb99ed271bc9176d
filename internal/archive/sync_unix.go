//go:build unix

package archive

import (
	"errors"
	"os"
)

// syncOne brings a file, or the names in a folder, to the disk.
func syncOne(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
