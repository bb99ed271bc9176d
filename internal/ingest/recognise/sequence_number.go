package recognise

import (
	"math"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A seqMark is what stands in a cell before it is known which cell it is.
type seqMark struct {
	state  report.State
	amount report.Amount // in the unit printed, or in none
	unit   seqUnit
	signed bool // a sign stands before the number
	worded bool // the sign is a word: 增, 减
}

// seqLongestWord is the length of the longest of the words of seqIsWord, or of a
// number in Han characters.
const seqLongestWord = 6

// A seqUnit is the unit printed behind a number or in a header.
type seqUnit uint8

const (
	seqNoUnit seqUnit = iota
	seqPieces         // 件, 条, 项 and the like
	seqYuan
	seqWanYuan
	seqYiYuan
)

// seqMarkOf reads a mark. ok is false for a text that is no mark of any kind: a
// label, or prose.
func seqMarkOf(text string) (mark seqMark, ok bool) {
	var buf [48]rune
	runes, broken, ok := seqFlat(text, buf[:0])
	if !ok {
		return seqMark{}, false
	}
	if len(runes) == 0 {
		return seqMark{state: report.Blank}, true
	}
	if seqIsDash(runes) {
		return seqMark{state: report.Dash}, true
	}
	if len(runes) > seqLongestWord && !slices.ContainsFunc(runes, func(r rune) bool { return r < 0x80 }) {
		return seqMark{}, false
	}
	mark, rest := seqNumber(runes)
	if mark.state == report.Printed {
		unit, known := seqUnitOf(rest)
		if known && !broken {
			mark.unit = unit
			return mark, true
		}
	}
	han, other := 0, 0
	for _, r := range runes {
		if r >= seqHanFirst && r < seqHanFirst+seqHanCount {
			han++
		} else {
			other++
		}
	}
	switch {
	case han == 0 || mark.state == report.Printed && broken:
		return seqMark{state: report.Unread}, true
	case seqIsNumeral(runes):
		return seqMark{state: report.Unread}, true
	case seqIsWord(string(runes)):
		return seqMark{state: report.Words}, true
	}
	return seqMark{}, false
}

// seqFlat drops white space and folds full width. broken says that a line ends
// between two digits: whether they are one number is then not certain. ok is false
// for a text too long to be a mark.
func seqFlat(text string, into []rune) (runes []rune, broken, ok bool) {
	line := false
	for _, r := range text {
		if seqSpace(r) {
			line = line || r == '\n' || r == '\r'
			continue
		}
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xfee0
		}
		switch r {
		case '−', '–', '—', '―', '─', '‐', '‑', '﹣':
			r = '-'
		}
		if line && len(into) > 0 && seqDigit(r) >= 0 && seqDigit(into[len(into)-1]) >= 0 {
			broken = true
		}
		line = false
		if len(into) == cap(into) {
			return nil, false, false
		}
		into = append(into, r)
	}
	return into, broken, true
}

func seqIsDash(runes []rune) bool {
	if len(runes) == 1 && (runes[0] == '无' || runes[0] == '無') {
		return true
	}
	for _, r := range runes {
		if r != '-' && r != '/' && r != '\\' {
			return false
		}
	}
	return true
}

// seqNumber reads a sign, digits with thousands separators and decimals from the
// front. Its state is Printed where a number was read whole.
func seqNumber(runes []rune) (mark seqMark, rest []rune) {
	rest, mark, negative := seqSign(runes)
	end := 0
	for end < len(rest) && (seqDigit(rest[end]) >= 0 || rest[end] == ',' || rest[end] == '.') {
		end++
	}
	amount, ok := seqAmount(rest[:end])
	if !ok {
		return seqMark{}, nil
	}
	if negative {
		amount = -amount
	}
	mark.state, mark.amount = report.Printed, amount
	return mark, rest[end:]
}

// seqAmount reads a decimal number of at most fifteen digits, six of them decimals.
// 00 and 05 are none: they are two cells run together, or half a number.
func seqAmount(runes []rune) (amount report.Amount, ok bool) {
	whole, frac := runes, []rune(nil)
	if point := slices.Index(runes, '.'); point >= 0 {
		whole, frac = runes[:point], runes[point+1:]
		if len(frac) == 0 || len(frac) > 6 {
			return 0, false
		}
	}
	if !seqGrouped(whole) || len(whole) > 1 && whole[0] == '0' || len(whole)+len(frac) > 15 {
		return 0, false
	}
	scale := report.One
	for _, r := range whole {
		if r != ',' {
			amount = amount*10 + report.Amount(seqDigit(r))*report.One
		}
	}
	for _, r := range frac {
		if seqDigit(r) < 0 {
			return 0, false
		}
		scale /= 10
		amount += report.Amount(seqDigit(r)) * scale
	}
	return amount, len(whole) <= 12
}

// seqGrouped reports whether digits have no commas, or one before every three.
func seqGrouped(whole []rune) bool {
	first := slices.Index(whole, ',')
	if first < 0 {
		return len(whole) > 0
	}
	if first == 0 || first > 3 || (len(whole)-first)%4 != 0 {
		return false
	}
	for i, r := range whole {
		if (r == ',') != (i >= first && (i-first)%4 == 0) {
			return false
		}
	}
	return true
}

// seqSign cuts a sign from the front: - and +, or a word for one.
func seqSign(runes []rune) (rest []rune, mark seqMark, negative bool) {
	if len(runes) == 0 {
		return runes, mark, false
	}
	if r := runes[0]; r == '+' || r == '-' {
		return runes[1:], seqMark{signed: true}, r == '-'
	}
	for _, sign := range [...]struct {
		word     string
		negative bool
	}{{"增加", false}, {"新增", false}, {"净增", false}, {"增", false}, {"减少", true}, {"净减", true}, {"下降", true}, {"减", true}, {"減少", true}, {"減", true}} {
		if rest, ok := seqCutWord(runes, sign.word); ok {
			return rest, seqMark{signed: true, worded: true}, sign.negative
		}
	}
	return runes, mark, false
}

func seqCutWord(runes []rune, word string) (rest []rune, ok bool) {
	n := 0
	for _, r := range word {
		if n == len(runes) || runes[n] != r {
			return runes, false
		}
		n++
	}
	return runes[n:], true
}

// seqUnitOf reads the unit that stands behind a number.
func seqUnitOf(runes []rune) (unit seqUnit, ok bool) {
	switch string(runes) {
	case "":
		return seqNoUnit, true
	case "件", "条", "條", "项", "項", "次", "篇", "个", "個", "人", "人次", "份", "宗", "起", "例", "件次", "条次", "份次", "部", "场", "期", "家", "处":
		return seqPieces, true
	case "元", "圆", "元整":
		return seqYuan, true
	case "万元", "萬元", "万", "萬":
		return seqWanYuan, true
	case "亿元", "億元", "亿", "億":
		return seqYiYuan, true
	}
	return seqNoUnit, false
}

// seqIsNumeral reports whether the text is a number written in Han characters: it
// may be meant as a figure, and is not read as one.
func seqIsNumeral(runes []rune) bool {
	for _, r := range runes {
		if seqHanDigit(r) == 0 && r != '零' && r != '〇' && r != '百' && r != '千' && r != '两' &&
			r != '件' && r != '条' && r != '项' && r != '次' && r != '个' {
			return false
		}
	}
	return seqHanDigit(runes[0]) > 0 || runes[0] == '零' || runes[0] == '〇'
}

// seqIsWord reports whether the text is one of the words that stand in for a
// number.
func seqIsWord(text string) bool {
	switch text {
	case "未增未减", "未增减", "无变化", "無變化", "无增减", "未变化", "没有变化", "不变", "不變", "持平", "未变", "无增无减",
		"不涉及", "不适用", "未涉及", "未发生", "暂无", "没有", "未统计", "不详", "同上", "无此项", "未开展", "无此类", "无数据", "保密", "略":
		return true
	}
	return false
}

// seqValue is what the mark means in a cell. given is the unit that the header or
// the label gives for money, seqNoUnit where it gives none.
func seqValue(mark seqMark, cell *standard.Cell, given seqUnit) (report.State, report.Amount) {
	if mark.state != report.Printed {
		return mark.state, 0
	}
	unit := mark.unit
	if !cell.Unit.Money() {
		if unit > seqPieces || !cell.Signed() && (mark.worded || mark.signed && mark.amount > 0) {
			return report.Unread, 0
		}
		return report.Printed, mark.amount
	}
	if unit == seqNoUnit {
		unit = given
	}
	const wan = 10_000
	switch unit {
	case seqPieces:
		return report.Unread, 0
	case seqYuan:
		if mark.amount%wan != 0 {
			return report.Unread, 0
		}
		return report.Printed, mark.amount / wan
	case seqYiYuan:
		if mark.amount > math.MaxInt64/wan || mark.amount < math.MinInt64/wan {
			return report.Unread, 0
		}
		return report.Printed, mark.amount * wan
	}
	return report.Printed, mark.amount
}

// seqMoneyIn finds the unit of money that a label gives: 采购总金额（万元）.
func seqMoneyIn(label string) seqUnit {
	unit := seqNoUnit
	var before rune
	for _, r := range label {
		if r == '元' {
			switch before {
			case '万', '萬':
				unit = seqWanYuan
			case '亿', '億':
				unit = seqYiYuan
			case '美', '日', '欧', '公', '单', '單':
			default:
				unit = seqYuan
			}
		}
		if !seqSpace(r) {
			before = r
		}
	}
	return unit
}
