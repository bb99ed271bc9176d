package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"pgregory.net/rapid"

	"gongkai/internal/report"
)

func readOnePDF(t testing.TB, body []byte) *Document {
	t.Helper()
	docs, err := Read(context.Background(), Hint{Name: "示例.pdf"}, body, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

// rowsIn returns the texts of all grids by row.
func rowsIn(d *Document) [][]string {
	var out [][]string
	for _, b := range d.Blocks {
		if b.Grid == nil {
			continue
		}
		rows := make([][]string, b.Grid.Rows)
		for _, c := range b.Grid.Cells {
			rows[c.Row] = append(rows[c.Row], c.Text)
		}
		out = append(out, rows...)
	}
	return out
}

// TestPDFTable draws a table in each way that programs draw them, over two pages, and
// finds it again with its paragraphs.
func TestPDFTable(t *testing.T) {
	rows := [][]string{{"信息内容", "本年制发件数", "本年废止件数", "现行有效件数"}}
	for i := range 40 {
		rows = append(rows, []string{fmt.Sprintf("%d.示例事项", i+1), fmt.Sprint(i * 3), fmt.Sprint(i % 7), fmt.Sprint(1000 + i)})
	}
	cases := map[string]struct {
		drawing
		rotate int
		turn   string
	}{
		"stroked":  {},
		"filled":   {drawing: drawing{filled: true}},
		"outlines": {drawing: drawing{outlines: true}},
		"bare":     {drawing: drawing{bare: true}},
		"sideways": {rotate: 90},
		"flipped":  {rotate: 180},
		"turned":   {turn: "q 0.7 0 0 0.7 0 0 cm 0 1 -1 0 842 0 cm\n", rotate: 90},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := &pdfWriter{rotate: c.rotate, turn: c.turn}
			w.page()
			w.text(200, 60, 16, "示例街道年度报告")
			w.text(60, 100, 12, "　　本报告为示例，")
			w.table(200, []float64{60, 200, 320, 430, 540}, rows, c.drawing)
			w.text(290, 830, 9, "- 2 -")
			d := readOnePDF(t, w.bytes())
			if diff := cmp.Diff(rows, rowsIn(d)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if lost := d.Unwitnessed(); len(lost) > 0 && c.rotate == 0 { // the library breaks numbers that do not run to the right
				t.Errorf("not witnessed: %v", lost)
			}
			if len(d.Warnings) > 0 {
				t.Errorf("warnings %v", d.Warnings)
			}
			if p := d.Blocks[0].Paragraph; p == nil || p.Text != "示例街道年度报告" {
				t.Errorf("begins with %+v", d.Blocks[0])
			}
			last := d.Blocks[len(d.Blocks)-1].Paragraph
			if c.turn == "" && (last == nil || !last.Chrome) {
				t.Errorf("the page number is %+v", last)
			}
		})
	}
}

// TestPDFSpans finds merged cells, and joins what a page parts.
func TestPDFSpans(t *testing.T) {
	w := &pdfWriter{}
	w.page()
	for _, l := range [][4]float64{{50, 100, 350, 100}, {150, 120, 350, 120}, {50, 140, 350, 140}, {50, 100, 50, 160}, {150, 100, 150, 160}, {250, 120, 250, 160}, {350, 100, 350, 160}} {
		w.op("%.1f %.1f m %.1f %.1f l S", l[0], 842-l[1], l[2], 842-l[3])
	}
	w.text(55, 125, 9, "自然人")
	w.text(220, 114, 9, "法人")
	w.text(155, 134, 9, "商业企业")
	w.text(255, 134, 9, "科研机构")
	w.text(55, 155, 9, "尚未审结的各")
	w.text(155, 155, 9, "12")
	w.text(255, 155, 9, "3")
	w.page()
	for _, l := range [][4]float64{{50, 80, 350, 80}, {50, 100, 350, 100}, {50, 50, 50, 100}, {150, 50, 150, 100}, {250, 50, 250, 100}, {350, 50, 350, 100}} {
		w.op("%.1f %.1f m %.1f %.1f l S", l[0], 842-l[1], l[2], 842-l[3])
	}
	w.text(55, 65, 9, "类申请")
	w.text(55, 94, 9, "总计")
	w.text(155, 94, 9, "4")
	w.text(255, 94, 9, "5")
	d := readOnePDF(t, w.bytes())
	want := `grid 1: 4 rows, 3 columns
  0,0 2x1 自然人
  0,1 1x2 法人
  1,1 商业企业
  1,2 科研机构
  2,0 尚未审结的各⏎类申请
  2,1 12
  2,2 3
  3,0 总计
  3,1 4
  3,2 5
`
	if diff := cmp.Diff(want, show(d)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestPDFHidden leaves out what a reader of the page does not see, and says so.
func TestPDFHidden(t *testing.T) {
	cases := map[string]func(w *pdfWriter){
		"invisible": func(w *pdfWriter) { w.op("3 Tr"); w.text(300, 400, 12, "987"); w.op("0 Tr") },
		"white":     func(w *pdfWriter) { w.op("1 g"); w.text(300, 400, 12, "987"); w.op("0 g") },
		"covered":   func(w *pdfWriter) { w.text(300, 400, 12, "987"); w.op("1 g 290 430 100 30 re f 0 g") },
		"off page":  func(w *pdfWriter) { w.text(700, 400, 12, "987") },
	}
	for name, draw := range cases {
		t.Run(name, func(t *testing.T) {
			w := &pdfWriter{}
			w.page()
			w.text(60, 60, 12, "示例 12")
			draw(w)
			d := readOnePDF(t, w.bytes())
			if strings.Contains(show(d), "987\n") {
				t.Errorf("shows hidden text:\n%s", show(d))
			}
			if !slices.ContainsFunc(d.Warnings, func(w Warning) bool { return w.Rule == "read.hidden" }) && name != "off page" {
				t.Errorf("warnings %v", d.Warnings)
			}
		})
	}
	w := &pdfWriter{}
	w.page()
	w.op("0 0 0.5 rg 50 700 200 100 re f 1 g")
	w.text(60, 80, 12, "信息内容12")
	if d := readOnePDF(t, w.bytes()); !strings.Contains(show(d), "信息内容12") || len(d.Warnings) > 0 {
		t.Errorf("white text on blue:\n%s", show(d))
	}
}

// TestPDFForm reads text and rulings inside a form that the page places.
func TestPDFForm(t *testing.T) {
	inner := &pdfWriter{}
	inner.page()
	rows := [][]string{{"规章", "1", "2"}, {"行政许可", "3", "4"}}
	inner.table(100, []float64{60, 160, 260, 360}, rows, drawing{})
	w := &pdfWriter{forms: inner.pages}
	w.page()
	w.op("q 0.5 0 0 0.5 100 200 cm /X0 Do Q")
	d := readOnePDF(t, w.bytes())
	if diff := cmp.Diff(rows, rowsIn(d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if box := d.Blocks[0].Grid.Cells[0].Place.Box; box[0] != 130 || box[2] != 180 {
		t.Errorf("box %v, want from 130 to 180", box)
	}
}

// TestPDFRefuses holds what is said of files that cannot be read.
func TestPDFRefuses(t *testing.T) {
	locked, err := os.ReadFile("testdata/pdf/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	w := &pdfWriter{}
	for range 3 {
		w.page()
	}
	for name, c := range map[string]struct {
		body   []byte
		limits Limits
		want   string
	}{
		"locked": {body: locked, want: "已加密"},
		"torn":   {body: []byte("%PDF-1.5\n1 0 obj\n<<"), want: "无法打开"},
		"long":   {body: w.bytes(), limits: Limits{Pages: 2}, want: "limit pages"},
	} {
		_, err := Read(t.Context(), Hint{}, c.body, c.limits)
		if !errors.Is(err, report.ErrUnreadable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// TestPDFCancelled returns at once, and the engine serves the next document.
func TestPDFCancelled(t *testing.T) {
	w := &pdfWriter{}
	w.page()
	w.op("%s", strings.Repeat("0 0 m 100 100 l S\n", 1_000_000))
	body := w.bytes()
	if _, err := sharedPDF(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Read(ctx, Hint{}, body, Limits{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want deadline exceeded", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			w := &pdfWriter{}
			w.page()
			w.text(60, 60, 12, "示例")
			if docs, err := Read(t.Context(), Hint{}, w.bytes(), Limits{}); err != nil || len(docs[0].Blocks) != 1 {
				t.Errorf("after it: %v", err)
			}
		})
	}
	group.Wait()
}

// TestPDFPrinted compares what programs printed with the page that they printed.
func TestPDFPrinted(t *testing.T) {
	files, err := filepath.Glob("testdata/pdf/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d pages, err %v", len(files), err)
	}
	for _, page := range files {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := Read(t.Context(), Hint{}, source, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		want := spreadOf(docs[0])
		prints, _ := filepath.Glob(strings.TrimSuffix(page, ".html") + "-*.pdf")
		if len(prints) == 0 {
			t.Errorf("%s has no prints", page)
		}
		for _, name := range prints {
			t.Run(filepath.Base(name), func(t *testing.T) {
				body, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				d := readOnePDF(t, body)
				if diff := cmp.Diff(want, spreadOf(d)); diff != "" {
					t.Errorf("grid (-page +print):\n%s", diff)
				}
				if lost := d.Unwitnessed(); len(lost) > 0 || len(d.Warnings) > 0 {
					t.Errorf("not witnessed %v, warnings %v", lost, d.Warnings)
				}
			})
		}
	}
}

// spreadOf returns what stands in each place of the grids, spans filled.
func spreadOf(d *Document) [][]string {
	var out [][]string
	for _, b := range d.Blocks {
		if b.Grid == nil {
			continue
		}
		rows := make([][]string, b.Grid.Rows)
		for i := range rows {
			rows[i] = make([]string, b.Grid.Columns)
		}
		for _, c := range b.Grid.Cells {
			for y := c.Row; y < c.Row+c.RowSpan; y++ {
				for x := c.Column; x < c.Column+c.ColSpan; x++ {
					rows[y][x] = strings.Join(strings.Fields(c.Text), "")
				}
			}
		}
		out = append(out, rows...)
	}
	return out
}

// TestPDFAnyTable draws any table and finds the same cells, or a warning.
func TestPDFAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 8).Draw(t, "columns")
		xs := []float64{40}
		for range columns {
			xs = append(xs, xs[len(xs)-1]+float64(rapid.IntRange(40, 62).Draw(t, "width")))
		}
		cell := rapid.SampledFrom([]string{"", "0", "12", "规章", "总计", "-", "／", "1,234", "3.5万元", "（一）甲"})
		var rows [][]string
		for range rapid.IntRange(2, 50).Draw(t, "rows") {
			row := rapid.SliceOfN(cell, columns, columns).Draw(t, "row")
			row[0] = "示例" // a row without any text may be a strip of one that the page broke
			rows = append(rows, row)
		}
		rows[0][0] = "信息"
		w := &pdfWriter{}
		w.page()
		w.table(float64(rapid.IntRange(30, 700).Draw(t, "top")), xs, rows, drawing{
			filled: rapid.Bool().Draw(t, "filled"), outlines: rapid.Bool().Draw(t, "outlines"),
		})
		docs, err := Read(context.Background(), Hint{}, w.bytes(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, rowsIn(docs[0])); diff != "" && len(docs[0].Warnings) == 0 {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

// FuzzPDF reads foreign bytes behind the mark of a PDF.
func FuzzPDF(f *testing.F) {
	w := &pdfWriter{}
	w.page()
	w.text(60, 60, 12, "示例")
	w.table(100, []float64{60, 160, 260}, [][]string{{"规章", "1"}, {"总计", "2"}}, drawing{})
	f.Add(w.bytes())
	f.Add([]byte("%PDF-1.4\ntrailer<</Root 1 0 R>>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		holds(t, append([]byte("%PDF-"), bytes.TrimPrefix(body, []byte("%PDF-"))...))
	})
}

// BenchmarkPDF compares the whole way to a Document with the text extraction of the
// library alone, on the same pages.
func BenchmarkPDF(b *testing.B) {
	files, err := filepath.Glob("testdata/pdf/*-*.pdf")
	if err != nil || len(files) == 0 {
		b.Fatalf("%d files, err %v", len(files), err)
	}
	var bodies [][]byte
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, body)
		readOnePDF(b, body)
	}
	var whole, alone time.Duration
	for b.Loop() {
		for _, body := range bodies {
			start := time.Now()
			readOnePDF(b, body)
			between := time.Now()
			textAlone(b, body)
			whole += between.Sub(start)
			alone += time.Since(between)
		}
	}
	b.ReportMetric(float64(whole)/float64(alone), "times-library")
}

// textAlone extracts the text of all pages as the library does.
func textAlone(b *testing.B, body []byte) {
	engine, err := sharedPDF()
	if err != nil {
		b.Fatal(err)
	}
	err = engine.with(context.Background(), func(pdf pdfium.Pdfium) error {
		opened, err := pdf.OpenDocument(&requests.OpenDocument{File: &body})
		if err != nil {
			return err
		}
		count, err := pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
		if err != nil {
			return err
		}
		for i := range count.PageCount {
			page := requests.Page{ByIndex: &requests.PageByIndex{Document: opened.Document, Index: i}}
			if _, err := pdf.GetPageText(&requests.GetPageText{Page: page}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
