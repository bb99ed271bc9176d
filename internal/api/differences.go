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
	return newResource("differences", append([]param{units, ind, from, to}, switches()...), func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		id := q.values.Get("indicator")
		list, err := s.agg.Differences(ctx, aggregate.CompareQuery{Units: splitComma(q.values.Get("units")),
			Indicator: id, From: sq.FromYear, To: sq.ToYear,
			BlankAsZero: q.flag("blank_as_zero"), Review: q.flag("review"), AsOf: q.asOf})
		return yieldAll(list, err, func(d aggregate.Difference) row { return differenceRow(id, d) })
	})
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
