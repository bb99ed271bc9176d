package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// quotations lists figures of procurement that reports state in words, in years
// whose form has no cell for it.
func (s *Server) quotations() resource {
	region := byRegion
	region.required = true
	return resource{
		name: "quotations", zh: "正文所写的政府采购金额（2019、2020 年格式以外）：引文，不是序列中的点", en: "amounts of procurement that the prose states outside the form of 2019 and 2020: quotations, no points of the series",
		params: []param{region},
		columns: []column{
			{"agency_id", "string", "机关编号", "agency id"},
			{"agency", "string", "机关名称", "name of the agency"},
			{"year", "integer", "报告年度", "report year"},
			{"yuan", "number", "所写金额（元）", "amount stated, in yuan"},
			{"sentence", "string", "原句", "sentence"},
			{"section", "integer", "部分", "statutory section"},
			{"paragraph", "integer", "段", "paragraph"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			list, err := s.agg.Procurement(ctx, sq.Region, q.asOf)
			return yieldAll(list, err, func(one aggregate.Quotation) row {
				return row{string(one.Agency), one.Name, one.Year, one.Yuan, one.Text, one.Section, one.Paragraph}
			})
		},
	}
}

// fees lists requests that ended for unpaid fees beside the fees that are stated.
func (s *Server) fees() resource {
	region, year := byRegion, byYear
	region.required, year.required, year.example = true, true, "2023"
	return resource{
		name: "fees", zh: "逾期未缴费而不再处理的申请，与第六部分所写的收费", en: "requests ended for unpaid fees, beside the fees that section 6 states",
		params: []param{region, year},
		columns: []column{
			{"agency_id", "string", "机关编号", "agency id"},
			{"agency", "string", "机关名称", "name of the agency"},
			{"year", "integer", "报告年度", "report year"},
			{"ended", "number", "不再处理的件数；没有数字时为空", "requests ended; null without a number"},
			{"stated", "boolean", "第六部分写明了收费", "section 6 states the fees"},
			{"yuan", "number", "所写收费（元）；没有写明时为空", "fees stated, in yuan; null where none are"},
			{"sentence", "string", "原句", "sentence"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			list, err := s.agg.Fees(ctx, sq.Region, sq.FromYear, q.asOf)
			return yieldAll(list, err, func(one aggregate.FeeBeside) row {
				r := row{string(one.Agency), one.Name, one.Year, nil, one.Stated, nil, one.Says.Text}
				if a, ok := one.Ended.Known(); ok {
					r[3] = a
				}
				if one.Stated {
					r[5] = one.Yuan
				}
				return r
			})
		},
	}
}

// copies lists sections that stand in another report, and what districts share.
func (s *Server) copies() resource {
	region, year := byRegion, byYear
	region.required, year.required, year.example = true, true, "2023"
	return resource{
		name: "copies", zh: "文字重复：各部分与上年报告、与同年其他报告相同的比例和段落；区域共用的段落只列一次", en: "sections that stand in the year before or in another report, with their passages; what a district shares is listed once",
		params: []param{region, year},
		columns: []column{
			{"rule", "string", "规则编号", "rule id"},
			{"agency_id", "string", "机关编号；区域共用的为空", "agency id; empty for what a district shares"},
			{"agency", "string", "机关名称", "name of the agency"},
			{"region", "string", "共用段落的区域", "district of a shared passage"},
			{"year", "integer", "报告年度", "report year"},
			{"section", "integer", "部分", "statutory section"},
			{"share", "number", "本报告片段见于对方的比例", "share of its shingles in the other"},
			{"other_id", "string", "对方机关编号", "agency id of the other report"},
			{"other", "string", "对方机关名称", "name of the other agency"},
			{"other_year", "integer", "对方报告年度", "year of the other report"},
			{"other_share", "number", "对方片段见于本报告的比例", "share of the other's shingles in it"},
			{"passages", "array", "相同的段落，如本报告所写", "shared passages as it has them"},
			{"other_passages", "array", "相同的段落，如对方所写", "shared passages as the other has them"},
			{"units", "integer", "共用该段的单位数", "units that share the passage"},
			{"of", "integer", "有该部分的单位数", "units with the section"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			c, err := s.agg.Copies(ctx, sq.Region, sq.FromYear, q.asOf)
			if err != nil {
				return failed(err)
			}
			return func(yield func(row, error) bool) {
				for _, t := range c.Templates {
					if !yield(row{"copy.other_unit", "", "", string(t.Region), t.Year, t.Section, nil, "", "", nil, nil, t.Passages, []string{}, t.Units, t.Of}, nil) {
						return
					}
				}
				for _, p := range c.Pairs {
					if !yield(pairRow(p), nil) {
						return
					}
				}
			}
		},
	}
}

func pairRow(p aggregate.CopyPair) row {
	own, other := []string{}, []string{}
	for _, one := range p.Passages {
		own, other = append(own, one.Text), append(other, one.Other)
	}
	return row{p.Rule, string(p.Agency), p.Name, "", p.Year, p.Section, p.Share, string(p.Other), p.OtherName, p.OtherYear, p.OtherShare, own, other, nil, nil}
}

// errorsByRule counts findings by rule, severity and format.
func (s *Server) errorsByRule() resource {
	region, year := byRegion, byYear
	region.required, year.required, year.example = true, true, "2023"
	return resource{
		name: "errors_by_rule", zh: "问题按规则计数；不跨格式比较", en: "findings counted by rule; not comparable between formats",
		params: []param{region, year},
		columns: []column{
			{"rule", "string", "规则编号", "rule id"},
			{"rule_version", "integer", "规则版本", "version of the rule"},
			{"severity", "string", "程度", "error, warning or notice"},
			{"format", "string", "报告格式", "format"},
			{"findings", "integer", "问题数", "findings"},
			{"units", "array", "涉及的机关", "agencies concerned"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			list, err := s.agg.ErrorsByRule(ctx, sq.Region, sq.FromYear, q.asOf)
			return yieldAll(list, err, func(c aggregate.RuleCount) row {
				return row{c.Rule.ID, c.Rule.Version, string(c.Severity), string(c.Format), c.Findings, ids(c.Units)}
			})
		},
	}
}

func ids(agencies []report.AgencyID) []string {
	list := make([]string, len(agencies))
	for i, id := range agencies {
		list[i] = string(id)
	}
	return list
}
