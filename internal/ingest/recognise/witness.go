package recognise

import (
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// A witness holds the digits of a document as other code took them from the bytes.
// The digits of every figure must be found again there, in order: what the extractor
// lost or moved is not. And between the first and the last figure there must be none
// that the extractor does not have: that would be a row it dropped.
type witness struct {
	runs  []string
	at    int
	whole string // all runs as one, less what earlier reports had
	paged bool   // the runs have page numbers and repeated headers among them
}

func newWitness(doc *extract.Document) *witness {
	w := &witness{runs: doc.Digits, paged: doc.Type == extract.PDF || doc.Type == extract.OFD}
	if !w.paged {
		w.whole = strings.Join(doc.Digits, "")
	}
	return w
}

// missing returns the position among values of the first printed figure, in reading
// order, whose digits are not found again, and -1 where all are.
func (w *witness) missing(values []report.Value, order []int) int {
	var buf [32]byte
	for _, i := range order {
		if values[i].State != report.Printed {
			continue
		}
		digits := digitsIn(buf[:0], values[i].Text)
		if len(digits) > 0 && !w.find(digits) {
			return i
		}
	}
	return -1
}

// gapless reports whether the digits of the tables, with the nearest text before and
// behind them that has any, stand in the document one after another. Reports are asked
// for in their order.
func (w *witness) gapless(blocks []extract.Block, first, last int) bool {
	if w.paged || first < 0 {
		return true
	}
	digits := make([]byte, 0, 1024)
	for first--; first >= 0; first-- {
		if digits = blockDigits(digits, &blocks[first]); len(digits) > 0 {
			break
		}
	}
	digits = digits[:0]
	for i := max(first, 0); i < len(blocks); i++ {
		before := len(digits)
		if digits = blockDigits(digits, &blocks[i]); i > last && len(digits) > before {
			break
		}
	}
	at := strings.Index(w.whole, string(digits))
	if at < 0 {
		return false
	}
	w.whole = w.whole[at+len(digits):]
	return true
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

// find moves past the next run, or row of runs, that holds exactly these digits: a
// number may be written in several pieces.
func (w *witness) find(digits []byte) bool {
	for i := w.at; i < len(w.runs); i++ {
		left := digits
		for k := i; k < len(w.runs) && len(left) > 0; k++ {
			run := w.runs[k]
			if len(run) > len(left) || string(left[:len(run)]) != run {
				break
			}
			if left = left[len(run):]; len(left) == 0 {
				w.at = k + 1
				return true
			}
		}
	}
	return false
}
