package extract

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// TestSameTable reads one table, written by an office program in every type that it
// knows from the page beside it: the grids are the same cell by cell.
func TestSameTable(t *testing.T) {
	read := func(path string) []string {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := Read(t.Context(), Hint{Name: path}, body, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(digitsOf(docs[0]), strings.Join(docs[0].Digits, "")); diff != "" {
			t.Errorf("%s: digits (-read +witnessed):\n%s", path, diff)
		}
		return officeLines(docs[0])
	}
	want := read("testdata/office/same/table.html")
	if len(want) < 30 {
		t.Fatalf("the page has only %d cells", len(want))
	}
	paths, _ := filepath.Glob("testdata/office/same/table.*")
	if len(paths) != 6 {
		t.Fatalf("%d files: %v", len(paths), paths)
	}
	for _, path := range paths {
		t.Run(filepath.Ext(path)[1:], func(t *testing.T) {
			if diff := cmp.Diff(want, read(path)); diff != "" {
				t.Errorf("cells (-html +%s):\n%s", filepath.Ext(path), diff)
			}
		})
	}
}

// officeLines writes paragraphs and cells without what only some types know.
func officeLines(doc *Document) []string {
	var all []string
	for _, b := range doc.Blocks {
		if b.Paragraph != nil {
			all = append(all, b.Paragraph.Text)
			continue
		}
		for _, c := range b.Grid.Cells {
			all = append(all, fmt.Sprintf("%d,%d %dx%d %s", c.Row, c.Column, c.RowSpan, c.ColSpan, c.Text))
		}
	}
	return all
}

// TestOfficeSamples reads files that an office program wrote: tracked changes, hidden
// text, fields, text boxes, nested tables and lists; number formats, hidden rows,
// columns and sheets. The text beside each is what a reader of it sees.
func TestOfficeSamples(t *testing.T) {
	paths, _ := filepath.Glob("testdata/office/samples/*")
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, ".txt") })
	if len(paths) < 5 {
		t.Fatalf("only %v", paths)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := showRead(t, path, body)
			if docs, err := Read(t.Context(), Hint{}, body, Limits{}); err != nil {
				t.Error(err)
			} else if diff := cmp.Diff(digitsOf(docs[0]), strings.Join(docs[0].Digits, "")); diff != "" {
				t.Errorf("digits (-read +witnessed):\n%s", diff)
			}
			if os.Getenv("UPDATE_OFFICE") != "" {
				if err := os.WriteFile(path+".txt", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOfficeTruncated cuts every sample at many places: what is left is read or
// refused in plain words, and never a panic.
func TestOfficeTruncated(t *testing.T) {
	paths, _ := filepath.Glob("testdata/office/s*/*.*")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := 8; n < len(body); n += 1 + len(body)/40 {
			_, err := Read(t.Context(), Hint{Name: path}, body[:n], Limits{})
			if err != nil && (!errors.Is(err, report.ErrUnreadable) || strings.Contains(err.Error(), "文件结构异常")) {
				t.Errorf("%s cut at %d: %v", path, n, err)
			}
		}
	}
}

// TestOfficeFlipped changes single bytes of every sample.
func TestOfficeFlipped(t *testing.T) {
	paths, _ := filepath.Glob("testdata/office/s*/*.*")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(body); n += 1 + len(body)/200 {
			changed := slices.Clone(body)
			changed[n] ^= 0xff
			_, err := Read(t.Context(), Hint{Name: path}, changed, Limits{})
			if err != nil && (!errors.Is(err, report.ErrUnreadable) || strings.Contains(err.Error(), "文件结构异常")) {
				t.Errorf("%s changed at %d: %v", path, n, err)
			}
		}
	}
}

// digitsOf returns all digits that a document says.
func digitsOf(doc *Document) string {
	d := digitRuns{words: doc.Tables == nil}
	for _, b := range doc.Blocks {
		if b.Paragraph != nil {
			d.text(b.Paragraph.Text)
			d.cut()
			continue
		}
		for _, c := range b.Grid.Cells {
			d.text(c.Text)
			d.cut()
		}
	}
	return strings.Join(d.done(), "")
}

// TestOfficeCorpus reads the office files of the shared corpus: each has its grids,
// and the witness finds the same digits and no others.
func TestOfficeCorpus(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus", "made")
	read := 0
	for _, ext := range []string{"docx", "doc", "wps", "rtf", "xls", "xlsx"} {
		paths, _ := filepath.Glob(filepath.Join(dir, "*."+ext))
		for _, path := range paths {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			docs, err := Read(t.Context(), Hint{Name: path}, body, Limits{})
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			read++
			if !slices.ContainsFunc(docs[0].Blocks, func(b Block) bool { return b.Grid != nil }) {
				t.Errorf("%s has no grid", path)
			}
			if diff := cmp.Diff(digitsOf(docs[0]), strings.Join(docs[0].Digits, "")); diff != "" {
				t.Errorf("%s: digits (-read +witnessed):\n%s", path, diff)
			}
		}
	}
	if read < 40 {
		t.Errorf("only %d office files read", read)
	}
}

// BenchmarkOffice reads one table in each type.
func BenchmarkOffice(b *testing.B) {
	paths, _ := filepath.Glob("testdata/office/same/table.*")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Ext(path)[1:], func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(b.Context(), Hint{}, body, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
