package extract

import (
	"encoding/xml"
	"slices"
	"strings"
)

// docxStyles answers what a style says of text. The part that defines styles is
// often longer than the text, so a style is only read when a paragraph has it.
type docxStyles struct {
	written          map[string]scannedElement
	known            map[string]docxStyle
	defaultParagraph string
}

// A docxStyle is a style with what it inherits.
type docxStyle struct {
	vanish  bool // hides its text
	heading bool // a heading or a title
	list    docxListItem
}

// A docxListItem says that a paragraph is numbered.
type docxListItem struct {
	direct bool   // said by the paragraph itself
	id     string // of the list; "0" takes the numbering away
	level  int
}

type docxNumPr struct {
	ID    docxVal `xml:"numId"`
	Level docxVal `xml:"ilvl"`
}

type docxVal struct {
	Set *string `xml:"val,attr"`
}

func (v docxVal) string() string {
	if v.Set == nil {
		return ""
	}
	return *v.Set
}

// docxStyleXML is what is asked of a w:style.
type docxStyleXML struct {
	Name    docxVal   `xml:"name"`
	BasedOn docxVal   `xml:"basedOn"`
	Outline docxVal   `xml:"pPr>outlineLvl"`
	List    docxNumPr `xml:"pPr>numPr"`
	Vanish  *docxVal  `xml:"rPr>vanish"`
}

// readDOCXStyles finds the styles in the styles part. A package without one has no
// styles.
func readDOCXStyles(pkg *officePackage, part string) (docxStyles, error) {
	styles := docxStyles{written: map[string]scannedElement{}, known: map[string]docxStyle{}}
	if !pkg.has(part) {
		return styles, nil
	}
	body, err := pkg.read(part)
	if err != nil {
		return styles, err
	}
	for _, e := range scanElements(body, "style") {
		id := e.scanned("styleId")
		styles.written[id] = e
		if on := e.scanned("default"); e.scanned("type") == "paragraph" && (on == "1" || on == "true") {
			styles.defaultParagraph = id
		}
	}
	return styles, nil
}

// get returns a style with what it inherits; an unknown one says nothing.
func (s docxStyles) get(id string) docxStyle {
	style, ok := s.known[id]
	if !ok {
		style = s.inherit(id)
		s.known[id] = style
	}
	return style
}

// inherit resolves a style along the styles it is based on; a style that is based
// on itself ends after a few steps. What is broken in a style says nothing.
func (s docxStyles) inherit(id string) docxStyle {
	var style docxStyle
	vanish, outline, list := false, false, false
	for range 20 {
		e, ok := s.written[id]
		if !ok {
			break
		}
		var w docxStyleXML
		whole := slices.Concat([]byte("<style>"), e.inner, []byte("</style>"))
		if xml.Unmarshal(whole, &w) != nil {
			break
		}
		if !vanish && w.Vanish != nil {
			vanish = true
			style.vanish = w.Vanish.Set == nil || *w.Vanish.Set != "0" && *w.Vanish.Set != "false"
		}
		if level := w.Outline.string(); !outline && level != "" {
			outline = true
			style.heading = xmlInt(level, 9) < 9
		}
		if !outline && isHeadingStyle(w.Name.string()) {
			style.heading = true
		}
		if ref := w.List.ID.string(); !list && ref != "" {
			list = true
			style.list = docxListItem{id: ref, level: xmlInt(w.List.Level.string(), 0)}
		}
		id = w.BasedOn.string()
	}
	return style
}

// isHeadingStyle knows the built-in names of headings and titles.
func isHeadingStyle(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "heading ") || strings.HasPrefix(name, "标题") || name == "title"
}
