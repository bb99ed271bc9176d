package aggregate

import (
	"context"
	"fmt"
	"sort"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// agencyIndicators are the small multiples of an agency's page, in their order.
func agencyIndicators() []string {
	return []string{
		"requests_new", "requests_closed", "natural_share", "open_rate", "open_rate_held", "denied_rate",
		"not_held_rate", "unprocessed_rate", "carry_rate", "reviews", "suits", "penalties",
		"licences", "documents_issued", "fee_amount", "procurement_total",
	}
}

// Agency answers what the page of an agency shows, among its usual peers; asOf 0 is
// now.
func (s *Service) Agency(ctx context.Context, id report.AgencyID, asOf store.RunID) (AgencyView, error) {
	return s.AgencyAmong(ctx, id, PeersByKind, asOf)
}

// AgencyAmong is Agency among the peers that are chosen.
func (s *Service) AgencyAmong(ctx context.Context, id report.AgencyID, by PeerBy, asOf store.RunID) (AgencyView, error) {
	a, err := s.db.AgencyAt(ctx, id, asOf)
	if err != nil {
		return AgencyView{}, err
	}
	w, err := s.load(ctx, peerRegion(a), store.Query{AsOf: asOf})
	if err != nil {
		return AgencyView{}, fmt.Errorf("agency %s: %w", id, err)
	}
	row, ok := w.find(id)
	if !ok {
		return AgencyView{}, fmt.Errorf("agency %s was not in the register after run %d: %w", id, asOf, report.ErrNotFound)
	}
	v := AgencyView{Agency: row.Agency, Path: w.path, AsOf: w.asOf, Years: w.agencyYears(row)}
	for _, year := range v.Years {
		v.Reports = append(v.Reports, w.owed(w.named(row, year), year))
	}
	peers, group := w.peersBy(row, by)
	v.Peers = group
	for _, id := range agencyIndicators() {
		ind := indicator(id)
		v.Series = append(v.Series, PeerSeries{Series: w.series(ind, row, v.Years), Bands: w.bands(ind, peers, v.Years)})
	}
	v.Carry = w.carry(row, v.Years)
	own := func(year int) []memberYear { return w.owedIn([]store.CoverageRow{row}, year) }
	v.Outcomes = composeYears(outcomes(), own, v.Years)
	v.Asking = w.asking(&row, v.Years, 0)
	if v.Changes, err = s.db.ChangesAt(ctx, row.Agency.Region, asOf, 20); err != nil {
		return AgencyView{}, fmt.Errorf("agency %s: %w", id, err)
	}
	return v, nil
}

// AmongPeers answers single indicators of an agency among the peers that are chosen:
// its own series and, year by year, the quartiles of the peers over how many. Without
// ids it answers those of the agency's page.
func (s *Service) AmongPeers(ctx context.Context, id report.AgencyID, by PeerBy, ids []string, asOf store.RunID) (AgencyView, error) {
	if len(ids) == 0 {
		ids = agencyIndicators()
	}
	a, err := s.db.AgencyAt(ctx, id, asOf)
	if err != nil {
		return AgencyView{}, err
	}
	w, err := s.load(ctx, peerRegion(a), store.Query{AsOf: asOf})
	if err != nil {
		return AgencyView{}, fmt.Errorf("agency %s: %w", id, err)
	}
	row, ok := w.find(id)
	if !ok {
		return AgencyView{}, fmt.Errorf("agency %s was not in the register after run %d: %w", id, asOf, report.ErrNotFound)
	}
	v := AgencyView{Agency: row.Agency, Path: w.path, AsOf: w.asOf, Years: w.agencyYears(row)}
	peers, group := w.peersBy(row, by)
	v.Peers = group
	for _, id := range ids {
		ind, ok := standard.IndicatorOf(id)
		if !ok {
			return AgencyView{}, unknownIndicator(id)
		}
		if err := s.prepare(ctx, w, ind); err != nil {
			return AgencyView{}, fmt.Errorf("agency %s: %w", row.Agency.ID, err)
		}
		v.Series = append(v.Series, PeerSeries{Series: w.series(ind, row, v.Years), Bands: w.bands(ind, peers, v.Years)})
	}
	return v, nil
}

// peerRegion is the county that an agency's peers are in.
func peerRegion(a report.Agency) standard.RegionCode {
	if a.Region.Level() == standard.StreetLevel {
		return a.Region.Parent()
	}
	return a.Region
}

func (w *world) find(id report.AgencyID) (store.CoverageRow, bool) {
	i, ok := w.at[id]
	if !ok {
		return store.CoverageRow{}, false
	}
	return w.agencies[i], true
}

// agencyYears are the region's years in which the agency owes or published.
func (w *world) agencyYears(row store.CoverageRow) []int {
	var years []int
	for _, year := range w.years() {
		if w.owed(w.named(row, year), year).Publication != "" {
			years = append(years, year)
		}
	}
	return years
}

// peers are the members of the same county that are of the same kind group:
// streets, towns and townships together, departments apart.
func (w *world) peers(row store.CoverageRow) []store.CoverageRow {
	var list []store.CoverageRow
	for _, other := range w.members() {
		if other.Agency.ID != row.Agency.ID && local(other.Agency.Kind) == local(row.Agency.Kind) {
			list = append(list, other)
		}
	}
	return list
}

func local(k standard.Kind) bool {
	return k == standard.Street || k == standard.Town || k == standard.Township
}

// bands are the quartiles of the peers' counted values, year by year.
func (w *world) bands(ind standard.Indicator, peers []store.CoverageRow, years []int) []Band {
	list := make([]Band, len(years))
	for i, year := range years {
		var values []float64
		for _, row := range peers {
			if f := w.peerFigure(ind, row, year); f.Defined {
				values = append(values, f.Value)
			}
		}
		list[i] = band(year, values)
	}
	return list
}

// peerFigure is a peer's figure where its report counts. What its cells alone do not
// give is measured as for the unit itself.
func (w *world) peerFigure(ind standard.Indicator, row store.CoverageRow, year int) Figure {
	if ind.Measure != "" {
		if f := w.figure(ind, row, year); f.Code != "P" {
			return f
		}
		return Figure{}
	}
	v := w.counted(w.owed(row, year))
	if v == nil {
		return Figure{}
	}
	return v.cells.figure(ind, v.VersionValues)
}

// band needs at least four values; below that the spread would be the values.
func band(year int, values []float64) Band {
	b := Band{Year: year, N: len(values)}
	if b.N < 4 {
		return b
	}
	sort.Float64s(values)
	b.P25, b.Median, b.P75 = quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)
	return b
}

// quantile interpolates between the neighbours in ascending values.
func quantile(values []float64, q float64) float64 {
	at := q * float64(len(values)-1)
	i := int(at)
	if i+1 >= len(values) {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

// carry compares what each year carried out with what the next carried in, in the
// column of totals.
func (w *world) carry(row store.CoverageRow, years []int) []CarryLink {
	var links []CarryLink
	for i := 1; i < len(years); i++ {
		before := w.versions[owedKey{w.named(row, years[i-1]).Agency.ID, years[i-1]}]
		after := w.versions[owedKey{w.named(row, years[i]).Agency.ID, years[i]}]
		if _, changed := w.extent(row, years[i-1], years[i]); changed {
			continue
		}
		if before == nil || after == nil || before.Format == standard.F2014 {
			continue
		}
		link := CarryLink{From: years[i-1], To: years[i], Column: standard.Total,
			Out: before.cells.value(standard.At("requests.carried_out", standard.Total)),
			In:  after.cells.value(standard.At("requests.carried_in", standard.Total))}
		link.Known = link.Out.State == report.Printed && link.In.State == report.Printed
		link.Holds = link.Known && link.Out.Amount == link.In.Amount
		links = append(links, link)
	}
	return links
}
