package recognise

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// A narNumber is a number in a sentence with the measure word behind it.
type narNumber struct {
	from, to int // with what belongs to it: 约 before, 余 and the unit behind
	amount   report.Amount
	unit     string // measure word, "" for none
	rough    bool   // 约, 余, 以上: not the number itself
	han      bool   // written in Han characters
}

// counts reports whether the number counts something or is money: dates,
// percentages, ordinals and numbers of lists do not.
func (n *narNumber) counts() bool { return n.unit != "" }

// fits reports whether the number can be one of a cell: what cells count is counted
// in few words.
func (n *narNumber) fits() bool {
	switch n.unit {
	case "件", "条", "项", "次", "篇", "宗", "起", "份", "例", "个", "件次", "条次", "元", "万元", "亿元":
		return true
	}
	return false
}

// value is the amount in the unit of the cells: money in 万元.
func (n *narNumber) value() report.Amount {
	switch n.unit {
	case "元":
		return n.amount / 10_000
	case "亿元":
		return n.amount * 10_000
	}
	return n.amount
}

// narNumbers finds the numbers of a folded sentence.
func narNumbers(text string, into []narNumber) []narNumber {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r >= '0' && r <= '9':
			num, end := narDigits(text, at)
			num.measure(text, end)
			into = append(into, num)
			at = num.to
		case narHan(r) >= 0:
			num, end, ok := narHanNumber(text, at)
			if ok {
				num.measure(text, end)
			}
			if ok && num.counts() {
				into = append(into, num)
				at = num.to
				continue
			}
			at = end
		default:
			at += size
		}
	}
	return into
}

// narDigits reads digits with separators and decimals.
func narDigits(text string, at int) (num narNumber, end int) {
	num.from = at
	var plain []byte
	for end = at; end < len(text); end++ {
		c := text[end]
		if c >= '0' && c <= '9' {
			plain = append(plain, c)
			continue
		}
		next := end+1 < len(text) && text[end+1] >= '0' && text[end+1] <= '9'
		if c == '.' && next {
			plain = append(plain, c)
			continue
		}
		if c == ',' && narThousands(text, at, end) {
			continue
		}
		break
	}
	amount, err := report.ParseAmount(string(plain))
	if err != nil || at > 0 && (text[at-1] >= 'A' && text[at-1] <= 'z' || text[at-1] == '.' || text[at-1] == '-' || text[at-1] == '/') {
		return narNumber{from: at, to: end}, -end
	}
	num.amount = amount
	return num, end
}

// narThousands reports whether a comma parts thousands: one to three digits before
// it and just three behind.
func narThousands(text string, from, comma int) bool {
	n := 0
	for i := comma + 1; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		n++
	}
	before := 0
	for i := comma - 1; i >= from && text[i] >= '0' && text[i] <= '9'; i-- {
		before++
	}
	return n == 3 && before > 0 && before <= 3
}

// narHan is the value of a Han digit or power of ten, -1 for another character.
func narHan(r rune) int {
	switch r {
	case '零', '〇':
		return 0
	case '两':
		return 2
	case '百':
		return 100
	case '千':
		return 1000
	case '万':
		return 10_000
	}
	if n := seqHanDigit(r); n > 0 {
		return n
	}
	return -1
}

// narHanNumber reads a number in Han characters. ok is false for what is an
// ordinal, a number of a list, or no number alone.
func narHanNumber(text string, at int) (num narNumber, end int, ok bool) {
	num = narNumber{from: at, han: true}
	total, section, digit := 0, 0, 0
	end = at
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		v := narHan(r)
		if v < 0 || total > 1_000_000 || section > 1_000_000 {
			break
		}
		end += size
		switch {
		case v == 10_000:
			total, section, digit = (total+section+digit)*v, 0, 0
		case v >= 10:
			section, digit = section+max(digit, 1)*v, 0
		default:
			digit = v
		}
	}
	num.amount = report.Count(int64(total + section + digit))
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	switch before {
	case '第', '之', '统', '进', '唯', '万', '同', '某', '任', '逐':
		return num, end, false
	}
	return num, end, true
}

// measure reads what stands behind the number and before it: 余, 多 and 约, a
// power of ten, and the measure word.
func (n *narNumber) measure(text string, end int) {
	if end < 0 {
		return
	}
	n.to = end
	before := text[:n.from]
	for _, word := range [...]string{"约", "近", "超", "超过", "逾", "将近", "至少", "不少于", "达到近", "突破"} {
		if strings.HasSuffix(before, word) {
			n.rough = true
		}
	}
	if strings.HasSuffix(before, "第") {
		return
	}
	rest := text[end:]
	rest = n.roughly(rest)
	for _, power := range [...]struct {
		word string
		by   report.Amount
	}{{"万", 10_000}, {"千", 1000}, {"百", 100}} {
		if strings.HasPrefix(rest, power.word) && !strings.HasPrefix(rest, "万元") && n.amount < 1<<62/10_000 {
			n.amount *= power.by
			rest = rest[len(power.word):]
			break
		}
	}
	rest = n.roughly(rest)
	unit := narUnit(rest)
	if unit == "" || unit == "次" && narEach(before) {
		return
	}
	rest = rest[len(unit):]
	if n.amount > 1<<62/10_000 {
		return
	}
	n.unit = unit
	n.to = len(text) - len(rest)
	if narStarts(rest, "以上|左右|以内|之多|有余") {
		n.rough = true
	}
}

// narEach reports whether a sentence says before a number of times that it is so each
// month or year: 每月末核对一次 is no count of what was done.
func narEach(before string) bool {
	clause := before[max(0, strings.LastIndexAny(before, ",，;；。:：")):]
	for _, time := range [...]string{"年", "半年", "季", "月", "周", "日", "天", "旬"} {
		if strings.Contains(clause, "每"+time) {
			return true
		}
	}
	return false
}

// roughly cuts 余 and the like from the front.
func (n *narNumber) roughly(rest string) string {
	for _, word := range [...]string{"余", "多"} {
		if strings.HasPrefix(rest, word) {
			n.rough = true
			return rest[len(word):]
		}
	}
	return rest
}

// narUnit returns the measure word that a text begins with.
func narUnit(text string) string {
	for _, unit := range [...]string{
		"件次", "条次", "人次", "件", "条", "项", "次", "篇", "宗", "起", "份", "例", "个", "期", "场", "处", "家", "人",
		"亿元", "万元", "元", "批", "部", "块", "幅", "则", "封", "页", "张", "种", "类",
	} {
		if strings.HasPrefix(text, unit) {
			return unit
		}
	}
	return ""
}

// narMoney reports whether a measure word is one of money.
func narMoney(unit string) bool { return strings.HasSuffix(unit, "元") }

// narSays reports whether a text has one of the words, which | parts.
func narSays(text, words string) bool {
	for words != "" {
		word, rest, _ := strings.Cut(words, "|")
		if strings.Contains(text, word) {
			return true
		}
		words = rest
	}
	return false
}

// narStarts reports whether a text begins with one of the words.
func narStarts(text, words string) bool {
	for words != "" {
		word, rest, _ := strings.Cut(words, "|")
		if strings.HasPrefix(text, word) {
			return true
		}
		words = rest
	}
	return false
}
