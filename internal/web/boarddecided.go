package web

import (
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// decisionsOf are the decisions on a year's findings, by agency and key.
type decisionsOf = map[report.AgencyID]map[string]store.Decision

// A ruleLink is a failed rule with its place in the report, and what a person made of it.
type ruleLink struct {
	link
	Verdict string // 复核属实, 不采纳, 单位已答复 or 重新待处理; "" where nobody has decided
	Note    string // the reason, or the unit's answer
}

// failed puts the findings of a report into its row. One that a person has dismissed is no
// longer a fault, unless its figures have changed since: it is kept apart, with the reason.
func (p page) failed(r *boardRow, all []people.Decided) {
	for _, d := range all {
		dismissed := d.Decision != nil && !d.Reopened && d.Decision.Verdict == store.FindingDismissed
		switch {
		case d.Severity == report.Error && dismissed:
			r.Dismissed = append(r.Dismissed, p.ruleLink(r.Report, d))
		case d.Severity == report.Error:
			r.Errors = append(r.Errors, p.ruleLink(r.Report, d))
		case d.Severity == report.Warning && !dismissed:
			r.Warnings++
		}
	}
}

func (p page) ruleLink(at string, d people.Decided) ruleLink {
	name := d.Rule
	if rule, ok := standard.RuleOf(d.Rule); ok {
		name = p.label(rule.Name)
	}
	r := ruleLink{link: link{Text: name, Href: at + "#" + anchor(d.Finding)}}
	switch v := p.decision(d); {
	case v == nil:
	case v.Reopened:
		r.Verdict = p.t("重新待处理")
	case d.Decision.Verdict == store.FindingAnswered:
		r.Verdict, r.Note = v.Verdict, v.Answer
	default:
		r.Verdict, r.Note = v.Verdict, v.Reason
	}
	return r
}

// settled reports whether a report whose rules fail as printed has no failure left that
// somebody would have to see to. Its status stays: it says what is printed.
func (r boardRow) settled() bool {
	return r.Look.Class == "err" && len(r.Errors) == 0 && len(r.Dismissed) > 0
}
