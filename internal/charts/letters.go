package charts

import (
	"strings"
	"unicode/utf8"
)

// Sketches need to know how much room a text takes before anyone sets it. The page's
// own typeface is not known here, so that widths are those of letters that are wide.

// lineHeight is from one line of a sketch's text of 12 px to the next.
const lineHeight = 15.0

// measure is about how wide a text of 12 px is.
func measure(text string) (width float64) {
	for _, r := range text {
		switch {
		case r == ',' || r == '.':
			width += 4
		case r < 0x2000:
			width += 7
		default:
			width += 12
		}
	}
	return width
}

// widest is how wide the widest of some lines is.
func widest(lines []string) (most float64) {
	for _, line := range lines {
		most = max(most, measure(line))
	}
	return most
}

// wrapped sets a text in lines of a width, between words where there are any, and
// within a word that is wider than a line.
func wrapped(text string, width float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && measure(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for measure(word) > width && utf8.RuneCountInString(word) > 1 {
			head := fitting(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// fitting is as much of a word as a line takes, one letter at least.
func fitting(word string, width float64) string {
	end := 0
	for end < len(word) {
		_, size := utf8.DecodeRuneInString(word[end:])
		if end > 0 && measure(word[:end+size]) > width {
			break
		}
		end += size
	}
	return word[:end]
}
