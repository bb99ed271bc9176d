package recognise

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"

	"gongkai/internal/ingest/extract"
)

// webPages reads the web pages of the corpus that hold a report.
func webPages(b *testing.B) (bodies [][]byte, docs []*extract.Document, size int64) {
	dir := filepath.Join(shared(b), "corpus", "made")
	for _, want := range jsonLines[truth](b, filepath.Join(dir, "truth.jsonl")) {
		switch filepath.Ext(want.File) {
		case ".html", ".htm", ".shtml":
		default:
			continue
		}
		if want.Expect != "parsed" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, want.File))
		if err != nil {
			b.Fatal(err)
		}
		read, err := extract.Read(b.Context(), extract.Hint{Name: want.File}, body, extract.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		bodies, docs, size = append(bodies, body), append(docs, read...), size+int64(len(body))
	}
	return bodies, docs, size
}

// BenchmarkHTML sets the parts of the way from bytes to a Reading beside what
// html.Parse alone takes for the same bytes, which is the measure (design.md §9).
func BenchmarkHTML(b *testing.B) {
	bodies, docs, size := webPages(b)
	run := func(name string, f func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				for i := range bodies {
					f(i)
				}
			}
		})
	}
	run("parse", func(i int) {
		if _, err := html.Parse(bytes.NewReader(bodies[i])); err != nil {
			b.Fatal(err)
		}
	})
	run("extract", func(i int) {
		if _, err := extract.Read(b.Context(), extract.Hint{}, bodies[i], extract.Limits{}); err != nil {
			b.Fatal(err)
		}
	})
	run("geometry", func(i int) { readGeometry(docs[i].Blocks) })
	run("sequence", func(i int) { readSequence(docs[i].Blocks, "F2019") })
	run("recognise", func(i int) { Read(docs[i], Hint{}) })
}
