package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/fault"
)

// A batch is what is brought to the disk at once. One original alone costs the disk
// a file and a folder; of many that come side by side none waits longer, and all
// together cost little more than one.
type batch struct {
	files []*file // guarded by folder.mu until it is done
	done  bool    // guarded by folder.leads
}

// A file is one original on its way from the folder incoming to its place.
type file struct {
	text, record []byte // the bytes, and what is known of them
	path         string // where they belong
	moving       string // where they are written
	err          error
}

// write writes an original to the folder incoming. It returns room for the next.
func (d *folder) write(f *file, room []byte) ([]byte, error) {
	// The number keeps processes and attempts apart.
	f.moving = filepath.Join(d.dir, incoming, fmt.Sprintf("%s.%d.%d", filepath.Base(f.path), os.Getpid(), d.names.Add(1)))
	room = appendOriginal(room[:0], f.record, f.text)
	if err := writeNew(f.moving, room); err != nil {
		return room, errors.Join(err, f.discard())
	}
	fault.Point("archive.written")
	return room, nil
}

// writeNew writes a file that nobody may change.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// discard removes what is still in the folder incoming.
func (f *file) discard() error {
	if err := os.Remove(f.moving); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// join adds files to the next batch and returns when that is done. The first of a
// batch that finds the disk free brings all of it there.
func (d *folder) join(files []*file) {
	d.mu.Lock()
	b := d.next
	b.files = append(b.files, files...)
	d.mu.Unlock()
	d.leads.Lock()
	defer d.leads.Unlock()
	if b.done {
		return
	}
	d.mu.Lock()
	d.next = new(batch)
	d.mu.Unlock()
	d.bring(b.files)
	b.done = true
}

// bring brings files to the disk and puts them in their places, whole or not at all:
// the bytes are on the disk before they have their names, and the names are before
// anybody is told. One at a time writes: many that make files in one folder side by side
// would wait for each other, and not idly.
func (d *folder) bring(files []*file) {
	var written, folders []string
	var room []byte
	for _, f := range files {
		if room, f.err = d.write(f, room); f.err == nil {
			written = append(written, f.moving)
		}
	}
	fault.Point("archive.unsynced")
	if err := d.flush(written); err != nil {
		failAll(files, err)
		return
	}
	fault.Point("archive.synced")
	seen := make(map[string]bool)
	for _, f := range files {
		if f.err != nil {
			continue
		}
		if f.err = os.Rename(f.moving, f.path); f.err != nil {
			f.err = errors.Join(f.err, f.discard())
		} else if folder := filepath.Dir(f.path); !seen[folder] {
			seen[folder] = true
			folders = append(folders, folder)
		}
	}
	fault.Point("archive.renamed")
	if err := d.flush(folders); err != nil {
		// Names that may not last would be taken for originals that do.
		for _, f := range files {
			f.err = errors.Join(f.err, os.Remove(f.path))
		}
		failAll(files, err)
	}
	fault.Point("archive.kept")
}

// failAll tells all files of an error.
func failAll(files []*file, err error) {
	for _, f := range files {
		f.err = errors.Join(f.err, err, f.discard())
	}
}

// syncEach brings files and folders to the disk one by one, some side by side.
func syncEach(paths []string) error {
	var group errgroup.Group
	group.SetLimit(8)
	for _, path := range paths {
		group.Go(func() error { return syncOne(path) })
	}
	return group.Wait()
}
