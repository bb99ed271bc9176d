package archive

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

func open(tb testing.TB) *Store {
	tb.Helper()
	s, err := Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func put(tb testing.TB, s *Store, body string, meta report.Original) report.SHA256 {
	tb.Helper()
	hash, err := s.Put(tb.Context(), []byte(body), meta)
	if err != nil {
		tb.Fatal(err)
	}
	return hash
}

var record = report.Original{
	URL: "https://example.test/b.html", RequestedURL: "https://example.test/a.html", ContentType: "text/html", Status: 200,
	FetchedAt:      time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC),
	ResponseHeader: map[string][]string{"Etag": {`"1"`}},
}

func TestPutGet(t *testing.T) {
	s := open(t)
	hash := put(t, s, "<p>示例</p>", record)
	later := record
	later.URL = "https://example.test/copy.html"
	if again := put(t, s, "<p>示例</p>", later); again != hash {
		t.Errorf("the same bytes again: %s; want %s", again, hash)
	}
	body, meta, err := s.Get(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	want := record
	want.Hash, want.Size = hash, 13
	if diff := cmp.Diff(want, meta); diff != "" || string(body) != "<p>示例</p>" {
		t.Errorf("body %q, record (-want +got):\n%s", body, diff)
	}
	info, err := os.Stat(s.path(hash))
	if err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("mode %v, err %v; want read only", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Join(s.dir, incoming))
	if err != nil || len(left) != 0 {
		t.Errorf("%d files left behind, err %v", len(left), err)
	}
}

func TestGetUnknown(t *testing.T) {
	s := open(t)
	for _, hash := range []report.SHA256{"", "ab", "../../etc/passwd", report.SHA256(strings.Repeat("a", 64)), report.SHA256(strings.Repeat("G", 64))} {
		if _, _, err := s.Get(t.Context(), hash); !errors.Is(err, report.ErrNotFound) {
			t.Errorf("get %q: %v; want not found", hash, err)
		}
	}
}

// TestVerify damages originals in the ways disks do.
func TestVerify(t *testing.T) {
	s := open(t)
	good := put(t, s, "good", record)
	for body, damage := range map[string]func(path string) error{
		"changed":        func(path string) error { return replace(path, "chanGed") },
		"cut":            func(path string) error { return replace(path, "") },
		"without record": func(path string) error { return os.Remove(recordPath(path)) },
		"wrong record":   func(path string) error { return replace(recordPath(path), `{"Hash":"`+string(good)+`"}`) },
		"broken record":  func(path string) error { return replace(recordPath(path), `{"Hash"`) },
	} {
		if err := damage(s.path(put(t, s, body, record))); err != nil {
			t.Fatal(err)
		}
	}
	n, damaged, err := s.Verify(t.Context())
	if err != nil || n != 6 || len(damaged) != 5 {
		t.Errorf("%d originals, damaged %v, err %v; want 6 and 5", n, damaged, err)
	}
	for _, d := range damaged {
		if strings.Contains(d.Error(), "original "+string(good)) {
			t.Errorf("the good one is called damaged: %v", d)
		}
	}
	if _, _, err := s.Get(t.Context(), good); err != nil {
		t.Errorf("get the good one: %v", err)
	}
}

// replace writes over a file that is read only.
func replace(path, text string) error {
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func TestWalk(t *testing.T) {
	s := open(t)
	want := make(map[report.SHA256]bool)
	for _, body := range []string{"a", "b", "c", "d"} {
		want[put(t, s, body, record)] = true
	}
	got := make(map[report.SHA256]bool)
	before := report.SHA256("")
	err := s.Walk(t.Context(), func(hash report.SHA256) error {
		if hash < before {
			t.Errorf("%s after %s", hash, before)
		}
		before, got[hash] = hash, true
		return nil
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("err %v, hashes (-want +got):\n%s", err, diff)
	}
	stop := errors.New("stop")
	if err := s.Walk(t.Context(), func(report.SHA256) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("walk stopped with %v; want its error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Walk(ctx, func(report.SHA256) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPutTogether puts the same bytes from several places at once.
func TestPutTogether(t *testing.T) {
	s := open(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.Put(t.Context(), []byte("same"), record); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, damaged, err := s.Verify(t.Context()); n != 1 || len(damaged) != 0 || err != nil {
		t.Errorf("%d originals, damaged %v, err %v; want 1", n, damaged, err)
	}
}

// TestPutAfterCrash holds that a record without its bytes, as a crash between the two
// leaves it, is no original and is completed by the next Put.
func TestPutAfterCrash(t *testing.T) {
	s := open(t)
	hash := put(t, s, "x", record)
	if err := os.Remove(s.path(hash)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), hash); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("get: %v; want not found", err)
	}
	put(t, s, "x", record)
	if _, _, err := s.Get(t.Context(), hash); err != nil {
		t.Errorf("get after putting again: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                       "name one with --archive",
		filepath.Join(dir, "no"): "mkdir -p",
		file:                     "is a file",
	} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %q: %v; want %q", path, err, want)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	s := open(b)
	body := []byte(strings.Repeat("<td>0</td>", 4000))
	b.SetBytes(int64(len(body)))
	for i := 0; b.Loop(); i++ {
		copy(body, []byte{byte(i), byte(i >> 8), byte(i >> 16)})
		if _, err := s.Put(b.Context(), body, record); err != nil {
			b.Fatal(err)
		}
	}
}
