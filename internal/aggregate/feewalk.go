package aggregate

import (
	"context"
	"fmt"
	"regexp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A FeeBeside sets the requests that ended for unpaid fees beside the fees that
// section 6 states (indicators.md §3, fee_walkaway). Without a sentence there is no
// comparison.
type FeeBeside struct {
	Agency  report.AgencyID
	Name    string
	Year    int
	Version store.VersionID
	Ended   report.Value  // outcome.other.fee_unpaid/total
	Stated  bool          // section 6 says what was collected
	Yuan    report.Amount // collected, in 元; 0 unless Stated
	Says    Sentence
}

// Fees answers what the reports of a region and year say of fees: all that count
// and have the cell.
func (s *Service) Fees(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) ([]FeeBeside, error) {
	var list []FeeBeside
	q := store.Query{Region: region, FromYear: year, ToYear: year, AsOf: asOf}
	err := s.db.EachProse(ctx, q, func(p *store.Prose) error {
		if p.Format == standard.F2021 && p.Status.Counts() {
			list = append(list, feesOf(p))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("fees of %s in %d: %w", region, year, err)
	}
	return list, nil
}

var (
	feeWords   = regexp.MustCompile(`信息处理费|信息公开处理费|处理费`)
	noFeeWords = regexp.MustCompile(`未(?:曾)?(?:收取|产生|发生|收到|收)|没有(?:收取|产生|发生)|无.{0,8}(?:收取|收费)|不收取|(?:为|计)\s*[0零]\s*(?:元)?$`)
)

// feesOf reads the fee that section 6 states: an amount with its unit, or that none
// was collected.
func feesOf(p *store.Prose) FeeBeside {
	f := FeeBeside{Agency: p.Agency, Name: p.Short, Year: p.Year, Version: p.Version,
		Ended: p.Value(standard.At("outcome.other.fee_unpaid", standard.Total))}
	sentences(p, 6, func(one Sentence) {
		at := feeWords.FindStringIndex(one.Text)
		if f.Stated || at == nil {
			return
		}
		amount, ok := yuan(one.Text[at[1]:])
		if !ok {
			amount, ok = yuan(one.Text)
		}
		switch {
		case ok:
			f.Stated, f.Yuan, f.Says = true, amount, one
		case noFeeWords.MatchString(one.Text):
			f.Stated, f.Says = true, one
		}
	})
	return f
}
