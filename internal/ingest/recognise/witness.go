package recognise

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// A witness holds the numbers of a document as other code took them from the bytes.
// Every figure must be found again there, in order, with its sign and its point: what
// the extractor lost or moved is not. And between the first and the last figure there
// must be no number that the extractor does not have: that would be a row it dropped.
type witness struct {
	runs  []string
	at    int
	whole string // all runs, each with a blank behind it, from the last report on
	paged bool   // the runs stand in the order of the stream, with page numbers among them

	words  bool            // words that belong to numbers are in the runs
	blocks []extract.Block // of the whole document
}

func newWitness(doc *extract.Document) *witness {
	w := &witness{runs: doc.Digits, blocks: doc.Blocks, words: doc.Tables == nil, paged: doc.Type == extract.PDF || doc.Type == extract.OFD}
	if !w.paged {
		w.whole = strings.Join(doc.Digits, " ") + " "
	}
	return w
}

// missing returns the position among values of the first printed figure, in reading
// order, whose digits are not found again, and -1 where all are.
func (w *witness) missing(values []report.Value, order []int) int {
	var buf [32]byte
	for _, i := range order {
		if values[i].State == report.Printed && !w.find(numbersIn(buf[:0], values[i].Text, w.words)) {
			return i
		}
	}
	return -1
}

// gapless reports whether the numbers of the tables, which are the blocks first to last,
// stand in the document one after another, with the nearest ones before and behind
// them; where there are none, nothing stands there. Reports are asked for in their
// order.
func (w *witness) gapless(first, last int) bool {
	if w.paged {
		return w.sameNumbers()
	}
	numbers := make([]byte, 0, 2048)
	for ; first > 0 && bytes.Count(numbers, blank) < neighbours; first-- {
		numbers = w.blockNumbers(numbers, &w.blocks[first-1])
	}
	opens := len(numbers) == 0
	numbers = numbers[:0]
	for ; first <= last; first++ {
		numbers = w.blockNumbers(numbers, &w.blocks[first])
	}
	own := len(numbers)
	for ; first < len(w.blocks) && bytes.Count(numbers[own:], blank) < neighbours; first++ {
		numbers = w.blockNumbers(numbers, &w.blocks[first])
	}
	ends := len(numbers) == own
	at := 0
	if !strings.HasPrefix(w.whole, string(numbers)) && !opens {
		at = strings.Index(w.whole, " "+string(numbers)) + 1
	}
	if !strings.HasPrefix(w.whole[at:], string(numbers)) {
		return false
	}
	whole := !ends || len(w.whole) == at+len(numbers)
	w.whole = w.whole[at+min(len(numbers), 1):]
	return whole
}

// neighbours is how many numbers before and behind the tables are looked at: the first
// row that is lost may end as the text before it does.
const neighbours = 3

var blank = []byte{' '}

// blockNumbers appends the numbers of a block.
func (w *witness) blockNumbers(buf []byte, b *extract.Block) []byte {
	if b.Paragraph != nil {
		return numbersIn(buf, b.Paragraph.Text, w.words)
	}
	for i := range b.Grid.Cells {
		buf = numbersIn(buf, b.Grid.Cells[i].Text, w.words)
	}
	return buf
}

// sameNumbers reports whether the pages have as many of each number as the blocks do:
// in pages the order of the stream is not that of reading, and page numbers and what
// stands beside tables lie between.
func (w *witness) sameNumbers() bool {
	count := make(map[string]int, len(w.runs))
	for _, run := range w.runs {
		count[run]++
	}
	var buf []byte
	for i := range w.blocks {
		buf = w.blockNumbers(buf[:0], &w.blocks[i])
		for number := range bytes.FieldsSeq(buf) {
			count[string(number)]--
		}
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// numbersIn appends the numbers of a text, each with a blank behind it: digits with a
// point between two of them and a dash before the first; and if asked for the words that
// do the same: 减 and 减少, which count as a dash, and 元, 万 and 亿 behind the last digit.
func numbersIn(buf []byte, text string, words bool) []byte {
	start, mark, unit := len(buf), byte(0), false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		switch {
		case r >= 0xe3 && r < 0xee && !words:
			r, size = firstHan, 3 // every such character only ends a number
		case r >= utf8.RuneSelf:
			r, size = utf8.DecodeRuneInString(text[i:])
			r = fold(r)
		}
		i += size
		switch open := len(buf) > start; {
		case isDigit(r):
			if unit {
				buf = append(buf, ' ')
				start, unit = len(buf), false
			}
			if mark != 0 {
				buf = append(buf, mark)
			}
			buf, mark = append(buf, byte(r)), 0
		case unseen(r) && !unicode.IsSpace(r): // a mark without width
		case r == '.' && open && mark == 0 && !unit:
			mark = '.'
		case words && r == '少' && mark == '-' && !open: // 减少
		case words && open && mark == 0 && strings.ContainsRune("元万亿萬億", r):
			buf, unit = utf8.AppendRune(buf, r), true
		default:
			if open {
				buf = append(buf, ' ')
				start, unit = len(buf), false
			}
			mark = 0
			if r != '/' && r != '\\' && isDash(r) || words && (r == '减' || r == '減') {
				mark = '-'
			}
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
