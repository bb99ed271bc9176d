package recognise

import (
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An extraRow is a row with figures whose label the form does not know.
type extraRow struct {
	table         standard.Table
	before, after uint8      // rows of the form around it, 0 for none
	cells         []gridCell // the label and what stands behind it
	heads         headers
	place         report.Place
	figures       bool // holds more than blanks and dashes
}

// addExtra keeps a row for the end, when it is known which rows are missing. The
// first cell is its label.
func (g *geometry) addExtra(table standard.Table, cells []gridCell, figures bool) {
	if len(cells) < 2 || len(g.extra) > maxUnknown {
		return
	}
	heads := g.cur
	if heads.table != table || table == "" {
		heads = g.heads[table]
	}
	g.extra = append(g.extra, extraRow{
		table: table, before: g.last, cells: slices.Clone(cells), heads: heads, place: cells[0].src.Place,
		figures: figures,
	})
}

// closeExtra tells the rows kept since the last row of the form which one follows.
func (g *geometry) closeExtra(row uint8) {
	for i := len(g.extra) - 1; i >= 0 && g.extra[i].after == 0; i-- {
		g.extra[i].after = row
		if g.extra[i].table == "" {
			g.extra[i].table = g.forms.rows[row].table
			g.extra[i].heads = g.heads[g.extra[i].table]
		}
	}
}

// adopt looks at the rows that the form does not know. One that stands where a row
// of the form is missing, and is called much like it and like no other that is
// missing there, is that row. One that stands there and is called otherwise may be
// it, and is a doubt. Any other is a fact about the document.
func (g *geometry) adopt(n int) []report.Note {
	var notes []report.Note
	for i := range g.extra {
		e := &g.extra[i]
		label := &e.cells[0]
		missing := g.missingAround(n, e)
		if row := g.mostAlike(missing, label); row != 0 && len(e.heads.list) > 0 {
			g.match(row, label, e.cells[1:], e.heads, false)
			continue
		}
		text := oneLine(label.src.Text)
		if len(missing) == 0 && !e.figures {
			continue
		}
		if len(missing) > 0 {
			g.doubt("read.anchors", e.place, "行标签无法识别，而格式要求的一行缺失："+text)
			continue
		}
		notes = append(notes, report.Note{Rule: "form.row_set", Subject: text, Place: e.place, Text: "格式以外的一行：" + text})
	}
	return notes
}

// missingAround returns the rows of the form that belong between the rows around an
// extra one and were not found.
func (g *geometry) missingAround(n int, e *extraRow) []uint8 {
	rows := g.forms.rows
	before, after := rows[e.before], rows[e.after]
	var missing []uint8
	for r := 1; r < len(rows); r++ {
		at, table := rows[r].order[n], rows[r].table
		switch {
		case at == 0, g.at[r] != ([maxColumns]int16{}):
		case e.before != 0 && table == before.table && at < before.order[n]:
		case e.after != 0 && table == after.table && at > after.order[n]:
		case e.before != 0 && table == before.table, e.after != 0 && table == after.table, table == e.table:
			missing = append(missing, uint8(r))
		}
	}
	return missing
}

// mostAlike returns the one row among some whose label is most like a text, and 0
// where none is like enough or two are alike.
func (g *geometry) mostAlike(rows []uint8, label *gridCell) uint8 {
	text := []rune(string(plain(g.buf, label.src.Text).key))
	var best uint8
	var most, second float64
	for _, r := range rows {
		like := 0.0
		for _, l := range g.forms.rows[r].plain {
			like = max(like, likeness(text, l))
		}
		if like > most {
			best, most, second = r, like, most
		} else {
			second = max(second, like)
		}
	}
	if most < alikeEnough || second > most-0.1 {
		return 0
	}
	return best
}

// alikeEnough is the share of its characters that an unknown label must have in
// common with a missing one to be taken for it.
const alikeEnough = 0.6

// likeness is the share of the shorter text that both have in the same order, and 0
// where that is a single character or less than a third of the longer one.
func likeness(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 || len(a) > 60 || len(b) > 60 {
		return 0
	}
	var buf [64]int
	row := buf[:len(b)+1]
	for _, ra := range a {
		diagonal := 0
		for j, rb := range b {
			above := row[j+1]
			if ra == rb {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	common := row[len(b)]
	if common < 2 || common*3 < max(len(a), len(b)) {
		return 0
	}
	return float64(common) / float64(min(len(a), len(b)))
}
