package recognise

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A moneyUnit is the unit that a label or a cell names for an amount.
type moneyUnit uint8

const (
	noUnit  moneyUnit = iota
	yuan              // 元
	wanYuan           // 万元
	yiYuan            // 亿元
)

// unitInNote finds the unit in a note of a label: （单位：万元）, （元）.
func unitInNote(note string) moneyUnit {
	switch {
	case !strings.Contains(note, "元"):
		return noUnit
	case strings.Contains(note, "亿元") || strings.Contains(note, "億元"):
		return yiYuan
	case strings.Contains(note, "万元") || strings.Contains(note, "萬元"):
		return wanYuan
	}
	return yuan
}

// unitLine finds the unit in a line over a table: 单位：万元.
func unitLine(text string) moneyUnit {
	if len(text) > 120 || !strings.Contains(text, "单位") && !strings.Contains(text, "單位") {
		return noUnit
	}
	return unitInNote(text)
}

// shift returns by how many decimals an amount in the unit is moved to be in 万元.
func (u moneyUnit) shift() int {
	switch u {
	case yuan:
		return -4
	case yiYuan:
		return 4
	}
	return 0
}

// readFigure says what stands in a cell: its state, and its amount where that is
// Printed. A text that may be a number and is not surely one is Unread; nothing is
// guessed.
func readFigure(text string, cell standard.Cell, unit moneyUnit) (report.State, report.Amount) {
	var buf [48]byte
	s, state := squeeze(buf[:0], text)
	if state != report.Unread {
		return state, 0
	}
	if len(s) == 1 && s[0] >= '0' && s[0] <= '9' {
		return report.Printed, report.Count(int64(s[0] - '0'))
	}
	body := string(s)
	sign, body, worded := cutSign(body)
	if worded && !cell.Signed() {
		return report.Unread, 0
	}
	number, behind := cutDigits(body)
	if number == "" {
		return wordsOrUnread(body, sign != 0), 0
	}
	if cell.Unit.Money() {
		if own, ok := moneyBehind(behind); ok {
			if own != noUnit {
				unit = own
			}
			return printedAmount(sign, number, unit.shift())
		}
		return report.Unread, 0
	}
	if !countBehind(behind) {
		return report.Unread, 0
	}
	return printedAmount(sign, number, 0)
}

// squeeze takes white space out of a text and folds its width. The state is Blank
// or Dash where that is all that stands there, and Unread where there is more.
func squeeze(buf []byte, text string) ([]byte, report.State) {
	dashes := true
	for i, r := range text {
		if unseen(r) {
			if r == '\n' && splitsDigits(text, i) {
				buf = append(buf, '\n') // two lines of digits are not one number
			}
			continue
		}
		r = fold(r)
		if !isDash(r) {
			dashes = false
		}
		buf = append(buf, string(r)...)
	}
	switch {
	case len(buf) == 0:
		return buf, report.Blank
	case dashes || string(buf) == "无" || string(buf) == "無":
		return buf, report.Dash
	}
	return buf, report.Unread
}

// splitsDigits reports whether the line break at i has a digit on either side.
func splitsDigits(text string, i int) bool {
	before := strings.TrimRightFunc(text[:i], unseen)
	after := strings.TrimLeftFunc(text[i:], unseen)
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	return isDigit(fold(b)) && isDigit(fold(a))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isDash(r rune) bool {
	switch r {
	case '-', '/', '\\', '—', '–', '―', '−', '─', '﹣', '‐', '‑', '⁄', '∕', '╱':
		return true
	}
	return false
}

// cutSign takes the sign off the front: -8, +5, 减8, 增5, 增加2. Worded says that it
// was a word.
func cutSign(s string) (sign int, rest string, worded bool) {
	for _, w := range signWords {
		if after, ok := strings.CutPrefix(s, w.text); ok && after != "" {
			return w.sign, after, w.worded
		}
	}
	return 0, s, false
}

// signWords are tried in order, so a longer word comes before its beginning.
var signWords = [...]struct {
	text   string
	sign   int
	worded bool
}{
	{"-", -1, false}, {"−", -1, false}, {"–", -1, false}, {"﹣", -1, false}, {"+", 1, false},
	{"减少", -1, true}, {"減少", -1, true}, {"减", -1, true}, {"減", -1, true}, {"下降", -1, true},
	{"增加", 1, true}, {"新增", 1, true}, {"增", 1, true}, {"上升", 1, true},
}

// cutDigits cuts a decimal number with or without thousands separators off the
// front. The number is "" where none stands there or its separators are wrong.
func cutDigits(s string) (number, rest string) {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == ',') {
		end++
	}
	number, rest = s[:end], s[end:]
	if strings.Contains(number, ",") {
		whole, frac, point := strings.Cut(number, ".")
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (len(g) == 0 || len(g) > 3 || g[0] == '0') {
				return "", s
			}
		}
		number = strings.Join(groups, "")
		if point {
			number += "." + frac
		}
	}
	if len(number) > 1 && number[0] == '0' && number[1] != '.' {
		return "", s // 000: cells that ran together
	}
	return number, rest
}

// wordsOrUnread judges a text in which no number was found: words where nothing in
// it can be a figure, unread otherwise.
func wordsOrUnread(s string, signed bool) report.State {
	if signed {
		return report.Unread
	}
	han := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			return report.Unread
		case digitOf(r) >= 0, r == '〇', r == '○', r == '零', r == '两', r == '百', r == '千', r == '万', r == 0xfffd:
			return report.Unread
		case r >= firstHan && r <= lastHan:
			han = true
		}
	}
	if han {
		return report.Words
	}
	return report.Unread
}

// countBehind reports whether a text is nothing or a unit of counting.
func countBehind(s string) bool {
	switch s {
	case "", "件", "条", "條", "项", "項", "次", "篇", "个", "個", "人", "人次", "份", "起", "例", "宗", "期", "场", "場", "家", "件次", "条次":
		return true
	}
	return false
}

// moneyBehind reads the unit behind an amount.
func moneyBehind(s string) (moneyUnit, bool) {
	s = strings.TrimSuffix(s, "人民币")
	switch s {
	case "":
		return noUnit, true
	case "元", "圆":
		return yuan, true
	case "万元", "萬元", "万":
		return wanYuan, true
	case "亿元", "億元", "亿":
		return yiYuan, true
	}
	return noUnit, false
}

// printedAmount reads a plain decimal number and moves it by shift decimals. A
// number with more decimals than an Amount holds is Unread.
func printedAmount(sign int, number string, shift int) (report.State, report.Amount) {
	whole, frac, point := strings.Cut(number, ".")
	if whole == "" || point && (frac == "" || strings.Contains(frac, ".")) {
		return report.Unread, 0
	}
	digits := whole + strings.TrimRight(frac, "0")
	places := len(digits) - len(whole) - shift // decimals once moved
	if places < 0 {
		digits += strings.Repeat("0", -places)
		places = 0
	}
	for places > 6 && strings.HasSuffix(digits, "0") {
		digits, places = digits[:len(digits)-1], places-1
	}
	if places > 6 || len(digits)+6-places > 18 {
		return report.Unread, 0
	}
	var n int64
	for i := 0; i < len(digits); i++ {
		n = n*10 + int64(digits[i]-'0')
	}
	for ; places < 6; places++ {
		n *= 10
	}
	if sign < 0 {
		n = -n
	}
	return report.Printed, report.Amount(n)
}

// textKind says of a text, before any label is looked up, whether it is nothing at
// all, surely a figure (digits, separators, signs and dashes only), or more.
func textKind(text string) cellKind {
	kind := blankCell
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == ',', c == '/':
			kind = figureCell
		case c == ' ', c == '\n', c == '\t', c == '\r':
		case c >= 0x80:
			return wideTextKind(text)
		default:
			return textCell
		}
	}
	return kind
}

// wideTextKind is textKind for texts with characters outside ASCII.
func wideTextKind(text string) cellKind {
	kind := blankCell
	for _, r := range text {
		r = fold(r)
		switch {
		case unseen(r):
		case isDigit(r), isDash(r), r == '+', r == '.', r == ',':
			kind = figureCell
		default:
			return textCell
		}
	}
	return kind
}

// startsAsFigure reports whether a text is a number with a unit or a sign in words,
// such as 0件, 702.18万元 or 减8.
func startsAsFigure(text string) bool {
	if len(text) > 60 {
		return false
	}
	var buf [64]byte
	s, state := squeeze(buf[:0], text)
	if state != report.Unread {
		return state == report.Dash
	}
	_, body, _ := cutSign(string(s))
	number, behind := cutDigits(body)
	if number == "" {
		return false
	}
	_, money := moneyBehind(behind)
	return money || countBehind(behind)
}
