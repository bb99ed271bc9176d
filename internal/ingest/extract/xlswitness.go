package extract

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// xlsDigits is the third witness for xls: it goes through the records once more,
// with a decoder of strings and a writer of numbers of its own, and orders what it
// finds by sheet, row and column. Hidden and covered cells are left out. Nil for
// workbooks of Excel 5 and 95.
func xlsDigits(stream []byte) []string {
	w := xlsWitness{codes: map[int]string{}, hidden: map[int]bool{}, sheet: newXLSWitnessSheet(), digits: digitRuns{words: true}}
	for at := 0; at+4 <= len(stream); {
		kind := int(binary.LittleEndian.Uint16(stream[at:]))
		size := int(binary.LittleEndian.Uint16(stream[at+2:]))
		end := min(len(stream), at+4+size)
		w.record(at, kind, stream[at+4:end])
		at = end
	}
	if w.old {
		return nil
	}
	w.endSheet()
	return w.digits.done()
}

type xlsWitness struct {
	old     bool
	depth   int
	digits  digitRuns
	sheet   *xlsWitnessSheet
	hidden  map[int]bool // sheets that do not show, by position
	shared  []string
	table   []byte // the table of strings, as far as it goes
	breaks  []int  // where its records end
	last    int    // kind of the record before
	codes   map[int]string
	formats []int
}

// An xlsWitnessSheet is the open sheet.
type xlsWitnessSheet struct {
	skip       bool
	noZeros    bool
	cells      []xlsWitnessCell
	rows, cols map[int]bool // hidden
	merges     [][4]int     // first and last row, first and last column
}

type xlsWitnessCell struct {
	row, col int
	text     string
}

func newXLSWitnessSheet() *xlsWitnessSheet {
	return &xlsWitnessSheet{rows: map[int]bool{}, cols: map[int]bool{}}
}

// record takes one record.
func (w *xlsWitness) record(at, kind int, d []byte) {
	if kind != 0x3c {
		w.last = kind
	}
	short := func(at int) int {
		if at+2 > len(d) {
			return 0
		}
		return int(binary.LittleEndian.Uint16(d[at:]))
	}
	switch kind {
	case 0x809:
		w.old = w.old || short(0) < 0x600
		if w.depth++; w.depth == 1 {
			w.endSheet()
			w.sheet.skip = w.hidden[at]
		}
	case 0x0a:
		w.depth--
	case 0x85:
		if len(d) > 5 && (d[4]&3 != 0 || d[5] != 0) {
			w.hidden[short(0)|short(2)<<16] = true
		}
	case 0xfc, 0x3c:
		if w.last == 0xfc {
			w.table = append(w.table, d...)
			w.breaks = append(w.breaks, len(w.table))
		}
	case 0xff: // the index behind the strings: they are complete
		w.shared = sharedStrings(w.table, w.breaks)
	case 0x41e:
		if len(d) > 5 {
			w.codes[short(0)] = wideOrNarrow(d[5:], d[4]&1 == 1)
		}
	case 0xe0:
		w.formats = append(w.formats, short(2))
	default:
		if w.depth == 1 {
			w.sheetRecord(kind, d, short)
		}
	}
}

// sheetRecord takes a record of a sheet.
func (w *xlsWitness) sheetRecord(kind int, d []byte, short func(int) int) {
	s := w.sheet
	cell := func(text string) { s.cells = append(s.cells, xlsWitnessCell{short(0), short(2), text}) }
	switch kind {
	case 0x208:
		if len(d) > 12 && d[12]&0x20 != 0 {
			s.rows[short(0)] = true
		}
	case 0x7d:
		for c := short(0); c <= short(2) && (short(8)&1 == 1 || short(4) == 0); c++ {
			s.cols[c] = true
		}
	case 0x23e:
		s.noZeros = short(0)&0x10 == 0
	case 0xe5:
		for at := 2; at+8 <= len(d); at += 8 {
			s.merges = append(s.merges, [4]int{short(at), short(at + 2), short(at + 4), short(at + 6)})
		}
	case 0xfd:
		if i := short(6) | short(8)<<16; i < len(w.shared) {
			cell(w.shared[i] + textUnits(w.code(short(4))))
		}
	case 0x204, 0xd6:
		if len(d) > 9 {
			cell(wideOrNarrow(d[9:min(len(d), 9+short(6)<<(d[8]&1))], d[8]&1 == 1) + textUnits(w.code(short(4))))
		}
	case 0x207:
		if n := len(s.cells); n > 0 && len(d) > 3 {
			s.cells[n-1].text = wideOrNarrow(d[3:], d[2]&1 == 1)
		}
	case 0x205:
		if len(d) >= 8 && d[6] == 7 && d[7] == 1 {
			cell("/0") // a division by zero
		}
	case 0x203, 0x06:
		if len(d) < 14 {
			return
		}
		switch {
		case kind == 0x203 || short(12) != 0xffff:
			cell(w.number(short(4), math.Float64frombits(binary.LittleEndian.Uint64(d[6:]))))
		case d[6] == 2 && d[8] == 7:
			cell("/0")
		default:
			cell("")
		}
	case 0x27e:
		cell(w.number(short(4), rkDigits(short(6), short(8))))
	case 0xbd:
		for at, col := 4, short(2); at+8 <= len(d); at, col = at+6, col+1 {
			s.cells = append(s.cells, xlsWitnessCell{short(0), col, w.number(short(at), rkDigits(short(at+2), short(at+4)))})
		}
	}
}

// endSheet takes the digits of the open sheet and opens another.
func (w *xlsWitness) endSheet() {
	if !w.sheet.skip {
		w.sheet.take(&w.digits)
	}
	w.sheet = newXLSWitnessSheet()
}

// take takes the digits of the cells that show, in their order. A merged cell shows
// its first cell where the first of its rows and columns show.
func (s *xlsWitnessSheet) take(d *digitRuns) {
	home := map[[2]int][2]int{}
	for _, m := range s.merges {
		top, left := m[0], m[2]
		for top < m[1] && s.rows[top] {
			top++
		}
		for left < m[3] && s.cols[left] {
			left++
		}
		home[[2]int{m[0], m[2]}] = [2]int{top, left}
	}
	shown := s.cells[:0]
	for _, c := range s.cells {
		if at, ok := home[[2]int{c.row, c.col}]; ok {
			c.row, c.col = at[0], at[1]
		} else if s.covers(c.row, c.col) {
			continue
		}
		if !s.rows[c.row] && !s.cols[c.col] {
			shown = append(shown, c)
		}
	}
	slices.SortStableFunc(shown, func(a, b xlsWitnessCell) int {
		if a.row != b.row {
			return a.row - b.row
		}
		return a.col - b.col
	})
	for _, c := range shown {
		d.text(c.text)
		d.cut()
	}
}

// covers reports whether a merged cell that begins elsewhere covers a cell. Past a
// number of merged cells that no report has, none is looked for.
func (s *xlsWitnessSheet) covers(row, col int) bool {
	for _, m := range s.merges[:min(len(s.merges), 2000)] {
		if m[0] <= row && row <= m[1] && m[2] <= col && col <= m[3] {
			return true
		}
	}
	return false
}

// number writes a number of a cell.
func (w *xlsWitness) number(style int, v float64) string {
	if v == 0 && w.sheet.noZeros {
		return ""
	}
	return witnessNumber(v, w.code(style))
}

// code returns the format code of a style.
func (w *xlsWitness) code(style int) string {
	if style >= len(w.formats) {
		return ""
	}
	id := w.formats[style]
	if own, ok := w.codes[id]; ok {
		return own
	}
	return witnessCode(id)
}

// moneyUnits returns the units of money that a format code writes.
func moneyUnits(code string) string {
	return strings.Map(func(r rune) rune {
		if isMoneyWord(r) {
			return r
		}
		return -1
	}, code)
}

// textUnits returns those that a format code writes behind a text.
func textUnits(code string) string {
	_, behind, _ := strings.Cut(code, "@")
	return moneyUnits(behind)
}

// rkDigits decodes a number in four bytes, given as two halves.
func rkDigits(low, high int) float64 {
	var v float64
	if low&2 != 0 {
		v = float64(int32(uint32(high)<<16|uint32(low)) >> 2)
	} else {
		v = math.Float64frombits(uint64(high)<<48 | uint64(low&^3)<<32)
	}
	if low&1 != 0 {
		return v / 100
	}
	return v
}

// wideOrNarrow decodes characters of two bytes or of one.
func wideOrNarrow(d []byte, wide bool) string {
	if !wide {
		units := make([]rune, len(d))
		for i, c := range d {
			units[i] = rune(c)
		}
		return string(units)
	}
	units := make([]uint16, len(d)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(d[2*i:])
	}
	return string(utf16.Decode(units))
}

// sharedStrings decodes the table of strings. At a break between records, inside
// the characters of a string, a byte says anew how wide they are.
func sharedStrings(table []byte, breaks []int) []string {
	var all []string
	at := 8
	get := func(n int) int {
		v := 0
		for i := range n {
			if at < len(table) {
				v |= int(table[at]) << (8 * i)
			}
			at++
		}
		return v
	}
	for at < len(table) {
		count, flags := get(2), get(1)
		tail := 0
		if flags&8 != 0 {
			tail = 4 * get(2)
		}
		if flags&4 != 0 {
			tail += get(4)
		}
		units := make([]uint16, 0, min(count, len(table)-min(at, len(table))))
		for wide := flags&1 + 1; count > 0 && at < len(table); count-- {
			for len(breaks) > 0 && breaks[0] < at {
				breaks = breaks[1:]
			}
			if len(breaks) > 0 && breaks[0] == at {
				breaks = breaks[1:]
				wide = get(1)&1 + 1
			}
			units = append(units, uint16(get(wide)))
		}
		at += tail
		all = append(all, string(utf16.Decode(units)))
	}
	return all
}

// witnessNumber writes a number as a format code makes it, as far as its digits go:
// how many decimals, whether in groups or in hundredths, which parts of a date.
func witnessNumber(v float64, code string) string {
	sign := ""
	if before := code[:max(0, strings.IndexAny(code, "0#?gG"))]; v < 0 && !strings.Contains(code, ";") && (before == "" || strings.ContainsAny(before, "减減")) {
		sign = "-" // with other words before the digits it is no sign of theirs
	}
	if first, rest, several := strings.Cut(code, ";"); several {
		code = first
		second, third, _ := strings.Cut(rest, ";")
		if third, _, _ = strings.Cut(third, ";"); v < 0 {
			code = second
			if before, _, _ := strings.Cut(second, "0"); strings.ContainsAny(before, "-减減") {
				sign = "-"
			}
		} else if v == 0 && strings.Count(rest, ";") > 0 {
			code = third
			if !strings.ContainsAny(code, "0#?") {
				return ""
			}
		}
	}
	if strings.Contains(strings.ToLower(code), "[dbnum") {
		return "" // shown in Chinese
	}
	units := moneyUnits(code)
	code = bareCode(code)
	v = math.Abs(v)
	if strings.ContainsAny(code, "ymdhsYMDHS") {
		return witnessDate(v, strings.ToLower(code))
	}
	v *= math.Pow(100, float64(strings.Count(code, "%")))
	if last := strings.LastIndexAny(code, "0#?"); last >= 0 { // commas behind the digits count thousands
		v /= math.Pow(1000, float64(strings.Count(code[last:], ",")))
		code = code[:last+1]
	}
	decimals := -1
	if strings.ContainsAny(code, "0#") {
		decimals = 0
		if _, frac, ok := strings.Cut(code, "."); ok {
			decimals = strings.Count(frac, "0") + strings.Count(frac, "#")
		}
	}
	exact, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	text := strconv.FormatFloat(exact, 'f', -1, 64)
	if decimals >= 0 {
		text = strconv.FormatFloat(exact+exact*1e-13+1e-12, 'f', decimals, 64) // halves go up
	} else if len(text) > 11 && strings.Contains(text, ".") {
		whole, _, _ := strings.Cut(text, ".")
		text = strings.TrimRight(strconv.FormatFloat(exact, 'f', max(0, 10-len(whole)), 64), "0")
	}
	if _, frac, ok := strings.Cut(code, "."); ok && strings.Contains(frac, "#") && !strings.Contains(frac, "0") {
		text = strings.TrimRight(text, "0")
	}
	whole, frac, _ := strings.Cut(text, ".")
	if before, _, _ := strings.Cut(code, "."); decimals >= 0 {
		whole = strings.TrimLeft(whole, "0")
		whole = strings.Repeat("0", max(0, strings.Count(before, "0")-len(whole))) + whole
	}
	if strings.Contains(code, ",") {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	if strings.Trim(whole+frac, "0,") == "" {
		sign = ""
	}
	if frac != "" {
		frac = "." + frac
	}
	return sign + whole + frac + units
}

// bareCode drops what is quoted, escaped or in brackets from a format code.
func bareCode(code string) string {
	var b strings.Builder
	closing, skip := rune(0), false
	for _, c := range code {
		switch {
		case skip:
			skip = false
		case closing != 0:
			if c == closing {
				closing = 0
			}
		case c == '"':
			closing = '"'
		case c == '[':
			closing = ']'
		case strings.ContainsRune(`\_*!`, c):
			skip = true
		default:
			b.WriteRune(c)
		}
	}
	if strings.EqualFold(strings.TrimSpace(b.String()), "general") {
		return ""
	}
	return b.String()
}

// witnessDate writes the parts of a date that a code names, in its order.
func witnessDate(v float64, code string) string {
	// The civil date by counting in years that begin in March, 400 at a time.
	if v < 60 {
		v++ // the calendar of workbooks has a day too many in February 1900
	}
	days := int(min(v, 3e6)) - 25569 + 719468
	era := days / 146097
	inEra := days - era*146097
	yearOfEra := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	month := (5*inYear + 2) / 153
	day := inYear - (153*month+2)/5 + 1
	year := yearOfEra + era*400
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	date := map[byte]int{'y': year, 'm': month, 'd': day}
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		if n, ok := date[code[i]]; ok && (i == 0 || code[i-1] != code[i]) {
			text := strconv.Itoa(n)
			if i+1 < len(code) && code[i+1] == code[i] && len(text) < 2 {
				text = "0" + text
			}
			b.WriteString(text + " ")
		}
	}
	return b.String()
}

// witnessCode gives the digits of the formats that workbooks do not write out.
func witnessCode(id int) string {
	switch id {
	case 1:
		return "0"
	case 2:
		return "0.00"
	case 3, 5, 6, 37, 38, 41, 42:
		return "#,##0"
	case 4, 7, 8, 39, 40, 43, 44:
		return "#,##0.00"
	case 9:
		return "0%"
	case 10:
		return "0.00%"
	case 14:
		return "y/m/d"
	case 31:
		return "y m d"
	case 27, 36, 50, 52, 57:
		return "y m"
	case 28, 29, 51, 53, 54, 58:
		return "m d"
	}
	return ""
}
