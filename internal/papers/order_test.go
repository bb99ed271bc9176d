package papers

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// order is what ISO/IEC 29500-1 lets stand in each element that we write, in its
// sequence. LibreOffice takes any order; Word calls the file damaged.
var order = map[string]string{
	"w:document": "body", "w:body": "* sectPr", "w:p": "pPr *", "w:tbl": "tblPr tblGrid tr", "w:tr": "trPr tc", "w:tc": "tcPr *", "w:tblGrid": "gridCol",
	"w:r": "rPr *", "w:sdt": "sdtPr sdtContent", "w:sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding text", "w:sdtContent": "r",
	"w:pPr":  "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs snapToGrid spacing ind contextualSpacing jc textDirection textAlignment outlineLvl rPr sectPr",
	"w:rPr":  "rStyle rFonts b bCs i iCs color spacing w kern position sz szCs highlight u vertAlign lang",
	"w:trPr": "cantSplit tblHeader", "w:tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
	"w:tblPr":      "tblStyle tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
	"w:tblBorders": "top left bottom right insideH insideV", "w:tblCellMar": "top left bottom right",
	"w:sectPr": "footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
	"w:styles": "docDefaults latentStyles style", "w:docDefaults": "rPrDefault pPrDefault", "w:rPrDefault": "rPr", "w:pPrDefault": "pPr",
	"w:style":    "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed qFormat locked pPr rPr tblPr trPr tcPr",
	"w:settings": "evenAndOddHeaders characterSpacingControl compat", "w:compat": "compatSetting", "w:fonts": "font", "w:font": "altName panose1 charset family pitch",
	"w:ftr": "p", "wp:inline": "extent effectExtent docPr cNvGraphicFramePr graphic", "w:drawing": "inline",
	"a:graphic": "graphicData", "a:graphicData": "pic", "pic:pic": "nvPicPr blipFill spPr", "pic:nvPicPr": "cNvPr cNvPicPr", "pic:blipFill": "blip stretch", "a:stretch": "fillRect",
	"pic:spPr": "xfrm prstGeom", "a:xfrm": "off ext", "a:prstGeom": "avLst", "cp:coreProperties": "*",
}

// TestOrder holds that every element of a .docx stands where the schema has it: the
// circular, whose annexes lie on their side, and a check sheet with a picture.
func TestOrder(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)
	circular := Circular(board(), aggregate.RollUp{Format: standard.F2021}, nil, at)
	sheet := CheckSheet(Sheet{Row: board().Rows[1], At: at, Run: 7})
	sheet.Blocks = append(sheet.Blocks, Block{Kind: Picture, Image: Image{PNG: picture.Bytes(), Width: 40, Height: 20}})
	for _, p := range []Paper{circular, sheet} {
		for name, part := range partsOf(t, p) {
			if strings.HasSuffix(name, ".rels") || strings.HasPrefix(name, "[") || !strings.HasSuffix(name, ".xml") {
				continue
			}
			checkOrder(t, p.Kind+" "+name, part)
		}
	}
	document := partsOf(t, circular)["word/document.xml"]
	if n := strings.Count(document, `w:orient="landscape"`); n != 1 {
		t.Errorf("%d sections on their side, want 1 for the two wide annexes", n)
	}
}

// checkOrder walks a part.
func checkOrder(t *testing.T, at, part string) {
	t.Helper()
	type open struct {
		name, last string
		place      int
	}
	var path []open
	d := xml.NewDecoder(strings.NewReader(part))
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Space + ":" + e.Name.Local
			if n := len(path); n > 0 {
				parent := &path[n-1]
				allowed := strings.Fields(order[parent.name])
				place := slices.Index(allowed, e.Name.Local)
				if rest := slices.Index(allowed, "*"); place < 0 && rest >= 0 {
					place = rest
				}
				if place < 0 || place < parent.place {
					t.Errorf("%s: <%s> in <%s> after <%s>; the order is %q", at, name, parent.name, parent.last, order[parent.name])
				}
				parent.place, parent.last = max(parent.place, place), name
			}
			path = append(path, open{name: name})
		case xml.EndElement:
			last := path[len(path)-1]
			if last.name == "w:tc" && last.last != "w:p" {
				t.Errorf("%s: a cell ends in <%s>; Word wants a paragraph", at, last.last)
			}
			path = path[:len(path)-1]
		}
	}
}

// partsOf are the parts of the .docx of a paper.
func partsOf(t *testing.T, p Paper) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := p.DOCX(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(body)
	}
	return parts
}
