package ingest_test

import (
	archives "archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// grown writes 256 MB of zeros through a packer.
func grown(t *testing.T, w io.WriteCloser) {
	t.Helper()
	zeros := make([]byte, 1<<20)
	for range 256 {
		_, err := w.Write(zeros)
		must(t, err)
	}
	must(t, w.Close())
}

// openCloser is a file of an archive, which ends with the archive.
type openCloser struct{ io.Writer }

func (openCloser) Close() error { return nil }

// handedBombs are small files that grow when they are unpacked or parsed.
func handedBombs(t *testing.T) map[string][]byte {
	t.Helper()
	var zipped, gz, stream, pdf bytes.Buffer
	z := archives.NewWriter(&zipped)
	w, err := z.Create("a.html")
	must(t, err)
	grown(t, openCloser{w})
	must(t, z.Close())
	grown(t, gzip.NewWriter(&gz))
	grown(t, zlib.NewWriter(&stream))
	fmt.Fprintf(&pdf, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n", stream.Len(), stream.Bytes())
	laughs := `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">`
	for i := 1; i < 30; i++ {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i, strings.Repeat(fmt.Sprintf("&a%d;", i-1), 10))
	}
	laughs += "]><l>&a29;</l>"
	return map[string][]byte{"a.zip": zipped.Bytes(), "a.html.gz": gz.Bytes(), "a.pdf": pdf.Bytes(), "laughs.xml": []byte(laughs),
		"deep.xml": []byte(`<?xml version="1.0"?>` + strings.Repeat("<a>", 300_000)), "laughs.docx": docxOf(t, laughs)}
}

// docxOf is a document of Word whose text is the given part.
func docxOf(t *testing.T, part string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := archives.NewWriter(&b)
	for name, text := range map[string]string{"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`, "word/document.xml": part} {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// TestHandInBombs holds that a file which grows when it is unpacked, handed in by hand, ends
// with a reason and without filling the memory, and that its bytes are kept.
func TestHandInBombs(t *testing.T) {
	agency := demo.Agencies()[0].ID
	for name, bomb := range handedBombs(t) {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, demo.Options{Seed: 1})
			b.Reader.Limits.Time = 3 * time.Second // a document that goes on for ever is cut off
			s, err := b.HandIn(t.Context(), ingest.HandIn{By: "示例员", Agency: agency, Year: 2024, Documents: []ingest.Handed{{Name: name, Body: bomb}}}, nil)
			must(t, err)
			failures, err := b.Store.FailuresAt(t.Context(), s.Run)
			must(t, err)
			told := slices.ContainsFunc(failures, func(f store.Failure) bool { return f.Run == s.Run && f.Reason != "" })
			kept, err := b.Store.Report(t.Context(), agency, 2024, 0)
			if err == nil { // what cannot be read is kept for people, and says nothing
				told = kept.Current.Status == report.Unreadable || kept.Current.Status == report.NeedsReview
			}
			if !told {
				t.Errorf("%+v; nobody is told (%+v, %v)", s.Total(), failures, err)
			}
			if body, _, err := b.Archive.Get(t.Context(), report.SHA256(fmt.Sprintf("%x", sha256.Sum256(bomb)))); err != nil || !bytes.Equal(body, bomb) {
				t.Errorf("its bytes are not kept: %v", err)
			}
			runtime.GC()
			var mem runtime.MemStats
			if runtime.ReadMemStats(&mem); mem.HeapAlloc > 512<<20 {
				t.Errorf("%d MB stay in use", mem.HeapAlloc>>20)
			}
		})
	}
}
