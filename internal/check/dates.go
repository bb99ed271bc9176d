package check

import (
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
)

// period compares the stated period with the calendar year of the report. A period
// that cannot be read whole says nothing.
func (s *run) period() {
	const rule = "text.period"
	if s.r.Year == 0 {
		return
	}
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysPeriod {
			continue
		}
		from, to, ok := periodIn(h.sentence())
		if !ok {
			continue
		}
		want := report.Date{Year: s.r.Year, Month: 1, Day: 1}
		end := report.Date{Year: s.r.Year, Month: 12, Day: 31}
		fails := from != want || to != end
		s.judged(rule, "", fails)
		if fails {
			f := s.about(rule, "", h)
			f.Left, f.Right = day(from)+" — "+day(to), day(want)+" — "+day(end)
			var b sentence
			b.add("正文所写统计期限为 "+day(from)+" 至 "+day(to), "the period in the text is "+day(from)+" to "+day(to))
			s.say(f, &b)
		}
		return
	}
}

// day writes a date as 2020-01-31.
func day(d report.Date) string {
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return strconv.Itoa(d.Year) + "-" + two(d.Month) + "-" + two(d.Day)
}

// periodIn reads two dates in a sentence: 2020年1月1日起至2020年12月31日止. The year
// of the second may be left out.
func periodIn(sentence string) (from, to report.Date, ok bool) {
	numbers := quantities(sentence)
	for i := 0; i+2 < len(numbers); i++ {
		first, n := dateAt(numbers[i:], 0)
		if n != 3 {
			continue
		}
		if i+3 >= len(numbers) {
			return from, to, false
		}
		between := sentence[numbers[i+2].to:numbers[i+3].from]
		if !strings.ContainsAny(between, "至到—-～~") {
			continue
		}
		second, n := dateAt(numbers[i+3:], first.Year)
		return first, second, n > 0
	}
	return from, to, false
}

// dateAt reads a date at the start of some quantities: year, month and day, or
// month and day in a year that is given. It returns how many it took.
func dateAt(numbers []quantity, year int) (report.Date, int) {
	unit := func(i int, unit string) bool { return i < len(numbers) && numbers[i].unit == unit }
	number := func(i int) int { return int(numbers[i].value / report.One) }
	switch {
	case unit(0, "年") && unit(1, "月") && unit(2, "日"):
		return report.Date{Year: number(0), Month: number(1), Day: number(2)}, 3
	case year > 0 && unit(0, "月") && unit(1, "日"):
		return report.Date{Year: year, Month: number(0), Day: number(1)}, 2
	}
	return report.Date{}, 0
}

// staleYear finds another year in the title, or an earlier one called this year.
func (s *run) staleYear() {
	const rule = "text.stale_year"
	if s.r.Year == 0 {
		return
	}
	if year, ok := s.titleYear(); ok {
		s.stale(rule, "title", year, "标题写 ", "the title says ", &hit{})
	} else if i := slices.IndexFunc(s.r.Notes, func(n report.Note) bool { return n.Rule == "publish.wrong_year" }); i >= 0 {
		note := s.r.Notes[i] // a title that the readers saw and did not keep
		s.noteFinding(&report.Note{Rule: rule, Subject: "title", Place: note.Place, Text: note.Text})
	} else {
		s.result(rule, "title", report.Pass)
	}
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysThisYear || h.paragraph == 0 {
			continue
		}
		if year, ok := yearBehind(h.after()); ok && year < s.r.Year {
			s.stale(rule, "text", year, "正文以“"+h.word.text+"”指 ", "the text means by \""+h.word.text+"\" ", h)
			return
		}
	}
}

// stale reports a year that is not the one reported on.
func (s *run) stale(rule, subject string, year int, zh, en string, h *hit) {
	s.result(rule, subject, report.Fail)
	f := s.about(rule, subject, h)
	f.Left, f.Right = strconv.Itoa(year), strconv.Itoa(s.r.Year)
	var b sentence
	b.add(zh+f.Left+" 年，报告年度为 "+f.Right+" 年", en+f.Left+"; the report is for "+f.Right)
	s.say(f, &b)
}

// titleYear returns the year in the title where it is another than the report's.
func (s *run) titleYear() (int, bool) {
	other, found := 0, false
	for _, q := range quantities(s.r.Title) {
		year := int(q.value / report.One)
		if q.unit != "年" || year < 1990 || year > 2100 {
			continue
		}
		if year == s.r.Year {
			return 0, false
		}
		other, found = year, true
	}
	return other, found
}

// yearBehind returns the year that closely follows 本年 or 今年: 本年度（2019年）.
func yearBehind(text string) (int, bool) {
	text = strings.TrimPrefix(text, "度")
	text, ok := strings.CutPrefix(text, "（")
	if !ok {
		if text, ok = strings.CutPrefix(text, "("); !ok {
			return 0, false
		}
	}
	numbers := quantities(text)
	if len(numbers) == 0 || numbers[0].from != 0 || numbers[0].unit != "年" {
		return 0, false
	}
	year := int(numbers[0].value / report.One)
	return year, year > 1990
}

// unitName finds another agency of the register where the reporting one should be:
// in the title, or in the signature, the last short paragraph.
func (s *run) unitName() {
	const rule = "text.unit_name"
	if len(s.with.Neighbours) == 0 || s.with.Agency == nil {
		s.result(rule, "", report.NotApplicable)
		return
	}
	for _, text := range []string{s.r.Title, s.signature()} {
		if s.ours(text) {
			continue
		}
		for _, other := range s.with.Neighbours {
			if other == "" || !strings.Contains(text, other) {
				continue
			}
			s.result(rule, "", report.Fail)
			f := s.finding(rule, "", nil)
			f.Left, f.Right, f.Attribution = other, s.with.Agency.Name, report.ByAgency
			var b sentence
			b.add("“"+text+"”写有"+other+"，本报告单位为"+s.with.Agency.Name,
				"\""+text+"\" names "+other+"; the reporting unit is "+s.with.Agency.Name)
			s.say(f, &b)
			return
		}
	}
	s.result(rule, "", report.Pass)
}

// ours reports whether a text names the reporting agency.
func (s *run) ours(text string) bool {
	for _, name := range append([]string{s.with.Agency.Name, s.with.Agency.Short}, s.with.Agency.Aliases...) {
		if name != "" && strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// signature returns the last short line of the prose without figures or commas.
func (s *run) signature() string {
	for i := len(s.r.Sections) - 1; i >= 0; i-- {
		paragraphs := s.r.Sections[i].Paragraphs
		for j := len(paragraphs) - 1; j >= 0 && j >= len(paragraphs)-2; j-- {
			if text := paragraphs[j].Text; len(text) < 90 && !strings.ContainsAny(text, "，。；") && len(quantities(text)) == 0 {
				return text
			}
		}
	}
	return ""
}
