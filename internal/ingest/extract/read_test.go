package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// TestRead holds Read to the cases in testdata/read. A case is a file that opens with
// the reason it exists; its first member is read, whatever its name says.
func TestRead(t *testing.T) {
	cases, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, err %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			c := readOfficeCase(t, path)
			docs, err := Read(t.Context(), Hint{Name: c.names[0]}, []byte(c.members[c.names[0]]), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, showPage(docs[0]))
		})
	}
}

// showPage writes a document with its grids row by row: each cell with its column and,
// where it is more than one, its rows and columns.
func showPage(d *Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", d.Type, d.Route)
	if d.Title != "" {
		fmt.Fprintf(&b, "title %s\n", d.Title)
	}
	if m := d.Meta; !cmp.Equal(m, Meta{}) {
		fmt.Fprintf(&b, "meta %s | %s | %s | %s | %s | %s | %s\n",
			m.ArticleTitle, m.PubDate, m.Source, m.Column, strings.Join(m.Breadcrumb, ">"), m.Canonical, m.Site)
	}
	for _, block := range d.Blocks {
		if p := block.Paragraph; p != nil {
			mark := ""
			if p.Heading {
				mark += " heading"
			}
			if p.Chrome {
				mark += " chrome"
			}
			fmt.Fprintf(&b, "%v%s: %s\n", p.Place, mark, strings.ReplaceAll(p.Text, "\n", "⏎"))
			continue
		}
		showRows(&b, block.Grid)
	}
	for _, l := range d.Links {
		fmt.Fprintf(&b, "link %s -> %s\n", l.Text, l.Href)
	}
	if d.Pictures > 0 {
		fmt.Fprintf(&b, "pictures %d\n", d.Pictures)
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "warning %s %s\n", w.Rule, w.Text)
	}
	fmt.Fprintf(&b, "digits %s\n", strings.Join(d.Digits, " "))
	for _, p := range d.Unwitnessed() {
		fmt.Fprintf(&b, "unwitnessed %v\n", p)
	}
	return b.String()
}

func showRows(b *strings.Builder, g *Grid) {
	fmt.Fprintf(b, "grid %d, %d by %d", g.Number, g.Rows, g.Columns)
	if g.Rebuilt {
		b.WriteString(", rebuilt")
	}
	row := -1
	for _, c := range g.Cells {
		if c.Row != row {
			row = c.Row
			fmt.Fprintf(b, "\n%4d:", row)
		}
		fmt.Fprintf(b, " %d", c.Column)
		if c.RowSpan > 1 || c.ColSpan > 1 {
			fmt.Fprintf(b, "(%dx%d)", c.RowSpan, c.ColSpan)
		}
		if c.Header {
			b.WriteString("*")
		}
		fmt.Fprintf(b, " %s |", strings.ReplaceAll(c.Text, "\n", "⏎"))
	}
	b.WriteString("\n")
}

// TestReadRefusal holds what Read says of bytes it cannot read: an ErrUnreadable in
// words that help, never a panic.
func TestReadRefusal(t *testing.T) {
	cases := []struct {
		name, body string
		want       string // part of the message
	}{
		{"empty", "", "文件为空"},
		{"picture", "\x89PNG\r\n\x1a\n....", "图片"},
		{"archive of another kind", "Rar!\x1a\x07\x00", "不支持的文件类型 rar"},
		{"page of scripts", "<html><script>load()</script></html>", "没有正文"},
		{"blank text", " \n\t \n", "没有任何文字"},
		{"torn archive", "PK\x03\x04....", "压缩包无法打开"},
		{"no report", `{"a":"b"}`, "JSON 中没有报告正文"},
		{"torn JSON", `{"a":`, "JSON 无法解析"},
		{"binary", "\x01\x00\x02", "不支持的文件类型 unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			docs, err := Read(t.Context(), Hint{Name: "年报.doc"}, []byte(c.body), Limits{})
			if !errors.Is(err, report.ErrUnreadable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d documents, error %v; want ErrUnreadable with %q", len(docs), err, c.want)
			}
		})
	}
}

// TestReadLimits holds each limit.
func TestReadLimits(t *testing.T) {
	rows := "<table>" + strings.Repeat("<tr><td>1</td></tr>", 50) + "</table>"
	cases := []struct {
		name   string
		body   []byte
		limits Limits
		want   string
	}{
		{"bytes", []byte(rows), Limits{Bytes: 10}, "bytes"},
		{"rows", []byte(rows), Limits{Pages: 49}, "pages"},
		{"tags", []byte(strings.Repeat("<p>", 500)), Limits{Pages: 2}, "pages"},
		{"text rows", []byte(strings.Repeat("\t1\n\n", 50)), Limits{Pages: 10}, "pages"},
		{"csv rows", []byte(strings.Repeat("a,b,c\n", 50)), Limits{Pages: 10}, "pages"},
		{"ratio", pack(t, member{"a.txt", strings.Repeat("0", 4<<20)}), Limits{}, "ratio"},
		{"decompressed", pack(t, member{"a.txt", noise(1 << 20)}, member{"b.txt", noise(1 << 20)}), Limits{Decompressed: 1 << 20}, "decompressed"},
		{"members", pack(t, member{"a.txt", "甲"}, member{"b.txt", "乙"}, member{"c.txt", "丙"}), Limits{Pages: 2}, "pages"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(t.Context(), Hint{}, c.body, c.limits)
			var limit *report.LimitError
			if !errors.As(err, &limit) || limit.Limit != c.want {
				t.Errorf("error %v, want a LimitError of %s", err, c.want)
			}
		})
	}
}

// noise returns text that does not compress much.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = ' ' + byte(x>>24)%90
	}
	return string(b)
}

// TestReadNesting reads pages nested deeper than the parser allows.
func TestReadNesting(t *testing.T) {
	body := strings.Repeat("<font><span>", 2000) + "<table><tr><td>规章<td>1</table>"
	docs, err := Read(t.Context(), Hint{}, []byte(body), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := docs[0].Blocks[0].Grid.Cells[1].Text; got != "1" {
		t.Errorf("cell %q, want 1", got)
	}
	_, err = Read(t.Context(), Hint{}, []byte(strings.Repeat("<div>", 2000)), Limits{})
	if !errors.Is(err, report.ErrUnreadable) {
		t.Errorf("error %v, want ErrUnreadable", err)
	}
}

// TestReadPanic holds that a reader that panics spoils its own document only.
func TestReadPanic(t *testing.T) {
	_, err := readOne(t.Context(), HTML, input{limits: Limits{Pages: -1}, body: []byte("<p>")})
	if !errors.Is(err, report.ErrUnreadable) {
		t.Errorf("limits of no sense: %v, want ErrUnreadable", err)
	}
	err = guarded(HTML, func() error { panic("boom") })
	if !errors.Is(err, report.ErrUnreadable) || !strings.Contains(err.Error(), "boom") {
		t.Errorf("panic became %v, want ErrUnreadable", err)
	}
}

type member struct{ name, body string }

// pack returns a ZIP archive.
func pack(t testing.TB, members ...member) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write([]byte(m.body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
