package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gongkai/internal/report"
)

// A folder is the place of originals on a disk: ab/ab12…ef.original is the file of one.
// Archives of earlier versions have two files for each, which are read as well:
// ab/ab12…ef with the bytes alone, and ab/ab12…ef.json with the record.
type folder struct {
	dir   string
	names atomic.Int64 // of files that are being written
	flush func(paths []string) error

	mu    sync.Mutex
	next  *batch     // takes what is written now
	leads sync.Mutex // held while a batch is brought to the disk
}

// incoming is the folder for what is being written.
const incoming = "incoming"

// forgotten is after how long what a process has left in the folder incoming is
// removed: no original takes so long.
const forgotten = time.Hour

// openFolder opens the archive in a folder, which must exist.
func openFolder(dir string) (*folder, error) {
	if dir == "" {
		return nil, errors.New("archive: no folder given; name one with --archive")
	}
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("archive %s: the folder does not exist; create it (mkdir -p %s) or give another with --archive", dir, dir)
	case err != nil:
		return nil, fmt.Errorf("archive: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("archive %s: is a file; give a folder with --archive", dir)
	}
	d := &folder{dir: dir, next: new(batch)}
	d.flush = d.toDisk
	if err := d.prepare(); err != nil {
		return nil, fmt.Errorf("archive %s: cannot be written; check the permissions of the folder: %w", dir, err)
	}
	return d, nil
}

func (d *folder) String() string { return d.dir }

// prepare makes the folders, so that no original has to make one. What a process
// before this one has left in its place may not be on the disk yet: it is, after this.
func (d *folder) prepare() error {
	folders := []string{filepath.Join(d.dir, incoming)}
	for i := range 256 {
		folders = append(folders, filepath.Join(d.dir, fmt.Sprintf("%02x", i)))
	}
	for _, folder := range folders {
		if err := os.Mkdir(folder, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return errors.Join(d.flush(append(folders, d.dir)), d.tidy())
}

// tidy removes what a process that was killed has left half written.
func (d *folder) tidy() error {
	left, err := os.ReadDir(filepath.Join(d.dir, incoming))
	for _, entry := range left {
		info, gone := entry.Info()
		if gone == nil && time.Since(info.ModTime()) > forgotten {
			gone = os.Remove(filepath.Join(d.dir, incoming, entry.Name()))
		}
		if gone != nil && !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// has implements place.
func (d *folder) has(_ context.Context, hash report.SHA256) (bool, error) {
	if _, err := os.Stat(d.path(hash)); err == nil {
		return true, nil
	}
	_, err := os.Stat(d.pairPath(hash))
	return err == nil, nil
}

// keep implements place: with others that come meanwhile.
func (d *folder) keep(_ context.Context, all []original) []error {
	files := make([]*file, len(all))
	for i, o := range all {
		files[i] = &file{text: o.body, record: o.record, path: d.path(o.hash)}
	}
	d.join(files)
	errs := make([]error, len(all))
	for i, f := range files {
		errs[i] = f.err
	}
	return errs
}

// read implements place, from whichever files hold an original.
func (d *folder) read(_ context.Context, hash report.SHA256) (record, body []byte, err error) {
	text, err := os.ReadFile(d.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return d.readPair(hash)
	}
	if err != nil {
		return nil, nil, err
	}
	return taken(text)
}

// readPair reads an original of an earlier version. Bytes without their record are
// damaged.
func (d *folder) readPair(hash report.SHA256) (record, body []byte, err error) {
	path := d.pairPath(hash)
	body, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, report.ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	record, err = os.ReadFile(path + ".json")
	if err != nil {
		return nil, nil, fmt.Errorf("%w: its record cannot be read: %v; restore it from a backup", ErrDamaged, err)
	}
	return record, body, nil
}

// walk implements place.
func (d *folder) walk(ctx context.Context, each func(report.SHA256) error) error {
	folders, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, sub := range folders {
		if !sub.IsDir() || len(sub.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(d.dir, sub.Name()))
		if err != nil {
			return err
		}
		var before report.SHA256 // the files of an original follow one another
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if hash := report.SHA256(strings.TrimSuffix(file.Name(), suffix)); valid(hash) && hash != before {
				before = hash
				if err := each(hash); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// path returns the file of a hash.
func (d *folder) path(hash report.SHA256) string { return d.pairPath(hash) + suffix }

// pairPath returns the file of the bytes alone, as earlier versions wrote them.
func (d *folder) pairPath(hash report.SHA256) string {
	return filepath.Join(d.dir, string(hash[:2]), string(hash))
}
