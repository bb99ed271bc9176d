package extract

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"gongkai/internal/report"
)

// holds reads foreign bytes and fails if the outcome is neither an ErrUnreadable nor
// documents that keep what extract.go promises.
func holds(t *testing.T, body []byte) {
	t.Helper()
	limits := Limits{Bytes: 1 << 20, Decompressed: 1 << 22, Pages: 2000}
	docs, err := Read(context.Background(), Hint{Name: "模糊"}, body, limits)
	if err != nil {
		if !errors.Is(err, report.ErrUnreadable) {
			t.Fatalf("error %v is no ErrUnreadable", err)
		}
		if strings.Contains(err.Error(), "文件结构异常") {
			t.Fatalf("panic: %v", err)
		}
		return
	}
	for _, d := range docs {
		paragraphs, grids := 0, 0
		for _, b := range d.Blocks {
			switch {
			case (b.Paragraph == nil) == (b.Grid == nil):
				t.Fatal("a block is not exactly one of paragraph and grid")
			case b.Paragraph != nil:
				paragraphs++
				if b.Paragraph.Number != paragraphs || b.Paragraph.Text == "" {
					t.Fatalf("paragraph %d is %+v", paragraphs, b.Paragraph)
				}
			default:
				grids++
				gridHolds(t, b.Grid, grids)
			}
		}
		d.Unwitnessed()
	}
}

// gridHolds checks the numbers of a grid and that it is text.
func gridHolds(t *testing.T, g *Grid, number int) {
	t.Helper()
	if g.Number != number {
		t.Fatalf("grid %d has number %d", number, g.Number)
	}
	row, column := 0, -1
	for _, c := range g.Cells {
		if c.Row < row || c.Row == row && c.Column <= column {
			t.Fatalf("cell %d,%d follows %d,%d", c.Row, c.Column, row, column)
		}
		row, column = c.Row, c.Column
		if c.RowSpan < 1 || c.ColSpan < 1 || c.ColSpan > maxSpan || c.Row+c.RowSpan > g.Rows || c.Column+c.ColSpan > g.Columns {
			t.Fatalf("cell %+v does not fit %d by %d", c, g.Rows, g.Columns)
		}
		if !utf8.ValidString(c.Text) {
			t.Fatalf("cell text %q is not UTF-8", c.Text)
		}
	}
}

// seed adds the first members of the cases whose file begins with a prefix.
func seed(f *testing.F, prefix string) {
	f.Helper()
	cases, err := filepath.Glob("testdata/read/" + prefix + "*.txtar")
	if err != nil || len(cases) == 0 {
		f.Fatalf("%d seeds for %s, err %v", len(cases), prefix, err)
	}
	for _, path := range cases {
		if _, err := os.Stat(path); err != nil {
			f.Fatal(err)
		}
		c := readOfficeCase(f, path)
		f.Add([]byte(c.members[c.names[0]]))
	}
}

// FuzzHTML reads whatever follows the beginning of a page.
func FuzzHTML(f *testing.F) {
	seed(f, "html-")
	f.Add([]byte("<table><tr><td rowspan=0 colspan=1000>1<td rowspan=65534>2<thead><tr><th>3"))
	f.Add([]byte("<table><tr><td><table><tr><td><table><caption>x</table></table>"))
	f.Fuzz(func(t *testing.T, body []byte) { holds(t, append([]byte("<p>x"), body...)) })
}

// FuzzSlim holds that a page says the same without what slim leaves out.
func FuzzSlim(f *testing.F) {
	seed(f, "html-")
	for _, page := range []string{
		`<TD WIDTH=1 width="2>3"/ =x align = 'a' style=a style="display:none">x`, "<script><!--<script></script>--></script><p lang=1>", "<td/><br width=5/><p a=/ align>",
		"<!--><p>--><td> <!---><td> <td><!-- --!><textarea><p align=1></textarea >", "<svg><style><p align=1></style></svg>", "<table><tr> \n<td> <!--x--> </td>\n</table>\n<b>x",
	} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		body = bytes.ToValidUTF8(body, nil)
		want, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			return
		}
		got, err := html.Parse(strings.NewReader(slim(string(body))))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(said(t, want, body), said(t, got, body)); diff != "" {
			t.Fatalf("slim page says (-want +got):\n%s\n%q", diff, slim(string(body)))
		}
	})
}

// said returns what a parsed page says, without its blanks.
func said(t *testing.T, root *html.Node, page []byte) string {
	t.Helper()
	d, err := walkHTML(root, string(page), surveyOf(root), DefaultLimits(), false)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(showPage(d), " ", "")
}

// FuzzText reads whatever follows the beginning of a text.
func FuzzText(f *testing.F) {
	seed(f, "text-")
	seed(f, "csv")
	f.Add([]byte("\t\n\n\n|\n||｜\n1 2 3\n第二十条第（一）项\n信息内容\n规章\n1"))
	f.Fuzz(func(t *testing.T, body []byte) { holds(t, append([]byte("报告\n"), body...)) })
}

// FuzzJSON reads answers and web archives.
func FuzzJSON(f *testing.F) {
	seed(f, "json")
	seed(f, "mhtml")
	f.Fuzz(holds)
}

// FuzzZIP reads archives.
func FuzzZIP(f *testing.F) {
	f.Add(pack(f, member{"a.txt", "规章 1"}, member{"b/c.html", "<table><tr><td>1</table>"}))
	f.Add(pack(f, member{"内.zip", string(pack(f, member{"a.txt", "甲"}))}))
	f.Fuzz(holds)
}

// FuzzPlant holds that where plant does not give up it makes the tree that the parser
// makes.
func FuzzPlant(f *testing.F) {
	seed(f, "html-")
	for _, page := range []string{
		"<!doctype html><p>1<table><td>2<col><caption>3</table>", "<p>1<table><tr><td><p>2<tr>3</table>4", "<ul><li>1<li><p>2<li>3</ul><dl><dt>1<dd>2</dl>",
		"<a href='?a&amp=1&lt=2&copy;'>1</a>", "<p A=1 a=2 =3 / b>x</p/x>", "<head><title>&lt;</title></head> <meta><body>x</body> y</html><b>z",
		"<td><object><b></object>1</td>", "<script>\r\n</scripts></script >x", "<b><p>1</b>2</p>", "<form><div></form></div>", "a<", "</", "<!-->--><!--->-->x",
	} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		samePlant(t, string(bytes.ToValidUTF8(body, nil)))
	})
}
