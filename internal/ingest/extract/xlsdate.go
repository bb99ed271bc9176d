package extract

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// showDate writes a day count as a date or time.
func (s formatSection) showDate(v float64, from1904 bool) string {
	t := dateOf(v, from1904)
	half := false
	for _, token := range s.tokens {
		half = half || token.text == "am/pm" || token.text == "上午/下午"
	}
	var b strings.Builder
	for i, token := range s.tokens {
		switch token.kind {
		case 'd':
			b.WriteString(s.datePart(i, t, v, half))
		default:
			b.WriteString(token.text)
		}
	}
	out := strings.TrimSpace(b.String())
	if s.chinese {
		return strings.Map(chineseDigit, out)
	}
	return out
}

// dateOf returns the time of a day count. The calendar of 1900 has a 29 February
// that never was.
func dateOf(v float64, from1904 bool) time.Time {
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		day = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case v < 60:
		day = day.AddDate(0, 0, 1)
	}
	whole, part := math.Modf(v)
	return day.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round(part*86400)) * time.Second)
}

// datePart writes one part of a date. An m next to hours or seconds is minutes.
func (s formatSection) datePart(i int, t time.Time, v float64, half bool) string {
	pad := func(n, width int) string {
		text := strconv.Itoa(n)
		if width >= 2 && len(text) < 2 {
			text = "0" + text
		}
		return text
	}
	code := s.tokens[i].text
	n := len(code)
	switch code[0] {
	case 'y', 'e':
		if n <= 2 && code[0] == 'y' {
			return pad(t.Year()%100, 2)
		}
		return strconv.Itoa(t.Year())
	case 'm':
		switch {
		case s.isMinute(i):
			return pad(t.Minute(), n)
		case n >= 4:
			return t.Month().String()
		case n == 3:
			return t.Format("Jan")
		}
		return pad(int(t.Month()), n)
	case 'd':
		switch {
		case n >= 4:
			return t.Weekday().String()
		case n == 3:
			return t.Format("Mon")
		}
		return pad(t.Day(), n)
	case 'a':
		if code == "am/pm" {
			return t.Format("PM")
		}
		return map[bool]string{true: "星期", false: ""}[n == 4] + string([]rune("日一二三四五六")[t.Weekday()])
	case 'h':
		if half {
			return pad((t.Hour()+11)%12+1, n)
		}
		return pad(t.Hour(), n)
	case 's':
		return pad(t.Second(), n)
	case '[':
		span := math.Round(v * 86400)
		switch code[1] {
		case 'h':
			span /= 3600
		case 'm':
			span /= 60
		}
		return strconv.Itoa(int(span))
	}
	if code == "上午/下午" {
		return map[bool]string{true: "上午", false: "下午"}[t.Hour() < 12]
	}
	return ""
}

// isMinute reports whether the m at i stands behind hours or before seconds.
func (s formatSection) isMinute(i int) bool {
	for k := i - 1; k >= 0; k-- {
		if s.tokens[k].kind == 'd' {
			if c := s.tokens[k].text; c[0] == 'h' || strings.HasPrefix(c, "[h") {
				return true
			}
			break
		}
	}
	for k := i + 1; k < len(s.tokens); k++ {
		if s.tokens[k].kind == 'd' {
			return s.tokens[k].text[0] == 's'
		}
	}
	return false
}
