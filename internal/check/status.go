package check

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// attribute says whose the failure of a relation over some cells is. Printed
// values are those that both readers read alike, so without a doubt the figures
// are the agency's (checks.md §1).
func (s *run) attribute(cells []int32) report.Attribution {
	whole := report.ByAgency
	for i := range s.r.Doubts {
		doubt := &s.r.Doubts[i]
		if doubt.Cell == "" && doubt.Place.Table == 0 {
			if readsFigures(doubt.Rule) {
				whole = report.ByUnknown
			}
			continue
		}
		for _, at := range cells {
			if s.doubted(doubt, at) {
				return report.ByReading
			}
		}
	}
	return whole
}

// doubted reports whether a doubt concerns a cell: it names it, or the table it
// stands in.
func (s *run) doubted(doubt *report.Doubt, at int32) bool {
	if doubt.Cell != "" {
		return doubt.Cell == s.plan.form.Cells[at].Code
	}
	return doubt.Place.Table != 0 && doubt.Place.Table == s.values[at].Place.Table
}

// readsFigures reports whether a doubt about a whole document may concern its
// figures; one about the year or the agency does not.
func readsFigures(rule string) bool {
	return strings.HasPrefix(rule, "read.") || strings.HasPrefix(rule, "form.")
}

// decide sets the status (design.md §3) and says what made it so.
func (s *run) decide() {
	if s.plan == nil || !s.anything() {
		s.out.Status = report.Unreadable
		s.unreadable()
		return
	}
	s.missing()
	s.doubts()
	s.unread()
	s.decidingNotes()
	if s.unitDoubt != "" {
		s.problem("%s", s.unitDoubt)
	}
	if len(s.out.Problems) > 0 {
		s.out.Status = report.NeedsReview
	}
	for i := range s.out.Findings {
		s.violation(&s.out.Findings[i])
	}
	if s.out.Status == "" {
		s.out.Status = report.Verified
	}
}

// problem notes something that keeps the version from being verified.
func (s *run) problem(format string, args ...any) {
	s.out.Problems = append(s.out.Problems, fmt.Sprintf(format, args...))
}

// anything reports whether the document has any cell of the form.
func (s *run) anything() bool {
	for i := range s.values {
		if s.values[i].State != report.Absent {
			return true
		}
	}
	return false
}

// unreadable says why there is nothing to check: as the readers put it, or else that
// no table was found and what the document links in its place.
func (s *run) unreadable() {
	s.doubts()
	if len(s.out.Problems) > 0 {
		return
	}
	s.problem("未找到法定统计表")
	for _, name := range s.r.Follow {
		s.problem("正文无表，附件另有报告：%s", name)
	}
}

// missing notes what every report must be known by, unless a doubt says it.
func (s *run) missing() {
	if s.r.Year == 0 && !s.doubtOf("publish.wrong_year") {
		s.problem("未能确定报告年度")
	}
	if s.r.Agency == "" && s.with.Agency == nil && !s.doubtOf("publish.wrong_unit") {
		s.problem("未能确定行政机关")
	}
}

// doubtOf reports whether the readers doubt by a rule.
func (s *run) doubtOf(rule string) bool {
	return slices.ContainsFunc(s.r.Doubts, func(d report.Doubt) bool { return d.Rule == rule })
}

// doubts puts every doubt of the reading into words.
func (s *run) doubts() {
	for i := range s.r.Doubts {
		doubt := &s.r.Doubts[i]
		s.problem("%s", strings.TrimSuffix(closed(doubt.Text, ruleName(doubt.Rule).ZH+inPlace(doubt.Place)), "。"))
	}
}

// unread names the cells with a mark that was not read, unless a doubt has said so.
func (s *run) unread() {
	for i := range s.values {
		if s.values[i].State != report.Unread {
			continue
		}
		code := s.plan.form.Cells[i].Code
		if s.hasDoubt(code) {
			continue
		}
		v := &s.values[i]
		s.problem("%s（%s）未能确读：原文为“%s”%s", s.plan.names[i].full.ZH, code, v.Text, inPlace(v.Place))
	}
}

// inPlace writes a place for the end of a sentence, "" where it is not known.
func inPlace(p report.Place) string {
	if words := placeWords(p); words != "" {
		return "，位于" + words
	}
	return ""
}

// hasDoubt reports whether the readers doubt a cell.
func (s *run) hasDoubt(code standard.CellCode) bool {
	return slices.ContainsFunc(s.r.Doubts, func(d report.Doubt) bool { return d.Cell == code })
}

// decidingNotes are facts about the form that leave the reading in doubt: a table
// that stands there twice, or only as a picture. A note about the year is none: the
// readers have settled it.
func (s *run) decidingNotes() {
	for _, note := range s.r.Notes {
		rule, ok := standard.RuleOf(note.Rule)
		if ok && rule.Decides && rule.Scope == standard.ScopeForm {
			s.problem("%s", strings.TrimSuffix(closed(note.Text, rule.Name.ZH+inPlace(note.Place)), "。"))
		}
	}
}

// violation lets a failed identity touch the status: the agency's figures make it
// inconsistent, a doubtful reading makes it need review.
func (s *run) violation(f *report.Finding) {
	if !s.violated(f) {
		return
	}
	s.problem("%s", strings.TrimSuffix(f.Text, "。"))
	switch {
	case f.Attribution != report.ByAgency:
		s.out.Status = report.NeedsReview
	case s.out.Status == "":
		s.out.Status = report.Inconsistent
	}
}

// violated reports whether a finding is one of the violated identities.
func (s *run) violated(f *report.Finding) bool {
	return slices.Contains(s.out.Violations, f.Violation())
}

// ruleName returns the name of a rule, and its id where the catalogue lacks it.
func ruleName(id string) standard.Label {
	rule, ok := standard.RuleOf(id)
	if !ok {
		return standard.Label{ZH: id, EN: id}
	}
	return rule.Name
}
