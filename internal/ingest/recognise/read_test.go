package recognise

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

var update = flag.Bool("update", false, "rewrite the answers of testdata/read")

// TestRead reads the cases of testdata/read. A case says first why it exists; a new
// way for a report to be odd is a new file and no Go.
func TestRead(t *testing.T) {
	paths, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d cases, err %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			in, want, ok := strings.Cut(string(body), "-- reading --\n")
			why, text, parts := strings.Cut(in, "-- document --\n")
			if !parts || !ok && !*update || strings.TrimSpace(why) == "" {
				t.Fatalf("want a reason, -- document -- and -- reading --")
			}
			doc, hint := documentOf(t, text)
			got := tell(Read(witnessed(doc), hint))
			if *update {
				if err := os.WriteFile(path, []byte(in+"-- reading --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s(-want +got):\n%s", why, diff)
			}
		})
	}
}

// documentOf makes a document of a case. A line that begins with ¶ is a paragraph, one
// with @ says something of the page or of its finder, an empty line ends a table, and
// any other line is a row: tabs part the cells, ␤ is a line break, and {2x3} behind a
// text is a cell of two columns and three rows.
func documentOf(t *testing.T, text string) (*extract.Document, Hint) {
	t.Helper()
	doc, hint := &extract.Document{Type: extract.HTML}, Hint{}
	var table *drawing
	tables, paragraphs := 0, 0
	flush := func() {
		if table != nil {
			tables++
			doc.Blocks = append(doc.Blocks, extract.Block{Grid: table.grid(tables)})
			table = nil
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "¶"); ok {
			flush()
			paragraphs++
			doc.Blocks = append(doc.Blocks, extract.Block{Paragraph: &extract.Paragraph{Number: paragraphs, Text: rest}})
			continue
		}
		if rest, ok := strings.CutPrefix(line, "@"); ok {
			setAbout(t, doc, &hint, rest)
			continue
		}
		if line == "" {
			flush()
			continue
		}
		if table == nil {
			table = &drawing{}
		}
		var row []drawn
		for cell := range strings.SplitSeq(line, "\t") {
			row = append(row, spanned(strings.ReplaceAll(cell, "␤", "\n")))
		}
		table.rows = append(table.rows, row)
	}
	flush()
	return doc, hint
}

// FuzzRead holds Read to its contract on any document: it does not panic, its values
// are those of its format, and what is unread has a doubt.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, text, _ := strings.Cut(string(body), "-- document --\n")
		text, _, _ = strings.Cut(text, "-- reading --\n")
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "\n@", "\n")
		doc, hint := documentOf(t, strings.TrimPrefix(text, "@"))
		for _, r := range Read(doc, hint) {
			form := standard.FormOf(r.Format)
			if (form == nil) != (r.Values == nil) || form != nil && len(form.Cells) != len(r.Values) {
				t.Fatalf("format %q with %d values", r.Format, len(r.Values))
			}
			for i, v := range r.Values {
				if v.State == report.Unread && len(r.Doubts) == 0 {
					t.Fatalf("%s is unread and nothing is in doubt", form.Cells[i].Code)
				}
			}
		}
	})
}

// spanned reads the spans behind the text of a cell.
func spanned(cell string) drawn {
	d := drawn{text: cell, rows: 1, cols: 1}
	body, ok := strings.CutSuffix(cell, "}")
	if !ok {
		return d
	}
	text, spans, ok := cutLast(body, "{")
	cols, rows, both := strings.Cut(spans, "x")
	c, errC := strconv.Atoi(cols)
	r, errR := strconv.Atoi(rows)
	if !ok || !both || errC != nil || errR != nil || c < 1 || r < 1 || c > 1000 || r > 1000 {
		return d
	}
	return drawn{text: text, rows: r, cols: c}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// setAbout reads a line that says something of the page.
func setAbout(t *testing.T, doc *extract.Document, hint *Hint, line string) {
	t.Helper()
	key, value, _ := strings.Cut(line, " ")
	number := func() int {
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch key {
	case "title":
		doc.Title = value
	case "article":
		doc.Meta.ArticleTitle = value
	case "source":
		doc.Meta.Source = value
	case "site":
		doc.Meta.Site = value
	case "date":
		doc.Meta.PubDate = value
	case "pictures":
		doc.Pictures = number()
	case "link":
		text, href, _ := strings.Cut(value, " ")
		doc.Links = append(doc.Links, extract.Link{Text: text, Href: href})
	case "hint-year":
		hint.Year = number()
	case "hint-agency":
		hint.Agency = value
	default:
		t.Fatalf("@%s: not known", key)
	}
}

// tell writes readings down.
func tell(readings []*report.Reading) string {
	var b strings.Builder
	for _, r := range readings {
		fmt.Fprintf(&b, "%s %s %d %s", strings.Join(r.Region, " "), r.Agency, r.Year, r.Format)
		if !r.Signed.IsZero() {
			fmt.Fprintf(&b, " signed %d-%d-%d", r.Signed.Year, r.Signed.Month, r.Signed.Day)
		}
		if !r.Published.IsZero() {
			fmt.Fprintf(&b, " published %d-%d-%d", r.Published.Year, r.Published.Month, r.Published.Day)
		}
		if r.Hint {
			b.WriteString(" by hint")
		}
		b.WriteString("\n")
		for i, v := range r.Values {
			code := standard.FormOf(r.Format).Cells[i].Code
			switch v.State {
			case report.Absent:
			case report.Printed:
				fmt.Fprintf(&b, "%s\t%v\n", code, v.Amount)
			default:
				fmt.Fprintf(&b, "%s\t%v %q\n", code, v.State, v.Text)
			}
		}
		for _, d := range r.Doubts {
			fmt.Fprintf(&b, "doubt %s %s: %s\n", d.Rule, d.Cell, d.Text)
		}
		lacking := 0
		for _, n := range r.Notes {
			if strings.HasPrefix(n.Text, "表中没有这一行") || n.Rule == "form.missing_table" {
				lacking++ // cases show the part of a form that they are about
				continue
			}
			fmt.Fprintf(&b, "note %s %s: %s\n", n.Rule, n.Subject, n.Text)
		}
		if lacking > 0 {
			fmt.Fprintf(&b, "lacks %d rows or tables\n", lacking)
		}
		if r.Follow != nil {
			fmt.Fprintf(&b, "follow %s\n", strings.Join(r.Follow, " "))
		}
	}
	return b.String()
}
