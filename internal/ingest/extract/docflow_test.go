package extract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a document for golden files: a line for each paragraph and for each
// cell, cells with their place and spans.
func show(doc *Document) string {
	var b strings.Builder
	for _, block := range doc.Blocks {
		if p := block.Paragraph; p != nil {
			mark := ""
			if p.Heading {
				mark = "#"
			}
			fmt.Fprintf(&b, "p%d%s %s\n", p.Number, mark, strings.ReplaceAll(p.Text, "\n", "⏎"))
			continue
		}
		showGrid(&b, block.Grid)
	}
	for _, l := range doc.Links {
		fmt.Fprintf(&b, "link %s -> %s\n", l.Text, l.Href)
	}
	if doc.Pictures > 0 {
		fmt.Fprintf(&b, "pictures %d\n", doc.Pictures)
	}
	for _, w := range doc.Warnings {
		fmt.Fprintf(&b, "warning %s %s\n", w.Rule, w.Text)
	}
	return b.String()
}

func showGrid(b *strings.Builder, g *Grid) {
	fmt.Fprintf(b, "grid %d: %d rows, %d columns\n", g.Number, g.Rows, g.Columns)
	for _, c := range g.Cells {
		span, head := "", ""
		if c.RowSpan > 1 || c.ColSpan > 1 {
			span = fmt.Sprintf(" %dx%d", c.RowSpan, c.ColSpan)
		}
		if c.Header {
			head = " th"
		}
		address := ""
		if c.Place.Address != "" {
			address = " " + c.Place.Sheet + "!" + c.Place.Address
		}
		fmt.Fprintf(b, "  %d,%d%s%s%s %s\n", c.Row, c.Column, span, head, address, strings.ReplaceAll(c.Text, "\n", "⏎"))
	}
}

// An officeCase is a case file: a comment that says why it exists, then members
// after lines of the form "-- name --".
type officeCase struct {
	path, why string
	names     []string
	members   map[string]string
}

func readOfficeCase(t testing.TB, path string) *officeCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &officeCase{path: path, members: map[string]string{}}
	name := ""
	for line := range strings.Lines(string(data)) {
		if head, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- "); ok && strings.HasSuffix(head, " --") {
			name = strings.TrimSuffix(head, " --")
			c.names = append(c.names, name)
			continue
		}
		if name == "" {
			c.why += line
		} else {
			c.members[name] += line
		}
	}
	if c.why == "" {
		t.Fatalf("%s does not say why it exists", path)
	}
	return c
}

// officeCases calls test for each case of a folder.
func officeCases(t *testing.T, folder string, test func(t *testing.T, c *officeCase) string) {
	t.Helper()
	cases, err := filepath.Glob("testdata/office/" + folder + "/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, err %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			c := readOfficeCase(t, path)
			c.check(t, test(t, c))
		})
	}
}

// check compares with the want member, and with UPDATE_OFFICE set rewrites it for
// a person to read in the diff.
func (c *officeCase) check(t *testing.T, got string) {
	t.Helper()
	if os.Getenv("UPDATE_OFFICE") == "" {
		if diff := cmp.Diff(c.members["want"], got); diff != "" {
			t.Errorf("document (-want +got):\n%s", diff)
		}
		return
	}
	var b strings.Builder
	b.WriteString(c.why)
	for _, name := range c.names {
		if name != "want" {
			fmt.Fprintf(&b, "-- %s --\n%s", name, c.members[name])
		}
	}
	fmt.Fprintf(&b, "-- want --\n%s", got)
	if err := os.WriteFile(c.path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// showRead reads bytes and writes what came out, with the witness's digits.
func showRead(t *testing.T, name string, body []byte) string {
	t.Helper()
	docs, err := Read(t.Context(), Hint{Name: name}, body, Limits{})
	if err != nil {
		return err.Error() + "\n"
	}
	return show(docs[0]) + "digits " + strings.Join(docs[0].Digits, " ") + "\n"
}

// checkGrids holds what every reader promises of its grids.
func checkGrids(t *testing.T, doc *Document) {
	t.Helper()
	for _, b := range doc.Blocks {
		if b.Grid == nil {
			continue
		}
		for _, c := range b.Grid.Cells {
			if c.Row < 0 || c.Column < 0 || c.RowSpan < 1 || c.ColSpan < 1 ||
				c.RowSpan > mostColumns || c.ColSpan > mostColumns || c.Row+c.RowSpan > b.Grid.Rows {
				t.Fatalf("grid of %d rows and %d columns has cell %+v", b.Grid.Rows, b.Grid.Columns, c)
			}
		}
	}
}
