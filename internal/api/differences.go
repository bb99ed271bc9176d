package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
)

// differences lists the change of an indicator between two years. Across a break it
// has the reason and no number.
func (s *Server) differences() resource {
	units := param{name: "units", kind: "string", required: true, zh: "机关编号或区划代码，逗号分隔", en: "agency ids or region codes, separated by commas", example: "990101"}
	ind, from, to := byIndicator, fromYear, toYear
	ind.required, from.required, to.required = true, true, true
	from.example, to.example = "2022", "2023"
	return resource{
		name: "differences", zh: "两年之间的变化；跨口径中断时给出原因而不给数字", en: "the change between two years; across a break the reason and no number",
		params: []param{units, ind, from, to},
		columns: []column{
			{"unit", "string", "机关编号或区划代码", "agency id or region code"},
			{"name", "string", "名称", "name"},
			{"indicator", "string", "指标编号", "indicator id"},
			{"from", "integer", "起始报告年度", "earlier report year"},
			{"to", "integer", "终止报告年度", "later report year"},
			{"before", "number", "起始年度的值", "value of the earlier year"},
			{"after", "number", "终止年度的值", "value of the later year"},
			{"change", "number", "变化：比率为百分点，其余为原单位", "change: percentage points of a rate, else in the unit"},
			{"relative", "number", "变化率（%），仅限起始值不小于 20 的数量", "relative change in %, of counts whose earlier value is 20 or more"},
			{"matched_units", "integer", "两年都有数的单位数", "units that have both years"},
			{"matched_change", "number", "两年都有数的单位的变化", "change over those units"},
			{"show_both", "boolean", "两种变化相差超过 1%，应同时列出", "the two changes differ by more than 1 %: show both"},
			{"reason", "string", "没有数字的原因", "why there is no number"},
			{"reason_en", "string", "没有数字的原因（英文）", "why there is no number, in English"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			id := q.values.Get("indicator")
			list, err := s.agg.Differences(ctx, aggregate.CompareQuery{Units: splitComma(q.values.Get("units")),
				Indicator: id, From: sq.FromYear, To: sq.ToYear, AsOf: q.asOf})
			return yieldAll(list, err, func(d aggregate.Difference) row { return differenceRow(id, d) })
		},
	}
}

func differenceRow(id string, d aggregate.Difference) row {
	r := row{d.Unit, d.Name, id, d.From, d.To, nil, nil, nil, nil, nil, nil, d.Differ, d.Reason.ZH, d.Reason.EN}
	for i, f := range []aggregate.Figure{d.Before, d.After} {
		if f.Defined && f.Small != "fraction" {
			r[5+i] = f.Value
		}
	}
	if !d.Known {
		return r
	}
	r[7] = d.Change
	if d.HasRelative {
		r[8] = d.Relative
	}
	if d.MatchedN > 0 {
		r[9], r[10] = d.MatchedN, d.MatchedChange
	}
	return r
}
