package aggregate

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Quotation is a figure that the prose of a report states and its form has no
// cell for. It is shown with its sentence and is never a point of a series.
type Quotation struct {
	Agency  report.AgencyID
	Name    string
	Year    int
	Version store.VersionID
	Sentence
	Yuan report.Amount // as stated, in 元
}

// Procurement returns what reports for other years than those of the form with the
// cell state of procurement, by roster order and year (indicators.md §6).
func (s *Service) Procurement(ctx context.Context, region standard.RegionCode, asOf store.RunID) ([]Quotation, error) {
	var list []Quotation
	err := s.db.EachProse(ctx, store.Query{Region: region, AsOf: asOf}, func(p *store.Prose) error {
		if p.Format != standard.F2019 {
			list = append(list, procurementOf(p)...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("quotations of %s: %w", region, err)
	}
	return list, nil
}

// procurementOf finds the sentences that state an amount of procurement. The amount
// is the first after the word.
func procurementOf(p *store.Prose) []Quotation {
	var list []Quotation
	sentences(p, 0, func(one Sentence) {
		_, after, ok := strings.Cut(one.Text, "采购")
		if !ok {
			return
		}
		if a, ok := yuan(after); ok {
			list = append(list, Quotation{Agency: p.Agency, Name: p.Short, Year: p.Year, Version: p.Version, Sentence: one, Yuan: a})
		}
	})
	return list
}
