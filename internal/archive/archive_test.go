package archive

import (
	"bytes"
	"context"
	"encoding/json"
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
	return openAt(tb, tb.TempDir())
}

func openAt(tb testing.TB, at string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), at)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// dir is the folder of an archive.
func dir(s *Store) *folder { return s.place.(*folder) }

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

func TestPutGet(t *testing.T) { places(t, testPutGet) }

func testPutGet(t *testing.T, s *Store) {
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
}

// TestPutFile: the file of an original can be read only, and nothing else is left.
func TestPutFile(t *testing.T) {
	s := open(t)
	hash := put(t, s, "body", record)
	info, err := os.Stat(dir(s).path(hash))
	if err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("mode %v, err %v; want read only", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Join(dir(s).dir, incoming))
	if err != nil || len(left) != 0 {
		t.Errorf("%d files left behind, err %v", len(left), err)
	}
}

func TestGetUnknown(t *testing.T) { places(t, testGetUnknown) }

func testGetUnknown(t *testing.T, s *Store) {
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
	for body, damage := range map[string]func(text string) string{
		"changed":      func(text string) string { return strings.Replace(text, "\nchanged", "\nchanGed", 1) },
		"empty":        func(string) string { return "" },
		"cut":          func(text string) string { return text[:len(text)-1] },
		"added to":     func(text string) string { return text + " " },
		"without head": func(text string) string { return text[strings.IndexByte(text, '\n')+1:] },
		"other head":   func(text string) string { return strings.Replace(text, "original 1 ", "original 1 0", 1) },
		"wrong record": func(text string) string {
			return strings.Replace(text, string(HashOf([]byte("wrong record"))), string(good), 1)
		},
		"broken record": func(text string) string { return strings.Replace(text, `{"`, `{{`, 1) },
	} {
		path := dir(s).path(put(t, s, body, record))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if damage(string(text)) == string(text) {
			t.Errorf("%s: nothing is damaged", body)
		}
		if err := replace(path, damage(string(text))); err != nil {
			t.Fatal(err)
		}
	}
	n, damaged, err := s.Verify(t.Context())
	if err != nil || n != 9 || len(damaged) != 8 {
		t.Errorf("%d originals, damaged %v, err %v; want 9 and 8", n, damaged, err)
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

// putPair keeps an original as earlier versions did.
func putPair(t *testing.T, s *Store, body string) report.SHA256 {
	t.Helper()
	hash := put(t, s, body, record)
	_, meta, err := s.Get(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(meta, "", "\t")
	if err := errors.Join(err, os.Remove(dir(s).path(hash)), os.WriteFile(dir(s).pairPath(hash), []byte(body), 0o444),
		os.WriteFile(dir(s).pairPath(hash)+".json", text, 0o444)); err != nil {
		t.Fatal(err)
	}
	return hash
}

// TestPairs holds that originals of earlier versions, which have two files each, are
// read, walked and verified among the others, and not written again.
func TestPairs(t *testing.T) {
	s := open(t)
	put(t, s, "new", record)
	old := putPair(t, s, "old")
	if again := put(t, s, "old", record); again != old {
		t.Errorf("put again as %s; want %s", again, old)
	}
	if _, err := os.Stat(dir(s).path(old)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v; want no second file of it", err)
	}
	if body, meta, err := s.Get(t.Context(), old); err != nil || string(body) != "old" || meta.URL != record.URL {
		t.Errorf("%q, %+v, err %v", body, meta, err)
	}
	for body, damage := range map[string]func(path string) error{
		"changed":        func(path string) error { return replace(path, "chanGed") },
		"without record": func(path string) error { return os.Remove(path + ".json") },
		"wrong record":   func(path string) error { return replace(path+".json", `{"Hash":"`+string(old)+`"}`) },
		"broken record":  func(path string) error { return replace(path+".json", `{"Hash"`) },
	} {
		if err := damage(dir(s).pairPath(putPair(t, s, body))); err != nil {
			t.Fatal(err)
		}
	}
	if n, damaged, err := s.Verify(t.Context()); err != nil || n != 6 || len(damaged) != 4 {
		t.Errorf("%d originals, damaged %v, err %v; want 6 and 4", n, damaged, err)
	}
	// Both layouts of the same bytes are one original.
	text, err := os.ReadFile(dir(s).path(HashOf([]byte("new"))))
	if err == nil {
		err = os.WriteFile(dir(s).pairPath(HashOf([]byte("new"))), text, 0o444)
	}
	if n, _, verified := s.Verify(t.Context()); err != nil || verified != nil || n != 6 {
		t.Errorf("%d originals, err %v, %v; want 6", n, err, verified)
	}
}

// FuzzSplitOriginal holds that a file is taken apart as it was made, and no other way.
func FuzzSplitOriginal(f *testing.F) {
	f.Add([]byte("gongkai original 1 2 3\n{}\nabc"))
	f.Add([]byte("gongkai original 1 -1 3\n\nabc"))
	f.Add([]byte("gongkai original 1 99999999999999999999 0\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		record, body, err := splitOriginal(text)
		if err == nil && !bytes.Equal(appendOriginal(nil, record, body), text) {
			t.Errorf("%q became %q and %q", text, record, body)
		}
	})
}

// replace writes over a file that is read only.
func replace(path, text string) error {
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func TestWalk(t *testing.T) { places(t, testWalk) }

func testWalk(t *testing.T, s *Store) {
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
func TestPutTogether(t *testing.T) { places(t, testPutTogether) }

func testPutTogether(t *testing.T, s *Store) {
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

// TestPutAfterCrash holds that what was lost can be put again.
func TestPutAfterCrash(t *testing.T) {
	s := open(t)
	hash := put(t, s, "x", record)
	if err := os.Remove(dir(s).path(hash)); err != nil {
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
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
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
