package aggregate

import (
	"context"
	"regexp"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Scope says whether the report of a government covers its own office alone or
// the agencies below it too, by a sentence of the report. It is never guessed from
// the figures (checks.md §6, rollup.scope).
type Scope struct {
	Known, Whole bool
	Says         Sentence
}

var (
	wholeWords = regexp.MustCompile(`(?:汇总|综合|包括|包含|涵盖|含).{0,24}(?:各街道|各镇|各乡|各街镇|各镇街|各部门|各单位|各委办局|所属部门|下级行政机关)` +
		`|(?:全市|全区|全县|全省)(?:各级|各|所有)?(?:行政机关|政府机关|部门|街镇|街道|单位).{0,40}(?:共|合计|总计|累计|新收|收到|受理)` +
		`|(?:各街道|各街镇|各镇街|各部门|各委办局).{0,30}(?:数据|统计|年度报告).{0,12}(?:汇总|编制|综合)` +
		`|(?:数据|报告).{0,6}由.{0,4}(?:各街道|各街镇|各镇街|各部门|各委办局).{0,20}汇总`)
	aloneWords = regexp.MustCompile(`(?:仅|只).{0,12}(?:包括|含|统计|反映).{0,12}(?:区政府|县政府|市政府|本机关|办公室)` +
		`|不(?:含|包括|包含).{0,16}(?:各街道|各镇|各乡|各街镇|各镇街|各部门|所属部门|下级行政机关)`)
)

// scopeOf finds the sentence that states a scope. Where one sentence says each, the
// scope is not known.
func scopeOf(sections []report.Section) Scope {
	var whole, alone Scope
	sentences(&store.Prose{Sections: sections}, 0, func(one Sentence) {
		switch {
		case aloneWords.MatchString(one.Text):
			if !alone.Known {
				alone = Scope{Known: true, Says: one}
			}
		case wholeWords.MatchString(one.Text):
			if !whole.Known {
				whole = Scope{Known: true, Whole: true, Says: one}
			}
		}
	})
	switch {
	case whole.Known && alone.Known:
		return Scope{}
	case whole.Known:
		return whole
	}
	return alone
}

// scope reads the scope of a stored version as it was read after a run.
func (s *Service) scope(ctx context.Context, id store.VersionID, asOf store.RunID) (Scope, error) {
	v, err := s.db.VersionAt(ctx, id, asOf)
	if err != nil {
		return Scope{}, err
	}
	return scopeOf(v.Reading.Sections), nil
}
