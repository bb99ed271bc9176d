package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/report"
)

// watched counts what is brought to the disk, and holds each time that nothing has its
// name before its bytes are there.
func watched(t *testing.T, s *Store) (rounds func() int) {
	var mu sync.Mutex
	n, real := 0, dir(s).flush
	dir(s).flush = func(paths []string) error {
		mu.Lock()
		n++
		mu.Unlock()
		for _, path := range paths {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("brought to the disk before it is there: %v", err)
			}
			// A place may be taken only by what was brought to the disk before.
			place, _, _ := strings.Cut(filepath.Base(path), ".")
			if hash := report.SHA256(place); valid(hash) {
				if _, err := os.Stat(dir(s).path(hash)); err == nil {
					t.Errorf("%s has its name before its bytes are on the disk", hash)
				}
			}
		}
		time.Sleep(2 * time.Millisecond) // as a disk does
		return real(paths)
	}
	return func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// TestPutBatches holds that originals which come side by side are brought to the disk
// together, each once.
func TestPutBatches(t *testing.T) {
	s := open(t)
	rounds := watched(t, s)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() { // each twice
			hash, err := s.Put(t.Context(), fmt.Append(nil, "body ", i/2), record)
			if err != nil {
				t.Error(err)
			} else if _, _, err := s.Get(t.Context(), hash); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, damaged, err := s.Verify(t.Context()); n != 100 || len(damaged) != 0 || err != nil {
		t.Errorf("%d originals, damaged %v, err %v; want 100", n, damaged, err)
	}
	if n := rounds(); n > 100 {
		t.Errorf("%d rounds of the disk for 100 originals side by side; want them together", n)
	}
}

// TestPutAll holds that originals which are put together are brought to the disk in one
// round for the bytes and one for the names, and those that are there already in none.
func TestPutAll(t *testing.T) {
	s := open(t)
	put(t, s, "there", record)
	rounds := watched(t, s)
	var all []New
	for _, body := range []string{"a", "b", "there", "a", "c"} {
		all = append(all, New{HashOf([]byte(body)), []byte(body), record})
	}
	for i, err := range s.PutAll(t.Context(), all) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := rounds(); n != 2 {
		t.Errorf("%d rounds of the disk; want 2", n)
	}
	for _, n := range all {
		if body, _, err := s.Get(t.Context(), n.Hash); err != nil || string(body) != string(n.Body) {
			t.Errorf("%s: %q, err %v", n.Body, body, err)
		}
	}
}

// TestPutDiskFails holds that nobody is told of an original which is not on the disk,
// and that nothing of it stands in its place.
func TestPutDiskFails(t *testing.T) {
	s := open(t)
	full := errors.New("no space left on device")
	dir(s).flush = func([]string) error { return full }
	hash, err := s.Put(t.Context(), []byte("body"), record)
	if !errors.Is(err, full) || hash != "" {
		t.Errorf("put: %q, %v; want %v", hash, err, full)
	}
	if _, err := os.Stat(dir(s).path(HashOf([]byte("body")))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in its place: %v; want nothing", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir(s).dir, incoming)); err != nil || len(left) != 0 {
		t.Errorf("left behind %v, err %v", left, err)
	}
	dir(s).flush = dir(s).toDisk
	put(t, s, "body", record) // and may be put again
}

// TestTidy holds that what a killed process has left half written goes, and that what
// another is writing stays.
func TestTidy(t *testing.T) {
	s := open(t)
	old, fresh := filepath.Join(dir(s).dir, incoming, "old"), filepath.Join(dir(s).dir, incoming, "fresh")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, nil, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*forgotten)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir(s).dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old file: %v; want it gone", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the fresh file: %v; want it there", err)
	}
}
