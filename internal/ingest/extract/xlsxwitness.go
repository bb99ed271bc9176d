package extract

import (
	"bytes"
	"html"
	"strconv"
	"strings"
)

// xlsxDigits is the third witness for xlsx: it scans the bytes of the sheets for
// cells, without an XML parser, and writes their numbers itself. Hidden and covered
// cells are left out.
func xlsxDigits(sheets [][]byte, shared, styles []byte) []string {
	texts := scanStrings(shared)
	codes := scanFormats(styles)
	d := digitRuns{words: true}
	for _, body := range sheets {
		scanSheet(body, texts, codes).take(&d)
	}
	return d.done()
}

// scanSheet finds the cells of a sheet, and what hides or covers some.
func scanSheet(body []byte, texts, codes []string) *xlsWitnessSheet {
	s := newXLSWitnessSheet()
	for _, v := range scanElements(body, "sheetView") {
		s.noZeros = v.attribute("showZeros") == "0" || v.attribute("showZeros") == "false"
	}
	for _, c := range scanElements(body, "col") {
		first, _ := strconv.Atoi(c.attribute("min"))
		last, _ := strconv.Atoi(c.attribute("max"))
		for i := first; i <= min(last, 1<<14) && (says(c.attribute("hidden")) || c.attribute("width") == "0"); i++ {
			s.cols[i-1] = true
		}
	}
	for _, m := range scanElements(body, "mergeCell") {
		from, to, _ := strings.Cut(m.attribute("ref"), ":")
		top, left := scanAddress(from)
		bottom, right := scanAddress(to)
		s.merges = append(s.merges, [4]int{top, bottom, left, right})
	}
	at := 0
	for _, row := range scanElements(body, "row") {
		at++
		if n, err := strconv.Atoi(row.attribute("r")); err == nil {
			at = n
		}
		if says(row.attribute("hidden")) || row.attribute("ht") == "0" {
			s.rows[at-1] = true
		}
		col := -1
		for _, c := range scanElements(row.inner, "c") {
			col++
			if ref := c.attribute("r"); ref != "" {
				_, col = scanAddress(ref)
			}
			s.cells = append(s.cells, xlsWitnessCell{at - 1, col, scanCell(c, texts, codes, s.noZeros)})
		}
	}
	return s
}

func says(v string) bool { return v == "1" || v == "true" }

// scanAddress reads an address; rows and columns count from 0.
func scanAddress(ref string) (row, col int) {
	for _, c := range ref {
		switch {
		case c >= 'A' && c <= 'Z':
			col = col*26 + int(c-'A') + 1
		case c >= '0' && c <= '9':
			row = row*10 + int(c-'0')
		}
		if row > 1<<21 || col > 1<<21 {
			return 0, 0
		}
	}
	return row - 1, col - 1
}

// scanStrings returns the shared strings.
func scanStrings(body []byte) []string {
	var texts []string
	for _, si := range scanElements(body, "si") {
		texts = append(texts, scanText(si.inner))
	}
	return texts
}

// scanText joins the text nodes of a string, aids to pronunciation left out.
func scanText(inner []byte) string {
	var b strings.Builder
	for {
		before, rest, ok := bytes.Cut(inner, []byte("<rPh"))
		for _, t := range scanElements(before, "t") {
			b.WriteString(html.UnescapeString(string(t.inner)))
		}
		if !ok {
			return b.String()
		}
		_, inner, _ = bytes.Cut(rest, []byte("</rPh>"))
	}
}

// scanFormats returns the format code of each style of cells.
func scanFormats(body []byte) []string {
	own := map[string]string{}
	for _, f := range scanElements(body, "numFmt") {
		own[f.attribute("numFmtId")] = f.attribute("formatCode")
	}
	var codes []string
	for _, list := range scanElements(body, "cellXfs") {
		for _, xf := range scanElements(list.inner, "xf") {
			id := xf.attribute("numFmtId")
			code, ok := own[id]
			if !ok {
				n, _ := strconv.Atoi(id)
				code = witnessCode(n)
			}
			codes = append(codes, code)
		}
	}
	return codes
}

// scanCell writes what a cell says, as far as its digits go.
func scanCell(c scannedElement, texts, codes []string, noZeros bool) string {
	value := ""
	for _, v := range scanElements(c.inner, "v") {
		value = html.UnescapeString(string(v.inner))
	}
	style, _ := strconv.Atoi(c.attribute("s"))
	code := ""
	if style >= 0 && style < len(codes) {
		code = codes[style]
	}
	switch c.attribute("t") {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(texts) {
			return texts[i] + textUnits(code)
		}
		return ""
	case "inlineStr":
		return scanText(c.inner) + textUnits(code)
	case "b":
		return ""
	case "", "n":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return value
		}
		if n == 0 && noZeros {
			return ""
		}
		return witnessNumber(n, code)
	}
	return value
}
