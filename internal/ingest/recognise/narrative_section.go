package recognise

import (
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A narDivider divides the prose into the statutory sections by their headings.
type narDivider struct {
	format   standard.Format
	number   int
	sections []report.Section
}

// take puts a paragraph into its section and returns the section's number.
func (d *narDivider) take(p *extract.Paragraph) int {
	if number, ok := d.heading(p); ok {
		d.number = number
		d.sections = append(d.sections, report.Section{Number: number, Heading: strings.TrimSpace(p.Text)})
		return number
	}
	if len(d.sections) == 0 {
		d.sections = append(d.sections, report.Section{})
	}
	last := &d.sections[len(d.sections)-1]
	last.Paragraphs = append(last.Paragraphs, report.Paragraph{Number: p.Number, Text: p.Text})
	return d.number
}

// narHeadingLongest is the length in bytes of the longest title of a section with
// its number.
const narHeadingLongest = 40 * 3

// heading reports whether a paragraph is the title of a section. Numbers mix Han and
// Arabic and are used twice; a bracketed one is never a section's. The title's words
// decide, and an Arabic number must agree with them, since points within a section
// are numbered so as well.
func (d *narDivider) heading(p *extract.Paragraph) (number int, ok bool) {
	text := strings.TrimSpace(p.Text)
	if len(text) > narHeadingLongest || narSays(text, "。|；|;|！|？") {
		return 0, false
	}
	var full, brief [seqLongest]byte
	key := seqKeyOf(text, full[:], brief[:])
	title := string(key.full)
	section := narSection(title)
	if p.Number == 0 && (section == 0 || seqLabels().byKey[title] != nil) {
		return 0, false // a row of a table
	}
	han, bracket, arabic := narNumbering(text)
	switch {
	case bracket:
		return 0, false
	case arabic:
		return section, section > 0 && section == key.number
	case han && section == 0 && d.format == standard.F2014:
		return 0, true // 附表, 收费: chapters that have no statutory section
	case han:
		return section, section > 0
	}
	return section, section > 0 && narWhole(title, section)
}

// narNumbering says how a title is numbered.
func narNumbering(text string) (han, bracket, arabic bool) {
	for i, r := range text {
		switch {
		case seqSpace(r):
		case seqOpens(r):
			return false, true, false
		case seqDigit(r) >= 0:
			return false, false, true
		case seqHanDigit(r) > 0:
			_, number := seqCutNumber(text[i:])
			return number > 0, false, false
		default:
			return false, false, false
		}
	}
	return false, false, false
}

// narSection finds the section that a title names, 0 for none. The last ones are
// looked for first: their words are the rarest.
func narSection(title string) int {
	switch {
	case narSays(title, "其他需要报告|需要报告的其他|其他需要说明|需要说明的其他|其他报告事项|其他事项"):
		return 6
	case strings.Contains(title, "问题") && narSays(title, "改进|措施|打算|不足|主要问题|存在问题|计划|整改"):
		return 5
	case strings.Contains(title, "复议") && narSays(title, "诉讼|举报"):
		return 4
	case strings.Contains(title, "申请") && narSays(title, "收到和处理|收到及处理|收到|办理|受理|依申请公开|申请公开") && !strings.Contains(title, "主动公开"):
		return 3
	case strings.Contains(title, "主动公开") && !strings.Contains(title, "依申请"):
		return 2
	case narSays(title, "总体情况|总体概述|概述|基本情况|工作概况|总体工作"):
		return 1
	}
	return 0
}

// narWhole reports whether a title without a number is nothing but the statutory
// one, so that no sentence is taken for it.
func narWhole(title string, section int) bool {
	runes := len(title) / 3
	switch section {
	case 1:
		return runes <= 8
	case 6:
		return runes <= 12
	}
	return runes <= 24 && (strings.HasSuffix(title, "情况") || strings.HasSuffix(title, "措施"))
}
