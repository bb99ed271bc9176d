package extract

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/standard"
)

// A truth is a line of the shared corpus' truth.jsonl.
type truth struct {
	File        string                                `json:"file"`
	Format      standard.Format                       `json:"format"`
	Expect      string                                `json:"expect"`
	Cells       map[standard.CellCode]json.RawMessage `json:"cells"`
	Attachments []string                              `json:"attachments"`
}

// truths returns the truth of the corpus' pages and texts.
func truths(t *testing.T, dir string) []truth {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []truth
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one truth
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(one.File) {
		case ".html", ".htm", ".shtml", ".txt":
			all = append(all, one)
		}
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%d truths, err %v", len(all), err)
	}
	return all
}

// TestCorpus reads the pages and texts of the shared corpus: every figure of the truth
// must stand in a cell as often as it is there, each digit be witnessed, links and
// pictures be found, and nothing be decoded wrongly.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus", "made")
	want := make(map[string]map[string]int) // file → figure → how often
	docs := make(map[string]*Document)
	for _, one := range truths(t, dir) {
		d := docs[one.File]
		if d == nil {
			d = readFile(t, filepath.Join(dir, one.File))
			docs[one.File], want[one.File] = d, make(map[string]int)
		}
		for code, raw := range one.Cells {
			cell, known := standard.FormOf(one.Format).Cell(code)
			if !known {
				t.Fatalf("%s: no cell %s in %s", one.File, code, one.Format)
			}
			if v := strings.Trim(string(raw), "-"); v != "null" && !cell.Unit.Money() { // money may be written in another unit
				want[one.File][v]++
			}
		}
		expected(t, d, one)
	}
	for file, figures := range want {
		have := figuresOf(docs[file])
		for figure, n := range figures {
			if have[figure] < n {
				t.Errorf("%s: %s stands in %d cells, want %d", file, figure, have[figure], n)
			}
		}
	}
}

// expected checks what a truth says of the document as a whole.
func expected(t *testing.T, d *Document, one truth) {
	t.Helper()
	if lost := d.Unwitnessed(); len(lost) > 0 {
		t.Errorf("%s: not witnessed: %v", one.File, lost)
	}
	if strings.Contains(showPage(d), "\uFFFD") {
		t.Errorf("%s: %s leaves replacement characters", one.File, d.Route)
	}
	for i, name := range one.Attachments {
		if len(d.Links) != len(one.Attachments) || !strings.HasSuffix(d.Links[i].Href, name) {
			t.Errorf("%s: links %v, want %v", one.File, d.Links, one.Attachments)
		}
	}
	if one.Expect == "needs_review" && (d.Pictures != 1 || len(d.Warnings) != 1 || d.Warnings[0].Rule != "form.image_table") {
		t.Errorf("%s: %d pictures, warnings %v", one.File, d.Pictures, d.Warnings)
	}
	if one.Expect == "parsed" && (d.Pictures > 0 || len(d.Links) > 0 || len(d.Warnings) > 0) {
		t.Errorf("%s: pictures %d, links %v, warnings %v where there are none", one.File, d.Pictures, d.Links, d.Warnings)
	}
}

func readFile(t *testing.T, path string) *Document {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := Read(t.Context(), Hint{Name: filepath.Base(path)}, body, Limits{})
	if err != nil || len(docs) != 1 {
		t.Fatalf("%s: %d documents, err %v", path, len(docs), err)
	}
	return docs[0]
}

// figuresOf counts the figures of a document's cells, without separators and units.
func figuresOf(d *Document) map[string]int {
	all := make(map[string]int)
	for _, b := range d.Blocks {
		if b.Grid == nil {
			continue
		}
		for _, c := range b.Grid.Cells {
			if !isValue(c.Text) {
				continue
			}
			all[strings.Map(func(r rune) rune {
				if isDigit(r) {
					return r
				}
				return -1
			}, foldDigits(c.Text))]++
		}
	}
	return all
}

// TestSeed reads the report that was received as text.
func TestSeed(t *testing.T) {
	d := readFile(t, filepath.Join(shared(t), "corpus", "seed", "junliangcheng-2020.txt"))
	var sizes [][2]int
	for _, b := range d.Blocks {
		if b.Grid != nil {
			sizes = append(sizes, [2]int{b.Grid.Rows, b.Grid.Columns})
		}
	}
	if len(sizes) != 3 || sizes[0] != [2]int{18, 4} || sizes[1] != [2]int{26, 10} || sizes[2] != [2]int{4, 15} {
		t.Errorf("grids %v, want 18 by 4, 26 by 10, 4 by 15", sizes)
	}
	if lost := d.Unwitnessed(); len(lost) > 0 {
		t.Errorf("not witnessed: %v", lost)
	}
}

// BenchmarkText measures the seed, and the same report with its rows lost, against
// looking at each character once.
func BenchmarkText(b *testing.B) {
	body, err := os.ReadFile(filepath.Join(shared(b), "corpus", "seed", "junliangcheng-2020.txt"))
	if err != nil {
		b.Fatal(err)
	}
	lost := []byte(strings.NewReplacer("\t", "", "\n\n", "\n").Replace(string(body)))
	for _, c := range []struct {
		name string
		body []byte
	}{{"rows", body}, {"lost", lost}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(b.Context(), Hint{}, c.body, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("limit", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if n := len([]rune(string(body))); n == 0 {
				b.Fatal("no text")
			}
		}
	})
}
