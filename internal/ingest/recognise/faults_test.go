package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// witnessed adds the digits of a document as its source would have them.
func witnessed(doc *extract.Document) *extract.Document {
	doc.Digits = []string{}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		texts := []string{}
		if b.Paragraph != nil {
			texts = append(texts, b.Paragraph.Text)
		} else {
			for _, c := range b.Grid.Cells {
				texts = append(texts, c.Text)
			}
		}
		for _, s := range texts {
			doc.Digits = append(doc.Digits, strings.Fields(string(numbersIn(nil, s, true)))...)
		}
	}
	return doc
}

// gridFaults are what an extractor may do to a grid.
var gridFaults = []struct {
	name  string
	plant func(g *extract.Grid, at int)
}{
	{"a digit lost", func(g *extract.Grid, at int) { g.Cells[at].Text = g.Cells[at].Text[1:] }},
	{"a digit changed", func(g *extract.Grid, at int) { g.Cells[at].Text = "8" + g.Cells[at].Text[1:] }},
	{"a digit doubled", func(g *extract.Grid, at int) { g.Cells[at].Text += g.Cells[at].Text[:1] }},
	{"two cells swapped", func(g *extract.Grid, at int) {
		a, b := &g.Cells[at], &g.Cells[at-1]
		a.Text, b.Text = b.Text, a.Text
	}},
	{"a figure moved one cell on", func(g *extract.Grid, at int) {
		if at+1 < len(g.Cells) {
			g.Cells[at].Text, g.Cells[at+1].Text = "", g.Cells[at].Text
		}
	}},
	{"a cell lost", func(g *extract.Grid, at int) { g.Cells = slices.Delete(g.Cells, at, at+1) }},
	{"a row lost", func(g *extract.Grid, at int) {
		row := g.Cells[at].Row
		g.Cells = slices.DeleteFunc(g.Cells, func(c extract.Cell) bool { return c.Row == row })
	}},
	{"a row twice", func(g *extract.Grid, at int) {
		row := g.Cells[at].Row
		for _, c := range slices.Clone(g.Cells) {
			if c.Row == row {
				c.Row = g.Rows
				g.Cells = append(g.Cells, c)
			}
		}
		g.Rows++
	}},
	{"cells run together", func(g *extract.Grid, at int) {
		g.Cells[at].Text = g.Cells[at-1].Text + g.Cells[at].Text
		g.Cells = slices.Delete(g.Cells, at-1, at)
	}},
}

// TestExtractorFaults plants faults below both readers. What both of them read alike
// and wrongly, the third witness must refuse.
func TestExtractorFaults(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	planted := 0
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		for _, fault := range gridFaults {
			for range 12 {
				texts := figuresOf(form, rng)
				doc := witnessed(headed(blocksOf(draw(form, texts)), 2020))
				if r := Read(doc, Hint{})[0]; len(r.Doubts) > 0 {
					t.Fatalf("%s in doubt before the fault: %+v", format, r.Doubts[0])
				}
				var grids []*extract.Grid
				for _, b := range doc.Blocks {
					if b.Grid != nil {
						grids = append(grids, b.Grid)
					}
				}
				g := grids[rng.IntN(len(grids))]
				at := rng.IntN(len(g.Cells))
				for textKind(g.Cells[at].Text) != figureCell || g.Cells[at].Text == "/" {
					at = rng.IntN(len(g.Cells))
				}
				place, before := g.Cells[at].Place, digitsOf(grids)
				fault.plant(g, at)
				if digitsOf(grids) == before {
					continue // a figure moved over a blank: digits cannot tell, sums may
				}
				planted++
				want := wantValues(form, texts)
				for _, r := range Read(doc, Hint{}) {
					if r.Format != format {
						continue
					}
					if wrong := mistakes(form, want, r.Values, false); len(wrong) > 0 && len(r.Doubts) == 0 {
						t.Errorf("%s, %s at %v: wrong in silence: %.200q", format, fault.name, place, wrong)
					}
				}
			}
		}
	}
	if planted < 200 {
		t.Errorf("%d faults planted; want more", planted)
	}
}

// digitsOf are the digits of some grids in their order.
func digitsOf(grids []*extract.Grid) string {
	var digits []byte
	for _, g := range grids {
		digits = append(new(witness).blockNumbers(digits, &extract.Block{Grid: g}), '|')
	}
	return string(digits)
}

// TestReaderFaults plants faults in what one reader read. The other one must not
// agree.
func TestReaderFaults(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	faults := []func(v []report.Value, i int){
		func(v []report.Value, i int) { v[i] = report.Value{} },
		func(v []report.Value, i int) { v[i] = report.Value{State: report.Blank} },
		func(v []report.Value, i int) { v[i] = report.Value{State: report.Printed, Amount: report.Count(99991)} },
		func(v []report.Value, i int) { v[i] = report.Value{State: report.Dash, Text: "—"} },
		func(v []report.Value, i int) { copy(v[i:], v[i+1:]) },
	}
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		for n := range 50 {
			texts := figuresOf(form, rng)
			blocks := blocksOf(draw(form, texts))
			readings := [2]tableReading{readGeometry(blocks), readSequence(blocks, format)}
			at := rng.IntN(len(texts) - 1)
			fault := faults[n%len(faults)]
			before := slices.Clone(readings[n%2].values)
			fault(readings[n%2].values, at)
			p := &reportPart{doc: &extract.Document{}, r: &report.Reading{Format: format}}
			p.compare(readings[0], readings[1])
			changed := len(mistakes(form, before, readings[n%2].values, false)) > 0
			if changed && len(p.r.Doubts) == 0 {
				t.Errorf("%s: fault %d in reader %d at %s passed", format, n%len(faults), n%2, form.Cells[at].Code)
			}
			for i, v := range p.r.Values {
				if v.State != report.Unread && (v.State != before[i].State || v.Amount != before[i].Amount) {
					t.Errorf("%s: %s is %s, was %s", format, form.Cells[i].Code, fmt.Sprint(v), fmt.Sprint(before[i]))
				}
			}
		}
	}
}
