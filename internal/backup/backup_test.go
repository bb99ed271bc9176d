package backup

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/archive"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// A house is a database and an archive.
type house struct {
	db      *store.DB
	archive *archive.Store
	folder  string
}

func newHouse(t *testing.T, database string) house {
	t.Helper()
	db, err := store.Open(t.Context(), database)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	h := house{db: db, folder: t.TempDir()}
	h.archive, err = archive.Open(t.Context(), h.folder)
	must(t, err)
	return h
}

// fill gives a house an agency and two originals.
func (h house) fill(t *testing.T) house {
	t.Helper()
	ctx := t.Context()
	must(t, h.db.PutAgencies(ctx, []report.Agency{{ID: "990101001", Name: "示例街道办事处", Kind: standard.Street, Region: "990101001"}}))
	run, err := h.db.StartRun(ctx, "refresh", 0, false)
	must(t, err)
	for _, text := range []string{"<p>一</p>", strings.Repeat("二", 10_000)} {
		meta := report.Original{URL: "http://a/" + text[:3], FetchedAt: time.Unix(1, 0).UTC(), Status: 200}
		meta.Hash, err = h.archive.Put(ctx, []byte(text), meta)
		must(t, err)
		meta.Size = int64(len(text))
		must(t, h.db.PutOriginal(ctx, run, meta))
	}
	return h
}

func options() Options {
	return Options{Program: "test", Now: func() time.Time { return time.Unix(2, 0) }}
}

// write makes a backup of a house.
func (h house) write(t *testing.T) (string, Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := Write(t.Context(), &b, h.db, h.archive, options())
	must(t, err)
	path := filepath.Join(t.TempDir(), "backup.zip")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path, m
}

// contents is what a house has, in a form to compare.
func (h house) contents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	hashes, err := h.db.Originals(t.Context())
	must(t, err)
	for _, hash := range hashes {
		body, _, err := h.archive.Get(t.Context(), hash)
		must(t, err)
		o, err := h.db.Original(t.Context(), hash)
		must(t, err)
		all[o.URL] = string(body)
	}
	agencies, err := h.db.Agencies(t.Context(), "")
	must(t, err)
	for _, a := range agencies {
		all[string(a.ID)] = a.Name
	}
	return all
}

// TestRestore holds that a backup of either kind of database comes back to either, and
// is the same.
func TestRestore(t *testing.T) {
	kinds := map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "g.db") },
		"postgres": func(t *testing.T) string { return pgtest.Database(t) },
	}
	for from, source := range kinds {
		for to, target := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				was := newHouse(t, source(t)).fill(t)
				path, m := was.write(t)
				database, folder := target(t), t.TempDir()
				kept, err := archive.Open(t.Context(), folder)
				must(t, err)
				restored, err := Restore(t.Context(), path, database, kept)
				must(t, err)
				if diff := cmp.Diff(m, restored); diff != "" || m.Originals != 2 {
					t.Errorf("%d originals; manifest (-written +restored):\n%s", m.Originals, diff)
				}
				is := newHouse(t, database)
				is.archive = kept
				if diff := cmp.Diff(was.contents(t), is.contents(t)); diff != "" {
					t.Errorf("contents (-before +after):\n%s", diff)
				}
			})
		}
	}
}

// TestRestoreRefuses holds that what is damaged is found before anything is put in place,
// and that nothing is overwritten.
func TestRestoreRefuses(t *testing.T) {
	h := newHouse(t, filepath.Join(t.TempDir(), "g.db")).fill(t)
	path, _ := h.write(t)
	good, err := os.ReadFile(path)
	must(t, err)
	flipped := bytes.Clone(good)
	flipped[len(good)/2] ^= 1
	there := filepath.Join(t.TempDir(), "there.db")
	must(t, os.WriteFile(there, []byte("mine"), 0o600))
	for name, tc := range map[string]struct {
		body         []byte
		database     string
		says, leaves string
	}{
		"cut short": {good[:len(good)-40], filepath.Join(t.TempDir(), "a.db"), "cut short", ""},
		"a bit":     {flipped, filepath.Join(t.TempDir(), "b.db"), "nothing was changed", ""},
		"no backup": {[]byte("PK no"), filepath.Join(t.TempDir(), "c.db"), "no backup", ""},
		"overwrite": {good, there, "not overwritten", "mine"},
		"no folder": {good, filepath.Join(t.TempDir(), "x", "d.db"), "folder that exists", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "b.zip")
			must(t, os.WriteFile(path, tc.body, 0o600))
			kept, err := archive.Open(t.Context(), t.TempDir())
			must(t, err)
			if _, err = Restore(t.Context(), path, tc.database, kept); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v; want it to say %q", err, tc.says)
			}
			left, err := os.ReadFile(tc.database)
			if err != nil && !errors.Is(err, fs.ErrNotExist) || string(left) != tc.leaves {
				t.Errorf("left %q, err %v; want %q", left, err, tc.leaves)
			}
		})
	}
}

// TestLacking holds that a lost original is told, and that all else is in the backup.
func TestLacking(t *testing.T) {
	h := newHouse(t, filepath.Join(t.TempDir(), "g.db")).fill(t)
	hashes, err := h.db.Originals(t.Context())
	must(t, err)
	lost := string(hashes[0])
	must(t, os.Remove(filepath.Join(h.folder, lost[:2], lost+".original")))
	var b bytes.Buffer
	m, err := Write(t.Context(), &b, h.db, h.archive, options())
	if !errors.Is(err, ErrLacking) || m.Originals != 1 || !cmp.Equal(m.Lacking, []string{lost}) {
		t.Errorf("%d originals, lacking %v, err %v; want one, lacking %s", m.Originals, m.Lacking, err, lost)
	}
	path := filepath.Join(t.TempDir(), "b.zip")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	if _, err := Check(t.Context(), path); err != nil {
		t.Errorf("check: %v; want a backup that is good for all else", err)
	}
}

// TestWriteStops holds that a backup that was told to stop has no manifest.
func TestWriteStops(t *testing.T) {
	h := newHouse(t, filepath.Join(t.TempDir(), "g.db")).fill(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if _, err := Write(ctx, &b, h.db, h.archive, options()); !errors.Is(err, context.Canceled) || b.Len() > 0 {
		t.Errorf("%d bytes, err %v; want none, cancelled", b.Len(), err)
	}
}

// FuzzCheck holds that no file makes the check of a backup fall over.
func FuzzCheck(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, body []byte) {
		path := filepath.Join(t.TempDir(), "b.zip")
		must(t, os.WriteFile(path, body, 0o600))
		if _, err := Check(t.Context(), path); err == nil && !bytes.Contains(body, []byte(manifestName)) {
			t.Error("a file without a manifest is taken for a backup")
		}
	})
}
