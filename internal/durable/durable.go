// Package durable puts files and folders in their places whole or not at all: a reader, a
// full disk and a sudden end find the old one or the new one, and never half of one. When
// it returns, what it wrote is on the disk under its name.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// half begins the names of what is being written. A name like it is left by a process that
// was killed.
const half = ".gongkai-half-"

// WriteFile writes a file beside its place and renames it there.
func WriteFile(path string, write func(f *os.File) error) error {
	return writeFile(path, 0o644, write)
}

// WritePrivate is WriteFile for what only its owner is to read.
func WritePrivate(path string, write func(f *os.File) error) error {
	return writeFile(path, 0o600, write)
}

func writeFile(path string, mode fs.FileMode, write func(f *os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), half+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w; give a file in a folder that exists", path, err)
	}
	err = errors.Join(write(f), f.Chmod(mode), toDisk(f))
	if err == nil {
		err = Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

// Write is WriteFile for a writer that does not seek; to out where no name is given.
func Write(out io.Writer, path string, write func(io.Writer) error) error {
	if path == "" {
		return write(out)
	}
	return WriteFile(path, func(f *os.File) error { return write(f) })
}

// WriteFolder fills a new folder beside its place and renames it there. What stands there
// already is not written over: give a name that is free.
func WriteFolder(path string, fill func(dir string) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("write %s: %w; name a folder that does not exist, or a file that ends in .zip", path, fs.ErrExist), err)
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), half+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w; give a folder in one that exists", path, err)
	}
	err = errors.Join(fill(dir), os.Chmod(dir, 0o755))
	if err == nil {
		err = allToDisk(dir)
	}
	if err == nil {
		err = Rename(dir, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.RemoveAll(dir))
	}
	return nil
}

// Rename gives a file or folder whose content is on the disk its name, and returns when the
// name is there too.
func Rename(from, to string) error {
	fault.Point("durable.synced")
	if err := os.Rename(from, to); err != nil {
		return err
	}
	fault.Point("durable.renamed")
	if err := syncFolder(filepath.Dir(to)); err != nil {
		return fmt.Errorf("%s is written, but may not outlast a power cut: %w", to, err)
	}
	fault.Point("durable.kept")
	return nil
}

// TempFolder makes a folder for what is only needed while something is made. Its maker
// removes it, and Sweep where that was killed.
func TempFolder(dir string) (string, error) { return os.MkdirTemp(dir, half) }

// Sweep removes from a folder what processes that were killed have left half written: all
// that nobody has touched for a while.
func Sweep(dir string, untouched time.Duration) error {
	all, err := os.ReadDir(dir)
	for _, one := range all {
		if !strings.HasPrefix(one.Name(), half) {
			continue
		}
		info, gone := one.Info()
		if gone == nil && time.Since(info.ModTime()) >= untouched {
			gone = os.RemoveAll(filepath.Join(dir, one.Name()))
		}
		if gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// toDisk closes a file whose content is on the disk.
func toDisk(f *os.File) error {
	fault.Point("durable.written")
	return errors.Join(f.Sync(), f.Close())
}

// allToDisk has all files of a folder and their names on the disk.
func allToDisk(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return syncFolder(path)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return toDisk(f)
	})
}
