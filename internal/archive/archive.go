// Package archive keeps originals under their SHA-256.
//
// In: bytes, with who served them, where and when. Out: the same bytes, checked
// against their hash on the way out. An original is written once and never changed;
// the same bytes are kept once, with the record of the first time they were had. They lie
// in a folder or in a bucket of an S3-compatible store, in files of one form, so that one
// may be copied into the other. The package does not know what the bytes mean.
package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"gongkai/internal/report"
)

// A Store is an archive. The file of an original holds its bytes behind the record of
// where they came from (original.go).
type Store struct {
	place place

	mu     sync.Mutex
	moving map[report.SHA256]*moving // what is being kept
}

// A place holds the files of originals.
type place interface {
	// has reports whether an original is kept.
	has(ctx context.Context, hash report.SHA256) (bool, error)

	// keep puts originals in their places, each whole or not at all, and returns the error
	// of each. Once it has returned, a loss of power loses nothing.
	keep(ctx context.Context, all []original) []error

	// read returns the record and the bytes of an original, report.ErrNotFound where it
	// is not kept, and ErrDamaged where its file is not whole.
	read(ctx context.Context, hash report.SHA256) (record, body []byte, err error)

	// walk calls f with the hash of every original, in the order of the hashes.
	walk(ctx context.Context, f func(report.SHA256) error) error

	String() string
}

// An original is what is kept of some bytes.
type original struct {
	hash         report.SHA256
	record, body []byte
}

// moving is an original on its way.
type moving struct {
	done chan struct{} // closed when it is kept, or err says why it is not
	err  error
}

// Open opens the archive in a folder, which must exist, or in a bucket: s3://….
func Open(ctx context.Context, at string) (*Store, error) {
	var p place
	var err error
	if InBucket(at) {
		p, err = openBucket(ctx, at)
	} else {
		p, err = openFolder(at)
	}
	if err != nil {
		return nil, err
	}
	return &Store{place: p, moving: make(map[report.SHA256]*moving)}, nil
}

// Put keeps bytes with their record and returns their hash. Of bytes that are kept
// already nothing is written. Once Put has returned, a loss of power loses nothing.
func (s *Store) Put(ctx context.Context, body []byte, meta report.Original) (report.SHA256, error) {
	one := New{Hash: HashOf(body), Body: body, Meta: meta}
	if err := s.PutAll(ctx, []New{one})[0]; err != nil {
		return "", err
	}
	return one.Hash, nil
}

// A New is bytes to be kept, with their hash and where they came from.
type New struct {
	Hash report.SHA256
	Body []byte
	Meta report.Original
}

// PutAll is Put of several originals, which together cost little more than one. It returns
// the error of each. Of the same bytes that come side by side the first are written, and
// the others wait for them.
func (s *Store) PutAll(ctx context.Context, all []New) []error {
	moves := make([]*moving, len(all))
	var mine []New // which nobody else is moving
	s.mu.Lock()
	for i, n := range all {
		if moves[i] = s.moving[n.Hash]; moves[i] == nil {
			moves[i] = &moving{done: make(chan struct{})}
			s.moving[n.Hash] = moves[i]
			mine = append(mine, n)
		}
	}
	s.mu.Unlock()
	kept := s.putNew(ctx, mine)
	s.mu.Lock()
	for i, n := range mine {
		m := s.moving[n.Hash]
		m.err = kept[i]
		delete(s.moving, n.Hash)
		close(m.done)
	}
	s.mu.Unlock()
	errs := make([]error, len(all))
	for i, m := range moves {
		if <-m.done; m.err != nil {
			errs[i] = fmt.Errorf("archive %s: %w", all[i].Hash, m.err)
		}
	}
	return errs
}

// putNew keeps those of some originals that are not kept yet, and returns the error of
// each.
func (s *Store) putNew(ctx context.Context, all []New) []error {
	errs := make([]error, len(all))
	var missing []original
	var at []int // where they stand in all
	for i, n := range all {
		if errs[i] = ctx.Err(); errs[i] != nil {
			continue
		}
		has, err := s.place.has(ctx, n.Hash)
		if errs[i] = err; err != nil || has {
			continue
		}
		meta := n.Meta
		meta.Hash, meta.Size = n.Hash, int64(len(n.Body))
		record, err := json.Marshal(meta)
		if errs[i] = err; err == nil {
			missing, at = append(missing, original{n.Hash, record, n.Body}), append(at, i)
		}
	}
	if len(missing) > 0 {
		for i, err := range s.place.keep(ctx, missing) {
			errs[at[i]] = err
		}
	}
	return errs
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
	record, body, err := s.place.read(ctx, hash)
	if err != nil {
		return nil, report.Original{}, fmt.Errorf("original %s: %w", hash, err)
	}
	meta, err := checked(hash, record, body)
	if err != nil {
		return nil, report.Original{}, fmt.Errorf("original %s: %w", hash, err)
	}
	return body, meta, nil
}

// checked holds bytes and their record against the hash, strictly: they are evidence.
func checked(hash report.SHA256, record, body []byte) (meta report.Original, err error) {
	if got := HashOf(body); got != hash {
		return meta, fmt.Errorf("%w: its bytes have the hash %s; restore it from a backup", ErrDamaged, got)
	}
	d := json.NewDecoder(bytes.NewReader(record))
	d.DisallowUnknownFields()
	if err := d.Decode(&meta); err != nil {
		return meta, fmt.Errorf("%w: its record: %w; restore it from a backup", ErrDamaged, err)
	}
	if meta.Hash != hash {
		return meta, fmt.Errorf("%w: its record is of %s; restore it from a backup", ErrDamaged, meta.Hash)
	}
	return meta, nil
}

// ErrDamaged is the error of an original whose bytes are not those that were kept.
var ErrDamaged = errors.New("damaged")

// Walk calls f with the hash of every original, in the order of the hashes.
func (s *Store) Walk(ctx context.Context, f func(report.SHA256) error) error {
	if err := s.place.walk(ctx, f); err != nil {
		return fmt.Errorf("archive %s: %w", s.place, err)
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

// HashOf returns the name that bytes have in the archive.
func HashOf(body []byte) report.SHA256 {
	sum := sha256.Sum256(body)
	return report.SHA256(hex.EncodeToString(sum[:]))
}

// valid reports whether a text is a hash. No other text becomes a path.
func valid(hash report.SHA256) bool {
	return len(hash) == 2*sha256.Size && strings.Trim(string(hash), "0123456789abcdef") == ""
}
