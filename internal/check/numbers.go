package check

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// A quantity is a number in the prose with what stands around it.
type quantity struct {
	value    report.Amount
	unit     string // the counter behind it, "" for none
	vague    bool   // 余, 多, 约: not an exact count
	from, to int    // byte positions of the number and its unit
}

// quantities returns the whole numbers of a text in order. Digits may be full
// width and grouped by commas; decimals and percentages are passed over.
func quantities(text string) []quantity { return appendQuantities(nil, text) }

// appendQuantities is quantities into a slice of the caller.
func appendQuantities(all []quantity, text string) []quantity {
	for i := 0; i < len(text); {
		if _, size := digitAt(text[i:]); size == 0 {
			i++ // a byte within a character is no digit either
			continue
		}
		value, digits, to := integerAt(text, i)
		q := quantity{value: report.Amount(value) * report.One, from: i, to: to}
		i = to
		rest := text[i:]
		if digits > 12 { // no count; an Amount could not hold it
			continue
		}
		if startsAny(rest, ".", "．", "%", "％") {
			i = skipDecimals(text, i)
			continue
		}
		if mark := startsWith(rest, "余", "多"); mark != "" {
			q.vague, rest = true, rest[len(mark):]
			q.to += len(mark)
		}
		before := text[:q.from]
		q.vague = q.vague || strings.HasSuffix(before, "约") || strings.HasSuffix(before, "近")
		q.unit = startsWith(rest, "人次", "件", "条", "项", "次", "篇", "个", "份", "宗", "起", "期", "场", "人", "年", "月", "日", "号")
		q.to += len(q.unit)
		all = append(all, q)
	}
	return all
}

// integerAt reads the digits at a position, commas between groups of three left
// out, and returns how many there were and where they end.
func integerAt(text string, i int) (value int64, digits, to int) {
	grouped := false
	for i < len(text) {
		d, size := digitAt(text[i:])
		if size == 0 {
			comma := startsWith(text[i:], ",", "，")
			if comma == "" || digits > 3 && !grouped || !threeDigits(text[i+len(comma):]) {
				break
			}
			i += len(comma)
			grouped = true
			continue
		}
		if digits < 13 {
			value = value*10 + int64(d)
		}
		digits++
		i += size
	}
	return value, digits, i
}

// startsWith returns the first of some texts that a text opens with, and "".
func startsWith(text string, heads ...string) string {
	for _, head := range heads {
		if strings.HasPrefix(text, head) {
			return head
		}
	}
	return ""
}

func startsAny(text string, heads ...string) bool { return startsWith(text, heads...) != "" }

// digitAt returns the digit that a text opens with and its width, 0 for none.
func digitAt(text string) (value, size int) {
	if text == "" {
		return 0, 0
	}
	if b := text[0]; b >= '0' && b <= '9' {
		return int(b - '0'), 1
	}
	// ０ to ９ are EF BC 90 to EF BC 99.
	if len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2] >= 0x90 && text[2] <= 0x99 {
		return int(text[2] - 0x90), 3
	}
	return 0, 0
}

// threeDigits reports whether a text opens with exactly three digits, as behind a
// comma that groups them.
func threeDigits(text string) bool {
	n := 0
	for {
		_, size := digitAt(text)
		if size == 0 {
			return n == 3
		}
		n++
		text = text[size:]
	}
}

// skipDecimals returns the position behind a point or per cent sign and the digits
// that follow it.
func skipDecimals(text string, i int) int {
	_, width := utf8.DecodeRuneInString(text[i:])
	for i += width; i < len(text); {
		_, size := digitAt(text[i:])
		if size == 0 {
			break
		}
		i += size
	}
	return i
}
