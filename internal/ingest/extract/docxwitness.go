package extract

import (
	"bytes"
	"html"
	"strconv"
	"strings"
)

// docxDigits is the third witness for docx: it scans the raw bytes of the main
// part for text nodes, without an XML parser, styles or tables. It knows only what
// takes text away: deletions, hidden runs, fallbacks and covered cells. The numbers
// of lists stand in no text node; they come from the reader, by the place where
// their paragraph begins.
func docxDigits(body []byte, labels map[int64]string) ([]string, [][]CellSum) {
	w := docxWitness{}
	size := len(body)
	for len(body) > 0 {
		open := bytes.IndexByte(body, '<')
		if open < 0 {
			break
		}
		w.characters(body[:open])
		body = body[open:]
		if bytes.HasPrefix(body, []byte("<!--")) {
			_, body, _ = bytes.Cut(body, []byte("-->"))
			continue
		}
		if rest, ok := bytes.CutPrefix(body, []byte("<![CDATA[")); ok {
			var data []byte
			data, body, _ = bytes.Cut(rest, []byte("]]>"))
			w.text(string(data))
			continue
		}
		end := bytes.IndexByte(body, '>')
		if end < 0 {
			break
		}
		w.tag(string(body[1:end]))
		body = body[end+1:]
		if label, ok := labels[int64(size-len(body))]; ok && w.gone == 0 {
			w.say(label)
			w.digits.cut()
		}
	}
	return w.digits.done(), w.sums.done()
}

// A docxWitness follows the tags just as far as text may be taken away.
type docxWitness struct {
	digits  digitRuns
	sums    tableSums
	inText  bool
	gone    int    // depth in deletions and fallbacks
	goneTag string // the tag that opened the outermost
	runMark bool   // in the properties of a run
	hidden  bool   // the run is hidden
	code    []bool // open fields: whether at their code
	rowProp bool
	rows    []docxMark // open rows
	cells   []docxMark // open cells
}

// A docxMark is where a row or cell began, and whether it turned out not to show.
type docxMark struct {
	at    int
	cells int // of the table before a row
	gone  bool
}

func (w *docxWitness) text(s string) {
	if !w.inText || w.gone > 0 || w.hidden {
		return
	}
	for _, atCode := range w.code {
		if atCode {
			return
		}
	}
	w.say(s)
}

// say takes what is shown.
func (w *docxWitness) say(s string) {
	w.digits.text(s)
	w.sums.add(s)
}

// characters takes a text node with its references.
func (w *docxWitness) characters(raw []byte) {
	if !w.inText || len(raw) == 0 {
		return
	}
	s := string(raw)
	for {
		before, rest, found := strings.Cut(s, "&#")
		w.text(html.UnescapeString(before))
		if !found {
			return
		}
		ref, after, ok := strings.Cut(rest, ";")
		base, digits := 10, ref
		if h, hex := strings.CutPrefix(strings.ToLower(ref), "x"); hex {
			base, digits = 16, h
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if !ok || err != nil {
			w.text(rest)
			return
		}
		w.text(string(rune(n)))
		s = after
	}
}

// tag follows one tag, given without its brackets.
func (w *docxWitness) tag(t string) {
	closing := strings.HasPrefix(t, "/")
	empty := strings.HasSuffix(t, "/")
	tagName, attrs, _ := strings.Cut(strings.Trim(strings.ReplaceAll(t, "\n", " "), "/"), " ")
	_, local, prefixed := strings.Cut(tagName, ":")
	if !prefixed {
		local = tagName
	}
	if w.gone > 0 {
		switch {
		case local != w.goneTag || empty:
		case closing:
			w.gone--
		default:
			w.gone++
		}
		return
	}
	if closing {
		w.close(local)
		return
	}
	w.open(local, attrs, empty)
}

func (w *docxWitness) open(local, attrs string, empty bool) {
	switch local {
	case "t":
		w.inText = !empty
	case "del", "moveFrom":
		if w.rowProp && len(w.rows) > 0 {
			w.rows[len(w.rows)-1].gone = true
		}
		w.leave(local, empty)
	case "Fallback", "rt", "sectPr", "tblGrid", "rPrChange", "pPrChange", "tcPrChange", "trPrChange":
		w.leave(local, empty)
	case "r":
		w.hidden = false
	case "rPr":
		w.runMark = !empty
	case "vanish":
		w.hidden = w.runMark && !strings.Contains(attrs, `"0"`) && !strings.Contains(attrs, `"false"`)
	case "noBreakHyphen":
		if !w.hidden {
			w.say("-")
		}
	case "tab", "br", "cr", "sym":
		w.digits.cut()
	case "fldChar":
		w.field(attrs)
	case "trPr":
		w.rowProp = !empty
	case "hidden":
		if w.rowProp && len(w.rows) > 0 {
			w.rows[len(w.rows)-1].gone = true
		}
	case "tbl":
		w.sums.openTable()
	case "tr":
		w.rows = append(w.rows, docxMark{at: w.digits.mark(), cells: w.sums.cells()})
	case "tc":
		w.cells = append(w.cells, docxMark{at: w.digits.mark()})
		w.sums.openCell()
	case "vMerge":
		if n := len(w.cells); n > 0 && !strings.Contains(attrs, "restart") {
			w.cells[n-1].gone = true
		}
	case "cellDel":
		if n := len(w.cells); n > 0 {
			w.cells[n-1].gone = true
		}
	}
}

// leave begins a part whose text does not show.
func (w *docxWitness) leave(local string, empty bool) {
	if !empty {
		w.gone, w.goneTag = 1, local
	}
}

func (w *docxWitness) close(local string) {
	switch local {
	case "t":
		w.inText = false
	case "r":
		w.hidden = false
	case "rPr":
		w.runMark = false
	case "trPr":
		w.rowProp = false
	case "p":
		w.digits.cut()
		w.hidden = false
	case "tbl":
		w.sums.closeTable()
	case "tr":
		if n := len(w.rows); n > 0 && w.rows[n-1].gone {
			w.sums.drop(w.rows[n-1].cells)
		}
		w.rows = w.end(w.rows)
	case "tc":
		w.sums.closeCell(len(w.cells) > 0 && w.cells[len(w.cells)-1].gone)
		w.cells = w.end(w.cells)
	}
}

// end closes a row or cell and drops its digits where it does not show.
func (w *docxWitness) end(open []docxMark) []docxMark {
	n := len(open)
	if n == 0 {
		return open
	}
	if open[n-1].gone {
		w.digits.drop(open[n-1].at)
	}
	w.digits.cut()
	return open[:n-1]
}

func (w *docxWitness) field(attrs string) {
	n := len(w.code)
	switch {
	case strings.Contains(attrs, `"begin"`):
		w.code = append(w.code, true)
	case n == 0:
	case strings.Contains(attrs, `"separate"`):
		w.code[n-1] = false
	case strings.Contains(attrs, `"end"`):
		w.code = w.code[:n-1]
	}
}
