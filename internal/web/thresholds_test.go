package web

import (
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestFormulaThreshold holds that a finding says by which thresholds it was judged where
// they are not those that its formula names, and only there.
func TestFormulaThreshold(t *testing.T) {
	rule, _ := standard.RuleOf("year.jump")
	f := report.Finding{Rule: rule.ID, Formula: rule.Formula.ZH, Threshold: standard.Thresholds{"year.jump.ratio": 1.5}.Used(rule.ID)}
	usual := f
	usual.Threshold = standard.Thresholds(nil).Used(rule.ID)
	for _, l := range []lang{zh, en} {
		p := page{Lang: l}
		if text := p.formula(f); !strings.Contains(text, "ratio=1.5") {
			t.Errorf("in %s: %q does not say by what it was judged", l, text)
		}
		if text := p.formula(usual); strings.Contains(text, "ratio=") || text == "" {
			t.Errorf("in %s: %q", l, text)
		}
	}
}
