package extract

import (
	"context"
	"encoding/xml"
	"strconv"
	"strings"
)

// maxXMLDepth bounds how deep elements may lie in each other: Word itself stops
// far below.
const maxXMLDepth = 400

// A docxReader walks the main part once, from top to bottom.
type docxReader struct {
	ctx     context.Context
	doc     *Document // takes links and pictures
	dec     *xml.Decoder
	in      input
	pkg     *officePackage
	rels    relations
	styles  docxStyles
	numbers *docxNumbers
	labels  map[int64]string // numbers of lists, by where their paragraph begins

	depth  int
	fields flowFields
	para   *docxParagraph // open paragraph
	hidden bool           // the run is not shown
	barely string         // why the run is shown so that nobody counts it
	shaded bool           // the cell or paragraph has a ground of its own colour
	cells  int            // open cells
	held   int            // cells and paragraphs so far
	links  []*strings.Builder
}

// A docxParagraph gathers what a paragraph says.
type docxParagraph struct {
	text    strings.Builder
	heading bool
	at      int64       // where it begins
	hidden  bool        // its style hides its runs
	joined  bool        // its mark is deleted: the next paragraph goes on in it
	after   []flowBlock // text boxes anchored in it
}

// A docxBlocks is a place that paragraphs and tables go to.
type docxBlocks struct {
	blocks []flowBlock
	carry  *docxParagraph // a paragraph whose mark is deleted
}

func (b *docxBlocks) flush() {
	if p := b.carry; p != nil {
		b.carry = nil
		if text := p.text.String(); strings.TrimSpace(text) != "" {
			b.blocks = append(b.blocks, flowBlock{text: text, heading: p.heading})
		}
		b.blocks = append(b.blocks, p.after...)
	}
}

// children calls visit for each child element of the open element. visit must
// read its element to the end; nil skips it.
func (r *docxReader) children(visit func(xml.StartElement) error) error {
	if r.depth++; r.depth > maxXMLDepth {
		return unreadable("文件内部嵌套超过 %d 层；请核对原件是否正常", maxXMLDepth)
	}
	defer func() { r.depth-- }()
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.held > mostCells+mostBlocks {
		return errTooMany(r.in.limits)
	}
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// document reads the whole part.
func (r *docxReader) document() ([]flowBlock, error) {
	var out docxBlocks
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if xmlName(start) != "w:document" {
			return nil, unreadable("不是 Word 文档（根元素为 %s）；请核对原件", start.Name.Local)
		}
		err = r.children(func(e xml.StartElement) error {
			if xmlName(e) != "w:body" {
				return r.dec.Skip()
			}
			return r.children(func(e xml.StartElement) error { return r.block(e, &out) })
		})
		out.flush()
		return out.blocks, err
	}
}

// block reads an element that holds paragraphs.
func (r *docxReader) block(e xml.StartElement, out *docxBlocks) error {
	inner := func(e xml.StartElement) error { return r.block(e, out) }
	switch xmlName(e) {
	case "w:p":
		return r.paragraph(r.dec.InputOffset(), out)
	case "w:tbl":
		out.flush()
		t, err := r.table()
		if len(t.rows) > 0 {
			out.blocks = append(out.blocks, flowBlock{table: t})
		}
		return err
	case "w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo":
		return r.children(inner)
	case "mc:AlternateContent":
		return r.alternate(inner)
	case "w:altChunk":
		if err := r.chunk(e, out); err != nil {
			return err
		}
	}
	return r.dec.Skip()
}

// chunk reads a file in another format that the document shows at this place, as
// programs that turn web pages into documents leave it.
func (r *docxReader) chunk(e xml.StartElement, out *docxBlocks) error {
	out.flush()
	inner := r.in
	inner.depth++
	err := unreadable("文件中没有这一部分，或嵌套过深")
	if part := r.rels[xmlAttr(e, "id")].part; r.pkg.has(part) && inner.depth < 3 {
		if inner.body, err = r.pkg.read(part); err != nil {
			return err
		}
		var docs []*Document
		if docs, err = readAny(r.ctx, inner); err == nil {
			for _, d := range docs {
				out.blocks = append(out.blocks, flowBlock{chunk: d})
			}
			return nil
		}
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	r.doc.Warnings = append(r.doc.Warnings, Warning{
		Rule: "read.truncated",
		Text: "文档中嵌入了另一种格式的内容，该部分没有读出（" + err.Error() + "）；请用 Word 打开后另存为 .docx 再试",
	})
	return nil
}

// alternate reads the one branch of an AlternateContent that Word would show.
func (r *docxReader) alternate(visit func(xml.StartElement) error) error {
	taken := false
	return r.children(func(e xml.StartElement) error {
		switch xmlName(e) {
		case "mc:Choice":
			if taken || !understands(xmlAttr(e, "Requires")) {
				return r.dec.Skip()
			}
		case "mc:Fallback":
			if taken {
				return r.dec.Skip()
			}
		default:
			return r.dec.Skip()
		}
		taken = true
		return r.children(visit)
	})
}

// understands reports whether all prefixes of a Choice are of the drawing and
// text extensions whose text boxes are read here.
func understands(prefixes string) bool {
	for prefix := range strings.FieldsSeq(prefixes) {
		switch prefix {
		case "wps", "wpg", "wpc", "wpi", "wp14", "w14", "w15", "w16", "w16se", "a14", "pic", "wpx", "v2":
		default:
			return false
		}
	}
	return true
}

// paragraph reads the w:p whose tag ends at a position into out.
func (r *docxReader) paragraph(at int64, out *docxBlocks) error {
	outer, outerHidden, outerShaded := r.para, r.hidden, r.shaded
	defer func() { r.para, r.hidden, r.shaded = outer, outerHidden, outerShaded }()
	if out.carry == nil {
		out.carry = &docxParagraph{}
	}
	r.para, r.hidden = out.carry, false
	r.para.joined, r.para.at = false, at
	if err := r.children(r.inline); err != nil {
		return err
	}
	if r.held++; !r.para.joined {
		out.flush()
	}
	return nil
}

// inline reads an element of a paragraph.
func (r *docxReader) inline(e xml.StartElement) error {
	switch xmlName(e) {
	case "w:pPr":
		return r.paragraphProperties()
	case "w:r", "m:r":
		return r.run()
	case "w:hyperlink":
		return r.hyperlink(e)
	case "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:dir", "w:bdo",
		"w:sdt", "w:sdtContent", "w:fldSimple", "w:rubyBase":
		return r.children(r.inline)
	case "mc:AlternateContent":
		return r.alternate(r.inline)
	case "m:t":
		return r.put()
	}
	if strings.HasPrefix(xmlName(e), "m:") && !strings.HasSuffix(e.Name.Local, "Pr") {
		return r.children(r.inline)
	}
	return r.dec.Skip()
}

// paragraphProperties reads what a paragraph's properties say of its text.
func (r *docxReader) paragraphProperties() error {
	style, level, list := r.styles.defaultParagraph, -1, docxListItem{}
	err := r.children(func(e xml.StartElement) error {
		switch xmlName(e) {
		case "w:pStyle":
			style = xmlAttr(e, "val")
		case "w:outlineLvl":
			level = xmlInt(xmlAttr(e, "val"), 9)
		case "w:numPr":
			list.direct = true
			return r.children(func(e xml.StartElement) error {
				switch xmlName(e) {
				case "w:numId":
					list.id = xmlAttr(e, "val")
				case "w:ilvl":
					list.level = xmlInt(xmlAttr(e, "val"), 0)
				}
				return r.dec.Skip()
			})
		case "w:shd":
			r.shaded = r.shaded || isShade(e)
		case "w:rPr":
			return r.children(func(e xml.StartElement) error {
				if n := xmlName(e); n == "w:del" || n == "w:moveFrom" {
					r.para.joined = true
				}
				return r.dec.Skip()
			})
		}
		return r.dec.Skip()
	})
	s := r.styles.get(style)
	r.para.hidden = s.vanish
	r.para.heading = r.para.heading || s.heading && level < 0 || level >= 0 && level < 9
	if r.para.text.Len() == 0 {
		if label := r.numbers.next(list, s.list); label != "" {
			r.para.text.WriteString(label)
			r.labels[r.para.at] = label
		}
	}
	return err
}

// hyperlink reads a w:hyperlink and notes where it leads.
func (r *docxReader) hyperlink(e xml.StartElement) error {
	rel := r.rels[xmlAttr(e, "id")]
	if rel.kind != relHyperlink || rel.target == "" {
		return r.children(r.inline)
	}
	var text strings.Builder
	r.links = append(r.links, &text)
	err := r.children(r.inline)
	r.links = r.links[:len(r.links)-1]
	r.doc.Links = append(r.doc.Links, Link{Text: squeeze(text.String()), Href: rel.target})
	return err
}

// say adds what a reader sees to the open paragraph.
func (r *docxReader) say(s string) {
	if r.hidden || r.para == nil || !r.fields.show() {
		return
	}
	if r.barely != "" {
		if r.cells > 0 {
			r.doc.doubtUnseen(r.barely, s)
		}
		return
	}
	r.para.text.WriteString(s)
	for _, l := range r.links {
		l.WriteString(s)
	}
	r.fields.say(s)
}

// put says the text of the open element.
func (r *docxReader) put() error {
	s, err := r.characters()
	r.say(s)
	return err
}

// characters returns the text of the open element.
func (r *docxReader) characters() (string, error) {
	var b strings.Builder
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if err := r.dec.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return b.String(), nil
		}
	}
}

// xmlName returns an element's name with the usual prefix of its namespace,
// whatever prefix the document uses.
func xmlName(e xml.StartElement) string {
	switch e.Name.Space {
	case "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
		"http://purl.oclc.org/ooxml/wordprocessingml/main":
		return "w:" + e.Name.Local
	case "http://schemas.openxmlformats.org/markup-compatibility/2006":
		return "mc:" + e.Name.Local
	case "http://schemas.openxmlformats.org/officeDocument/2006/math",
		"http://purl.oclc.org/ooxml/officeDocument/math":
		return "m:" + e.Name.Local
	case "http://schemas.openxmlformats.org/drawingml/2006/picture",
		"http://purl.oclc.org/ooxml/drawingml/picture":
		return "pic:" + e.Name.Local
	case "http://schemas.microsoft.com/office/word/2010/wordml":
		return "w14:" + e.Name.Local
	case "urn:schemas-microsoft-com:vml":
		return "v:" + e.Name.Local
	}
	return e.Name.Local
}

// xmlAttr returns an attribute by its local name.
func xmlAttr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// xmlOn reads a toggle: an element without a value is on.
func xmlOn(e xml.StartElement) bool {
	switch xmlAttr(e, "val") {
	case "0", "false", "off":
		return false
	}
	return true
}

// xmlInt reads a whole number, or returns otherwise.
func xmlInt(s string, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return n
	}
	return otherwise
}
