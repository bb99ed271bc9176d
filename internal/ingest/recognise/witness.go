package recognise

import (
	"gongkai/internal/report"
)

// A witness holds the digits of a document as other code took them from the bytes.
// The digits of every figure must be found again there, in order; what the extractor
// lost or moved is not.
type witness struct {
	runs []string
	at   int
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

// digitsIn returns the digits of a text, full width made ASCII.
func digitsIn(buf []byte, text string) []byte {
	for _, r := range text {
		if r = fold(r); isDigit(r) {
			buf = append(buf, byte(r))
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
