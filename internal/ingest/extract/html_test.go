package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// shared returns the folder of shared corpora beside the repository, and skips aloud
// where there is none.
func shared(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if at := filepath.Join(dir, "shared", "corpus"); isDir(at) {
			return filepath.Join(dir, "shared")
		}
	}
	t.Skip("no folder shared beside the repository: corpus not tested")
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pages returns the web pages of the shared corpus, decoded.
func pages(t testing.TB) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, glob := range []string{"made/*.htm", "made/*.html", "made/*.shtml", "real/*.html"} {
		names, err := filepath.Glob(filepath.Join(shared(t), "corpus", glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(name)] = decode(body, metaCharset(body)).text
		}
	}
	return all
}

// TestSlim holds that the pages of the corpus say the same without what slim leaves out,
// and that it leaves out more than nothing.
func TestSlim(t *testing.T) {
	whole, left := 0, 0
	for name, page := range pages(t) {
		want, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		thin := slim(page)
		got, err := html.Parse(bytes.NewReader(thin))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(said(t, want, page), said(t, got, page)); diff != "" {
			t.Errorf("%s says (-want +got):\n%s", name, diff)
		}
		whole, left = whole+len(page), left+len(thin)
	}
	if left*2 > whole {
		t.Errorf("of %d bytes %d are left, want less than half", whole, left)
	}
}

// BenchmarkHTML measures reading against the parser alone, which is the limit: a page
// cannot be read without being parsed. tidy and exported are the two kinds of page.
func BenchmarkHTML(b *testing.B) {
	kinds := map[string][]byte{}
	for name, page := range pages(b) {
		switch name {
		case "036_art_6551_571470.html":
			kinds["tidy"] = page
		case "053_P020230120408653205242.shtml":
			kinds["exported"] = page
		case "099_P020200113714697987811.html":
			kinds["split"] = page
		}
	}
	for kind, page := range kinds {
		b.Run("parse/"+kind, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := html.Parse(bytes.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("read/"+kind, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(b.Context(), Hint{}, page, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
