package recognise

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// proseOf returns the text of a report outside its figures, in order: its paragraphs
// without navigation, and the rows of its grids that hold nothing but one text. The
// whole report may stand in one table, prose and all.
func proseOf(blocks []extract.Block) []extract.Paragraph {
	out := make([]extract.Paragraph, 0, len(blocks))
	for i := range blocks {
		switch b := &blocks[i]; {
		case b.Paragraph != nil && !b.Paragraph.Chrome:
			out = append(out, *b.Paragraph)
		case b.Grid != nil:
			out = appendLoneTexts(out, b.Grid)
		}
	}
	return out
}

// appendLoneTexts adds the rows of a grid that hold one text and nothing else.
func appendLoneTexts(out []extract.Paragraph, grid *extract.Grid) []extract.Paragraph {
	cells := grid.Cells
	for from := 0; from < len(cells); {
		to := from
		var lone *extract.Cell
		texts := 0
		for ; to < len(cells) && cells[to].Row == cells[from].Row; to++ {
			if textKind(cells[to].Text) != blankCell {
				lone = &cells[to]
				texts++
			}
		}
		from = to
		if texts != 1 || textKind(lone.Text) == figureCell {
			continue
		}
		for line := range strings.SplitSeq(lone.Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, extract.Paragraph{Text: line, Place: lone.Place})
			}
		}
	}
	return out
}

// squeezed returns a text without white space and with full-width ASCII characters
// made half width: what dates, titles and names are looked for in.
func squeezed(s string) string {
	tidy := true
	for _, r := range s {
		if unseen(r) || fold(r) != r {
			tidy = false
			break
		}
	}
	if tidy {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if !unseen(r) {
			b.WriteRune(fold(r))
		}
	}
	return b.String()
}

// simplified returns a text with traditional characters made simplified.
func simplified(s string) string {
	han := simplifiedHan()
	change := func(r rune) rune {
		if r >= firstHan && r <= lastHan && han[r-firstHan] != 0 {
			return rune(han[r-firstHan])
		}
		return r
	}
	return strings.Map(change, s)
}

// runesIn counts the characters of a text.
func runesIn(s string) int { return utf8.RuneCountInString(s) }

// isReportTitle reports whether a text is the title of an annual report and not a
// sentence about one.
func isReportTitle(text string) bool {
	if len(text) > 180 || len(text) < 12 || !strings.Contains(text, "公") || !strings.Contains(text, "报") && !strings.Contains(text, "報") {
		return false
	}
	s := simplified(squeezed(text))
	if !strings.Contains(s, "公开") || !strings.Contains(s, "报告") && !strings.Contains(s, "年报") && !strings.Contains(s, "年度报") {
		return false
	}
	if strings.ContainsAny(s, "。；，;") {
		return false
	}
	for _, w := range [...]string{"附件", "上一篇", "下一篇", "关于做好", "通知", "附表", "点击", "统计表", "现予", "根据"} {
		if strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// signatureOf reads who signed a report and when: a paragraph near its end that is a
// date, alone or behind a name. The name, or else the paragraph before, is the
// signature; without any date it is a paragraph near the end that is a formal name.
func signatureOf(prose []extract.Paragraph) (signer string, signed report.Date) {
	for i := len(prose) - 1; i >= 0 && i >= len(prose)-8; i-- {
		s := simplified(squeezed(prose[i].Text))
		if runesIn(s) > 40 {
			continue
		}
		at, date := dateIn(s)
		if at < 0 {
			continue
		}
		name := strings.Trim(s[:at], "(（：:，,。")
		if name == "" && i > 0 {
			if before := simplified(squeezed(prose[i-1].Text)); runesIn(before) <= 25 {
				name = before
			}
		}
		if strings.Contains(name, "日期") || strings.Contains(name, "时间") {
			continue
		}
		return name, date
	}
	for i := len(prose) - 1; i >= 0 && i >= len(prose)-4; i-- {
		if s := simplified(squeezed(prose[i].Text)); runesIn(s) <= 25 {
			if a, ok := parseAgency(s); ok && a.formal {
				return s, report.Date{}
			}
		}
	}
	return "", report.Date{}
}
