package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/archive"
	"gongkai/internal/bundle"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// newPlace opens an empty database and archive.
func newPlace(tb testing.TB) *ingest.Refresher {
	tb.Helper()
	db, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "gongkai.db"))
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	originals, err := archive.Open(tb.Context(), tb.TempDir())
	must(tb, err)
	return &ingest.Refresher{Store: db, Archive: originals, Crawl: crawl.Options{Backoff: 10 * time.Millisecond}, Log: slog.New(slog.DiscardHandler)}
}

// newOutside is a place that knows the demonstration portal.
func newOutside(tb testing.TB) *ingest.Refresher {
	tb.Helper()
	portal, err := demo.Start(tb.Context(), "", demo.Options{Seed: 1})
	must(tb, err)
	tb.Cleanup(func() { must(tb, portal.Close()) })
	r := newPlace(tb)
	must(tb, r.Store.PutAgencies(tb.Context(), demo.Agencies()))
	for _, region := range demo.Regions() {
		must(tb, r.Store.SetRegionName(tb.Context(), region.Code, region.Name))
	}
	for _, f := range portal.Portals() {
		p, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		must(tb, err)
		r.Portals = append(r.Portals, p)
	}
	return r
}

func refresh(tb testing.TB, r *ingest.Refresher) {
	tb.Helper()
	_, err := r.Refresh(tb.Context(), ingest.Options{})
	must(tb, err)
}

// write writes a bundle and returns its file.
func write(tb testing.TB, r *ingest.Refresher, key ed25519.PrivateKey, since time.Time) string {
	tb.Helper()
	var b bytes.Buffer
	_, err := bundle.Write(tb.Context(), &b, r.Store, r.Archive, bundle.Options{Since: since, Program: "test", Key: key, Now: time.Now})
	must(tb, err)
	file := filepath.Join(tb.TempDir(), "out.zip")
	must(tb, os.WriteFile(file, b.Bytes(), 0o600))
	return file
}

// carry imports a bundle.
func carry(tb testing.TB, to *ingest.Refresher, file string, trust bundle.Trust) (bundle.Result, error) {
	tb.Helper()
	b, err := bundle.Open(tb.Context(), file, trust)
	if err != nil {
		return bundle.Result{}, err
	}
	defer b.Close()
	return b.Import(tb.Context(), to, nil)
}

// A known is what a place knows, without the numbers that each place counts for itself.
type known struct {
	Reports  []store.Version
	Coverage []store.CoverageRow
	Looks    []store.Look
	Open     []string
	Hashes   []report.SHA256
	Changes  []string
}

func all(tb testing.TB, r *ingest.Refresher) (k known) {
	tb.Helper()
	ctx := tb.Context()
	agencies, err := r.Store.Agencies(ctx, "")
	must(tb, err)
	for _, a := range agencies {
		for year := 2008; year < 2030; year++ {
			rep, err := r.Store.Report(ctx, a.ID, year, 0)
			if errors.Is(err, report.ErrNotFound) {
				continue
			}
			must(tb, err)
			for _, head := range rep.Versions {
				v, err := r.Store.Version(ctx, head.ID)
				must(tb, err)
				v.ID, v.FromRun, v.UntilRun = 0, 0, 0
				k.Reports = append(k.Reports, v)
			}
		}
	}
	k.Coverage, err = r.Store.Coverage(ctx, "", 0)
	must(tb, err)
	k.Looks, err = r.Store.Looks(ctx, "")
	must(tb, err)
	for i := range k.Looks {
		k.Looks[i].Run = 0
	}
	failures, err := r.Store.OpenFailures(ctx)
	must(tb, err)
	for _, f := range failures {
		k.Open = append(k.Open, f.URL+" "+f.Reason)
	}
	k.Hashes, err = r.Store.Originals(ctx)
	must(tb, err)
	changes, err := r.Store.Changes(ctx, "", 100000)
	must(tb, err)
	for _, c := range changes {
		k.Changes = append(k.Changes, string(c.Kind)+" "+string(c.Agency)+" "+c.Text)
	}
	slices.Sort(k.Changes)
	return k
}

// TestBundle carries two refreshes of the demonstration portal inside: a whole bundle and
// one that goes on from it.
func TestBundle(t *testing.T) {
	outside, inside := newOutside(t), newPlace(t)
	public, key, err := ed25519.GenerateKey(nil)
	must(t, err)
	trust := bundle.Trust{Keys: []ed25519.PublicKey{public}}
	refresh(t, outside)
	first := write(t, outside, key, time.Time{})
	if _, err := carry(t, inside, first, trust); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all(t, outside), all(t, inside)); diff != "" {
		t.Fatalf("after the first bundle (-outside +inside):\n%s", diff)
	}
	if len(all(t, inside).Reports) < 50 {
		t.Errorf("%d reports; want those of the demonstration", len(all(t, inside).Reports))
	}
	between := time.Now()
	refresh(t, outside)
	refresh(t, outside)
	second := write(t, outside, key, between)
	empty := newPlace(t)
	if _, err := carry(t, empty, second, trust); err == nil || !strings.Contains(err.Error(), "goes on from an earlier bundle") {
		t.Errorf("a bundle without the one before it: %v", err)
	}
	if k := all(t, empty); len(k.Reports)+len(k.Hashes)+len(k.Looks) != 0 {
		t.Error("a bundle that was refused has left something")
	}
	if _, err := carry(t, inside, second, trust); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all(t, outside), all(t, inside)); diff != "" {
		t.Fatalf("after the second bundle (-outside +inside):\n%s", diff)
	}
	whole := all(t, inside)
	for _, file := range []string{first, second} {
		result, err := carry(t, inside, file, trust)
		if err != nil || len(result.Runs) != 0 || result.Skipped == 0 {
			t.Errorf("imported again: %+v, %v; want nothing done", result, err)
		}
	}
	if diff := cmp.Diff(whole, all(t, inside)); diff != "" {
		t.Errorf("imported twice (-once +twice):\n%s", diff)
	}
}

// TestUntrusted holds that a bundle of somebody else, of nobody, or one that was changed
// leaves nothing behind.
func TestUntrusted(t *testing.T) {
	outside, inside := newOutside(t), newPlace(t)
	public, key, err := ed25519.GenerateKey(nil)
	must(t, err)
	refresh(t, outside)
	file := write(t, outside, key, time.Time{})
	trust := bundle.Trust{Keys: []ed25519.PublicKey{public}}
	other, _, err := ed25519.GenerateKey(nil)
	must(t, err)
	entries := unzip(t, file)
	original := ""
	for name := range entries {
		if strings.HasPrefix(name, "originals/") && !strings.HasSuffix(name, ".json") {
			original = name
		}
	}
	changed := func(name string, f func(text string) string) string {
		e := make(map[string]string, len(entries))
		for n, text := range entries {
			e[n] = text
		}
		if e[name] = f(e[name]); e[name] == "" {
			delete(e, name)
		}
		return rezip(t, e)
	}
	text, err := os.ReadFile(file)
	must(t, err)
	short := filepath.Join(t.TempDir(), "short.zip")
	must(t, os.WriteFile(short, text[:len(text)*2/3], 0o600))
	none := func(string) string { return "" }
	more := func(s string) string { return s + " " }
	for name, c := range map[string]struct {
		file  string
		trust bundle.Trust
		want  string
	}{
		"foreign":            {file, bundle.Trust{Keys: []ed25519.PublicKey{other}}, "not signed by a key that is trusted"},
		"nobody trusted":     {file, bundle.Trust{}, "bundle.trust"},
		"unsigned":           {changed("manifest.sig", none), trust, "nobody signed it"},
		"changed manifest":   {changed("manifest.json", more), trust, "does not fit"},
		"changed, any":       {changed("manifest.json", more), bundle.Trust{Any: true}, "does not fit"},
		"changed original":   {changed(original, more), trust, "is damaged"},
		"lost original":      {changed(original, none), trust, "it has no originals/"},
		"changed register":   {changed("register.json", more), trust, "is damaged"},
		"smuggled":           {changed("../../evil", more), trust, "does not name"},
		"cut short":          {short, trust, "cut short"},
		"unsigned, damaged":  {rezip(t, map[string]string{"manifest.json": "{}"}), bundle.Trust{Any: true}, "form 0"},
		"signature of noise": {changed("manifest.sig", func(string) string { return `{"Key":"x","Signature":""}` }), trust, "no public key"},
	} {
		if _, err := carry(t, inside, c.file, c.trust); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	if k := all(t, inside); len(k.Reports)+len(k.Hashes)+len(k.Looks)+len(k.Coverage) != 0 {
		t.Error("a bundle that was refused has left something")
	}
	if _, err := carry(t, inside, changed("manifest.sig", none), bundle.Trust{Any: true}); err != nil {
		t.Errorf("unsigned, and told to take it: %v", err)
	}
}

func unzip(tb testing.TB, file string) map[string]string {
	tb.Helper()
	r, err := zip.OpenReader(file)
	must(tb, err)
	defer r.Close()
	entries := make(map[string]string)
	for _, f := range r.File {
		e, err := f.Open()
		must(tb, err)
		text, err := io.ReadAll(e)
		must(tb, err)
		entries[f.Name] = string(text)
	}
	return entries
}

func rezip(tb testing.TB, entries map[string]string) string {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range entries {
		e, err := w.Create(name)
		must(tb, err)
		_, err = e.Write([]byte(text))
		must(tb, err)
	}
	must(tb, w.Close())
	file := filepath.Join(tb.TempDir(), "changed.zip")
	must(tb, os.WriteFile(file, b.Bytes(), 0o600))
	return file
}

// FuzzOpen holds that no file makes the reader fail in another way than by an error, also
// where everybody is trusted.
func FuzzOpen(f *testing.F) {
	for _, entries := range []map[string]string{
		{"manifest.json": "{}"},
		{"manifest.json": `{"Form":1,"Runs":[{"ID":1,"Recordings":["runs/000001/x.jsonl"]}],"Sums":{}}`, "runs/000001/x.jsonl": "{}"},
		{"manifest.json": `{"Form":1,"Sums":{"register.json":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}}`, "register.json": "{}"},
	} {
		text, err := os.ReadFile(rezip(f, entries))
		must(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "f.zip")
		must(t, os.WriteFile(file, text, 0o600))
		b, err := bundle.Open(context.Background(), file, bundle.Trust{Any: true})
		if err == nil {
			must(t, b.Close())
		}
	})
}

// FuzzRecorded holds the same for the lines of a recording.
func FuzzRecorded(f *testing.F) {
	portal := `{"portal":"id: a\nname: 示例\nregion: \"120110\"\nentries: [{url: \"https://a.example/\"}]\n"}`
	f.Add([]byte(portal + "\n" + `{"look":{"entries":[{"state":"ok"}]}}` + "\n" + `{"fetch":{"url":"u","err":{"reason":"x"}}}` + "\n" + `{"end":true}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ingest.ReadRecorded("f", bytes.NewReader(text))
		if err == nil {
			r.Originals(func(report.SHA256, bool) {})
		}
	})
}
