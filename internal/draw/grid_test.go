package draw

import (
	"bytes"
	"encoding/json"
	"image/png"
	"runtime"
	"strings"
	"testing"
)

// FuzzGrid holds that any table is drawn within its bounds or refused, whatever its
// cells say of themselves.
func FuzzGrid(f *testing.F) {
	_, tokens := engine(f)
	f.Add(3, 2, 0, 1, 2, 1, 1, 0, 1, 1, "一、本年新收", "35")
	f.Add(1, 1, 0, 0, 1000, 1000, -5, 9, -1, 0, "", strings.Repeat("长", 400))
	f.Add(9000, 60, 8999, 59, 9, 9, 4000, 30, 5000, 1, "a b", "0")
	f.Add(5, 5, 1, 1, 1<<62, 1<<62, -1<<63, 2, 1<<63-1, 1<<63-1, "a", "b")
	f.Fuzz(func(t *testing.T, rows, columns, row, column, down, across, row2, column2, down2, across2 int, text, text2 string) {
		body, err := tokens.GridPNG(Grid{Rows: rows, Columns: columns, Caption: text2, Foot: text, Cells: []GridCell{
			{Row: row, Column: column, RowSpan: down, ColSpan: across, Text: text, Marked: true},
			{Row: row2, Column: column2, RowSpan: down2, ColSpan: across2, Text: text2, Marked: len(text)%2 == 0}}})
		if err != nil {
			return
		}
		size, err := png.DecodeConfig(bytes.NewReader(body))
		if err != nil || size.Width > 2*mostGridWidth {
			t.Errorf("%d x %d, %v", size.Width, size.Height, err)
		}
	})
}

// TestGridBounds holds that a table of marked cells with endless texts stays a
// picture that a page can show.
func TestGridBounds(t *testing.T) {
	_, tokens := engine(t)
	g := Grid{Rows: 400, Columns: 10}
	for r := range g.Rows {
		for c := range g.Columns {
			g.Cells = append(g.Cells, GridCell{Row: r, Column: c, RowSpan: 1, ColSpan: 1, Text: strings.Repeat("长", 900), Marked: true})
		}
	}
	body, err := tokens.GridPNG(g)
	if err != nil {
		t.Fatal(err)
	}
	size, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil || size.Height > mostGridHeight+600 || size.Width > mostGridWidth+100 {
		t.Errorf("%d x %d, %v", size.Width, size.Height, err)
	}
	if _, err := tokens.GridPNG(Grid{Rows: 1 << 40, Columns: 1, Cells: []GridCell{{}}}); err == nil {
		t.Error("a table of endless rows is drawn")
	}
}

// TestEngineHeap holds what the interpreter takes of memory, first and after many
// charts: it is kept for as long as the server runs.
func TestEngineHeap(t *testing.T) {
	e, _ := engine(t)
	held := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := held()
	draw := func() {
		if _, err := e.SVG(t.Context(), json.RawMessage(bars), 760, 340); err != nil {
			t.Fatal(err)
		}
	}
	draw()
	first := held() - before
	for range 20 {
		draw()
	}
	later := held() - before
	t.Logf("%d MB after the first chart, %d MB after 21", first>>20, later>>20)
	if first > 64<<20 || later > first+24<<20 {
		t.Errorf("%d MB held after one chart and %d MB after 21; want 64 MB at most, and no growth", first>>20, later>>20)
	}
	runtime.KeepAlive(e)
}
