package aggregate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A LeadKind is a question that leads answer.
type LeadKind string

// The kinds of lead, in the order in which they are shown.
const (
	LeadMover       LeadKind = "mover"       // requests that changed most since the year before
	LeadZero        LeadKind = "zero"        // 0 after two years of 20 or more
	LeadGround      LeadKind = "ground"      // a ground of refusal used unlike peers
	LeadCorrected   LeadKind = "corrected"   // corrected reviews and suits
	LeadFee         LeadKind = "fee"         // requests ended for unpaid fees beside the fees stated
	LeadCopied      LeadKind = "copied"      // words that stand in another report
	LeadSilent      LeadKind = "silent"      // figures changed without a note
	LeadProcurement LeadKind = "procurement" // procurement far from its peers
	LeadNever       LeadKind = "never"       // no request in any report
)

// LeadKinds returns the kinds in the order in which they are shown.
func LeadKinds() []LeadKind {
	return []LeadKind{LeadMover, LeadZero, LeadGround, LeadCorrected, LeadFee, LeadCopied, LeadSilent, LeadProcurement, LeadNever}
}

// A Lead is something to look at: a sentence made of figures, with the cells they
// come from and what speaks against reading more into them. It states no cause.
type Lead struct {
	Kind    LeadKind
	Agency  report.AgencyID // "" for a template of a district
	Name    string
	Region  standard.RegionCode
	Year    int
	Text    standard.Label
	Caveats []standard.Label
	Cells   []LeadCell
	Weight  float64        // what it is ranked by among its kind
	Reason  standard.Label // what Weight is
	Rank    int            // among its kind, from 1
}

// Key is stable over runs.
func (l Lead) Key() string {
	who := string(l.Agency)
	if who == "" {
		who = string(l.Region)
	}
	return fmt.Sprintf("lead.%s@%s/%d", l.Kind, who, l.Year)
}

// A LeadCell is a figure of a lead's sentence.
type LeadCell struct {
	Agency report.AgencyID
	Year   int
	Cell   standard.CellCode
	Value  report.Value
}

// Leads are the leads of a region and year.
type Leads struct {
	Region standard.Region
	Demo   bool
	Year   int
	AsOf   store.RunID
	Basis  Basis
	Order  standard.Label // how they are ordered
	Leads  []Lead
}

// leadsOfKind is how many leads of one kind are shown.
const leadsOfKind = 10

// A leadFinder collects the leads of one region and year.
type leadFinder struct {
	ctx  context.Context
	s    *Service
	w    *world
	year int
	all  []Lead
}

// Leads answers what a region's reports of a year give to look at; year 0 is the
// latest with a report. The first of each kind come first, then the second: kinds
// are not weighed against each other.
// It is computed once for a data version. Those who ask share the answer: it is not to
// be changed.
func (s *Service) Leads(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Leads, error) {
	return recall(ctx, s, "leads", region, year, asOf, func() (Leads, error) { return s.findLeads(ctx, region, year, asOf) })
}

// findLeads computes what Leads answers.
func (s *Service) findLeads(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Leads, error) {
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return Leads{}, fmt.Errorf("leads of %s: %w", region, err)
	}
	if year, err = w.chooseYear(w.years(), year); err != nil {
		return Leads{}, fmt.Errorf("leads of %s: %w", region, err)
	}
	f := &leadFinder{ctx: ctx, s: s, w: w, year: year}
	for _, find := range []func() error{f.movers, f.zeros, f.grounds, f.corrected, f.fees, f.copied, f.judged, f.never} {
		if err := find(); err != nil {
			return Leads{}, fmt.Errorf("leads of %s: %w", region, err)
		}
	}
	return Leads{Region: w.region, Demo: w.demo, Year: year, AsOf: w.asOf, Basis: w.basis(year), Leads: f.ranked(),
		Order: standard.Label{ZH: "各类先列第 1 条，再列第 2 条；同类按所注的数从大到小", EN: "The first of each kind, then the second; within a kind by the figure given, largest first"}}, nil
}

// ranked orders the leads within their kinds and then by rank.
func (f *leadFinder) ranked() []Lead {
	place := make(map[LeadKind]int)
	for i, kind := range LeadKinds() {
		place[kind] = i
	}
	slices.SortStableFunc(f.all, func(a, b Lead) int {
		return cmp.Or(cmp.Compare(place[a.Kind], place[b.Kind]), cmp.Compare(b.Weight, a.Weight))
	})
	count := make(map[LeadKind]int)
	var list []Lead
	for _, l := range f.all {
		if count[l.Kind]++; count[l.Kind] <= leadsOfKind {
			l.Rank = count[l.Kind]
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b Lead) int { return cmp.Compare(a.Rank, b.Rank) })
	return list
}

// add keeps a lead about an agency.
func (f *leadFinder) add(kind LeadKind, row store.CoverageRow, l Lead) {
	l.Kind, l.Year = kind, f.year
	l.Agency, l.Name, l.Region = row.Agency.ID, row.Agency.Short, row.Agency.Region
	f.all = append(f.all, l)
}

// cell is a figure of an agency's report of a year.
func (f *leadFinder) cell(row store.CoverageRow, year int, code standard.CellCode) LeadCell {
	c := LeadCell{Agency: row.Agency.ID, Year: year, Cell: code}
	if v := f.w.versions[owedKey{row.Agency.ID, year}]; v != nil {
		c.Value = v.cells.value(code)
	}
	return c
}

func say(zh, en string, args ...any) standard.Label {
	return standard.Label{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// movers are the units whose requests changed most since the year before.
func (f *leadFinder) movers() error {
	ind := indicator("requests_new")
	for _, m := range f.w.movers(ind, f.year) {
		row, _ := f.w.find(m.Agency.ID)
		before, after := m.Before.Numerator, m.After.Numerator
		text := say("%s新收申请 %d 年 %v 件，%d 年 %v 件，相差 %v 件。", "%s received %[3]v new requests in %[2]d and %[5]v in %[4]d, a difference of %[6]v.",
			m.Agency.Short, f.year-1, before, f.year, after, m.Change)
		if before >= report.Count(relativeFloor) {
			share := 100 * m.Change.Float() / before.Float()
			text = say("%s新收申请 %d 年 %v 件，%d 年 %v 件，相差 %v 件（%+.1f%%）。", "%s received %[3]v new requests in %[2]d and %[5]v in %[4]d, a difference of %[6]v (%+.1[7]f%%).",
				m.Agency.Short, f.year-1, before, f.year, after, m.Change, share)
		}
		f.add(LeadMover, row, Lead{Text: text, Weight: abs(m.Change).Float(), Reason: say("相差的件数", "difference in requests"),
			Caveats: []standard.Label{ind.Note},
			Cells:   []LeadCell{f.cell(row, f.year-1, requestCell(m.Before.Format)), f.cell(row, f.year, requestCell(m.After.Format))}})
	}
	return nil
}

// requestCell is where a form prints the new requests.
func requestCell(format standard.Format) standard.CellCode {
	if format == standard.F2014 {
		return "requests.received"
	}
	return standard.At("requests.new", standard.Total)
}

// zeros are totals that are 0 after two years of 20 or more, the threshold of
// year.sudden_zero.
func (f *leadFinder) zeros() error {
	floor := report.Amount(f.s.thresholds.Of("year.sudden_zero", "floor") * float64(report.One))
	for _, row := range f.w.members() {
		now := f.w.counted(f.w.owed(row, f.year))
		last, then := f.w.counted(f.w.owed(row, f.year-1)), f.w.counted(f.w.owed(row, f.year-2))
		if now == nil || last == nil || then == nil || now.cells.form == nil || now.Format != last.Format || now.Format != then.Format {
			continue
		}
		for _, cell := range now.cells.form.Cells {
			if column := cell.Code.Column(); cell.Signed() || column != "" && column != standard.Total {
				continue
			}
			a, ok := now.cells.value(cell.Code).Known()
			b, known := last.cells.value(cell.Code).Known()
			c, also := then.cells.value(cell.Code).Known()
			if !ok || !known || !also || a != 0 || b < floor || c < floor {
				continue
			}
			name := rowName(cell)
			f.add(LeadZero, row, Lead{
				Text: standard.Label{
					ZH: fmt.Sprintf("%s“%s”%d 年为 0，%d 年 %v，%d 年 %v。", row.Agency.Short, name.ZH, f.year, f.year-1, b, f.year-2, c),
					EN: fmt.Sprintf("%s, %s: 0 in %d, %v in %d, %v in %d.", row.Agency.Short, name.EN, f.year, b, f.year-1, c, f.year-2)},
				Weight: b.Float(), Reason: say("上一年的数", "the figure of the year before"),
				Caveats: []standard.Label{say("印出的 0 是一个数；职责划转也会有此结果", "A printed 0 is a number; a transfer of duties has this result too")},
				Cells:   []LeadCell{f.cell(row, f.year, cell.Code), f.cell(row, f.year-1, cell.Code), f.cell(row, f.year-2, cell.Code)}})
		}
	}
	return nil
}

// rowName is a cell's row and, outside the requests table, its column.
func rowName(cell standard.Cell) standard.Label {
	if cell.Code.Column() != "" {
		return cell.RowLabel
	}
	return standard.Label{ZH: cell.RowLabel.ZH + " " + cell.ColumnLabel.ZH, EN: cell.RowLabel.EN + ", " + cell.ColumnLabel.EN}
}
