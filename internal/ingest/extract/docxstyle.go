package extract

import (
	"strconv"
	"strings"
)

// docxStyles holds what the styles part says of text.
type docxStyles struct {
	byID             map[string]docxStyle
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

// docxStyleXML is a w:style as written.
type docxStyleXML struct {
	ID      string    `xml:"styleId,attr"`
	Type    string    `xml:"type,attr"`
	Default string    `xml:"default,attr"`
	Name    docxVal   `xml:"name"`
	BasedOn docxVal   `xml:"basedOn"`
	Outline docxVal   `xml:"pPr>outlineLvl"`
	List    docxNumPr `xml:"pPr>numPr"`
	Vanish  *docxVal  `xml:"rPr>vanish"`
}

// readDOCXStyles reads the styles part. A package without one has no styles.
func readDOCXStyles(pkg *officePackage, part string) (docxStyles, error) {
	styles := docxStyles{byID: map[string]docxStyle{}}
	if !pkg.has(part) {
		return styles, nil
	}
	body, err := pkg.read(part)
	if err != nil {
		return styles, err
	}
	var list struct {
		Style []docxStyleXML `xml:"style"`
	}
	if err := newXML(body).Decode(&list); err != nil {
		return styles, badXML(part, err)
	}
	written := make(map[string]docxStyleXML, len(list.Style))
	for _, s := range list.Style {
		written[s.ID] = s
		if s.Type == "paragraph" && (s.Default == "1" || s.Default == "true") {
			styles.defaultParagraph = s.ID
		}
	}
	for id := range written {
		styles.byID[id] = inheritDOCXStyle(written, id)
	}
	return styles, nil
}

// inheritDOCXStyle resolves a style along the styles it is based on; a style that
// is based on itself ends after a few steps.
func inheritDOCXStyle(written map[string]docxStyleXML, id string) docxStyle {
	var s docxStyle
	vanish, outline, list := false, false, false
	for range 20 {
		w, ok := written[id]
		if !ok {
			break
		}
		if !vanish && w.Vanish != nil {
			vanish = true
			s.vanish = w.Vanish.Set == nil || *w.Vanish.Set != "0" && *w.Vanish.Set != "false"
		}
		if level := w.Outline.string(); !outline && level != "" {
			outline = true
			s.heading = xmlInt(level, 9) < 9
		}
		if !outline && isHeadingStyle(w.Name.string()) {
			s.heading = true
		}
		if ref := w.List.ID.string(); !list && ref != "" {
			list = true
			s.list = docxListItem{id: ref, level: xmlInt(w.List.Level.string(), 0)}
		}
		id = w.BasedOn.string()
	}
	return s
}

// isHeadingStyle knows the built-in names of headings and titles.
func isHeadingStyle(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "heading ") || strings.HasPrefix(name, "标题") || name == "title"
}

// docxNumbers counts the numbered paragraphs, list by list.
type docxNumbers struct {
	lists  map[string]docxList // by numId
	counts map[string]*[9]int  // by abstractNumId
}

// A docxList is a list definition with its levels.
type docxList struct {
	abstract string
	levels   [9]docxLevel
}

// A docxLevel says how a level counts.
type docxLevel struct {
	start        int
	format, text string // text has %1 for the number of level 1
}

type docxLevelXML struct {
	Level  string  `xml:"ilvl,attr"`
	Start  docxVal `xml:"start"`
	Format docxVal `xml:"numFmt"`
	Text   docxVal `xml:"lvlText"`
}

func (l docxLevelXML) put(levels *[9]docxLevel) {
	if i := xmlInt(l.Level, -1); i >= 0 && i < len(levels) {
		levels[i] = docxLevel{start: xmlInt(l.Start.string(), 1), format: l.Format.string(), text: l.Text.string()}
	}
}

// readDOCXNumbers reads the numbering part. A package without one numbers nothing.
func readDOCXNumbers(pkg *officePackage, part string) (docxNumbers, error) {
	n := docxNumbers{lists: map[string]docxList{}, counts: map[string]*[9]int{}}
	if !pkg.has(part) {
		return n, nil
	}
	body, err := pkg.read(part)
	if err != nil {
		return n, err
	}
	var all struct {
		Abstract []struct {
			ID     string         `xml:"abstractNumId,attr"`
			Levels []docxLevelXML `xml:"lvl"`
		} `xml:"abstractNum"`
		Num []struct {
			ID       string  `xml:"numId,attr"`
			Abstract docxVal `xml:"abstractNumId"`
			Override []struct {
				Level docxLevelXML `xml:"lvl"`
			} `xml:"lvlOverride"`
		} `xml:"num"`
	}
	if err := newXML(body).Decode(&all); err != nil {
		return n, badXML(part, err)
	}
	abstract := map[string][9]docxLevel{}
	for _, a := range all.Abstract {
		var levels [9]docxLevel
		for _, l := range a.Levels {
			l.put(&levels)
		}
		abstract[a.ID] = levels
	}
	for _, num := range all.Num {
		list := docxList{abstract: num.Abstract.string(), levels: abstract[num.Abstract.string()]}
		for _, o := range num.Override {
			o.Level.put(&list.levels)
		}
		n.lists[num.ID] = list
	}
	return n, nil
}

// next counts a paragraph and returns the number that stands before it, "" for
// bullets and for paragraphs of no list.
func (n docxNumbers) next(own, style docxListItem) string {
	item := style
	if own.direct {
		if item = own; item.id == "" {
			item.id = style.id
		}
	}
	list, ok := n.lists[item.id]
	level := item.level
	if !ok || level < 0 || level > 8 {
		return ""
	}
	counts := n.counts[list.abstract]
	if counts == nil {
		counts = list.fresh()
		n.counts[list.abstract] = counts
	}
	return list.count(level, counts)
}

// fresh returns the counts of a list before its first paragraph.
func (l docxList) fresh() *[9]int {
	var counts [9]int
	for i := range counts {
		counts[i] = l.levels[i].start - 1
	}
	return &counts
}

// count takes one step at a level, begins the levels below it anew, and writes the
// number.
func (l docxList) count(level int, counts *[9]int) string {
	counts[level]++
	for i := level + 1; i < len(counts); i++ {
		counts[i] = l.levels[i].start - 1
	}
	return l.label(level, counts)
}

// label writes the number of a level.
func (l docxList) label(level int, counts *[9]int) string {
	if f := l.levels[level].format; f == "bullet" || f == "none" {
		return ""
	}
	text := l.levels[level].text
	for i := range level + 1 {
		n := max(counts[i], l.levels[i].start)
		text = strings.ReplaceAll(text, "%"+strconv.Itoa(i+1), countIn(l.levels[i].format, n))
	}
	if text == "" || strings.HasSuffix(text, "、") || strings.HasSuffix(text, "）") {
		return text
	}
	return text + " "
}

// countIn writes n in a number format of Word; unknown formats count in digits.
func countIn(format string, n int) string {
	switch format {
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting",
		"taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital":
		return inChinese(n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		if n >= 1 && n <= 20 {
			return string(rune('①' + n - 1))
		}
	case "ideographTraditional":
		if n >= 1 && n <= 10 {
			return string([]rune("甲乙丙丁戊己庚辛壬癸")[n-1])
		}
	case "lowerLetter", "upperLetter":
		if n >= 1 && n <= 26 {
			return string(rune(map[string]rune{"lowerLetter": 'a', "upperLetter": 'A'}[format] + rune(n) - 1))
		}
	case "lowerRoman":
		return strings.ToLower(inRoman(n))
	case "upperRoman":
		return inRoman(n)
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

// inChinese writes 1 to 99 as 一 to 九十九, others in digits.
func inChinese(n int) string {
	digit := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digit[n]
	case n < 20:
		return "十" + digit[n-10]
	}
	return digit[n/10] + "十" + digit[n%10]
}

// inRoman writes 1 to 39 in Roman numerals, others in digits.
func inRoman(n int) string {
	if n < 1 || n > 39 {
		return strconv.Itoa(n)
	}
	ones := []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	return strings.Repeat("X", n/10) + ones[n%10]
}
