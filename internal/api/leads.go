package api

import (
	"context"
	"iter"
	"strconv"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// leads lists what a region's reports of a year give to look at.
func (s *Server) leads() resource {
	region := byRegion
	region.required = true
	return resource{
		name: "leads", zh: "关注事项：由数字组成的句子，各有出处和注意", en: "what to look at: sentences made of figures, each with its cells and caveats",
		params: []param{region, byYear},
		columns: []column{
			{"key", "string", "稳定编号", "key that is stable over runs"},
			{"kind", "string", "类别", "mover, zero, ground, corrected, fee, copied, silent, procurement or never"},
			{"rank", "integer", "在同类中的次序", "place among its kind"},
			{"agency_id", "string", "机关编号；区域共有的为空", "agency id; empty for what a district shares"},
			{"agency", "string", "机关或区域名称", "name of the agency or district"},
			{"region", "string", "行政区划代码", "region code"},
			{"year", "integer", "报告年度", "report year"},
			{"text", "string", "句子", "sentence in Chinese"},
			{"text_en", "string", "句子（英文）", "sentence in English"},
			{"cells", "array", "出处：机关/年度/统计项", "where the figures stand: agency/year/cell"},
			{"caveats", "array", "注意", "caveats in Chinese"},
			{"caveats_en", "array", "注意（英文）", "caveats in English"},
			{"weight", "number", "同类中据以排列的数", "what it is ranked by among its kind"},
			{"reason", "string", "该数是什么", "what that figure is"},
			{"reason_en", "string", "该数是什么（英文）", "what that figure is, in English"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			l, err := s.agg.Leads(ctx, sq.Region, sq.FromYear, q.asOf)
			return yieldAll(l.Leads, err, leadRow)
		},
	}
}

func leadRow(l aggregate.Lead) row {
	cells := []string{}
	for _, c := range l.Cells {
		cells = append(cells, string(c.Agency)+"/"+strconv.Itoa(c.Year)+"/"+string(c.Cell))
	}
	zh, en := []string{}, []string{}
	for _, c := range l.Caveats {
		zh, en = append(zh, c.ZH), append(en, c.EN)
	}
	return row{l.Key(), string(l.Kind), l.Rank, string(l.Agency), l.Name, string(l.Region), l.Year, l.Text.ZH, l.Text.EN,
		cells, zh, en, l.Weight, l.Reason.ZH, l.Reason.EN}
}

// rollUp lists the statutory cells of a region summed over its members, beside its
// own report.
func (s *Server) rollUp() resource {
	region := byRegion
	region.required = true
	return resource{
		name: "rollup", zh: "汇总表：各单位合计与本级报告逐格对照", en: "the statutory cells summed over the members, beside the region's own report",
		params: []param{region, byYear},
		columns: []column{
			{"region", "string", "行政区划代码", "region code"},
			{"year", "integer", "报告年度", "report year"},
			{"format", "string", "报告格式", "format"},
			{"cell", "string", "统计项", "cell code"},
			{"row_label", "string", "行", "row of the form"},
			{"column_label", "string", "列", "column of the form"},
			{"unit", "string", "单位", "unit"},
			{"sum", "number", "有数的单位合计", "sum over the members with a figure"},
			{"lower_bound", "number", "全部单位合计的下限；空为不知", "least that the sum over all members can be; empty where it is not known"},
			{"upper_bound", "number", "全部单位合计的上限；空为没有上限", "most that the sum over all members can be; empty where there is no limit"},
			{"counted", "integer", "计入单位数", "members counted"},
			{"blank", "integer", "空白、划线或文字的单位数", "members whose cell is blank, a dash or words"},
			{"absent", "integer", "缺项的单位数", "members without the cell"},
			{"left_out", "integer", "没有数的单位数：未发布、未能查看、待复核，或本格空白、缺项", "members without a figure: missing, not looked at, needing review, or with the cell blank or absent"},
			{"own", "number", "本级报告的数", "figure of the region's own report"},
			{"remainder", "number", "本级减合计", "own figure minus the sum"},
			{"result", "string", "pass、fail、open 或 n/a", "pass, fail, open or n/a"},
			{"explained_by", "array", "能单独解释差额的单位", "members that would explain the gap alone"},
			{"explained_how", "array", "凭什么解释：left_out 唯一没有数；reading 待复核的读数恰为余数；over 其数恰为合计多出之数；under 其数恰为余数", "by what: left_out the only one without a figure; reading its figure under review is the remainder; over its figure is what the members exceed by; under its figure is the remainder"},
			{"scope", "string", "本级报告的范围：whole、office 或空（不明）", "scope of the own report: whole, office, or empty where unknown"},
			{"scope_sentence", "string", "说明范围的原句", "sentence that states the scope"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			sheet, err := s.agg.RollUpSheet(ctx, standard.RegionCode(sq.Region), sq.FromYear, q.asOf)
			return yieldAll(sheet.Cells, err, func(c aggregate.RollUpCell) row { return rollUpRow(sheet, c) })
		},
	}
}

func rollUpRow(sheet aggregate.RollUpSheet, c aggregate.RollUpCell) row {
	ids, hows := []string{}, []string{}
	for _, e := range c.Explain {
		ids, hows = append(ids, string(e.Agency)), append(hows, string(e.How))
	}
	var sum, low, high, own, rest any
	if c.Counted > 0 {
		sum = c.Sum
	}
	if a, ok := c.Own.Known(); ok {
		own, rest = a, c.Diff
	}
	between := c.Interval()
	if !between.OpenBelow {
		low = between.Low
	}
	if !between.OpenAbove {
		high = between.High
	}
	scope := ""
	switch {
	case sheet.Scope.Known && sheet.Scope.Whole:
		scope = "whole"
	case sheet.Scope.Known:
		scope = "office"
	}
	return row{string(sheet.Region.Code), sheet.Year, string(sheet.Format), string(c.Cell.Code), c.Cell.RowLabel.ZH, c.Cell.ColumnLabel.ZH, string(c.Cell.Unit),
		sum, low, high, c.Counted, c.Blank, c.Absent, c.LeftOut, own, rest, string(c.Result), ids, hows, scope, sheet.Scope.Says.Text}
}
