package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// indicators lists the definitions, one row for each indicator and format.
func (s *Server) indicators() resource {
	return s.exported("indicators", true, nil, func(export.Query) export.Table { return export.Indicators() })
}

// rules lists the rules that reports are checked by.
func (s *Server) rules() resource {
	return s.exported("rules", true, nil, func(export.Query) export.Table { return export.Rules() })
}

// dictionary lists every cell of every form.
func (s *Server) dictionary() resource {
	return s.exported("dictionary", true, nil, func(export.Query) export.Table { return export.Dictionary() })
}

// figureRow has null for the value where only n of d may be shown.
func figureRow(ind standard.Indicator, f aggregate.Figure) row {
	code := f.Code
	if code == "A" && f.Break != "" {
		code = "B" // the first value after a break
	}
	r := row{ind.ID, ind.Version, f.Year, nil, ind.Unit, nil, nil, nil, nil, f.Small, code, obsStatus(code), f.Zeros, f.Reason, f.Break,
		nil, nil, nil, nil, nil, nil, f.Revised, f.Status == report.Inconsistent || f.Basis.Inconsistent > 0, nil, nil}
	if f.Known {
		r[5] = f.Numerator
		if f.Ratio {
			r[6] = f.Denominator
		}
	}
	if f.Defined && f.Small != "fraction" {
		r[3] = f.Value
		if f.High > 0 {
			r[7], r[8] = f.Low, f.High
		}
	}
	if f.Basis.Over() {
		r[15], r[16], r[23], r[24] = f.Basis.Usable, f.Basis.Due, f.Basis.Published, f.Basis.Verified
	}
	if f.From != 0 {
		r[17] = f.From
	}
	if d := f.Dominant; d != nil {
		r[18], r[19] = string(d.Agency.ID), 100*d.Share
		if d.Without.Defined {
			r[20] = d.Without.Value
		}
	}
	return r
}

// obsStatus maps a status code to SDMX CL_OBS_STATUS.
func obsStatus(code string) string {
	switch code {
	case "A", "E", "R":
		return "A"
	case "P", "B":
		return code
	case "":
		return "L"
	}
	return "M"
}

// switches are ways to count that a reader may switch on.
func switches() []param {
	return []param{
		{name: "blank_as_zero", kind: "boolean", zh: "勾稽关系以空白为零成立的报告，空白按零计；默认不这样", en: "count blanks as 0 in reports whose identities hold that way; off by default", example: "1"},
		{name: "review", kind: "boolean", zh: "计入待复核的报告，状态码为 P；默认不计", en: "count reports that need review too, with the code P; off by default", example: "1"},
	}
}

// series lists an indicator of agencies and regions over years.
func (s *Server) series() resource {
	units := param{name: "units", kind: "string", required: true, zh: "机关编号或区划代码，逗号分隔", en: "agency ids or region codes, separated by commas", example: "990101"}
	ind := byIndicator
	ind.required = true
	return newResource("series", append([]param{units, ind, fromYear, toYear, {name: "pool", kind: "boolean", zh: "同一格式的各年相加为一个数", en: "sum the years of each form into one figure", example: "1"}}, switches()...), func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		c, err := s.agg.Compare(ctx, aggregate.CompareQuery{Units: splitComma(q.values.Get("units")),
			Indicator: q.values.Get("indicator"), From: sq.FromYear, To: sq.ToYear, AsOf: q.asOf,
			Pool: q.flag("pool"), BlankAsZero: q.flag("blank_as_zero"), Review: q.flag("review")})
		if err != nil {
			return failed(err)
		}
		return func(yield func(row, error) bool) {
			for _, series := range c.Series {
				for _, f := range series.Figures {
					if !yield(append(row{unitOf(series), series.Name}, figureRow(c.Indicator, f)...), nil) {
						return
					}
				}
			}
		}
	})
}

// IndicatorValues is the table of every value of every indicator, for the exports. Sums are
// told whole whatever the query asks since: any of their parts changes them.
func IndicatorValues(agg *aggregate.Service, q export.Query) export.Table {
	return export.NewTable("indicator_values", func(ctx context.Context, yield func(export.Row) error) error {
		return agg.Values(ctx, q.Query, func(s aggregate.Series) error {
			level := "agency"
			if s.Agency.ID == "" {
				level = string(s.Region.Level())
			}
			for _, f := range s.Figures {
				if q.FromYear > 0 && f.Year < q.FromYear || q.ToYear > 0 && f.Year > q.ToYear {
					continue
				}
				if err := yield(append(row{unitOf(s), s.Name, level}, figureRow(s.Indicator, f)...)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func unitOf(s aggregate.Series) string {
	if s.Agency.ID != "" {
		return string(s.Agency.ID)
	}
	return string(s.Region)
}

// rankings lists the members of a region by an indicator in a year.
func (s *Server) rankings() resource {
	ind, region, year := byIndicator, byRegion, byYear
	ind.required, region.required = true, true
	return newResource("rankings", []param{region, ind, year, {name: "pool", kind: "boolean", zh: "同一格式截至该年的各年相加后排序", en: "rank the sums over the years of the form up to that year", example: "1"}}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		year := q.number("year")
		region, indicator := standard.RegionCode(q.values.Get("region")), q.values.Get("indicator")
		if q.flag("pool") {
			r, err := s.agg.PooledRanking(ctx, region, indicator, year, q.asOf)
			return yieldAll(r.Entries, err, func(e aggregate.RankEntry) row { return rankRow(r.Indicator, e) })
		}
		r, entries, err := s.agg.Ranked(ctx, region, indicator, year, q.asOf)
		if err != nil {
			return failed(err)
		}
		return func(yield func(row, error) bool) {
			for e, err := range entries {
				if !yield(rankRow(r.Indicator, e), err) {
					return
				}
			}
		}
	})
}

func rankRow(ind standard.Indicator, e aggregate.RankEntry) row {
	var rank any
	if e.Rank > 0 {
		rank = e.Rank
	}
	return append(row{rank, e.Tied, string(e.Agency.ID), e.Agency.Name}, figureRow(ind, e.Figure)...)
}

// findings lists the rules that failed on current versions.
func (s *Server) findings() resource {
	r := newResource("findings", []param{byRegion, byAgency, byYear, fromYear, toYear,
		{name: "rule", kind: "string", zh: "规则编号", en: "rule id", example: "requests.balance"},
		{name: "severity", kind: "string", zh: "error、warning 或 notice", en: "error, warning or notice", example: "error", enum: []string{"error", "warning", "notice"}}}, s.findingRows)
	r.about = standard.Label{ZH: "核验发现的问题；给出 region 时含与同类、各版和公布情况有关的，给出 year 时含文字重复",
		EN: "rules that failed on current versions; with region also those across reports, and with year copied text"}
	return r
}

func (s *Server) findingRows(ctx context.Context, q query) iter.Seq2[row, error] {
	sq := q.store()
	rule, severity := q.values.Get("rule"), q.values.Get("severity")
	if _, ok := standard.RuleOf(rule); rule != "" && !ok {
		return failed(&report.ParameterError{Name: "rule", Got: rule, Want: "a rule id of /methods"})
	}
	keep := func(f *store.FindingRow) bool {
		return (rule == "" || f.Rule == rule) && (severity == "" || string(f.Severity) == severity)
	}
	if sq.Region == "" { // across the whole register no report has peers
		return export.Walk(func(yield func(row) error) error {
			return export.ByCounty(ctx, s.db, sq, func(part store.Query) error {
				return s.db.EachFinding(ctx, part, func(f *store.FindingRow) error {
					if !keep(f) {
						return nil
					}
					return yield(export.FindingRow(f))
				})
			})
		})
	}
	list, err := s.agg.FindingsOf(ctx, sq)
	if err != nil {
		return failed(err)
	}
	return func(yield func(row, error) bool) {
		for i := range list {
			if keep(&list[i]) && !yield(export.FindingRow(&list[i]), nil) {
				return
			}
		}
	}
}
