package demo

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Word returns an article as a Word document of the least parts that Word opens:
// content types, the relation to the document, and the document.
func Word(a Article) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", wordBody(a)},
	} {
		w, err := z.Create(part.name)
		if err != nil {
			return nil, fmt.Errorf("word document: %w", err)
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			return nil, fmt.Errorf("word document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("word document: %w", err)
	}
	return buf.Bytes(), nil
}

func wordBody(a Article) string {
	var b strings.Builder
	b.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	paragraph := func(text, style string) {
		b.WriteString(`<w:p><w:pPr>` + style + `</w:pPr><w:r><w:t xml:space="preserve">` + escapeXML(text) + `</w:t></w:r></w:p>`)
	}
	paragraph(a.Title, `<w:jc w:val="center"/>`)
	for _, p := range a.Parts {
		switch {
		case p.Table != nil:
			b.WriteString(p.Table.word())
		default:
			paragraph(p.Heading+p.Text, "")
		}
	}
	if a.Signature != "" {
		paragraph(a.Signature, `<w:jc w:val="right"/>`)
		paragraph(fmt.Sprintf("%d年%d月%d日", a.Published.Year, a.Published.Month, a.Published.Day), `<w:jc w:val="right"/>`)
	}
	b.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1080" w:bottom="1440" w:left="1080" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return b.String()
}

// word writes the table with gridSpan for columns and vMerge for rows: a cell that
// spans rows is written again, empty, in each row below.
func (g *grid) word() string {
	width := 0
	for _, c := range g.rows[0] {
		width += c.columns
	}
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
	}
	b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>`)
	for range width {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, 9700/width)
	}
	b.WriteString(`</w:tblGrid>`)
	open := make([]cell, width) // the cell that reaches down into each column, with the rows it has left
	for _, row := range g.rows {
		b.WriteString(`<w:tr>`)
		for col := 0; col < width; {
			c, merge := open[col], `<w:vMerge/>`
			if c.rows == 0 {
				c, merge = row[0], ""
				row = row[1:]
				if c.rows > 1 {
					merge = `<w:vMerge w:val="restart"/>`
				}
			} else {
				c.text = ""
			}
			open[col] = cell{c.text, c.rows - 1, c.columns}
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:gridSpan w:val="%d"/>%s</w:tcPr><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>`, c.columns, merge, escapeXML(c.text))
			col += c.columns
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl><w:p/>`)
	return b.String()
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}
