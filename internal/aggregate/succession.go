package aggregate

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A lineage is what the register of a region says of agencies that became others.
type lineage struct {
	ended  []report.Agency
	former map[report.AgencyID]store.CoverageRow // under its former name, by the present id
}

// setLineage takes from the agencies what became of them.
func (w *world) setLineage() {
	for _, row := range w.agencies {
		a := row.Agency
		if a.Became == "" {
			continue
		}
		w.lineage.ended = append(w.lineage.ended, a)
		if a.Became == report.Renamed && a.Heir != a.ID && a.Until != 0 {
			if w.lineage.former == nil {
				w.lineage.former = make(map[report.AgencyID]store.CoverageRow)
			}
			w.lineage.former[a.Heir] = row
		}
	}
}

// named returns the agency under the name that it reported by for a year: its former
// one for years before it was renamed.
func (w *world) named(row store.CoverageRow, year int) store.CoverageRow {
	for range w.lineage.former { // a circle in the register ends here
		before, ok := w.lineage.former[row.Agency.ID]
		if !ok || year > before.Agency.Until || w.versions[owedKey{row.Agency.ID, year}] != nil {
			return row
		}
		row = before
	}
	return row
}

// extent returns why an agency's figures for two years are not of the same extent.
func (w *world) extent(row store.CoverageRow, from, to int) (standard.Label, bool) {
	return row.Agency.Extent(w.lineage.ended, from, to)
}

// markSuccessions notes on the figures of ascending years where a merger or split
// changed what the agency's figures are of, and where its former name's begin.
func (w *world) markSuccessions(row store.CoverageRow, figures []Figure) {
	for i := 1; i < len(figures); i++ {
		from, to := figures[i-1].Year, figures[i].Year
		why, cut := w.extent(row, from, to)
		if !cut && w.named(row, from).Agency.ID != w.named(row, to).Agency.ID {
			why = report.RenamedReason()
		}
		if why.ZH == "" {
			continue
		}
		if figures[i].Break != "" {
			figures[i].Break += "；"
		}
		figures[i].Break += why.ZH
		figures[i].Cut = figures[i].Cut || cut
	}
}

// endedReason is why an agency owes nothing for a year, "" where it did not end.
func endedReason(a report.Agency, year int) string {
	if a.Became == "" || year <= a.Until {
		return ""
	}
	return report.EndedReason().ZH
}
