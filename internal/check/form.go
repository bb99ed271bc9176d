package check

import (
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// form applies the rules about the shape of the document. What the values and the
// sections show is told from them, and once for a table; what only the readers saw
// comes from their notes.
func (s *run) form() {
	for i := range s.r.Notes {
		if note := &s.r.Notes[i]; !s.shown(note) && !s.repeated(i) {
			s.noteFinding(note)
		}
	}
	s.yearFormat()
	s.sections()
	s.missingTables()
	s.rowSet()
	s.columnSet()
	s.totalBlank()
}

// shown reports whether the values or the title show what a note says: a missing
// table, rows and cells that are absent, the year of the title.
func (s *run) shown(note *report.Note) bool {
	switch note.Rule {
	case "publish.wrong_year":
		return true
	case "form.missing_table":
		return slices.ContainsFunc(s.plan.tables, func(t tablePlan) bool { return string(t.table) == note.Subject })
	case "form.row_set", "form.column_set":
		return slices.ContainsFunc(s.plan.form.Cells, func(c standard.Cell) bool {
			return c.Code.Row() == note.Subject || strings.HasPrefix(string(c.Code), note.Subject+".")
		})
	}
	return false
}

// repeated reports whether an earlier note says the same: both readers make notes.
func (s *run) repeated(i int) bool {
	note := s.r.Notes[i]
	return slices.ContainsFunc(s.r.Notes[:i], func(n report.Note) bool { return n.Rule == note.Rule && n.Subject == note.Subject })
}

// noteFinding turns a note of the readers into a finding.
func (s *run) noteFinding(note *report.Note) {
	rule, ok := standard.RuleOf(note.Rule)
	if !ok {
		rule.Severity = standard.Severity(report.Notice)
	}
	f := s.finding(note.Rule, note.Subject, nil)
	f.Severity, f.Place = report.Severity(rule.Severity), note.Place
	if note.Rule == "form.missing_section" {
		f.Severity = sectionSeverity(note.Subject)
	}
	f.Attribution = report.ByAgency
	f.Text, f.TextEN = closed(note.Text, ruleName(note.Rule).ZH+inPlace(note.Place)), noteEN(ruleName(note.Rule).EN, note.Subject, note.Place)
	s.result(note.Rule, note.Subject, report.Fail)
	s.out.Findings = append(s.out.Findings, f)
}

// closed ends a text of the readers as a sentence, or another where there is none.
func closed(text, otherwise string) string {
	if text == "" {
		text = otherwise
	}
	return strings.TrimSuffix(text, "。") + "。"
}

// noteEN says in English what the readers said in Chinese: the rule, of what, where.
func noteEN(name, subject string, place report.Place) string {
	text := name
	if subject != "" {
		text += ": " + subject
	}
	if !place.IsZero() {
		text += " (" + place.String() + ")"
	}
	return text + "."
}

// noted reports whether the readers noted a rule, for a subject or at all.
func (s *run) noted(rule, subject string) bool {
	for i := range s.r.Notes {
		n := &s.r.Notes[i]
		if n.Rule == rule && (n.Subject == subject || n.Subject == "") {
			return true
		}
	}
	return false
}

// yearFormat compares the form used with the one prescribed for the year.
func (s *run) yearFormat() {
	const rule = "form.year_format"
	want, ok := standard.FormatForYear(s.r.Year)
	if !ok {
		s.result(rule, "", report.NotApplicable)
		return
	}
	s.judged(rule, "", want != s.r.Format)
	if want == s.r.Format {
		return
	}
	f := s.finding(rule, "", nil)
	f.Left, f.Right = string(s.r.Format), string(want)
	if s.r.Year == 2019 {
		f.Severity = report.Notice
	}
	var b sentence
	year := strconv.Itoa(s.r.Year)
	b.add(year+" 年度应使用 "+formatName(want).ZH+"，报告使用 "+formatName(s.r.Format).ZH,
		"the form for "+year+" is the "+formatName(want).EN+"; the report uses the "+formatName(s.r.Format).EN)
	s.say(f, &b)
}

// formatName names a format as an office would.
func formatName(f standard.Format) standard.Label {
	switch f {
	case standard.F2019:
		return standard.Label{ZH: "2019 年格式", EN: "form of 2019"}
	case standard.F2021:
		return standard.Label{ZH: "2021 年格式", EN: "form of 2021"}
	}
	return standard.Label{ZH: "2014 年统计表", EN: "statistics table of 2014"}
}

// found reports whether any cell of some is there.
func (s *run) found(cells []int32) bool {
	for _, at := range cells {
		if s.values[at].State != report.Absent {
			return true
		}
	}
	return false
}

// sectionOf returns the section that a table stands in.
func sectionOf(t standard.Table) int {
	switch t {
	case standard.Disclosure:
		return 2
	case standard.Requests:
		return 3
	case standard.Appeals:
		return 4
	}
	return 0
}

// sectionSeverity weighs a missing section: those with tables weigh most.
func sectionSeverity(number string) report.Severity {
	switch strings.TrimPrefix(number, "section ") {
	case "2", "3", "4":
		return report.Error
	}
	return report.Warning
}

// sections finds sections that are missing or numbered otherwise. A document
// without any numbered section (a bare workbook) says nothing about them. A
// section whose table is there is there, with or without its heading.
func (s *run) sections() {
	if s.r.Format == standard.F2014 {
		return
	}
	var have [7]bool
	any := false
	for _, section := range s.r.Sections {
		if section.Number >= 1 && section.Number <= 6 {
			have[section.Number], any = true, true
		}
	}
	if !any {
		s.result("form.missing_section", "", report.NotApplicable)
		s.result("form.section_order", "", report.NotApplicable)
		return
	}
	for _, t := range s.plan.tables {
		have[sectionOf(t.table)] = have[sectionOf(t.table)] || s.found(t.cells)
	}
	for number := 1; number <= 6; number++ {
		s.missingSection(number, have[number])
	}
	s.sectionOrder()
}

// missingSection reports one section, unless the readers have.
func (s *run) missingSection(number int, have bool) {
	const rule = "form.missing_section"
	subject := strconv.Itoa(number)
	if !have && (s.noted(rule, subject) || s.noted(rule, "section "+subject)) {
		return
	}
	s.judged(rule, subject, !have)
	if have {
		return
	}
	f := s.finding(rule, subject, nil)
	f.Severity = sectionSeverity(subject)
	var b sentence
	b.add("未见第"+numerals[number]+"部分", "section "+subject+" is not found")
	s.say(f, &b)
}

// numerals number the six sections.
var numerals = [...]string{"〇", "一", "二", "三", "四", "五", "六"}

// sectionOrder compares the numbers printed in the headings with 一 to 六.
func (s *run) sectionOrder() {
	const rule = "form.section_order"
	if s.noted(rule, "") {
		return
	}
	var odd []string
	numbered, last := 0, 0
	for _, section := range s.r.Sections {
		if section.Number < 1 || section.Number > 6 {
			continue
		}
		number := headingNumber(section.Heading)
		if number != "" {
			numbered++
		}
		if number != numerals[section.Number] || section.Number < last {
			odd = append(odd, section.Heading)
		}
		last = section.Number
	}
	if numbered == 0 { // the readers kept no numbers: nothing to compare
		s.result(rule, "", report.NotApplicable)
		return
	}
	s.judged(rule, "", len(odd) > 0)
	if len(odd) == 0 {
		return
	}
	f := s.finding(rule, "", nil)
	f.Left = strconv.Itoa(len(odd))
	var b sentence
	b.add(f.Left+" 个标题的编号或次序与格式不同：“"+strings.Join(odd, "”“")+"”",
		f.Left+" headings are numbered or ordered otherwise: \""+strings.Join(odd, "\", \"")+"\"")
	s.say(f, &b)
}

// headingNumber returns the number that opens a heading, as printed: 一 of
// 一、总体情况, 2 of 2、 主动公开.
func headingNumber(heading string) string {
	heading = strings.TrimLeft(heading, " \u3000（(第")
	end := strings.IndexFunc(heading, func(r rune) bool { return !strings.ContainsRune("一二三四五六七八九十0123456789", r) })
	if end <= 0 {
		return ""
	}
	return heading[:end]
}

// missingTables finds tables that the document lacks although their section is
// there, or although the document shows no sections at all.
func (s *run) missingTables() {
	const rule = "form.missing_table"
	var have [7]bool
	any := false
	for _, section := range s.r.Sections {
		if section.Number >= 1 && section.Number <= 6 {
			have[section.Number], any = true, true
		}
	}
	for _, t := range s.plan.tables {
		subject := string(t.table)
		if s.found(t.cells) {
			s.result(rule, subject, report.Pass)
			continue
		}
		if any && !have[sectionOf(t.table)] || s.elsewhere(subject) {
			continue
		}
		s.result(rule, subject, report.Fail)
		f := s.finding(rule, subject, nil)
		var b sentence
		b.add("未见", "no ").label(t.name).add("", " is found")
		s.say(f, &b)
	}
}

// elsewhere reports whether the readers think that a table may be in a picture or
// in an attachment.
func (s *run) elsewhere(table string) bool {
	return s.noted("form.image_table", table) || slices.ContainsFunc(s.r.Doubts, func(d report.Doubt) bool {
		return d.Rule == "form.image_table" || d.Rule == "form.missing_table"
	})
}

// rowSet finds rows of a table that the document lacks.
func (s *run) rowSet() {
	const rule = "form.row_set"
	for i := range s.plan.tables {
		t := &s.plan.tables[i]
		if !s.found(t.cells) {
			continue
		}
		var lacking []*line
		for j := range t.rows {
			if r := &t.rows[j]; s.all(r.cells, report.Absent) {
				lacking = append(lacking, r)
			}
		}
		s.lacking(rule, t, lacking, " 行：", " rows of the form are not there: ")
	}
}

// columnSet finds applicants that the requests table has no column for, and else
// rows of any table that lack some of their cells.
func (s *run) columnSet() {
	const rule = "form.column_set"
	if s.r.Format == standard.F2014 {
		return
	}
	for i := range s.plan.tables {
		t := &s.plan.tables[i]
		if !s.found(t.cells) {
			continue
		}
		var lacking []*line
		if t.table == standard.Requests {
			for j := range s.plan.columns {
				if c := &s.plan.columns[j]; s.all(c.cells, report.Absent) {
					lacking = append(lacking, c)
				}
			}
		}
		if len(lacking) > 0 {
			s.lacking(rule, t, lacking, " 列：", " columns of the form are not there: ")
			continue
		}
		for j := range t.rows {
			if r := &t.rows[j]; s.found(r.cells) && s.some(r.cells, report.Absent) {
				lacking = append(lacking, r)
			}
		}
		s.lacking(rule, t, lacking, " 行的部分格：", " rows lack some of their cells: ")
	}
}

// some reports whether any of some cells is in a state.
func (s *run) some(cells []int32, state report.State) bool {
	return slices.ContainsFunc(cells, func(at int32) bool { return s.values[at].State == state })
}

// lacking reports rows or columns that a table lacks.
func (s *run) lacking(rule string, t *tablePlan, lines []*line, what, whatEN string) {
	subject := string(t.table)
	s.judged(rule, subject, len(lines) > 0)
	if len(lines) == 0 {
		return
	}
	f := s.finding(rule, subject, nil)
	f.Left = strconv.Itoa(len(lines))
	var b sentence
	b.label(t.name).add("缺少 "+f.Left+what, ", "+f.Left+whatEN)
	for i, l := range lines {
		if i > 0 {
			b.add("、", ", ")
		}
		b.label(l.label)
	}
	s.say(f, &b)
}

// totalBlank finds rows with the applicants filled and the total blank, or the
// reverse.
func (s *run) totalBlank() {
	const rule = "form.total_blank"
	if s.r.Format == standard.F2014 {
		return
	}
	var totals, parts []int32
	total := s.plan.columns[len(s.plan.columns)-1]
	for row, at := range total.cells {
		filled, blank := 0, 0
		for _, c := range s.plan.columns[:len(s.plan.columns)-1] {
			switch s.values[c.cells[row]].State {
			case report.Printed:
				filled++
			case report.Blank:
				blank++
			}
		}
		switch {
		case s.values[at].State == report.Blank && filled > 0:
			totals = append(totals, at)
		case s.values[at].State == report.Printed && blank == len(s.plan.columns)-1:
			parts = append(parts, at)
		}
	}
	name := tableName(standard.Requests)
	s.judged(rule, "", len(totals)+len(parts) > 0)
	s.listed(rule, "total", totals, name, "行各类申请人有数而总计空白", "rows have applicants filled and the total blank", "")
	s.listed(rule, "applicants", parts, name, "行总计有数而各类申请人空白", "rows have the total filled and the applicants blank", "")
}
