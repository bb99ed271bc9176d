package extract

import (
	"math"
	"strconv"
	"strings"
)

// A numberFormat is a number format of a workbook, split into its sections.
type numberFormat struct {
	sections []formatSection
}

// A formatSection is one of up to four sections: positive, negative, zero, text.
type formatSection struct {
	tokens   []formatToken
	test     string  // "<", ">=", …; "" where the position decides
	bound    float64 // of the test
	date     bool    // has parts of a date or time
	general  bool    // shows the number as it is
	text     bool    // has a place for text
	percent  int     // factors of 100
	thousand int     // commas behind the digits, each divides by 1000
	grouped  bool
	decimals int // least and most decimals are told apart by the tokens
	exponent bool
	chinese  bool // digits are written in Chinese
}

// A formatToken is a piece of a section.
type formatToken struct {
	kind rune // 'l' literal, '0' '#' '?' digit, '.' point, 'd' date part, '@' text, 'E' exponent, '/' fraction
	text string
}

// parseNumberFormat splits a format code. Colours, locales, padding and fill show
// nothing here.
func parseNumberFormat(code string) numberFormat {
	var f numberFormat
	section := formatSection{}
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; c {
		case ';':
			f.sections = append(f.sections, section.finish())
			section = formatSection{}
		case '"':
			end := i + 1
			for end < len(runes) && runes[end] != '"' {
				end++
			}
			section.literal(string(runes[i+1 : end]))
			i = end
		case '\\', '!':
			if i+1 < len(runes) {
				section.literal(string(runes[i+1]))
				i++
			}
		case '_':
			section.literal(" ")
			i++
		case '*':
			i++
		case '[':
			end := i + 1
			for end < len(runes) && runes[end] != ']' {
				end++
			}
			section.bracket(string(runes[i+1 : end]))
			i = end
		default:
			i += section.code(runes[i:]) - 1
		}
	}
	f.sections = append(f.sections, section.finish())
	return f
}

func (s *formatSection) literal(text string) {
	s.tokens = append(s.tokens, formatToken{kind: 'l', text: text})
}

// bracket reads a condition, a span of time, a currency or a way of writing digits.
func (s *formatSection) bracket(text string) {
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(text, "$"):
		symbol, _, _ := strings.Cut(text[1:], "-")
		s.literal(symbol)
	case strings.HasPrefix(lower, "dbnum"):
		s.chinese = true
	case text != "" && strings.ContainsRune("<>=", rune(text[0])):
		n := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("<>=", r) })
		if n > 0 {
			if bound, err := strconv.ParseFloat(strings.TrimSpace(text[n:]), 64); err == nil {
				s.test, s.bound = text[:n], bound
			}
		}
	case lower != "" && strings.Trim(lower, "hms") == "":
		s.tokens = append(s.tokens, formatToken{kind: 'd', text: "[" + lower + "]"})
		s.date = true
	}
}

// code reads a code character with those of its kind that follow, and returns how
// many they are.
func (s *formatSection) code(runes []rune) int {
	text := string(runes[:min(len(runes), 8)])
	lower := strings.ToLower(text)
	switch c := runes[0]; {
	case strings.HasPrefix(lower, "general"):
		s.general = true
		s.tokens = append(s.tokens, formatToken{kind: 'G'})
		return 7
	case strings.HasPrefix(text, "上午/下午"):
		s.tokens, s.date = append(s.tokens, formatToken{kind: 'd', text: "上午/下午"}), true
		return 5
	case strings.HasPrefix(lower, "am/pm"):
		s.tokens, s.date = append(s.tokens, formatToken{kind: 'd', text: "am/pm"}), true
		return 5
	case c == '0', c == '#', c == '?', c == '.', c == ',', c == '/':
		s.tokens = append(s.tokens, formatToken{kind: c, text: string(c)})
	case c == '%':
		s.percent++
		s.literal("%")
	case (c == 'E' || c == 'e') && len(runes) > 1 && (runes[1] == '+' || runes[1] == '-'):
		s.exponent = true
		s.tokens = append(s.tokens, formatToken{kind: 'E', text: string(runes[1])})
		return 2
	case c == '@':
		s.text = true
		s.tokens = append(s.tokens, formatToken{kind: '@'})
	case strings.ContainsRune("yYmMdDhHsSeEaAbB", c):
		n := 1
		for n < len(runes) && unicodeLower(runes[n]) == unicodeLower(c) {
			n++
		}
		s.tokens, s.date = append(s.tokens, formatToken{kind: 'd', text: strings.ToLower(string(runes[:n]))}), true
		return n
	default:
		s.literal(string(c))
	}
	return 1
}

func unicodeLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// finish works out what the commas and the point mean.
func (s formatSection) finish() formatSection {
	if s.date {
		return s
	}
	last, point := -1, -1
	for i, t := range s.tokens {
		switch t.kind {
		case '0', '#', '?':
			last = i
			if point >= 0 {
				s.decimals++
			}
		case '.':
			if point < 0 {
				point = i
			}
		}
	}
	kept := make([]formatToken, 0, len(s.tokens))
	for i, t := range s.tokens {
		if t.kind == ',' {
			switch {
			case last < 0:
				kept = append(kept, formatToken{kind: 'l', text: ","})
			case i > last:
				s.thousand++
			default:
				s.grouped = true
			}
			continue
		}
		kept = append(kept, t)
	}
	s.tokens = kept
	return s
}

// show writes a number as its cell shows it.
func (f numberFormat) show(v float64, from1904 bool) string {
	s, signed := f.section(v)
	switch {
	case s.date:
		if v < 0 || v >= 2958466 {
			return generalNumber(v)
		}
		return s.showDate(v, from1904)
	case len(s.tokens) == 0:
		return "" // an empty section hides the number
	}
	if !signed {
		v = math.Abs(v)
	}
	return s.showNumber(v)
}

// section picks the section for a number. signed says that it writes the sign
// itself.
func (f numberFormat) section(v float64) (s formatSection, signed bool) {
	n := len(f.sections)
	if n > 1 && (f.sections[0].test != "" || f.sections[1].test != "") {
		for i, s := range f.sections[:min(n, 3)] {
			if s.holds(v) || s.test == "" && (i == n-1 || i == 2) {
				return s, true
			}
		}
		return f.sections[n-1], true
	}
	switch {
	case n >= 3 && v == 0 && !f.sections[2].text:
		return f.sections[2], false
	case n >= 2 && v < 0 && !(n == 2 && f.sections[1].text):
		return f.sections[1], false
	}
	return f.sections[0], true
}

func (s formatSection) holds(v float64) bool {
	switch s.test {
	case "<":
		return v < s.bound
	case "<=":
		return v <= s.bound
	case ">":
		return v > s.bound
	case ">=":
		return v >= s.bound
	case "=":
		return v == s.bound
	case "<>":
		return v != s.bound
	}
	return false
}

// showNumber fills the digits of v into the section's places.
func (s formatSection) showNumber(v float64) string {
	for range s.percent {
		v *= 100
	}
	for range s.thousand {
		v /= 1000
	}
	var b strings.Builder
	if v < 0 && (s.general || s.rounds(v) != 0) {
		b.WriteByte('-')
	}
	v = math.Abs(v)
	if s.exponent || s.hasFraction() {
		return b.String() + generalNumber(v) // no figure of a report is written so
	}
	whole, frac, _ := strings.Cut(roundDecimal(v, s.decimals), ".")
	places := s.places()
	digits := padWhole(whole, places, s.grouped)
	written, point := false, false
	decimal := 0
	for _, t := range s.tokens {
		switch t.kind {
		case 'l':
			b.WriteString(t.text)
		case 'G', '@':
			b.WriteString(generalNumber(v))
		case '.':
			if !written { // a format such as .00
				b.WriteString(strings.TrimPrefix(digits, "0"))
				written = true
			}
			point = true
			b.WriteByte('.') // shows even without decimals
		case '0', '#', '?':
			if !point {
				if !written {
					b.WriteString(digits)
					written = true
				}
				continue
			}
			if decimal < len(frac) && (t.kind == '0' || strings.TrimRight(frac[decimal:], "0") != "") {
				b.WriteByte(frac[decimal])
			}
			decimal++
		}
	}
	out := strings.TrimSpace(b.String())
	if s.chinese {
		return strings.Map(chineseDigit, out)
	}
	return out
}

// rounds returns v as the section rounds it.
func (s formatSection) rounds(v float64) float64 {
	scale := math.Pow(10, float64(s.decimals))
	return math.Round(v*scale) / scale
}

func (s formatSection) hasFraction() bool {
	for _, t := range s.tokens {
		if t.kind == '/' {
			return true
		}
	}
	return false
}

// places returns the least number of digits before the point.
func (s formatSection) places() int {
	n := 0
	for _, t := range s.tokens {
		if t.kind == '.' {
			break
		}
		if t.kind == '0' {
			n++
		}
	}
	return n
}

// padWhole writes the whole part with at least places digits, in groups of three
// where the format has them.
func padWhole(whole string, places int, grouped bool) string {
	whole = strings.TrimLeft(whole, "0")
	if n := places - len(whole); n > 0 {
		whole = strings.Repeat("0", n) + whole
	}
	if !grouped {
		return whole
	}
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// roundDecimal writes a number that is not negative with a number of decimals. It
// rounds what a reader would: the decimal digits, halves upwards.
func roundDecimal(v float64, decimals int) string {
	s := strconv.FormatFloat(roundTo15(v), 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) <= decimals {
		frac += strings.Repeat("0", decimals-len(frac))
	} else if up := frac[decimals] >= '5'; up {
		digits := []byte(whole + frac[:decimals])
		i := len(digits) - 1
		for ; i >= 0 && digits[i] == '9'; i-- {
			digits[i] = '0'
		}
		if i >= 0 {
			digits[i]++
		} else {
			digits = append([]byte{'1'}, digits...)
		}
		cut := len(digits) - decimals
		whole, frac = string(digits[:cut]), string(digits[cut:])
	} else {
		frac = frac[:decimals]
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// roundTo15 drops the noise beyond the digits that a workbook keeps.
func roundTo15(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// generalNumber writes a number as the format General does in a wide cell: up to
// eleven characters, without trailing zeros.
func generalNumber(v float64) string {
	v = roundTo15(v)
	if a := math.Abs(v); a != 0 && (a >= 1e11 || a < 1e-9) {
		return strconv.FormatFloat(v, 'E', -1, 64)
	}
	whole := strconv.FormatFloat(math.Trunc(math.Abs(v)), 'f', 0, 64)
	s := strconv.FormatFloat(v, 'f', max(0, 10-len(whole)), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

func chineseDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return []rune("〇一二三四五六七八九")[r-'0']
	}
	return r
}

// showText writes a text as its cell shows it.
func (f numberFormat) showText(text string) string {
	s := f.sections[len(f.sections)-1]
	if len(f.sections) < 4 && !s.text || len(s.tokens) == 1 && s.text {
		return text
	}
	var b strings.Builder
	for _, t := range s.tokens {
		switch t.kind {
		case 'l':
			b.WriteString(t.text)
		case '@':
			b.WriteString(text)
		}
	}
	return b.String()
}
