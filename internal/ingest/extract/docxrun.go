package extract

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// run reads a w:r.
func (r *docxReader) run() error {
	outer := r.hidden
	defer func() { r.hidden, r.barely = outer, "" }()
	r.hidden = outer || r.para != nil && r.para.hidden
	r.barely = ""
	return r.children(r.runChild)
}

func (r *docxReader) runChild(e xml.StartElement) error {
	switch xmlName(e) {
	case "w:rPr":
		return r.runProperties()
	case "w:t", "m:t":
		return r.put()
	case "w:tab", "w:ptab":
		r.say("\t")
	case "w:br", "w:cr":
		r.say("\n")
	case "w:noBreakHyphen":
		r.say("-")
	case "w:sym":
		r.say(symbol(xmlAttr(e, "font"), xmlAttr(e, "char")))
	case "w:fldChar":
		return r.fieldChar(e)
	case "w:instrText":
		s, err := r.characters()
		r.fields.say(s)
		return err
	case "w:ruby":
		return r.children(r.inline) // the base; its reading aid is skipped
	case "mc:AlternateContent":
		return r.alternate(r.runChild)
	case "w:drawing", "w:pict", "w:object":
		return r.children(r.graphic)
	}
	return r.dec.Skip()
}

// runProperties decides whether the run is hidden, or shown so that nobody counts
// it. In styles hiding is a toggle; set on the run itself it holds.
func (r *docxReader) runProperties() error {
	direct, set, white, shaded := false, false, false, r.shaded
	style := docxStyle{}
	err := r.children(func(e xml.StartElement) error {
		switch xmlName(e) {
		case "w:vanish":
			direct, set = xmlOn(e), true
		case "w:rStyle":
			style = r.styles.get(xmlAttr(e, "val"))
		case "w:strike", "w:dstrike":
			if xmlOn(e) {
				r.barely = struckOut
			}
		case "w:sz":
			if xmlInt(xmlAttr(e, "val"), 20) <= 2 {
				r.barely = tooSmall
			}
		case "w:color":
			white = strings.EqualFold(xmlAttr(e, "val"), "ffffff")
		case "w:shd", "w:highlight":
			shaded = shaded || isShade(e)
		}
		return r.dec.Skip()
	})
	switch {
	case set:
		r.hidden = direct
	case style.vanish:
		r.hidden = !r.hidden
	}
	if white && !shaded && r.barely == "" {
		r.barely = tooWhite
	}
	return err
}

// isShade reports whether a shading gives the ground a colour.
func isShade(e xml.StartElement) bool {
	fill := strings.ToLower(xmlAttr(e, "fill"))
	return fill != "auto" && fill != "ffffff" && fill != "" ||
		xmlAttr(e, "themeFill") != "" || e.Name.Local == "highlight" ||
		!strings.Contains(" clear nil  ", " "+xmlAttr(e, "val")+" ")
}

// fieldChar follows a field from its code to its result.
func (r *docxReader) fieldChar(e xml.StartElement) error {
	switch xmlAttr(e, "fldCharType") {
	case "begin":
		f := r.fields.begin(r.hidden)
		return r.children(func(e xml.StartElement) error { return r.formField(e, f) })
	case "separate":
		r.fields.separate()
	case "end":
		r.endField(r.fields.end())
	}
	return r.dec.Skip()
}

// formField notes what a form field shows that keeps no result in the text.
func (r *docxReader) formField(e xml.StartElement, f *flowField) error {
	var entries []string
	chosen := 0
	return r.children(func(e xml.StartElement) error {
		switch xmlName(e) {
		case "w:checkBox":
			f.shows = "☐"
		case "w:ddList":
		default:
			return r.dec.Skip()
		}
		return r.children(func(e xml.StartElement) error {
			switch xmlName(e) {
			case "w:default", "w:checked":
				if f.shows != "" {
					f.shows = map[bool]string{true: "☑", false: "☐"}[xmlOn(e)]
				}
			case "w:result":
				chosen = xmlInt(xmlAttr(e, "val"), 0)
			case "w:listEntry":
				entries = append(entries, xmlAttr(e, "val"))
				if chosen >= 0 && chosen < len(entries) {
					f.shows = entries[chosen]
				}
			}
			return r.dec.Skip()
		})
	})
}

// endField says what a field without a result shows, and notes links.
func (r *docxReader) endField(f *flowField) {
	if !f.inResult && f.shows != "" {
		r.say(f.shows)
	}
	f.link(r.doc)
}

// graphic looks through a drawing for pictures and text boxes.
func (r *docxReader) graphic(e xml.StartElement) error {
	switch xmlName(e) {
	case "w:txbxContent":
		return r.textBox()
	case "mc:AlternateContent":
		return r.alternate(r.graphic)
	case "pic:pic", "v:imagedata":
		if !r.hidden {
			r.doc.Pictures++
		}
		return r.dec.Skip()
	}
	if xmlAttr(e, "hidden") == "1" || strings.Contains(xmlAttr(e, "style"), "visibility:hidden") {
		outer := r.hidden
		defer func() { r.hidden = outer }()
		r.hidden = true
	}
	return r.children(r.graphic)
}

// textBox reads a text box. Its paragraphs follow the one that it hangs on.
func (r *docxReader) textBox() error {
	if r.hidden || r.para == nil || !r.fields.show() {
		return r.dec.Skip()
	}
	anchor, fields := r.para, r.fields
	r.fields = nil
	var out docxBlocks
	err := r.children(func(e xml.StartElement) error { return r.block(e, &out) })
	out.flush()
	r.para, r.fields = anchor, fields
	anchor.after = append(anchor.after, out.blocks...)
	return err
}

// symbol returns the character that a w:sym shows. Symbol fonts keep theirs in a
// private area; the boxes and ticks of forms and the circled digits are known,
// others show as a replacement character.
func symbol(font, code string) string {
	n, err := strconv.ParseUint(code, 16, 32)
	if err != nil {
		return ""
	}
	if n < 0xf000 || n > 0xf0ff {
		return string(rune(n))
	}
	if s, ok := symbolChar(font, byte(n)); ok {
		return s
	}
	return "\ufffd"
}

// symbolChar maps a byte of a symbol font.
func symbolChar(font string, b byte) (string, bool) {
	switch strings.ToLower(font) {
	case "wingdings":
		switch {
		case b >= 0x80 && b <= 0x8a:
			return string([]rune("⓪①②③④⑤⑥⑦⑧⑨⑩")[b-0x80]), true
		case b >= 0x8b && b <= 0x95:
			return string([]rune("⓿❶❷❸❹❺❻❼❽❾❿")[b-0x8b]), true
		}
		switch b {
		case 0xfe, 0x54:
			return "☑", true
		case 0xfd, 0x78:
			return "☒", true
		case 0xa8, 0x6f, 0x71, 0x72:
			return "☐", true
		case 0xfc:
			return "✓", true
		case 0xfb:
			return "✗", true
		case 0x6c, 0x9f, 0xa0:
			return "●", true
		case 0x6e:
			return "■", true
		case 0x75:
			return "◆", true
		}
	case "wingdings 2":
		switch b {
		case 0x52:
			return "☑", true
		case 0xa3, 0x2a:
			return "☐", true
		case 0x50:
			return "✓", true
		case 0x4f, 0x51:
			return "✗", true
		}
	case "symbol":
		if b == 0xb7 {
			return "·", true
		}
		if b >= 0x20 && b <= 0x3f {
			return string(rune(b)), true
		}
	}
	return "", false
}
