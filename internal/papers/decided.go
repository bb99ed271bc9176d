package papers

import (
	"fmt"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// Decisions are what people made of the findings of a region and year, by agency and by
// the key of the finding.
type Decisions = map[report.AgencyID]map[string]store.Decision

// decided returns what a person made of a finding of a line of the board, false where
// nobody has decided on the figures that it rests on now.
func decided(r aggregate.BoardRow, all map[string]store.Decision, f report.Finding) (store.Decision, bool) {
	d, ok := all[f.Key(r.Agency.ID, r.Year)]
	return d, ok && d.Digest == f.Digest()
}

// dismissed reports whether a finding is not to be put to the unit.
func dismissed(r aggregate.BoardRow, all map[string]store.Decision, f report.Finding) bool {
	d, ok := decided(r, all, f)
	return ok && d.Verdict == store.FindingDismissed
}

// decisionWords say what was made of a finding, with the reason or the unit's answer; ""
// where nobody has decided.
func decisionWords(r aggregate.BoardRow, all map[string]store.Decision, f report.Finding) string {
	d, ok := decided(r, all, f)
	if !ok {
		return ""
	}
	word, text := "复核属实", d.Reason
	switch d.Verdict {
	case store.FindingDismissed:
		word = "复核不采纳"
	case store.FindingAnswered:
		word, text = "单位答复", d.Answer
	}
	if text = strings.TrimRight(strings.TrimSpace(text), "。"); text == "" {
		return word
	}
	return word + "：" + text
}

// A standing is the failed rules of a report, those that stand apart from those that a
// person has dismissed.
type standing struct {
	row              aggregate.BoardRow
	stand, dismissed []report.Finding
}

func (c circular) standing(r aggregate.BoardRow) standing {
	s := standing{row: r}
	for _, f := range r.Findings {
		switch {
		case f.Severity != report.Error:
		case dismissed(r, c.decided[r.Agency.ID], f):
			s.dismissed = append(s.dismissed, f)
		default:
			s.stand = append(s.stand, f)
		}
	}
	return s
}

// standings are those of all reports whose rules fail as printed, the reports with a
// failure that stands before those of which all were dismissed.
func (c circular) standings() (stand, settled []standing) {
	for _, r := range c.rows(withStatus(report.Inconsistent)) {
		if s := c.standing(r); len(s.stand) > 0 || len(s.dismissed) == 0 {
			stand = append(stand, s)
		} else {
			settled = append(settled, s)
		}
	}
	return stand, settled
}

// told are findings as sentences, each with its rule, its figures and what was made of it.
func (c circular) told(r aggregate.BoardRow, findings []report.Finding) string {
	list := make([]string, len(findings))
	for i, f := range findings {
		list[i] = fmt.Sprintf("%s（规则%s%s）", strings.TrimRight(f.Text, "。"), f.Violation(), sides(f))
		if words := decisionWords(r, c.decided[r.Agency.ID], f); words != "" {
			list[i] += "，" + words
		}
	}
	return strings.Join(list, "；")
}
