package extract

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"gongkai/internal/report"
)

// TestHTMLStyles draws a table, writes it as HTML in any of the ways that offices'
// systems do, and holds that the same Grid comes back and that the witness agrees.
func TestHTMLStyles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawGrid(t)
		w := &htmlWriter{t: t}
		page := w.page(want)
		body := []byte(page)
		if rapid.Bool().Draw(t, "gbk") {
			gbk, err := simplifiedchinese.GB18030.NewEncoder().String(page)
			if err != nil {
				t.Fatal(err)
			}
			body = []byte(gbk)
		}
		docs, err := Read(t.Context(), Hint{}, body, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var grids []*Grid
		for _, b := range docs[0].Blocks {
			if b.Grid != nil {
				grids = append(grids, b.Grid)
			}
		}
		if diff := cmp.Diff([]*Grid{want}, grids, cmpopts.IgnoreFields(Cell{}, "Place")); diff != "" {
			t.Fatalf("grid (-want +got):\n%s\n%s", diff, page)
		}
		if lost := docs[0].Unwitnessed(); len(lost) > 0 {
			t.Fatalf("digits of %v not witnessed by %v\n%s", lost, docs[0].Digits, page)
		}
	})
}

// drawGrid tiles a grid with cells.
func drawGrid(t *rapid.T) *Grid {
	g := &Grid{
		Number: 1,
		Rows:   rapid.IntRange(1, 6).Draw(t, "rows"), Columns: rapid.IntRange(2, 6).Draw(t, "columns"),
	}
	taken := make([][]bool, g.Rows)
	for y := range taken {
		taken[y] = make([]bool, g.Columns)
	}
	for y := range g.Rows {
		for x := range g.Columns {
			if taken[y][x] {
				continue
			}
			wide := 1
			for x+wide < g.Columns && !taken[y][x+wide] {
				wide++
			}
			c := Cell{
				Row: y, Column: x, Header: rapid.IntRange(0, 4).Draw(t, "header") == 0,
				RowSpan: rapid.IntRange(1, min(3, g.Rows-y)).Draw(t, "rowspan"),
				ColSpan: rapid.IntRange(1, min(3, wide)).Draw(t, "colspan"),
				Text:    drawText(t, len(g.Cells) == 0),
			}
			for i := range c.RowSpan {
				for j := range c.ColSpan {
					taken[y+i][x+j] = true
				}
			}
			g.Cells = append(g.Cells, c)
		}
	}
	return g
}

// drawText draws what may stand in a cell, as Cell.Text has it.
func drawText(t *rapid.T, some bool) string {
	texts := []string{"0", "12", "１２", "1,234", "251000元", "-8", "—", "规章", "1.属于国家秘密", "本年新\n制作数量", "（三）\n不予公开\n8", "a<b&c", "处理 决定", ""}
	if some {
		texts = texts[:len(texts)-1]
	}
	return rapid.SampledFrom(texts).Draw(t, "text")
}

// An htmlWriter writes a page in ways that it draws.
type htmlWriter struct {
	t *rapid.T
	b strings.Builder
}

func (w *htmlWriter) flip(what string) bool { return rapid.Bool().Draw(w.t, what) }

func (w *htmlWriter) pick(what string, of ...string) string {
	return rapid.SampledFrom(of).Draw(w.t, what)
}

// page writes the grid in a page, in a layout table or not.
func (w *htmlWriter) page(g *Grid) string {
	w.b.WriteString(w.pick("head", "<p>年报的标题</p>", "<!DOCTYPE html><html><head><title>年报1</title></head><body><p>政府信息公开年报", "<html><meta charset=gb18030><p>年报的正文"))
	open, end := "", ""
	if w.flip("layout") {
		open, end = `<table width="98%"><tr><td height=6></td></tr><TR><td><p>引言</p>`, "<p>落款</p></td></tr></table>"
	}
	w.b.WriteString(open)
	w.table(g)
	w.b.WriteString(end)
	return w.b.String()
}

func (w *htmlWriter) table(g *Grid) {
	body := w.flip("tbody")
	closed := w.flip("closed")
	tag := w.pick("case", "tr", "TR")
	w.b.WriteString(w.pick("table", "<table>", "<TABLE border=1 class='MsoTableGrid' style=\"border-collapse:collapse;border:none\">"))
	if body {
		w.b.WriteString("<tbody>\n")
	}
	i := 0
	for y := range g.Rows {
		w.b.WriteString("<" + tag + w.pick("row", "", ` height=24`, ` style="mso-yfti-irow:3;height:30.0pt"`) + ">")
		for ; i < len(g.Cells) && g.Cells[i].Row == y; i++ {
			w.cell(g.Cells[i], closed)
		}
		if closed {
			w.b.WriteString("</" + tag + ">" + w.pick("gap", "", "\n", "<!-- 9 -->"))
		}
	}
	if body && closed {
		w.b.WriteString("</tbody>")
	}
	w.b.WriteString("</table>")
}

func (w *htmlWriter) cell(c Cell, closed bool) {
	tag := "td"
	if c.Header {
		tag = "th"
	}
	w.b.WriteString("<" + tag)
	if c.ColSpan > 1 || w.flip("said") {
		w.b.WriteString(fmt.Sprintf(w.pick("colspan", ` colspan="%d"`, ` COLSPAN=%d`, ` colspan=' %d'`), c.ColSpan))
	}
	if c.RowSpan > 1 {
		w.b.WriteString(fmt.Sprintf(` rowspan="%d"`, c.RowSpan))
	}
	w.b.WriteString(w.pick("dress", "", ` width=104 nowrap`, ` style="width:58.5pt;border:none;padding:0cm 5.4pt" title="1>2"`) + ">")
	w.text(c.Text)
	if closed {
		w.b.WriteString("</" + tag + ">")
	}
}

// text writes the lines of a cell as paragraphs or with breaks.
func (w *htmlWriter) text(text string) {
	lines := strings.Split(text, "\n")
	paragraphs := w.flip("paragraphs")
	for i, line := range lines {
		end := ""
		switch {
		case paragraphs:
			ends := map[string]string{"<p>": "", `<P align="center" class=MsoNormal>`: "<o:p></o:p></P>", "<div>": "</div>"}
			open := w.pick("p", "<p>", `<P align="center" class=MsoNormal>`, "<div>")
			w.b.WriteString(open)
			end = ends[open]
		case i > 0:
			w.b.WriteString(w.pick("br", "<br>", "<br/>", "<BR>\n", "<br>&nbsp;"))
		}
		pad := w.pick("pad", "", " ", "&nbsp;", "　", "\n\t", "&#12288;")
		w.b.WriteString(pad)
		w.runs(line)
		w.b.WriteString(pad + w.pick("hidden", "", "", `<span style="display:none">不见9</span>`) + end)
	}
}

// runs writes a line in pieces, each perhaps in an element of its own.
func (w *htmlWriter) runs(line string) {
	for _, r := range line {
		piece := html.EscapeString(string(r))
		if r >= '0' && r <= '9' && w.flip("number") {
			piece = fmt.Sprintf("&#%d;", r)
		}
		switch w.pick("run", "bare", "bare", "bare", "span", "font", "empty", "mark") {
		case "span":
			piece = `<span lang="EN-US" style='font-size:10.5pt'>` + piece + "</span>"
		case "font":
			piece = "<font size=2><b>" + piece + "</b></font>"
		case "empty":
			piece += "<span></span><o:p></o:p>"
		case "mark":
			piece = "&#8203;" + piece
		}
		w.b.WriteString(piece)
	}
}

// TestFormLines writes a filled form one cell a line and holds that each row comes
// back with its label and its figures.
func TestFormLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines, want := drawForm(t)
		docs, err := Read(t.Context(), Hint{}, []byte(strings.Join(lines, "\n")), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, b := range docs[0].Blocks {
			if b.Grid == nil {
				continue
			}
			if !b.Grid.Rebuilt {
				t.Fatalf("grid %d is not marked as rebuilt", b.Grid.Number)
			}
			got = append(got, dataRows(b.Grid)...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("rows (-want +got):\n%s\n%s", diff, strings.Join(lines, "\n"))
		}
	})
}

// dataRows returns the rows that are no header: the key of their last label, and their
// figures.
func dataRows(g *Grid) [][]string {
	rows := make([][]string, g.Rows)
	for _, c := range g.Cells {
		row := &rows[c.Row]
		switch {
		case c.Header:
		case isValue(c.Text):
			if len(*row) == 0 {
				*row = append(*row, "")
			}
			*row = append(*row, c.Text)
		default:
			*row = []string{labelKey(c.Text)}
		}
	}
	var data [][]string
	for _, row := range rows {
		if row != nil {
			data = append(data, row)
		}
	}
	return data
}

// TestUnwitnessed holds what agreement means.
func TestUnwitnessed(t *testing.T) {
	cases := []struct {
		name   string
		digits []string
		cells  []string
		lost   []int // columns
	}{
		{"in order", []string{"2020", "1", "12", "7"}, []string{"1", "１2", "总计", "7"}, nil},
		{"lost", []string{"1", "3"}, []string{"1", "2", "3"}, []int{2}},
		{"doubled", []string{"1", "2"}, []string{"1", "1", "2"}, []int{2}},
		{"moved", []string{"1", "2"}, []string{"2", "1"}, []int{2}},
		{"separators", []string{"1", "234.5"}, []string{"1,234.5"}, nil},
		{"point lost", []string{"87.5"}, []string{"875"}, []int{1}},
		{"point moved", []string{"8.75"}, []string{"87.5"}, []int{1}},
		{"sign lost", []string{"-8", "8"}, []string{"8", "8"}, []int{2}},
		{"dash between", []string{"2020", "-1"}, []string{"2020—1"}, nil},
		{"no witness", nil, []string{"9"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := &Grid{}
			for i, text := range c.cells {
				g.Cells = append(g.Cells, Cell{Text: text, Place: report.Place{Column: i + 1}})
			}
			d := &Document{Digits: c.digits, Blocks: []Block{{Grid: g}}}
			var lost []int
			for _, p := range d.Unwitnessed() {
				lost = append(lost, p.Column)
			}
			if diff := cmp.Diff(c.lost, lost); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
		})
	}
}
