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
	return newResource("leads", []param{region, byYear}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		l, err := s.agg.Leads(ctx, sq.Region, sq.FromYear, q.asOf)
		return yieldAll(l.Leads, err, leadRow)
	})
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
	return newResource("rollup", []param{region, byYear}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		sheet, err := s.agg.RollUpSheet(ctx, standard.RegionCode(sq.Region), sq.FromYear, q.asOf)
		return yieldAll(sheet.Cells, err, func(c aggregate.RollUpCell) row { return rollUpRow(sheet, c) })
	})
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
