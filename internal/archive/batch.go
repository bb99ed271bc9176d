package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/fault"
	"gongkai/internal/report"
)

// A batch is what is brought to the disk at once. One original alone costs the disk
// a file and a folder; of many that come side by side none waits longer, and all
// together cost little more than one.
type batch struct {
	files []*file // guarded by Store.mu until it is done
	done  bool    // guarded by Store.leads
}

// A file is one original on its way from the folder incoming to its place.
type file struct {
	text, record []byte // the bytes, and what is known of them
	path         string // where they belong
	moving       string // where they are written
	err          error
	ready        chan struct{} // closed when it is kept, or err says why it is not
}

// forgotten is after how long what a process has left in the folder incoming is
// removed: no original takes so long.
const forgotten = time.Hour

// prepare makes the folders, so that no original has to make one. What a process
// before this one has left in its place may not be on the disk yet: it is, after this.
func (s *Store) prepare() error {
	folders := []string{filepath.Join(s.dir, incoming)}
	for i := range 256 {
		folders = append(folders, filepath.Join(s.dir, fmt.Sprintf("%02x", i)))
	}
	for _, folder := range folders {
		if err := os.Mkdir(folder, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return errors.Join(s.flush(append(folders, s.dir)), s.tidy())
}

// tidy removes what a process that was killed has left half written.
func (s *Store) tidy() error {
	left, err := os.ReadDir(filepath.Join(s.dir, incoming))
	for _, entry := range left {
		info, gone := entry.Info()
		if gone == nil && time.Since(info.ModTime()) > forgotten {
			gone = os.Remove(filepath.Join(s.dir, incoming, entry.Name()))
		}
		if gone != nil && !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// put writes an original and waits until it is on the disk. Of the same bytes that
// come side by side the first are written, and the others wait for them.
func (s *Store) put(hash report.SHA256, body []byte, meta report.Original) error {
	s.mu.Lock()
	if other := s.moving[hash]; other != nil {
		s.mu.Unlock()
		<-other.ready
		return other.err
	}
	f := &file{text: body, path: s.path(hash), ready: make(chan struct{})}
	if s.has(hash) {
		s.mu.Unlock()
		return nil
	}
	s.moving[hash] = f
	s.mu.Unlock()
	meta.Hash, meta.Size = hash, int64(len(body))
	if f.record, f.err = json.Marshal(meta); f.err == nil {
		s.join(f)
	}
	s.mu.Lock()
	delete(s.moving, hash)
	s.mu.Unlock()
	close(f.ready)
	return f.err
}

// has reports whether an original is kept.
func (s *Store) has(hash report.SHA256) bool {
	if _, err := os.Stat(s.path(hash)); err == nil {
		return true
	}
	_, err := os.Stat(s.pairPath(hash))
	return err == nil
}

// write writes an original to the folder incoming. It returns room for the next.
func (s *Store) write(f *file, room []byte) ([]byte, error) {
	// The number keeps processes and attempts apart.
	f.moving = filepath.Join(s.dir, incoming, fmt.Sprintf("%s.%d.%d", filepath.Base(f.path), os.Getpid(), s.names.Add(1)))
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

// join adds a file to the next batch and returns when that is done. The first of a
// batch that finds the disk free brings all of it there.
func (s *Store) join(f *file) {
	s.mu.Lock()
	b := s.next
	b.files = append(b.files, f)
	s.mu.Unlock()
	s.leads.Lock()
	defer s.leads.Unlock()
	if b.done {
		return
	}
	s.mu.Lock()
	s.next = new(batch)
	s.mu.Unlock()
	s.keep(b.files)
	b.done = true
}

// keep brings files to the disk and puts them in their places, whole or not at all:
// the bytes are on the disk before they have their names, and the names are before
// anybody is told. One at a time writes: many that make files in one folder side by side
// would wait for each other, and not idly.
func (s *Store) keep(files []*file) {
	var written, folders []string
	var room []byte
	for _, f := range files {
		if room, f.err = s.write(f, room); f.err == nil {
			written = append(written, f.moving)
		}
	}
	fault.Point("archive.unsynced")
	if err := s.flush(written); err != nil {
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
	if err := s.flush(folders); err != nil {
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
		group.Go(func() error {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			return errors.Join(f.Sync(), f.Close())
		})
	}
	return group.Wait()
}
