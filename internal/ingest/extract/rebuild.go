package extract

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// Text that has lost its tables keeps their cells in order: one to a line, or with a
// mark behind each, or set apart by blanks. What ends a row is then known from the
// form alone: its labels, and how many figures follow each. rebuild finds the runs of
// lines that are such cells and makes grids of them. A row with fewer figures than
// its form calls for stays short: which of them is missing is not ours to say.

// A line is a line of text outside tables.
type textLine struct {
	text  string
	place report.Place
}

// A region is a run of lines, from and to as in a slice, and the grids they were.
type textRegion struct {
	from, to int
	grids    []*Grid
}

// rebuild returns the regions of lines that are cells of statutory tables.
func rebuild(lines []textLine) []textRegion {
	var regions []textRegion
	for i := 0; i < len(lines); {
		tokens, next := cellRun(lines, i)
		if r, ok := regionOf(tokens); ok {
			regions = append(regions, r)
		}
		i = next
	}
	return regions
}

// A token is a cell of a table whose rows are lost, or a piece of one.
type lostToken struct {
	text  string
	kind  labelKind
	value bool // stands where a figure belongs; explicitly empty cells do
	line  int  // index among the lines
	place report.Place
}

// cellRun collects tokens from line i until a line that is no cell, and returns where
// to go on.
func cellRun(lines []textLine, i int) ([]lostToken, int) {
	var run []lostToken
	open := false // the last cell was not closed by a pipe
	for ; i < len(lines); i++ {
		text := lines[i].text
		if strings.ContainsAny(text, "|｜") {
			var cells []string
			closed := false
			cells, closed = splitPipes(text, open)
			open = !closed
			for _, cell := range cells {
				t := tokenOf(cell, lines[i], i)
				t.value = t.value || cell == ""
				run = append(run, t)
			}
			continue
		}
		tokens, ok := cellsOf(lines[i], i)
		if !ok {
			return run, i + 1
		}
		open = open && text == "" || text != ""
		run = append(run, tokens...)
	}
	return run, i
}

// tokenOf returns a cell that stands on a line.
func tokenOf(text string, l textLine, at int) lostToken {
	return lostToken{text: text, kind: labelOf(text), value: isValue(text), line: at, place: l.place}
}

// cellsOf splits a line into cells, and returns false if it is prose or a heading.
func cellsOf(l textLine, at int) ([]lostToken, bool) {
	text := l.text
	if strings.Contains(text, "。") && !strings.Contains(text, "勾稽") {
		return nil, false
	}
	one := func(s string) lostToken { return tokenOf(s, l, at) }
	t := one(text)
	switch {
	case text == "":
		return nil, true
	case labels()[labelKey(text)] != noLabel:
		return []lostToken{t}, true
	case t.value && !strings.ContainsRune(text, ' '):
		return []lostToken{t}, true
	}
	if pieces := strings.FieldsFunc(text, func(r rune) bool { return classOf(r) == blank }); len(pieces) > 1 {
		if tokens := spaced(pieces, one); tokens != nil {
			return tokens, true
		}
	}
	if t.kind != noLabel {
		return []lostToken{t}, true
	}
	if sectionHeading(text) || utf8.RuneCountInString(text) > 40 || strings.Contains(text, "；") {
		return nil, false
	}
	return []lostToken{t}, true
}

// splitPipes splits a line at its pipes. One at the end only closes the last cell, and
// one at the beginning does the same for the line before if that was left open.
func splitPipes(text string, open bool) (cells []string, closed bool) {
	cells = strings.Split(strings.ReplaceAll(text, "｜", "|"), "|")
	for i := range cells {
		cells[i] = squeeze(cells[i])
	}
	if cells[len(cells)-1] == "" {
		cells, closed = cells[:len(cells)-1], true
	}
	if open && cells[0] == "" {
		cells = cells[1:]
	}
	return cells, closed
}

// spaced reads a line whose cells are set apart by blanks, and returns nil if it is
// none: labels alone, or a label and its figures.
func spaced(pieces []string, one func(string) lostToken) []lostToken {
	figures := len(pieces)
	for figures > 0 && isValue(pieces[figures-1]) {
		figures--
	}
	tokens := joinLabels(tokensOf(pieces[:figures], one))
	known := 0
	for _, t := range tokens {
		if t.kind != noLabel {
			known++
		}
	}
	if known == 0 || figures == len(pieces) && known < len(tokens) {
		if figures > 0 {
			return nil
		}
	}
	return append(tokens, tokensOf(pieces[figures:], one)...)
}

// tokensOf makes a token of each piece of a line.
func tokensOf(pieces []string, one func(string) lostToken) []lostToken {
	tokens := make([]lostToken, len(pieces))
	for i, p := range pieces {
		tokens[i] = one(p)
	}
	return tokens
}

// sectionHeading reports whether a line is the heading of a section of the report and
// no label of a table.
func sectionHeading(text string) bool {
	key := labelKey(text)
	if numbering(text) != 1 {
		return false
	}
	for _, end := range []string{"情况", "问题", "事项", "措施", "概述", "附表", "情况表"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}

// numbering returns the level of a label's number: 1 for 一、 2 for （一） 3 for 1. and
// 0 for none.
func numbering(text string) int {
	text = strings.TrimLeft(text, " 　")
	digits := strings.TrimLeft(text, "一二三四五六七八九十")
	switch {
	case len(digits) < len(text):
		if strings.HasPrefix(digits, "、") || strings.HasPrefix(digits, "．") || strings.HasPrefix(digits, ".") || strings.HasPrefix(digits, " ") {
			return 1
		}
		return 0
	case strings.HasPrefix(text, "（"), strings.HasPrefix(text, "("):
		inside := strings.TrimLeft(text, "（( 　")
		if strings.ContainsRune("一二三四五六七八九十", firstRune(inside)) {
			return 2
		}
		return 0
	}
	digits = strings.TrimLeft(foldDigits(text), "0123456789")
	if len(digits) < len(foldDigits(text)) && strings.ContainsRune(".．、）)", firstRune(strings.TrimLeft(digits, " "))) {
		return 3
	}
	return 0
}

// firstRune returns the first character, and U+FFFD for none.
func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// regionOf makes grids of a run of tokens if it is one of cells: it must hold several
// known labels, with the name of a column or block among them or as many figures.
func regionOf(tokens []lostToken) (textRegion, bool) {
	tokens = trimRun(joinLabels(tokens))
	known, heads, figures := 0, 0, 0
	for _, t := range tokens {
		if t.kind != noLabel {
			known++
		}
		if t.kind == headLabel || t.kind == titleLabel {
			heads++
		}
		if t.value && t.text != "" {
			figures++
		}
	}
	if known < 3 || figures < 3 && (figures < 1 || heads < 1) {
		return textRegion{}, false
	}
	r := textRegion{from: tokens[0].line, to: tokens[len(tokens)-1].line + 1}
	for _, rows := range tablesOf(rowsOf(tokens)) {
		r.grids = append(r.grids, rows.grid())
	}
	return r, true
}

// trimRun drops what stands before the first label, and what stands behind the last cell:
// a figure, an empty cell that is marked, or the label of a row that has none.
func trimRun(tokens []lostToken) []lostToken {
	from, to := 0, len(tokens)
	for from < to && tokens[from].kind == noLabel {
		from++
	}
	for to > from && !tokens[to-1].value && tokens[to-1].kind != rowLabel {
		to--
	}
	return tokens[from:to]
}

// joinLabels joins pieces of labels that were broken over lines: those that make a
// known label together, as many as will.
func joinLabels(tokens []lostToken) []lostToken {
	out := make([]lostToken, 0, len(tokens))
	for i := 0; i < len(tokens); {
		t, n := tokens[i], 1
		text := t.text
		for k := 1; k < 5 && i+k < len(tokens) && !t.value && (!tokens[i+k].value || tokens[i+k].text == "项"); k++ {
			text += tokens[i+k].text
			if kind := labels()[labelKey(text)]; kind != noLabel {
				t.kind, n = kind, k+1
			} else if tokens[i].kind != titleLabel && labelOf(text) == titleLabel {
				t.kind, n = titleLabel, k+1
			}
		}
		if n > 1 {
			t.text = joined(tokens[i : i+n])
		}
		out = append(out, t)
		i += n
	}
	return out
}

// joined returns the texts of tokens as the lines of one cell.
func joined(tokens []lostToken) string {
	texts := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if t.text != "" {
			texts = append(texts, t.text)
		}
	}
	return strings.Join(texts, "\n")
}

// rebuildDocument replaces the paragraphs of d that are cells by grids, and reports
// whether there were any.
func rebuildDocument(d *Document) bool {
	var lines []textLine
	var owner []int // the block of each line
	for i, b := range d.Blocks {
		switch {
		case b.Grid != nil, b.Paragraph.Chrome:
			lines = append(lines, textLine{text: "。"}) // ends a run
			owner = append(owner, i)
			continue
		}
		for text := range strings.SplitSeq(b.Paragraph.Text, "\n") {
			lines = append(lines, textLine{text: text, place: b.Paragraph.Place})
			owner = append(owner, i)
		}
	}
	regions := rebuild(lines)
	if len(regions) == 0 {
		return false
	}
	d.replace(lines, owner, regions)
	return true
}

// replace puts the grids of regions where their lines stood. Lines of a paragraph that
// was cells in part become paragraphs of their own.
func (d *Document) replace(lines []textLine, owner []int, regions []textRegion) {
	var blocks blockList
	for i := 0; i < len(lines); {
		if len(regions) > 0 && regions[0].from == i {
			for _, g := range regions[0].grids {
				blocks.grid(g)
			}
			i = regions[0].to
			regions = regions[1:]
			continue
		}
		b := d.Blocks[owner[i]]
		switch end := i + 1; {
		case b.Grid != nil:
			blocks.grid(b.Grid)
			i = end
		default:
			for end < len(lines) && owner[end] == owner[i] && (len(regions) == 0 || regions[0].from > end) {
				end++
			}
			p := *b.Paragraph
			p.Text = textOf(lines[i:end], p)
			blocks.paragraph(p)
			i = end
		}
	}
	d.Blocks = blocks.list
}

// textOf returns the text of the lines i to end of p.
func textOf(lines []textLine, p Paragraph) string {
	if p.Chrome {
		return p.Text
	}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n")
}
