package papers

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Measures of GB/T 9704-2012 in twentieths of a point: A4, 37 mm above, 35 mm below,
// 28 mm at the spine, 26 mm opposite; a grid of 22 lines of 28 characters.
const (
	paperWidth, paperHeight = 11906, 16838
	above, below            = 2098, 1984
	spine, edge             = 1588, 1474
	footer                  = 1361 // the page number stands 7 mm below the text
	textWidth               = paperWidth - spine - edge
	sideWidth               = paperHeight - above - below // on a page on its side
	linePitch               = 560                         // 22 lines of 28 points in 225 mm
	emuPerTwip              = 635
)

// DOCX writes the paper as a document that WPS and Word open. Entries have a fixed
// time, so that the same paper is the same file.
func (p Paper) DOCX(out io.Writer) error {
	z := zip.NewWriter(out)
	d := &docx{}
	body := d.body(p)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", rootRels}, {"docProps/core.xml", core(p)},
		{"word/document.xml", body}, {"word/styles.xml", styles}, {"word/settings.xml", settings}, {"word/fontTable.xml", fontTable},
		{"word/footer1.xml", pageNumber("right")}, {"word/footer2.xml", pageNumber("left")}, {"word/_rels/document.xml.rels", d.rels()},
	}
	for _, part := range parts {
		if err := put(z, part.name, []byte(part.text)); err != nil {
			return err
		}
	}
	for i, image := range d.images {
		if err := put(z, fmt.Sprintf("word/media/image%d.png", i+1), image.PNG); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("docx %s: %w", p.File, err)
	}
	return nil
}

func put(z *zip.Writer, name string, body []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err == nil {
		_, err = w.Write(body)
	}
	if err != nil {
		return fmt.Errorf("docx: %s: %w", name, err)
	}
	return nil
}

// A docx writes the body and remembers its images.
type docx struct {
	strings.Builder
	images []Image
	side   bool // the page lies on its side
	fields int
}

func (d *docx) body(p Paper) string {
	d.WriteString(xml.Header + `<w:document xmlns:w="` + wordNS + `" xmlns:r="` + relNS + `" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`)
	for _, b := range p.Blocks {
		d.block(b)
	}
	d.WriteString(section(d.side) + `</w:body></w:document>`)
	return d.String()
}

func (d *docx) block(b Block) {
	if b.Kind == AnnexHead && b.Wide != d.side {
		d.WriteString(`<w:p><w:pPr>` + section(d.side) + `</w:pPr></w:p>`)
		d.side = b.Wide
		d.paragraph("AnnexHead", b, false)
		return
	}
	switch b.Kind {
	case Table:
		d.table(b)
	case Picture:
		d.picture(b)
	case AnnexHead:
		d.paragraph("AnnexHead", b, true)
	default:
		d.paragraph(styleOf[b.Kind], b, false)
	}
}

// styleOf names the paragraph style of each kind.
var styleOf = map[Kind]string{Number: "DocNumber", Title: "DocTitle", To: "Addressee", Heading: "Heading1", Subheading: "Heading2", Body: "BodyText",
	Annex: "AnnexNote", Sign: "Signature", AnnexHead: "AnnexHead", AnnexTitle: "AnnexTitle", Field: "Field", Small: "Small"}

func (d *docx) paragraph(style string, b Block, newPage bool) {
	d.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>`)
	if newPage {
		d.WriteString(`<w:pageBreakBefore/>`)
	}
	d.WriteString(`</w:pPr>` + run(b.Text))
	if b.Hint != "" {
		d.fields++
		fmt.Fprintf(d, `<w:sdt><w:sdtPr><w:alias w:val="%s"/><w:tag w:val="field%d"/><w:id w:val="%d"/><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rStyle w:val="Placeholder"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r></w:sdtContent></w:sdt>`,
			escape(b.Hint), d.fields, 1000+d.fields, escape(b.Hint))
	}
	d.WriteString(`</w:p>`)
}

func run(text string) string {
	if text == "" {
		return ""
	}
	return `<w:r><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`
}

// escape is a text as XML; characters that XML cannot hold are replaced.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder does not fail
	return b.String()
}

// table writes a table with its head repeated on each page.
func (d *docx) table(b Block) {
	if len(b.Rows) == 0 {
		return
	}
	whole := textWidth
	if d.side {
		whole = sideWidth
	}
	widths := make([]int, len(b.Rows[0]))
	for i := range widths {
		share := 1 / float64(len(widths))
		if i < len(b.Widths) {
			share = b.Widths[i]
		}
		widths[i] = int(share * float64(whole))
	}
	fmt.Fprintf(d, `<w:tbl><w:tblPr><w:tblStyle w:val="Ruled"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, whole)
	for _, width := range widths {
		fmt.Fprintf(d, `<w:gridCol w:w="%d"/>`, width)
	}
	d.WriteString(`</w:tblGrid>`)
	for i, row := range b.Rows {
		d.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		style := "TableText"
		if i < b.Head {
			d.WriteString(`<w:tblHeader/>`)
			style = "TableHead"
		}
		d.WriteString(`</w:trPr>`)
		for j := range widths {
			text := ""
			if j < len(row) {
				text = row[j]
			}
			fmt.Fprintf(d, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>`, widths[j])
			for line := range strings.SplitSeq(text, "\n") {
				d.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + run(line) + `</w:p>`)
			}
			d.WriteString(`</w:tc>`)
		}
		d.WriteString(`</w:tr>`)
	}
	d.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Small"/></w:pPr></w:p>`)
}

// picture sets an image as wide as the text, or smaller where it has less to show.
func (d *docx) picture(b Block) {
	if b.Image.Width == 0 || b.Image.Height == 0 {
		return
	}
	d.images = append(d.images, b.Image)
	n := len(d.images)
	width := min(textWidth, b.Image.Width*8)
	height := width * b.Image.Height / b.Image.Width
	if most := paperHeight - above - below - 1200; height > most {
		width, height = width*most/height, most
	}
	cx, cy := width*emuPerTwip, height*emuPerTwip
	fmt.Fprintf(d, `<w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="图 %d" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="image%d.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rImage%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		cx, cy, n, n, escape(b.Image.Alt), n, n, n, cx, cy)
}

func (d *docx) rels() string {
	var b strings.Builder
	b.WriteString(xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range [][3]string{{"rStyles", "styles", "styles.xml"}, {"rSettings", "settings", "settings.xml"}, {"rFonts", "fontTable", "fontTable.xml"},
		{"rOdd", "footer", "footer1.xml"}, {"rEven", "footer", "footer2.xml"}} {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s/%s" Target="%s"/>`, r[0], relNS, r[1], r[2])
	}
	for i := range d.images {
		fmt.Fprintf(&b, `<Relationship Id="rImage%d" Type="%s/image" Target="media/image%d.png"/>`, i+1, relNS, i+1)
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

// section ends a section: its page, margins and grid.
func section(side bool) string {
	size := fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>`,
		paperWidth, paperHeight, above, edge, below, spine, footer)
	if side {
		size = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="964" w:gutter="0"/>`,
			paperHeight, paperWidth, spine, above, edge, below)
	}
	return `<w:sectPr><w:footerReference w:type="default" r:id="rOdd"/><w:footerReference w:type="even" r:id="rEven"/>` + size +
		fmt.Sprintf(`<w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr>`, linePitch)
}
