package extract

import (
	"bytes"
	"html"
	"strconv"
	"strings"
)

// xlsxDigits is the third witness for xlsx: it scans the bytes of the sheets for
// cells, without an XML parser, and writes their numbers itself. It also has what
// is hidden or covered.
func xlsxDigits(sheets [][]byte, shared, styles []byte) []string {
	texts := scanStrings(shared)
	codes := scanFormats(styles)
	var d digitRuns
	for _, body := range sheets {
		for _, c := range scanElements(body, "c") {
			d.text(scanCell(c, texts, codes))
			d.cut()
		}
	}
	return d.done()
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
func scanCell(c scannedElement, texts, codes []string) string {
	value := ""
	for _, v := range scanElements(c.inner, "v") {
		value = html.UnescapeString(string(v.inner))
	}
	switch c.attribute("t") {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(texts) {
			return texts[i]
		}
		return ""
	case "inlineStr":
		return scanText(c.inner)
	case "", "n":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return value
		}
		style, _ := strconv.Atoi(c.attribute("s"))
		code := ""
		if style >= 0 && style < len(codes) {
			code = codes[style]
		}
		return witnessNumber(n, code)
	}
	return value
}
