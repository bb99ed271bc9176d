package ingest_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// A dress is how a paper is written as HTML.
type dress struct {
	cell     func(text string) string // markup of a text in a cell; nil for a paragraph
	unclosed bool                     // rows and cells are left open
	plainRow func() string            // markup before each row; nil for none
	before   string                   // markup before and behind the article
	after    string
	open     string // markup around each table
	close    string
	headTags bool   // header rows in thead and th
	charset  string // as declared, "" for not at all
	gbk      bool   // the bytes are GB18030, and not UTF-8
}

// page writes a paper as a web page.
func (p *paper) page() []byte {
	var b strings.Builder
	meta := ""
	if p.dress.charset != "" {
		meta = `<meta http-equiv="Content-Type" content="text/html; charset=` + p.dress.charset + `">`
	}
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head>"+meta+"<title>%s</title></head>\n<body>%s<div class=\"content\" id=\"zoom\">\n",
		html.EscapeString(p.pieces[0].text), p.dress.before)
	for i, x := range p.pieces {
		switch {
		case x.raw:
			b.WriteString(x.text)
		case x.sheet != nil:
			b.WriteString(p.dress.open)
			p.dress.table(&b, x.sheet)
			b.WriteString(p.dress.close)
		case i == 0:
			fmt.Fprintf(&b, "<h1>%s</h1>\n", html.EscapeString(x.text))
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(x.text))
		}
	}
	b.WriteString("</div>\n" + p.dress.after + "</body></html>\n")
	if p.dress.gbk {
		return []byte(must1(simplifiedchinese.GB18030.NewEncoder().String(b.String())))
	}
	return []byte(b.String())
}

// must1 returns a value that cannot fail to be had.
func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (w *dress) table(b *strings.Builder, s *sheet) {
	b.WriteString("<table border=\"1\">")
	inHead := false
	for i, row := range s.rows {
		if w.headTags && i == 0 && !hasFigure(row) {
			inHead = true
			b.WriteString("<thead>")
		}
		if inHead && hasFigure(row) {
			inHead = false
			b.WriteString("</thead><tbody>")
		}
		if w.plainRow != nil {
			b.WriteString(w.plainRow())
		}
		b.WriteString("<tr>")
		for _, c := range row {
			w.box(b, c, inHead)
		}
		if !w.unclosed {
			b.WriteString("</tr>\n")
		}
	}
	b.WriteString("</table>\n")
}

func (w *dress) box(b *strings.Builder, c box, inHead bool) {
	tag := "td"
	if inHead {
		tag = "th"
	}
	b.WriteString("<" + tag + c.attrs)
	if c.rows > 1 {
		fmt.Fprintf(b, " rowspan=%d", c.rows)
	}
	if c.cols > 1 {
		fmt.Fprintf(b, " colspan=%d", c.cols)
	}
	b.WriteString(">")
	switch {
	case c.inner != "":
		b.WriteString(c.inner)
	case w.cell != nil:
		b.WriteString(w.cell(c.text))
	default:
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(c.text), "\n", "<br>") + "</p>")
	}
	if !w.unclosed {
		b.WriteString("</" + tag + ">")
	}
}

// A spot is a box with the place where it comes to stand.
type spot struct {
	box
	row, col int
	first    bool // the place is the box's own, not one that it covers
}

// laid lays a sheet out: one spot for each place, row by row.
func (s *sheet) laid() [][]spot {
	out := make([][]spot, len(s.rows))
	taken := map[[2]int]spot{}
	for r, row := range s.rows {
		next := 0
		for col := 0; ; col++ {
			if c, ok := taken[[2]int{r, col}]; ok {
				out[r] = append(out[r], c)
				continue
			}
			if next == len(row) {
				if !covered(taken, r, col) {
					break
				}
				continue
			}
			b := row[next]
			next++
			for i := range b.rows {
				for k := range b.cols {
					taken[[2]int{r + i, col + k}] = spot{box: b, row: r, col: col}
				}
			}
			out[r] = append(out[r], spot{box: b, row: r, col: col, first: true})
		}
	}
	return out
}

// covered reports whether a box from above covers a place of a row from col on.
func covered(taken map[[2]int]spot, r, col int) bool {
	for at := range taken {
		if at[0] == r && at[1] >= col {
			return true
		}
	}
	return false
}

// lines writes a paper as text with one cell a line.
func (p *paper) lines(t testing.TB) []byte {
	var b strings.Builder
	for _, x := range p.pieces {
		if x.sheet == nil {
			b.WriteString(x.text + "\n\n")
			continue
		}
		x.sheet.each(func(c *box) { b.WriteString(c.text + "\n") })
		b.WriteString("\n")
	}
	return []byte(b.String())
}

// rowsWith writes a paper as text with one row a line.
func (p *paper) rowsWith(between, before, behind string) func(testing.TB) []byte {
	return func(testing.TB) []byte {
		var b strings.Builder
		for _, x := range p.pieces {
			if x.sheet == nil {
				b.WriteString(x.text + "\n\n")
				continue
			}
			for _, row := range x.sheet.laid() {
				var texts []string
				for _, s := range row {
					texts = append(texts, own(s))
				}
				b.WriteString(before + strings.Join(texts, between) + behind + "\n")
			}
			b.WriteString("\n")
		}
		return []byte(b.String())
	}
}

// own is the text of a box at its first place, and nothing at those it covers.
func own(s spot) string {
	if s.first {
		return s.text
	}
	return ""
}

// csv writes a paper as comma-separated values.
func (p *paper) csv(t testing.TB) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, x := range p.pieces {
		rows := [][]spot{{{box: box{text: x.text}, first: true}}}
		if x.sheet != nil {
			rows = x.sheet.laid()
		}
		for _, row := range rows {
			var texts []string
			for _, s := range row {
				texts = append(texts, own(s))
			}
			must(t, w.Write(texts))
		}
	}
	w.Flush()
	return b.Bytes()
}

// workbook writes a paper as a workbook of one sheet, figures as numbers.
func (p *paper) workbook(t testing.TB) []byte {
	f := excelize.NewFile()
	defer func() { must(t, f.Close()) }()
	const name = "Sheet1"
	at := 1
	for _, x := range p.pieces {
		if x.sheet == nil {
			must(t, f.SetCellStr(name, fmt.Sprintf("A%d", at), x.text))
			at++
			continue
		}
		for _, row := range x.sheet.laid() {
			for col, s := range row {
				if !s.first {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(col+1, at)
				must(t, err)
				must(t, f.SetCellStr(name, cell, s.text))
				if s.rows > 1 || s.cols > 1 {
					end, err := excelize.CoordinatesToCellName(col+s.cols, at+s.rows-1)
					must(t, err)
					must(t, f.MergeCell(name, cell, end))
				}
			}
			at++
		}
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// word writes a paper as a Word document.
func (p *paper) word(t testing.TB) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	paragraph := func(text string) string {
		return `<w:p><w:r><w:t>` + html.EscapeString(text) + `</w:t></w:r></w:p>`
	}
	for _, x := range p.pieces {
		if x.sheet == nil {
			b.WriteString(paragraph(x.text))
			continue
		}
		b.WriteString(`<w:tbl>`)
		for _, row := range x.sheet.laid() {
			b.WriteString(`<w:tr>`)
			for col, s := range row {
				if s.col != col {
					continue
				}
				merge := ""
				switch {
				case !s.first:
					merge = `<w:vMerge/>`
				case s.rows > 1:
					merge = `<w:vMerge w:val="restart"/>`
				}
				fmt.Fprintf(&b, `<w:tc><w:tcPr><w:gridSpan w:val="%d"/>%s</w:tcPr>%s</w:tc>`, s.cols, merge, paragraph(own(s)))
			}
			b.WriteString(`</w:tr>`)
		}
		b.WriteString(`</w:tbl>`)
	}
	b.WriteString(`</w:body></w:document>`)
	return zipped(t, "word/document.xml", b.String())
}

// zipped packs one member.
func zipped(t testing.TB, name, content string) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.Create(name)
	must(t, err)
	_, err = w.Write([]byte(content))
	must(t, err)
	must(t, z.Close())
	return buf.Bytes()
}

// rtf writes a paper as rich text: merged rows and columns by clvm and clmg marks.
func (p *paper) rtf(testing.TB) []byte {
	var b strings.Builder
	b.WriteString(`{\rtf1\ansi\ansicpg936\uc0 `)
	text := func(s string) {
		for _, r := range s {
			switch {
			case r == '\\' || r == '{' || r == '}':
				b.WriteString(`\` + string(r))
			case r < 0x80:
				b.WriteRune(r)
			default:
				fmt.Fprintf(&b, `\u%d `, int16(r)) //nolint:gosec // rich text writes characters as signed 16-bit numbers
			}
		}
	}
	for _, x := range p.pieces {
		if x.sheet == nil {
			b.WriteString(`\pard `)
			text(x.text)
			b.WriteString(`\par` + "\n")
			continue
		}
		for _, row := range x.sheet.laid() {
			b.WriteString(`\trowd`)
			for col, s := range row {
				if s.col != col {
					continue
				}
				switch {
				case !s.first:
					b.WriteString(`\clvmrg`)
				case s.rows > 1:
					b.WriteString(`\clvmgf`)
				}
				fmt.Fprintf(&b, `\cellx%d`, 900*(col+s.cols))
			}
			b.WriteString(`\pard\intbl `)
			for col, s := range row {
				if s.col == col {
					text(own(s))
					b.WriteString(`\cell `)
				}
			}
			b.WriteString(`\row` + "\n")
		}
	}
	b.WriteString(`}`)
	return []byte(b.String())
}

// mail writes a paper as a page saved with all its parts.
func (p *paper) mail(testing.TB) []byte {
	return []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"--b\"; type=\"text/html\"\r\n\r\n" +
		"----b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + string(p.page()) + "\r\n----b--\r\n")
}

// answer writes a paper as the answer of a content system.
func (p *paper) answer(t testing.TB) []byte {
	body, err := json.Marshal(map[string]any{"code": 200, "data": map[string]any{"title": p.pieces[0].text, "content": string(p.page())}})
	must(t, err)
	return body
}

// A writer writes papers as files of one type.
type writer struct {
	name  string
	write func(p *paper, t testing.TB) []byte
	// guessed says that the type has lost rows or spans, so that some figures are
	// doubtful to a careful reader too.
	guessed bool
}

// writers are the file types that can be written here.
func writers() []writer {
	return []writer{
		{name: "html", write: func(p *paper, _ testing.TB) []byte { return p.page() }},
		{name: "docx", write: (*paper).word},
		{name: "rtf", write: (*paper).rtf},
		{name: "xlsx", write: (*paper).workbook},
		{name: "mhtml", write: (*paper).mail},
		{name: "json", write: (*paper).answer},
		{name: "zip", write: func(p *paper, t testing.TB) []byte { return zipped(t, "报告.html", string(p.page())) }},
		{name: "csv", write: (*paper).csv, guessed: true},
		{name: "tabs", write: func(p *paper, t testing.TB) []byte { return p.rowsWith("\t", "", "")(t) }, guessed: true},
		{name: "pipes", write: func(p *paper, t testing.TB) []byte { return p.rowsWith(" | ", "| ", " |")(t) }, guessed: true},
		{name: "lines", write: (*paper).lines, guessed: true},
	}
}
