package recognise

import (
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A seqKind is what a text of the stream is.
type seqKind uint8

const (
	seqIsBreak seqKind = iota // between tables, or a paragraph
	seqIsMark                 // a figure, a blank, a dash or a word for one
	seqIsLabel
	seqIsUnit // a unit alone in its cell
	seqIsText // anything else: an unknown label, a heading, prose
	seqIsVoid // part of another token, or a number of a list
)

// A seqToken is one text of the stream.
type seqToken struct {
	kind   seqKind
	near   bool // not spelt like any label, and taken for the likest
	unit   seqUnit
	mark   seqMark
	number int           // in front of a label
	labels []int16       // meanings, most of them one
	cell   *extract.Cell // only its Text and Place are read
}

// text is what the source prints.
func (t *seqToken) text() string { return t.cell.Text }

// place is where the text stands, for people and not for the reader.
func (t *seqToken) place() report.Place { return t.cell.Place }

// seqStream makes the stream of a document: the texts of its cells in the order of
// the source. Paragraphs stand in it as breaks.
func seqStream(blocks []extract.Block, x *seqIndex) []seqToken {
	size := len(blocks) + 1
	for i := range blocks {
		if blocks[i].Grid != nil {
			size += len(blocks[i].Grid.Cells)
		}
	}
	s := make([]seqToken, 0, size)
	var full, brief [seqLongest]byte
	for i := range blocks {
		s = append(s, seqToken{kind: seqIsBreak, cell: seqNothing})
		grid := blocks[i].Grid
		if grid == nil {
			continue
		}
		for j := range grid.Cells {
			s = append(s, seqToken{cell: &grid.Cells[j]})
			s[len(s)-1].classify(x, full[:], brief[:])
		}
	}
	return append(s, seqToken{kind: seqIsBreak, cell: seqNothing})
}

// seqNothing is the cell of a break.
var seqNothing = new(extract.Cell)

// classify says what the text of a token is, as far as the text alone tells.
func (t *seqToken) classify(x *seqIndex, full, brief []byte) {
	text := t.text()
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		t.kind, t.mark = seqIsMark, seqMark{state: report.Printed, amount: report.Count(int64(text[0] - '0'))}
		return
	}
	if found, ok := x.byText[text]; ok {
		t.kind, t.number, t.labels = seqIsLabel, found.number, found.labels
		return
	}
	if mark, ok := seqMarkOf(text); ok {
		t.kind, t.mark = seqIsMark, mark
		if mark.state == report.Unread && seqIsListNumber(text) {
			t.kind = seqIsVoid
		}
		return
	}
	var buf [16]rune
	if runes, _, ok := seqFlat(text, buf[:0]); ok {
		if unit, known := seqUnitOf(runes); known && unit != seqNoUnit {
			t.kind, t.unit = seqIsUnit, unit
			return
		}
	}
	key := seqKeyOf(text, full, brief)
	t.number = key.number
	t.kind = seqIsText
	if len(key.full) == 0 && t.number > 0 {
		t.kind = seqIsVoid
		return
	}
	t.take(x, x.find(key), seqAllFormats)
}

// take keeps the meanings that the formats have.
func (t *seqToken) take(x *seqIndex, found []int16, formats uint8) {
	for n, i := range found {
		if x.labels[i].formats&formats == 0 {
			found = seqOnly(x, found, n, formats)
			break
		}
	}
	if len(found) > 0 {
		t.kind, t.labels = seqIsLabel, found
	}
}

// seqKeep drops the meanings that the format does not have.
func seqKeep(s []seqToken, x *seqIndex, formats uint8) {
	for i := range s {
		if t := &s[i]; t.kind == seqIsLabel {
			found := t.labels
			t.kind, t.labels = seqIsText, nil
			t.take(x, found, formats)
		}
	}
}

// seqOnly copies the meanings of the formats; the first n are known to be theirs.
func seqOnly(x *seqIndex, found []int16, n int, formats uint8) []int16 {
	only := append([]int16(nil), found[:n]...)
	for _, i := range found[n:] {
		if x.labels[i].formats&formats != 0 {
			only = append(only, i)
		}
	}
	return only
}

// seqIsListNumber reports whether a text is a number of a list in a cell of its
// own: 1. or （2）.
func seqIsListNumber(text string) bool {
	digits, others := 0, 0
	for _, r := range text {
		switch {
		case seqSpace(r):
		case seqDigit(r) >= 0:
			digits++
		case seqStops(r), seqOpens(r):
			others++
		default:
			return false
		}
	}
	return digits > 0 && digits < 3 && others > 0
}

// seqSerials takes the serial numbers of rows out of the stream, in grids that head a
// column so: each is one more than the last and stands right before a label.
func seqSerials(s []seqToken) {
	serial := report.Amount(-1) // the last one, -1 where rows have none
	for i := range s {
		t := &s[i]
		switch {
		case t.kind == seqIsBreak:
			serial = -1
		case t.kind == seqIsText && serial < 0 && seqIsSerialHead(t.text()):
			t.kind, serial = seqIsVoid, 0
		case serial >= 0 && t.kind == seqIsMark && t.mark.state == report.Printed && t.mark.amount == serial+report.One &&
			(s[i+1].kind == seqIsLabel || s[i+1].kind == seqIsText):
			t.kind, serial = seqIsVoid, t.mark.amount
		}
	}
}

// seqIsSerialHead reports whether a text heads a column of serial numbers.
func seqIsSerialHead(text string) bool {
	var buf [8]rune
	runes, _, ok := seqFlat(text, buf[:0])
	return ok && string(runes) == "序号"
}

// seqMend looks again at the texts that are no label as they stand: pieces of one
// label in cells that follow each other, and misspelt labels. Only labels that the
// document does not otherwise have are looked for, so that a tidy document costs
// nothing and an unknown row is not taken for a known one.
func seqMend(s []seqToken, x *seqIndex, formats uint8) {
	wanted := seqWanted(s, x, formats)
	if len(wanted) == 0 {
		return
	}
	var full, brief [seqLongest]byte
	for i := range s {
		if s[i].kind != seqIsText || len(s[i].text()) > seqLongest/2 {
			continue
		}
		if seqJoin(s, i, x, formats, full[:], brief[:]) {
			continue
		}
		if seqIsPart(s[i].text()) && formats != seqBit(standard.F2014) {
			continue
		}
		key := seqKeyOf(s[i].text(), full[:], brief[:])
		at := x.nearest(key, wanted)
		if at < 0 {
			at = x.begins(key, wanted)
		}
		if at >= 0 {
			s[i].kind, s[i].labels, s[i].near = seqIsLabel, []int16{at}, true
		}
	}
}

// seqWanted lists the labels that no text of the stream spells.
func seqWanted(s []seqToken, x *seqIndex, formats uint8) []int16 {
	seen := make([]bool, len(x.labels))
	for i := range s {
		for _, l := range s[i].labels {
			seen[x.labels[l].same] = true
		}
	}
	var wanted []int16
	for i := range x.labels {
		l := &x.labels[i]
		if l.formats&formats != 0 && l.name != "" && !l.weak && !seen[l.same] {
			wanted = append(wanted, int16(i))
		}
	}
	return wanted
}

// seqJoin takes up to four texts that follow each other for the pieces of one
// label. The first becomes the label and the others void.
func seqJoin(s []seqToken, at int, x *seqIndex, formats uint8, full, brief []byte) bool {
	text := s[at].text()
	for n := 1; n < 4 && at+n < len(s); n++ {
		next := &s[at+n]
		if next.kind != seqIsText && next.kind != seqIsLabel || len(text)+len(next.text()) > seqLongest/2 {
			return false
		}
		text += next.text()
		key := seqKeyOf(text, full, brief)
		found := x.byKey[string(key.full)]
		if found == nil {
			continue
		}
		joined := s[at]
		joined.cell = &extract.Cell{Text: text, Place: s[at].place()}
		joined.number = key.number
		joined.take(x, found, formats)
		if joined.kind != seqIsLabel {
			continue
		}
		s[at] = joined
		for i := range n {
			s[at+1+i].kind, s[at+1+i].labels = seqIsVoid, nil
		}
		return true
	}
	return false
}

// seqIsPart reports whether a label says that it is a part of the row above it.
func seqIsPart(text string) bool {
	n := 0
	for _, r := range text {
		if seqSpace(r) {
			continue
		}
		if n == 0 && r != '其' || n == 1 && r != '中' {
			return false
		}
		if n++; n == 2 {
			return true
		}
	}
	return false
}

// seqAllFormats is the bit set of all formats.
const seqAllFormats = 7

// seqBit is the bit of a format in seqLabel.formats.
func seqBit(format standard.Format) uint8 {
	for i, f := range standard.Formats() {
		if f == format {
			return 1 << i
		}
	}
	return 0
}

// sequenceFormat finds the format from the labels alone: each that only one format
// has speaks for it. It answers "" where none speaks, or two speak alike.
func sequenceFormat(blocks []extract.Block) standard.Format {
	x := seqLabels()
	return seqVote(seqStream(blocks, x), x)
}

// seqVote counts the labels of the stream that only one format has. In F2019
// （六）其他处理 has figures of its own, in F2021 it stands over three rows.
func seqVote(s []seqToken, x *seqIndex) standard.Format {
	var votes [3]int
	seen := make([]bool, len(x.labels))
	for i := range s {
		for _, l := range s[i].labels {
			label := &x.labels[l]
			if seen[l] || label.weak && label.name != "outcome.other" {
				continue
			}
			seen[l] = true
			if label.name == "outcome.other" {
				if label.role == seqRow && i+1 < len(s) && s[i+1].kind == seqIsMark {
					votes[1]++
				}
				continue
			}
			for f := range votes {
				if label.formats == 1<<f {
					votes[f]++
				}
			}
		}
	}
	best := 0
	for f := range votes {
		if votes[f] > votes[best] {
			best = f
		}
	}
	for f := range votes {
		if f != best && votes[f] == votes[best] {
			return ""
		}
	}
	return standard.Formats()[best]
}
