package export

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestOriginals: the ZIP has every original of the region under its hash, and a manifest of
// them; the WARC has a response of each. One that is lost ends both.
func TestOriginals(t *testing.T) {
	e := newExporter(t)
	hashes, err := RegionOriginals(t.Context(), e.DB, query())
	must(t, err)
	if len(hashes) != 9 {
		t.Fatalf("%d originals, want 9", len(hashes))
	}
	revise(t, e)
	if all, err := RegionOriginals(t.Context(), e.DB, query()); err != nil || len(all) != 10 {
		t.Fatalf("%d originals after a revision, %v; want that of the first version too", len(all), err)
	}
	about, err := newAbout(t.Context(), e.DB, query(), e.Software, e.Now())
	must(t, err)
	var b bytes.Buffer
	must(t, WriteOriginalsZIP(t.Context(), &b, e.Archive, hashes, about))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	files := make(map[string][]byte)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		files[f.Name], err = io.ReadAll(r)
		must(t, err)
	}
	records, err := csv.NewReader(bytes.NewReader(files["manifest.csv"])).ReadAll()
	must(t, err)
	if len(records) != 10 {
		t.Fatalf("manifest of %d lines", len(records))
	}
	for _, r := range records[1:] {
		sum := sha256.Sum256(files[r[0]])
		if hex.EncodeToString(sum[:]) != r[1] || !strings.HasPrefix(r[2], "http://demo.example/") {
			t.Errorf("%v is not what it says", r)
		}
		if !strings.Contains(string(files[sumsName]), r[1]+"  "+r[0]+"\n") {
			t.Errorf("%s is not summed", r[0])
		}
	}
	b.Reset()
	must(t, WriteWARC(t.Context(), &b, e.Archive, hashes, false, "gongkai test", "region 990101", e.Now()))
	if n := strings.Count(b.String(), "WARC-Type: response\r\n"); n != 9 {
		t.Errorf("%d responses, want 9", n)
	}
	lost := append(hashes, report.SHA256(strings.Repeat("0", 64)))
	if err := WriteOriginalsZIP(t.Context(), io.Discard, e.Archive, lost, about); err == nil {
		t.Error("a lost original is passed over in the ZIP")
	}
	if err := WriteWARC(t.Context(), io.Discard, e.Archive, lost, false, "", "", e.Now()); err == nil {
		t.Error("a lost original is passed over in the WARC")
	}
}
