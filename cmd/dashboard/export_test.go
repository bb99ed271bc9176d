package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/store"
)

// TestExportWARC holds that the archive of a portal comes out whole, with a record of
// each page, or not at all.
func TestExportWARC(t *testing.T) {
	dir, s := demonstrated(t)
	s.Portals = filepath.Join(dir, "portals")
	id := strings.Fields(healthyPortal(t, s))[1]
	name := filepath.Join(dir, "portal.warc.gz")
	if out, status := s.dashboard(t, "export", "--format", "warc", "--portal", id, "-o", name); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	text := gunzip(t, name)
	db, err := store.Open(t.Context(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pages, err := db.Pages(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := db.PortalOriginals(t.Context(), id)
	if err != nil || len(hashes) < len(pages) || len(pages) == 0 {
		t.Fatalf("%d originals of %d pages, err %v", len(hashes), len(pages), err)
	}
	for _, p := range pages {
		if !strings.Contains(text, "WARC-Target-URI: "+p.URL+"\r\n") {
			t.Errorf("no record of %s", p.URL)
		}
	}
	if n := strings.Count(text, "\r\nWARC-Type: response\r\n") + strings.Count(text, "WARC/1.1\r\nWARC-Type: response\r\n"); n < len(hashes) {
		t.Errorf("%d responses of %d originals", n, len(hashes))
	}
	for args, want := range map[string]string{
		"--portal nowhere":               "nothing of it is in the archive; refresh from it first",
		"":                               "no portal; name one with --portal",
		"--format csv --portal " + id:    `format "csv"; want warc`,
		"--portal " + id + " -o " + dir:  "rename",
		"--portal " + id + " -o /no/a.b": "give a file in a folder that exists",
	} {
		if out, status := s.dashboard(t, append([]string{"export"}, strings.Fields(args)...)...); status != 1 || !strings.Contains(out, want) {
			t.Errorf("export %s: status %d, %s; want %q", args, status, out, want)
		}
	}
	lost := filepath.Join(s.Archive, string(hashes[0][:2]), string(hashes[0]))
	harm(t, lost, "other bytes")
	broken := filepath.Join(dir, "broken.warc")
	if out, status := s.dashboard(t, "export", "--portal", id, "-o", broken); status != 1 || !strings.Contains(out, "damaged") {
		t.Errorf("with a damaged original: status %d, %s", status, out)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*broken*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, err %v", left, err)
	}
	if _, err := os.Stat(broken); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that lacks something: %v", err)
	}
}

// gunzip returns what a compressed file holds, all its members.
func gunzip(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
