package extract

import (
	"context"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// readXLSX reads a workbook in Office Open XML, transitional or strict. It reads
// its parts one after the other and keeps only what shows; macros, links to other
// workbooks and formulas are not looked at, their results are.
func readXLSX(ctx context.Context, in input) (*Document, error) {
	pkg, err := openOffice(in)
	if err != nil {
		return nil, err
	}
	x := &xlsxBook{ctx: ctx, doc: &Document{Type: XLSX, Route: "ooxml"}, pkg: pkg, room: in.limits.Decompressed}
	if err := x.open(); err != nil {
		return nil, err
	}
	sheets, err := x.readSheets()
	if err != nil {
		return nil, err
	}
	if err := laySheets(ctx, x.doc, sheets, in.limits); err != nil {
		return nil, err
	}
	x.doc.Digits = xlsxDigits(x.sheetBodies, x.stringsBody, x.stylesBody)
	return x.doc, nil
}

// An xlsxBook is a workbook being read.
type xlsxBook struct {
	ctx  context.Context
	doc  *Document // takes links and pictures
	pkg  *officePackage
	room int64 // bytes of text that cells may still say

	stored int // cells so far

	from1904 bool
	sheets   []xlsxSheetRef
	strings  []string
	styles   []xlsxStyle
	formats  map[string]numberFormat // by code

	sheetBodies             [][]byte // for the witness
	stringsBody, stylesBody []byte
}

// An xlsxSheetRef is a sheet as the workbook lists it.
type xlsxSheetRef struct {
	name, part string
}

// Kinds of relationship that workbooks have.
const (
	relStrings = "sharedStrings"
	relDrawing = "drawing"
)

// open reads the parts that the sheets refer to.
func (x *xlsxBook) open() error {
	main := x.pkg.mainPart("xl/workbook.xml")
	rels := x.pkg.relations(main)
	body, err := x.pkg.read(main)
	if err != nil {
		return err
	}
	if err := x.readWorkbook(body, rels); err != nil {
		return badXML(main, err)
	}
	if name := rels.part(relStyles, "xl/styles.xml"); x.pkg.has(name) {
		if x.stylesBody, err = x.pkg.read(name); err != nil {
			return err
		}
		if err := x.readStyles(x.stylesBody); err != nil {
			return badXML(name, err)
		}
	}
	if name := rels.part(relStrings, "xl/sharedStrings.xml"); x.pkg.has(name) {
		if x.stringsBody, err = x.pkg.read(name); err != nil {
			return err
		}
		if err := x.readStrings(x.stringsBody); err != nil {
			return badXML(name, err)
		}
	}
	return nil
}

// readWorkbook reads the list of sheets. Hidden ones are left out.
func (x *xlsxBook) readWorkbook(body []byte, rels relations) error {
	var w struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := newXML(body).Decode(&w); err != nil {
		return err
	}
	x.from1904 = w.Properties.From1904 == "1" || w.Properties.From1904 == "true"
	for i, s := range w.Sheets {
		if s.State != "" && s.State != "visible" {
			continue
		}
		part := "xl/worksheets/sheet" + strconv.Itoa(i+1) + ".xml"
		for _, a := range s.Attrs {
			if rel := rels[a.Value]; a.Name.Local == "id" && rel.part != "" {
				part = rel.part
				if rel.kind != "worksheet" { // charts are sheets too
					part = ""
				}
			}
		}
		if part != "" {
			x.sheets = append(x.sheets, xlsxSheetRef{name: s.Name, part: part})
		}
	}
	return nil
}

// readStrings reads the table of shared strings.
func (x *xlsxBook) readStrings(body []byte) error {
	dec := newXML(body)
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := tok.(xml.StartElement); ok && start.Name.Local == "si" {
			text, err := richText(dec)
			if err != nil {
				return err
			}
			if x.strings = append(x.strings, squeeze(text)); len(x.strings) > mostStored {
				return errTooMany(x.pkg.limits)
			}
			if len(x.strings)%1024 == 0 && x.ctx.Err() != nil {
				return x.ctx.Err()
			}
		}
	}
}

// richText returns the text of the open element, aids to pronunciation left out.
func richText(dec *xml.Decoder) (string, error) {
	var b strings.Builder
	inText := false
	for depth := 1; depth > 0; {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := dec.Skip(); err != nil {
					return "", err
				}
				continue
			}
			depth++
			inText = t.Name.Local == "t"
		case xml.EndElement:
			depth--
			inText = false
		case xml.CharData:
			if inText {
				b.Write(t)
			}
		}
	}
	return strings.ReplaceAll(b.String(), "_x000D_", ""), nil
}

// readSheets reads the sheets that are shown.
func (x *xlsxBook) readSheets() ([]*worksheet, error) {
	var sheets []*worksheet
	for _, ref := range x.sheets {
		body, err := x.pkg.read(ref.part)
		if err != nil {
			return nil, err
		}
		s := &xlsxSheet{book: x, rels: x.pkg.relations(ref.part), dec: newXML(body)}
		s.worksheet = worksheet{name: ref.name, hiddenRows: map[int]bool{}, hiddenCols: map[int]bool{}}
		if err := s.read(); err != nil {
			return nil, badXML(ref.part, err)
		}
		sheets = append(sheets, &s.worksheet)
		x.sheetBodies = append(x.sheetBodies, body)
	}
	if len(sheets) == 0 {
		return nil, unreadable("工作簿里没有可见的工作表；请用 Excel 或 WPS 打开原件核对")
	}
	return sheets, nil
}
