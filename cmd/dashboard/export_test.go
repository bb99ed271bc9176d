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
		"--format warc --portal nowhere":               "nothing of it is in the archive; refresh from it first",
		"--format zip":                                 "no portal and no region; name one with --portal",
		"--format pdf --portal " + id:                  `format "pdf"; want one of csv, xlsx`,
		"--format warc --portal " + id + " -o " + dir:  "rename",
		"--format warc --portal " + id + " -o /no/a.b": "give a file in a folder that exists",
		"--format csv --year 1999":                     `year "1999"; want a report year from 2008 on`,
		"--format csv --region 12x":                    `region "12x"; want a code`,
		"--format csv --since yesterday":               `since "yesterday"; want a day as 2026-01-31`,
		"--format csv --status good":                   `status "good"; want verified`,
		"--format csv --lang fr":                       `language "fr"; want zh or en`,
		"--format csv --as-of 9999":                    "run 9999: not found",
		"--format csv -o " + dir:                       "name a folder that does not exist",
		"--format sqlite":                              "name it with -o",
	} {
		if out, status := s.dashboard(t, append([]string{"export"}, strings.Fields(args)...)...); status != 1 || !strings.Contains(out, want) {
			t.Errorf("export %s: status %d, %s; want %q", args, status, out, want)
		}
	}
	lost := filepath.Join(s.Archive, string(hashes[0][:2]), string(hashes[0])+".original")
	harm(t, lost, "other bytes")
	broken := filepath.Join(dir, "broken.warc")
	if out, status := s.dashboard(t, "export", "--format", "warc", "--portal", id, "-o", broken); status != 1 || !strings.Contains(out, "damaged") {
		t.Errorf("with a damaged original: status %d, %s", status, out)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*broken*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, err %v", left, err)
	}
	if _, err := os.Stat(broken); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that lacks something: %v", err)
	}
}

// TestExportForms: the command writes every form of the demonstration's data.
func TestExportForms(t *testing.T) {
	dir, s := demonstrated(t)
	for format, name := range map[string]string{"csv": "csv.zip", "xlsx": "a.xlsx", "json": "a.json", "datapackage": "package", "sqlite": "a.sqlite",
		"parquet": "parquet", "workbook": "book.xlsx", "zip": "originals.zip"} {
		path := filepath.Join(dir, name)
		out, status := s.dashboard(t, "export", "--format", format, "--region", "990101", "--year", "2021-2023", "-o", path)
		if _, err := os.Stat(path); status != 0 || err != nil {
			t.Errorf("%s: status %d, %v: %s", format, status, err, out)
		}
	}
	out, status := s.dashboard(t, "export", "--format", "json", "--region", "990101", "--since", "2100-01-01")
	if status != 0 || !strings.Contains(out, "\"reports\":[\n]") {
		t.Errorf("since the year 2100: status %d, %.300s", status, out)
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
