package extract

import (
	"strconv"
	"strings"
)

// docxNumbers counts the numbered paragraphs, list by list. The lists are only read
// when the first paragraph is numbered.
type docxNumbers struct {
	body   []byte              // of the numbering part, until it is read
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

// readDOCXNumbers finds the numbering part. A package without one numbers nothing.
func readDOCXNumbers(pkg *officePackage, part string) (*docxNumbers, error) {
	n := &docxNumbers{counts: map[string]*[9]int{}}
	if !pkg.has(part) {
		return n, nil
	}
	var err error
	n.body, err = pkg.read(part)
	return n, err
}

// read reads the lists. What is broken in them numbers nothing.
func (n *docxNumbers) read() {
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
	body := n.body
	n.body, n.lists = nil, map[string]docxList{}
	if len(body) == 0 || newXML(body).Decode(&all) != nil {
		return
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
}

// next counts a paragraph and returns the number that stands before it, "" for
// bullets and for paragraphs of no list.
func (n *docxNumbers) next(own, style docxListItem) string {
	item := style
	if own.direct {
		if item = own; item.id == "" {
			item.id = style.id
		}
	}
	if item.id == "" || item.id == "0" {
		return ""
	}
	if n.lists == nil {
		n.read()
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
	case "chineseLegalSimplified", "ideographLegalTraditional":
		if n >= 1 && n <= 10 {
			return string([]rune("壹贰叁肆伍陆柒捌玖拾")[n-1])
		}
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
