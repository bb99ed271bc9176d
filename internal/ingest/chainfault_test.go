package ingest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An extractorFault is what an extractor may do to a document. It changes the blocks and
// leaves the digits that were taken from the bytes as they are.
type extractorFault struct {
	name string
	// plant changes the document and returns false where there is nothing to change.
	plant func(d dice, f *faulty) bool
	// same says why the fault changes nothing that a careful reader would read: the
	// same cells must come out, or a doubt.
	same string
	// words says that the fault leaves every number where it is among the others: only
	// a witness that has the words and the places of cells can tell. It is planted
	// where the type has one.
	words bool
}

// A faulty is a document in which a fault is planted.
type faulty struct {
	doc   *extract.Document
	grids []*extract.Grid // those of the form
}

// TestChainExtractorFaults plants each fault in documents of several types, after they
// were extracted. Every one ends in doubt.
func TestChainExtractorFaults(t *testing.T) {
	docs := faultDocuments(t)
	for n, fault := range extractorFaults() {
		t.Run(fault.name, func(t *testing.T) {
			planted := 0
			for k, original := range docs {
				if fault.words && original.doc.Tables == nil {
					continue
				}
				d := seeded(uint64(n), uint64(k))
				for range campaign(1) {
					f := newFaulty(original.doc)
					if !fault.plant(d, f) {
						continue
					}
					planted++
					for _, o := range concluded(f.doc) {
						original.judge(t, fault.same, o)
					}
				}
			}
			if planted == 0 {
				t.Error("planted nowhere")
			}
		})
	}
}

// A faultDocument is a document without a fault, and what is read in it.
type faultDocument struct {
	name string
	doc  *extract.Document
	want *report.Reading
}

// judge holds what came out of a document with a fault.
func (x *faultDocument) judge(t *testing.T, same string, o outcome) {
	t.Helper()
	if !o.Status.Counts() {
		return
	}
	differs := o.reading.Year != x.want.Year || o.reading.Format != x.want.Format || o.reading.Agency != x.want.Agency
	for i, v := range o.reading.Values {
		if !differs && (v.State != x.want.Values[i].State || v.Amount != x.want.Values[i].Amount) {
			t.Errorf("%s: %s: %s: %v %v, was %v %v", x.name, o.Status, standard.FormOf(x.want.Format).Cells[i].Code,
				v.State, v.Amount, x.want.Values[i].State, x.want.Values[i].Amount)
			return
		}
	}
	if differs {
		t.Errorf("%s: %s: %s %s %d, was %s %s %d", x.name, o.Status, o.reading.Format, o.reading.Agency, o.reading.Year,
			x.want.Format, x.want.Agency, x.want.Year)
	} else if same == "" {
		t.Errorf("%s: %s, with the same cells", x.name, o.Status)
	}
}

// faultDocuments are documents of several types: drawn ones, and some of the corpus.
func faultDocuments(t *testing.T) []*faultDocument {
	var all []*faultDocument
	add := func(name string, body []byte) {
		docs, err := extract.Read(t.Context(), extract.Hint{Name: name}, body, extract.Limits{})
		if err != nil {
			t.Logf("%s: not read: %v", name, err)
		}
		for _, doc := range docs {
			if out := concluded(doc); len(out) == 1 && out[0].Status.Counts() {
				all = append(all, &faultDocument{name, doc, out[0].reading})
			}
		}
	}
	for _, w := range writers() {
		if slices.Contains([]string{"html", "docx", "rtf", "xlsx", "lines"}, w.name) {
			for i, format := range standard.Formats() {
				for k := range 2 {
					add(w.name+" "+string(format), w.write(faultPaper(seeded(uint64(i), uint64(31+k)), format, k), t))
				}
			}
		}
	}
	if len(all) != 30 {
		t.Errorf("%d documents without a doubt before the fault; want 30", len(all))
	}
	dir := corpusFolder()
	for _, pattern := range []string{"*.doc", "*.xls", "*.pdf"} {
		paths, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, path := range paths[:min(len(paths), 2)] {
			body, err := os.ReadFile(path)
			must(t, err)
			add(filepath.Base(path), body)
		}
	}
	return all
}

// faultPaper draws a report without blanks that has signs and every way of printing an
// amount.
func faultPaper(d dice, format standard.Format, n int) *paper {
	p := newPaper(d, format, true)
	amounts := []string{"251000元", "1.2亿元", "702.18万元", "87.5", "30万元"}
	changes := []string{"-8", "减5", "增3", "-12", "减少4"}
	for _, s := range p.sheets() {
		s.each(func(b *box) {
			c, ok := p.form.Cell(b.code)
			if !ok {
				return
			}
			switch {
			case c.Unit.Money():
				b.text = amounts[n%len(amounts)]
			case c.Signed():
				b.text = changes[n%len(changes)]
			default:
				return
			}
			n++
		})
	}
	return p
}

// corpusFolder is the folder of made-up documents beside the repository, which need
// not be there.
func corpusFolder() string {
	dir := os.Getenv("SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	return filepath.Join(dir, "corpus", "made")
}

// newFaulty copies a document.
func newFaulty(doc *extract.Document) *faulty {
	out := *doc
	out.Blocks = slices.Clone(doc.Blocks)
	f := &faulty{doc: &out}
	for i := range out.Blocks {
		if g := out.Blocks[i].Grid; g != nil {
			copied := *g
			copied.Cells = slices.Clone(g.Cells)
			out.Blocks[i].Grid = &copied
			f.grids = append(f.grids, &copied)
		}
		if p := out.Blocks[i].Paragraph; p != nil {
			copied := *p
			out.Blocks[i].Paragraph = &copied
		}
	}
	return f
}

// A gridPlace is a cell in a grid.
type gridPlace struct {
	grid *extract.Grid
	at   int
}

func (p gridPlace) cell() *extract.Cell { return &p.grid.Cells[p.at] }

// pick picks a cell of those that fit.
func (f *faulty) pick(d dice, fits func(p gridPlace) bool) (gridPlace, bool) {
	var all []gridPlace
	for _, g := range f.grids {
		for i := range g.Cells {
			if p := (gridPlace{g, i}); fits(p) {
				all = append(all, p)
			}
		}
	}
	if len(all) == 0 {
		return gridPlace{}, false
	}
	return all[d(len(all))], true
}

var figureForm = regexp.MustCompile(`^[-+减增少加]*[0-9][0-9.,]*(万元|亿元|元)?$`)

// isFigure fits cells with a number.
func isFigure(p gridPlace) bool { return figureForm.MatchString(p.cell().Text) }

// isNonzero fits cells with a number that is not 0.
func isNonzero(p gridPlace) bool { return isFigure(p) && p.cell().Text != "0" }

// isPlain fits cells with nothing but digits, not 0.
func isPlain(p gridPlace) bool {
	return isNonzero(p) && strings.Trim(p.cell().Text, "0123456789") == ""
}

// hasText fits cells that contain a text.
func hasText(text string) func(p gridPlace) bool {
	return func(p gridPlace) bool { return isFigure(p) && strings.Contains(p.cell().Text, text) }
}

// isLabel fits the last label of a row with figures.
func isLabel(p gridPlace) bool {
	if isFigure(p) || p.cell().Text == "" || p.at+1 >= len(p.grid.Cells) {
		return false
	}
	next := &p.grid.Cells[p.at+1]
	return next.Row == p.cell().Row && (figureForm.MatchString(next.Text) || len(next.Text) < 9 && p.cell().Column == 0) && len(p.cell().Text) > 9
}

// isHead fits heads of columns.
func isHead(p gridPlace) bool {
	for i := range p.grid.Cells {
		if c := &p.grid.Cells[i]; c.Row == p.cell().Row && figureForm.MatchString(c.Text) {
			return false
		}
	}
	return len(p.cell().Text) > 3 && p.cell().Row < p.grid.Rows-1 && p.cell().ColSpan < 4
}

// onText makes a fault that changes the text of a cell that fits.
func onText(fits func(p gridPlace) bool, change func(d dice, text string) string) func(dice, *faulty) bool {
	return func(d dice, f *faulty) bool {
		p, ok := f.pick(d, fits)
		if !ok {
			return false
		}
		before := p.cell().Text
		p.cell().Text = change(d, before)
		return p.cell().Text != before
	}
}

// beside makes a fault that touches two neighbouring cells of a row with other texts.
func beside(fits func(p gridPlace) bool, change func(g *extract.Grid, a, b int)) func(dice, *faulty) bool {
	return func(d dice, f *faulty) bool {
		p, ok := f.pick(d, func(p gridPlace) bool {
			return fits(p) && p.at+1 < len(p.grid.Cells) && fits(gridPlace{p.grid, p.at + 1}) &&
				p.grid.Cells[p.at+1].Row == p.cell().Row && p.grid.Cells[p.at+1].Text != p.cell().Text
		})
		if ok {
			change(p.grid, p.at, p.at+1)
		}
		return ok
	}
}

// onRow makes a fault that touches the row of a figure that is not 0.
func onRow(change func(g *extract.Grid, row int)) func(dice, *faulty) bool {
	return func(d dice, f *faulty) bool {
		p, ok := f.pick(d, isNonzero)
		if ok {
			change(p.grid, p.cell().Row)
		}
		return ok
	}
}

// deleteRow takes a row out and closes the gap.
func deleteRow(g *extract.Grid, row int) {
	g.Cells = slices.DeleteFunc(g.Cells, func(c extract.Cell) bool { return c.Row == row })
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Row < row && c.Row+c.RowSpan > row {
			c.RowSpan--
		}
		if c.Row > row {
			c.Row--
		}
	}
	g.Rows--
}

// swapTexts exchanges the texts of two cells.
func swapTexts(g *extract.Grid, a, b int) {
	g.Cells[a].Text, g.Cells[b].Text = g.Cells[b].Text, g.Cells[a].Text
}
