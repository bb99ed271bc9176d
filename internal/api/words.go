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
	return newResource("quotations", []param{region}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		list, err := s.agg.Procurement(ctx, sq.Region, q.asOf)
		return yieldAll(list, err, func(one aggregate.Quotation) row {
			return row{string(one.Agency), one.Name, one.Year, one.Yuan, one.Text, one.Section, one.Paragraph}
		})
	})
}

// fees lists requests that ended for unpaid fees beside the fees that are stated.
func (s *Server) fees() resource {
	region, year := byRegion, byYear
	region.required, year.required, year.example = true, true, "2023"
	return newResource("fees", []param{region, year}, func(ctx context.Context, q query) iter.Seq2[row, error] {
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
	})
}

// copies lists sections that stand in another report, and what districts share.
func (s *Server) copies() resource {
	region, year := byRegion, byYear
	region.required, year.required, year.example = true, true, "2023"
	return newResource("copies", []param{region, year}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		c, err := s.agg.Copies(ctx, sq.Region, sq.FromYear, q.asOf)
		if err != nil {
			return failed(err)
		}
		return func(yield func(row, error) bool) {
			for _, t := range c.Templates {
				own := []string{}
				for _, one := range t.Passages {
					own = append(own, one.Text)
				}
				if !yield(row{"copy.other_unit", "", "", string(t.Region), t.Year, t.Section, nil, "", "", nil, nil, own, []string{}, t.Units, t.Of}, nil) {
					return
				}
			}
			for _, p := range c.Pairs {
				if !yield(pairRow(p), nil) {
					return
				}
			}
		}
	})
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
	return newResource("errors_by_rule", []param{region, year}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		sq := q.store()
		list, err := s.agg.ErrorsByRule(ctx, sq.Region, sq.FromYear, q.asOf)
		return yieldAll(list, err, func(c aggregate.RuleCount) row {
			return row{c.Rule.ID, c.Rule.Version, string(c.Severity), string(c.Format), c.Findings, ids(c.Units)}
		})
	})
}

func ids(agencies []report.AgencyID) []string {
	list := make([]string, len(agencies))
	for i, id := range agencies {
		list[i] = string(id)
	}
	return list
}
