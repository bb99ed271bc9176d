package extract

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"gongkai/internal/report"
)

// An xlsxSheet is a sheet being read.
type xlsxSheet struct {
	worksheet
	book *xlsxBook
	rels relations
	dec  *xml.Decoder

	row, col int  // of the next cell that does not say where it is
	noZeros  bool // zeros are not shown
}

// read walks the sheet from top to bottom.
func (s *xlsxSheet) read() error {
	for n := 0; ; n++ {
		tok, err := s.dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if n%4096 == 0 && s.book.ctx.Err() != nil {
			return s.book.ctx.Err()
		}
		if start, ok := tok.(xml.StartElement); ok {
			if err := s.element(start); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *xlsxSheet) element(e xml.StartElement) error {
	switch e.Name.Local {
	case "sheetView":
		v := xmlAttr(e, "showZeros")
		s.noZeros = v == "0" || v == "false"
	case "col":
		if isTrue(xmlAttr(e, "hidden")) || xmlAttr(e, "width") == "0" {
			for c := xmlInt(xmlAttr(e, "min"), 1); c <= min(xmlInt(xmlAttr(e, "max"), 0), 1<<14); c++ {
				s.hiddenCols[c-1] = true
			}
		}
	case "row":
		s.row, s.col = xmlInt(xmlAttr(e, "r"), s.row+1), 0
		if isTrue(xmlAttr(e, "hidden")) || xmlAttr(e, "ht") == "0" {
			s.hiddenRows[s.row-1] = true
		}
	case "c":
		return s.cell(e)
	case "mergeCell":
		from, to, _ := strings.Cut(xmlAttr(e, "ref"), ":")
		top, left, ok1 := parseAddress(from)
		bottom, right, ok2 := parseAddress(to)
		if ok1 && ok2 {
			s.merge(sheetRange{top: top, left: left, bottom: bottom, right: right})
		}
	case "hyperlink":
		if rel := s.rels[xmlAttr(e, "id")]; rel.kind == relHyperlink && rel.target != "" {
			s.link(xmlAttr(e, "ref"), rel.target)
		}
	case "drawing":
		if rel := s.rels[xmlAttr(e, "id")]; rel.kind == relDrawing && s.book.pkg.has(rel.part) {
			body, err := s.book.pkg.read(rel.part)
			s.book.doc.Pictures += bytes.Count(body, []byte("pic>"))/2 + bytes.Count(body, []byte("<xdr:pic "))
			return err
		}
	}
	return nil
}

// link notes where a cell leads.
func (s *xlsxSheet) link(ref, href string) {
	from, _, _ := strings.Cut(ref, ":")
	row, col, ok := parseAddress(from)
	if !ok {
		return
	}
	text := ""
	for _, c := range s.cells {
		if c.row == row && c.col == col {
			text = c.text
			break
		}
	}
	s.book.doc.Links = append(s.book.doc.Links, Link{Text: text, Href: href})
}

// cell reads a c element.
func (s *xlsxSheet) cell(e xml.StartElement) error {
	row, col := s.row-1, s.col
	if r, c, ok := parseAddress(xmlAttr(e, "r")); ok {
		row, col = r, c
	}
	s.col = col + 1
	kind := xmlAttr(e, "t")
	style := s.book.style(xmlInt(xmlAttr(e, "s"), 0))
	value, inline, formula, hasValue, err := s.content()
	if err != nil || row < 0 || row > 1<<20 || col > 1<<14 {
		return err
	}
	text := s.show(kind, value, inline, style)
	if style.barely != "" {
		s.book.doc.doubtUnseen(style.barely, text)
		text = ""
	}
	if formula && !hasValue && kind != "str" {
		s.unread = append(s.unread, cellAddress(row, col))
	}
	if s.book.stored++; s.book.stored > mostStored {
		return errTooMany(s.book.pkg.limits)
	}
	if s.book.room -= int64(len(text)); s.book.room < 0 { // a text may be shared by a million cells
		return &report.LimitError{Limit: "decompressed", Max: s.book.pkg.limits.Decompressed}
	}
	s.cells = append(s.cells, sheetCell{row: row, col: col, text: text, framed: style.framed})
	return nil
}

// content reads the children of a cell.
func (s *xlsxSheet) content() (value, inline string, formula, hasValue bool, err error) {
	for {
		tok, err := s.dec.Token()
		if err != nil {
			return "", "", false, false, err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return value, inline, formula, hasValue, nil
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				hasValue = true
				value, err = elementText(s.dec)
			case "is":
				inline, err = richText(s.dec)
			case "f":
				formula = true
				err = s.dec.Skip()
			default:
				err = s.dec.Skip()
			}
			if err != nil {
				return "", "", false, false, err
			}
		}
	}
}

// elementText returns the characters of the open element.
func elementText(dec *xml.Decoder) (string, error) {
	var b strings.Builder
	for {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if err := dec.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return b.String(), nil
		}
	}
}

// show writes a value as its cell shows it.
func (s *xlsxSheet) show(kind, value, inline string, style xlsxStyle) string {
	text := value
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return ""
		}
		text = s.book.strings[i]
		if shown := style.format.showText(text); shown != text {
			return squeeze(shown)
		}
		return text
	case "inlineStr":
		text = inline
	case "b":
		return map[bool]string{true: "TRUE", false: "FALSE"}[value == "1"]
	case "e", "d":
		return value
	case "", "n":
		v, err := strconv.ParseFloat(value, 64)
		switch {
		case value == "":
			return ""
		case err != nil:
			return value
		case v == 0 && s.noZeros:
			return ""
		}
		return style.format.show(v, s.book.from1904)
	}
	return squeeze(style.format.showText(text))
}

func isTrue(v string) bool { return v == "1" || v == "true" }

// parseAddress reads an address such as C7; rows and columns count from 0.
func parseAddress(ref string) (row, col int, ok bool) {
	ref = strings.ReplaceAll(ref, "$", "")
	i := 0
	for i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z' {
		col = col*26 + int(ref[i]-'A') + 1
		i++
	}
	row, err := strconv.Atoi(ref[i:])
	if i == 0 || err != nil || row < 1 || row > 1<<20 || col > 1<<14 {
		return 0, 0, false
	}
	return row - 1, col - 1, true
}
