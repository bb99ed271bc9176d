package recognise

import (
	"strings"
	"unicode"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// A witness holds the numbers of a document as other code took them from the bytes.
// Every figure must be found again there, in order, with its sign and its point: what
// the extractor lost or moved is not. And between the first and the last figure there
// must be no digits that the extractor does not have: that would be a row it dropped.
type witness struct {
	runs  []string
	at    int
	whole string // the digits of all runs, from the last report on
	paged bool   // the runs have page numbers and repeated headers among them

	blocks []extract.Block // of the whole document
}

func newWitness(doc *extract.Document) *witness {
	w := &witness{runs: doc.Digits, blocks: doc.Blocks, paged: doc.Type == extract.PDF || doc.Type == extract.OFD}
	if !w.paged {
		var all []byte
		for _, run := range doc.Digits {
			all = digitsIn(all, run)
		}
		w.whole = string(all)
	}
	return w
}

// missing returns the position among values of the first printed figure, in reading
// order, whose digits are not found again, and -1 where all are.
func (w *witness) missing(values []report.Value, order []int) int {
	var buf [32]byte
	for _, i := range order {
		if values[i].State == report.Printed && !w.find(numbersIn(buf[:0], values[i].Text)) {
			return i
		}
	}
	return -1
}

// gapless reports whether the digits of the tables, which are the blocks first to last,
// stand in the document one after another, with the nearest text before and behind them
// that has any; where none has, nothing stands there. Reports are asked for in their
// order.
func (w *witness) gapless(first, last int) bool {
	if w.paged {
		return true
	}
	digits := make([]byte, 0, 1024)
	opens := true
	for from := first - 1; from >= 0 && opens; from-- {
		if digits = blockDigits(digits, &w.blocks[from]); len(digits) > 0 {
			first, opens = from, false
		}
	}
	digits = digits[:0]
	ends := true
	for i := first; i < len(w.blocks) && ends; i++ {
		before := len(digits)
		digits = blockDigits(digits, &w.blocks[i])
		ends = i <= last || len(digits) == before
	}
	at := strings.Index(w.whole, string(digits))
	if at < 0 || opens && at > 0 {
		return false
	}
	whole := !ends || len(w.whole) == at+len(digits)
	w.whole = w.whole[min(at+1, len(w.whole)):]
	return whole
}

// blockDigits appends the digits of a block.
func blockDigits(buf []byte, b *extract.Block) []byte {
	if b.Paragraph != nil {
		return digitsIn(buf, b.Paragraph.Text)
	}
	for i := range b.Grid.Cells {
		buf = digitsIn(buf, b.Grid.Cells[i].Text)
	}
	return buf
}

// digitsIn appends the digits of a text, full width made ASCII.
func digitsIn(buf []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			buf = append(buf, c)
		case c == 0xef && i+2 < len(text) && text[i+1] == 0xbc && text[i+2] >= 0x90 && text[i+2] <= 0x99:
			buf = append(buf, text[i+2]-0x90+'0') // ０ to ９
		}
	}
	return buf
}

// numbersIn appends the numbers of a text, each with a blank behind it: digits with a
// point between two of them and a dash before the first.
func numbersIn(buf []byte, text string) []byte {
	start, mark := len(buf), byte(0)
	for _, r := range text {
		r = fold(r)
		open := len(buf) > start
		switch {
		case isDigit(r):
			if mark != 0 {
				buf = append(buf, mark)
			}
			buf, mark = append(buf, byte(r)), 0
			continue
		case unseen(r) && !unicode.IsSpace(r):
			continue // a mark without width
		case r == '.' && open && mark == 0:
			mark = '.'
			continue
		}
		if open {
			buf = append(buf, ' ')
			start = len(buf)
		}
		if mark = 0; r != '/' && r != '\\' && isDash(r) {
			mark = '-'
		}
	}
	if len(buf) > start {
		buf = append(buf, ' ')
	}
	return buf
}

// find moves past the next row of runs that are exactly these numbers.
func (w *witness) find(numbers []byte) bool {
	for at := w.at; at < len(w.runs); at++ {
		k, left := at, numbers
		for len(left) > 0 && k < len(w.runs) {
			run := w.runs[k]
			if len(left) <= len(run) || left[len(run)] != ' ' || string(left[:len(run)]) != run {
				break
			}
			k, left = k+1, left[len(run)+1:]
		}
		if len(left) == 0 {
			w.at = k
			return true
		}
	}
	return false
}
