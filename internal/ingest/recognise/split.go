package recognise

import (
	"strings"

	"gongkai/internal/ingest/extract"
)

// A part is one report of a document: its blocks, and what the first reader made of
// its tables.
type part struct {
	blocks []extract.Block
	tables tableReading
}

// splitReports cuts a document where a second report begins: a grid that says again
// what an earlier one said, or belongs to another form, with the title of a report
// between them. A repeated grid without a title between is no second report; it
// stays, and is in doubt.
func splitReports(blocks []extract.Block) []part {
	var parts []part
	start, lastTable := 0, -1
	g := newGeometry()
	for i := range blocks {
		if blocks[i].Grid == nil {
			continue
		}
		before := len(g.placed)
		again := g.readGrid(i-start, blocks[start:])
		if again {
			if at := titleBetween(blocks, lastTable+1, i); at > start {
				parts = append(parts, part{blocks[start:at], readGeometry(blocks[start:at])})
				start, g = at, newGeometry()
				before = 0
				g.readGrid(i-start, blocks[start:])
			}
		}
		if len(g.placed) > before || again {
			lastTable = i
		}
	}
	return append(parts, part{blocks[start:], g.finish()})
}

// titleBetween returns the position of the title with which a report begins, among
// blocks from and to, or failing that of its first chapter; -1 where neither stands
// there.
func titleBetween(blocks []extract.Block, from, to int) int {
	chapter := -1
	for i := from; i < to; i++ {
		p := blocks[i].Paragraph
		if p == nil || p.Chrome {
			continue
		}
		if isReportTitle(p.Text) {
			return i
		}
		if chapter < 0 && isFirstChapter(p.Text) {
			chapter = i
		}
	}
	return chapter
}

// isFirstChapter reports whether a text heads the first chapter of a report.
func isFirstChapter(text string) bool {
	if len(text) > 60 {
		return false
	}
	rest, ok := strings.CutPrefix(squeezed(text), "一、")
	if !ok {
		return false
	}
	rest = simplified(rest)
	for _, w := range [...]string{"总体", "概述", "概况", "基本情况", "工作情况"} {
		if strings.Contains(rest, w) {
			return true
		}
	}
	return false
}
