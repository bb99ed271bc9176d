// Package archive keeps originals under their SHA-256.
//
// In: bytes, with who served them, where and when. Out: the same bytes, checked
// against their hash on the way out. An original is written once and never changed;
// the same bytes are kept once, with the record of the first time they were had. The
// package does not know what the bytes mean.
package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"gongkai/internal/report"
)

// A Store is an archive in a folder: ab/ab12…ef.original holds the bytes of a hash
// behind the record of where they came from (original.go). Archives of earlier versions
// have two files for each, which are read as well: ab/ab12…ef with the bytes alone, and
// ab/ab12…ef.json with the record.
type Store struct {
	dir   string
	names atomic.Int64 // of files that are being written
	flush func(paths []string) error

	mu     sync.Mutex
	moving map[report.SHA256]*file // what is not yet known to be on the disk
	next   *batch                  // takes what is written now
	leads  sync.Mutex              // held while a batch is brought to the disk
}

// incoming is the folder for what is being written.
const incoming = "incoming"

// Open opens the archive in a folder, which must exist.
func Open(dir string) (*Store, error) {
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
	s := &Store{dir: dir, moving: make(map[report.SHA256]*file), next: new(batch)}
	s.flush = s.toDisk
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("archive %s: cannot be written; check the permissions of the folder: %w", dir, err)
	}
	return s, nil
}

// Put keeps bytes with their record and returns their hash. Of bytes that are kept
// already nothing is written. Once Put has returned, a loss of power loses nothing.
func (s *Store) Put(ctx context.Context, body []byte, meta report.Original) (report.SHA256, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	hash := hashOf(body)
	if err := s.put(hash, body, meta); err != nil {
		return "", fmt.Errorf("archive %s: %w", hash, err)
	}
	return hash, nil
}

// Get returns the bytes of a hash with their record. It is report.ErrNotFound for a
// hash that is not kept, and ErrDamaged for bytes that no longer have it.
func (s *Store) Get(ctx context.Context, hash report.SHA256) ([]byte, report.Original, error) {
	if err := ctx.Err(); err != nil {
		return nil, report.Original{}, err
	}
	if !valid(hash) {
		return nil, report.Original{}, fmt.Errorf("original %q: %w", hash, report.ErrNotFound)
	}
	body, meta, err := s.read(hash)
	if errors.Is(err, fs.ErrNotExist) {
		err = report.ErrNotFound
	}
	if err != nil {
		return nil, report.Original{}, fmt.Errorf("original %s: %w", hash, err)
	}
	return body, meta, nil
}

// read reads an original from whichever files hold it.
func (s *Store) read(hash report.SHA256) ([]byte, report.Original, error) {
	text, err := os.ReadFile(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return s.readPair(hash)
	}
	if err != nil {
		return nil, report.Original{}, err
	}
	record, body, err := splitOriginal(text)
	if err != nil {
		return nil, report.Original{}, fmt.Errorf("%w: %w; restore it from a backup", ErrDamaged, err)
	}
	return checked(hash, record, body)
}

// readPair reads an original of an earlier version. That the bytes are not there is
// fs.ErrNotExist; bytes without their record are damaged.
func (s *Store) readPair(hash report.SHA256) ([]byte, report.Original, error) {
	path := s.pairPath(hash)
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, report.Original{}, err
	}
	record, err := os.ReadFile(path + ".json")
	if err != nil {
		return nil, report.Original{}, fmt.Errorf("%w: its record cannot be read: %v; restore it from a backup", ErrDamaged, err)
	}
	return checked(hash, record, body)
}

// checked holds bytes and their record against the hash, strictly: they are evidence.
func checked(hash report.SHA256, record, body []byte) ([]byte, report.Original, error) {
	if got := hashOf(body); got != hash {
		return nil, report.Original{}, fmt.Errorf("%w: its bytes have the hash %s; restore it from a backup", ErrDamaged, got)
	}
	var meta report.Original
	d := json.NewDecoder(bytes.NewReader(record))
	d.DisallowUnknownFields()
	if err := d.Decode(&meta); err != nil {
		return nil, report.Original{}, fmt.Errorf("%w: its record: %w; restore it from a backup", ErrDamaged, err)
	}
	if meta.Hash != hash {
		return nil, report.Original{}, fmt.Errorf("%w: its record is of %s; restore it from a backup", ErrDamaged, meta.Hash)
	}
	return body, meta, nil
}

// ErrDamaged is the error of an original whose bytes are not those that were kept.
var ErrDamaged = errors.New("damaged")

// Walk calls f with the hash of every original, in the order of the hashes.
func (s *Store) Walk(ctx context.Context, f func(report.SHA256) error) error {
	folders, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("archive %s: %w", s.dir, err)
	}
	for _, folder := range folders {
		if !folder.IsDir() || len(folder.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(s.dir, folder.Name()))
		if err != nil {
			return fmt.Errorf("archive %s: %w", s.dir, err)
		}
		var before report.SHA256 // the files of an original follow one another
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if hash := report.SHA256(strings.TrimSuffix(file.Name(), suffix)); valid(hash) && hash != before {
				before = hash
				if err := f(hash); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Verify reads every original and returns what is wrong with each that is damaged,
// and how many there are.
func (s *Store) Verify(ctx context.Context) (originals int, damaged []error, err error) {
	err = s.Walk(ctx, func(hash report.SHA256) error {
		originals++
		_, _, err := s.Get(ctx, hash)
		if errors.Is(err, ErrDamaged) {
			damaged = append(damaged, err)
			return nil
		}
		return err
	})
	return originals, damaged, err
}

// suffix ends the names of originals.
const suffix = ".original"

// path returns the file of a hash.
func (s *Store) path(hash report.SHA256) string { return s.pairPath(hash) + suffix }

// pairPath returns the file of the bytes alone, as earlier versions wrote them.
func (s *Store) pairPath(hash report.SHA256) string {
	return filepath.Join(s.dir, string(hash[:2]), string(hash))
}

// hashOf returns the name that bytes have in the archive.
func hashOf(body []byte) report.SHA256 {
	sum := sha256.Sum256(body)
	return report.SHA256(hex.EncodeToString(sum[:]))
}

// valid reports whether a text is a hash. No other text becomes a path.
func valid(hash report.SHA256) bool {
	return len(hash) == 2*sha256.Size && strings.Trim(string(hash), "0123456789abcdef") == ""
}
