package recognise

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// A yearEvidence is what the parts of a document say of the year reported on, by how
// far each is trusted: the stated period and the text outweigh the title, the title
// outweighs the dates. 0 is silence.
type yearEvidence struct {
	period  int // 自2020年1月1日起至2020年12月31日止
	caption int // 统计表（2017年度）
	text    int // the year that the prose speaks of most
	title   int
	signed  int // the year before the day under the text
	dated   int // the year before the day on the page
}

// evidenceOfYear gathers what a report says of its year.
func evidenceOfYear(titles []string, prose []extract.Paragraph, signed, dated report.Date) yearEvidence {
	e := yearEvidence{signed: yearBefore(signed), dated: yearBefore(dated)}
	for _, t := range titles {
		if y := yearInTitle(t); y != 0 && e.title == 0 {
			e.title = y
		}
	}
	votes := make(map[int]int, 4)
	mentions := 0
	for i := range prose {
		text := prose[i].Text
		if !mayNameYear(text) || isReportTitle(text) {
			continue
		}
		s := squeezed(text)
		if e.period == 0 {
			e.period = periodYear(s)
		}
		if strings.Contains(s, "统计表") && runesIn(s) < 40 {
			if y := yearInTitle(s); y != 0 {
				e.caption = y
			}
			continue
		}
		countYears(s, votes, &mentions)
	}
	e.text = mostNamed(votes)
	return e
}

// mayNameYear reports whether a text has what a year begins with. Most paragraphs do
// not.
func mayNameYear(text string) bool {
	return strings.Contains(text, "20") || strings.Contains(text, "二") || strings.Contains(text, "２") || strings.Contains(text, "2 0")
}

func yearBefore(d report.Date) int {
	if d.IsZero() {
		return 0
	}
	return d.Year - 1
}

// settle decides the year. It says in words what contradicts the decision: doubt
// where the contradiction leaves the year uncertain, note where it does not.
func (e yearEvidence) settle() (year int, doubt, note string) {
	dates := e.signed
	if dates == 0 {
		dates = e.dated
	}
	body := [...]int{e.period, e.caption, e.text}
	for _, y := range body {
		if y != 0 {
			year = y
			break
		}
	}
	if year == 0 {
		return e.withoutBody(dates)
	}
	for _, y := range body {
		if y != 0 && y != year && e.title != year && dates != year {
			doubt = fmt.Sprintf("正文中的年份互相矛盾：%d 年与 %d 年", year, y)
		}
	}
	switch {
	case e.title == 0 || e.title == year:
	case dates == e.title:
		doubt = fmt.Sprintf("正文为 %d 年，标题和日期却指向 %d 年", year, e.title)
	default:
		note = fmt.Sprintf("标题写作 %d 年，正文所述为 %d 年", e.title, year)
	}
	return year, doubt, note
}

// withoutBody decides where the text names no year: by the title, which the days on
// the document must bear out, or by the days alone.
func (e yearEvidence) withoutBody(dates int) (year int, doubt, note string) {
	switch {
	case e.title == 0:
		return dates, "", ""
	case dates == 0, e.signed == e.title, e.dated == e.title:
		return e.title, "", ""
	}
	return e.title, fmt.Sprintf("标题为 %d 年，落款或发布日期却指向 %d 年", e.title, dates), ""
}

// yearInTitle returns the first year that a title names.
func yearInTitle(s string) int {
	s = squeezed(s)
	for i := 0; i < len(s); i++ {
		if y, end := yearAt(s, i); y != 0 && (i == 0 || !isDigit(rune(s[i-1]))) && (end == len(s) || !isDigit(rune(s[end]))) {
			return y
		}
	}
	return 0
}

// yearAt reads a year at s[i:]: 2020 or 二〇二〇. It returns 0 where none stands there.
func yearAt(s string, i int) (year, end int) {
	if s[i] == '2' && i+4 <= len(s) && s[i+1] == '0' {
		if y, err := strconv.Atoi(s[i : i+4]); err == nil && y >= 2000 {
			return y, i + 4
		}
		return 0, i
	}
	if s[i] < 0x80 || !strings.HasPrefix(s[i:], "二") {
		return 0, i
	}
	y, n, at := 0, 0, i
	for n < 4 && at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		d := digitOf(r)
		switch {
		case r == '〇' || r == '○' || r == '零' || r == 'O' || r == 'Ｏ' || r == 'o':
			d = 0
		case d == 10 || d < 0:
			return 0, i
		}
		y, n, at = y*10+d, n+1, at+size
	}
	if n < 4 || y < 2000 || y > 2099 {
		return 0, i
	}
	return y, at
}

// periodYear returns the year of a period that begins on 1 January, even where
// characters of the dates are lost: 201911日起至20191231日止.
func periodYear(s string) int {
	to := strings.Index(s, "至")
	for to >= 0 {
		before := s[max(0, to-40):to]
		after := s[to+len("至") : min(len(s), to+43)]
		if y := januaryFirst(before); y != 0 {
			end, ok := firstYear(after)
			if !ok {
				end = y // 至12月31日
			}
			if end == y && strings.Contains(after, "日") {
				return y
			}
		}
		next := strings.Index(s[to+len("至"):], "至")
		if next < 0 {
			break
		}
		to += len("至") + next
	}
	return 0
}

// januaryFirst returns the year of a text that ends in 1 January of it.
func januaryFirst(s string) int {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "起"), "开始")
	for i := len(s) - 1; i >= 0; i-- {
		y, end := yearAt(s, i)
		if y == 0 {
			continue
		}
		rest := strings.TrimPrefix(s[end:], "年")
		switch rest {
		case "1月1日", "01月01日", "11日", "一月一日", "-1-1", "-01-01", ".1.1", "1月1":
			return y
		}
	}
	return 0
}

func firstYear(s string) (int, bool) {
	for i := range s {
		if y, _ := yearAt(s, i); y != 0 {
			return y, true
		}
	}
	return 0, false
}

// countYears gives a vote to every year that a text names without a day: what was
// done in a year, not when a rule was issued. The first years named count more: plans
// for the next year come last.
func countYears(s string, votes map[int]int, mentions *int) {
	for i := 0; i < len(s); i++ {
		if s[i] != '2' && s[i] != 0xe4 { // 二 begins with e4
			continue
		}
		y, end := yearAt(s, i)
		if y == 0 {
			continue
		}
		alone := i == 0 || !isDigit(rune(s[i-1]))
		rest := s[end:]
		i = end - 1
		after, named := strings.CutPrefix(rest, "年")
		if !alone || !named || startsWithMonth(after) {
			continue
		}
		weight := 2
		if *mentions == 0 {
			weight = 3
		}
		*mentions++
		votes[y] += weight
	}
}

// startsWithMonth reports whether a text goes on with a month: 1月, 十二月.
func startsWithMonth(s string) bool {
	for i, r := range s {
		if r == '月' {
			return i > 0
		}
		if digitOf(r) < 0 {
			return false
		}
	}
	return false
}

func mostNamed(votes map[int]int) int {
	best := 0
	for y, n := range votes {
		if n > votes[best] || n == votes[best] && y < best {
			best = y
		}
	}
	return best
}

// dateIn finds a date in a text and returns where it begins, or -1.
func dateIn(s string) (int, report.Date) {
	for i := 0; i < len(s); i++ {
		y, end := yearAt(s, i)
		if y == 0 {
			continue
		}
		if d, ok := dayAfter(s[end:]); ok {
			d.Year = y
			return i, d
		}
	}
	return -1, report.Date{}
}

// dayAfter reads the month and the day behind a year: 年1月13日, -01-13, 年一月十三日.
func dayAfter(s string) (report.Date, bool) {
	var d report.Date
	month, rest, ok := smallNumber(trimDateMark(s))
	if !ok || month < 1 || month > 12 {
		return d, false
	}
	day, _, ok := smallNumber(trimDateMark(rest))
	if !ok || day < 1 || day > 31 {
		return d, false
	}
	d.Month, d.Day = month, day
	return d, true
}

func trimDateMark(s string) string {
	for _, mark := range [...]string{"年", "月", "-", "/", "."} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			return rest
		}
	}
	return ""
}

// smallNumber reads a number of at most two Arabic digits, behind which a time may
// follow without a space, or three Chinese ones.
func smallNumber(s string) (n int, rest string, ok bool) {
	digits := 0
	for digits < 3 && s != "" {
		r, size := utf8.DecodeRuneInString(s)
		d := digitOf(r)
		switch {
		case d < 0, digits == 2 && isDigit(r):
			return n, s, digits > 0
		case d == 10:
			n = max(n, 1) * 10
		case isDigit(r):
			n = n*10 + d
		default:
			n += d
		}
		s = s[size:]
		digits++
	}
	return n, s, digits > 0
}
