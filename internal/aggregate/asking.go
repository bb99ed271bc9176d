package aggregate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An Asking is who asked a unit, or the members of a region, against what they got in a
// year, with the balance of every year. A report counts where its whole table of
// requests is known, so that rows, columns and balance are of the same reports.
type Asking struct {
	Agency  report.Agency // zero for a region
	Region  standard.RegionCode
	Name    string
	Year    int
	Known   bool
	Reason  standard.Label // why it is not known
	Columns []standard.Applicant
	Rows    []AskRow        // the six groups of outcomes
	Totals  []report.Amount // decided as printed, one for each of Columns
	Grounds []GroundPart
	Basis   Basis
	Chain   []Balance // one for each year that has the table
	Total   Balance
	AsOf    store.RunID
	Demo    bool
}

// An AskRow is a group of outcomes by applicant, the total last.
type AskRow struct {
	Group  string
	Values []report.Amount
}

// A GroundPart is a ground of refusal with its cases.
type GroundPart struct {
	Row   string
	Name  standard.Label
	May   bool // the agency may refuse; otherwise it must
	Value report.Amount
}

// A Balance is what came in and what went out in a year, and whether the year goes on
// where the one before ended. Its figures are those that the reports print: what was
// decided is the printed total, and Sum what the printed outcomes come to.
type Balance struct {
	Year                  int
	Known                 bool
	In, New, Decided, Out report.Amount
	Sum                   report.Amount
	Units                 int // reports counted
	// Off counts the reports of them that do not balance by themselves: over many
	// reports one surplus could hide another's lack.
	Off int
	// Linked says that the year before has the table too. Before is what it carried out
	// and After what this year carried in, both over the units that have both years.
	Linked        bool
	Before, After report.Amount
	Both          int
	Torn          int // units of them whose own link is broken
}

// Gap is what came in less what went out, 0 in a year that balances.
func (b Balance) Gap() report.Amount { return b.In + b.New - b.Decided - b.Out }

// Rest is the printed total less what the printed outcomes come to.
func (b Balance) Rest() report.Amount { return b.Decided - b.Sum }

// Holds reports whether what came in went out, and the total is that of its parts, in
// each report by itself.
func (b Balance) Holds() bool { return b.Gap() == 0 && b.Rest() == 0 && b.Off == 0 }

// LinkHolds reports whether the year begins with what the one before left, in each unit.
func (b Balance) LinkHolds() bool { return b.Before == b.After && b.Torn == 0 }

// Asking answers who asked what and got what: unit is an agency, or a region for the
// sum over its members; year 0 is the latest that has the table.
func (s *Service) Asking(ctx context.Context, unit string, year int, asOf store.RunID) (Asking, error) {
	return s.askingIn(ctx, make(map[standard.RegionCode]*world), unit, year, asOf)
}

// Askings answers Asking for several units of one year, in the order asked for.
func (s *Service) Askings(ctx context.Context, units []string, year int, asOf store.RunID) ([]Asking, error) {
	if len(units) > maxUnits {
		return nil, &report.ParameterError{Name: "units", Got: fmt.Sprint(len(units), " units"), Want: fmt.Sprintf("at most %d", maxUnits)}
	}
	list, worlds := make([]Asking, len(units)), make(map[standard.RegionCode]*world)
	for i, unit := range units {
		var err error
		if list[i], err = s.askingIn(ctx, worlds, unit, year, asOf); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// askingIn is the Asking of a unit; worlds are those that were loaded for others.
func (s *Service) askingIn(ctx context.Context, worlds map[standard.RegionCode]*world, unit string, year int, asOf store.RunID) (Asking, error) {
	if r, ok, err := s.wideOf(ctx, standard.RegionCode(unit), asOf); ok || err != nil {
		if err != nil {
			return Asking{}, fmt.Errorf("requests: %w", err)
		}
		return r.askingOf(year)
	}
	w, row, err := s.worldOf(ctx, worlds, unit, asOf)
	if err != nil {
		return Asking{}, fmt.Errorf("requests: %w", err)
	}
	if row != nil {
		return w.asking(row, w.agencyYears(*row), year), nil
	}
	return w.asking(nil, w.years(), year), nil
}

// asking is the Asking of an agency, or of the members where row is nil.
func (w *world) asking(row *store.CoverageRow, years []int, year int) Asking {
	a := Asking{Region: w.region.Code, Name: w.region.Name, Year: year, Columns: standard.Columns(), AsOf: w.asOf, Demo: w.demo}
	in := w.inYear
	if row != nil {
		a.Agency, a.Region, a.Name, a.Demo = row.Agency, row.Agency.Region, row.Agency.Short, row.Agency.Demo
		in = func(year int) []memberYear { return w.owedIn([]store.CoverageRow{*row}, year) }
	}
	if row == nil && w.sums != nil {
		a.Chain = w.sums.chain(years)
	} else {
		a.Chain = chain(in, years)
	}
	if a.Year == 0 && len(a.Chain) > 0 {
		a.Year = a.Chain[len(a.Chain)-1].Year
	}
	a.fill(in(a.Year))
	for _, b := range a.Chain {
		if b.Year == a.Year {
			a.Total = b
		}
	}
	return a
}

// chain is the balance of each year that has the table.
func chain(in func(year int) []memberYear, years []int) []Balance {
	var list []Balance
	var before map[report.AgencyID]*version
	for _, y := range years {
		now := make(map[report.AgencyID]*version)
		b := Balance{Year: y}
		for _, m := range in(y) {
			if m.counted != nil && wholeTable(m.counted) {
				now[m.owed.Agency.ID] = m.counted
				b.count(m.counted, before[m.owed.Agency.ID])
			}
		}
		if b.Known = b.Units > 0; b.Known {
			list = append(list, b)
		}
		before = now
	}
	return list
}

// wholeTable reports whether the table of requests of a version is known in every cell.
func wholeTable(v *version) bool {
	if v.Format != standard.F2019 && v.Format != standard.F2021 {
		return false
	}
	for _, row := range standard.RequestRows(v.Format) {
		for _, column := range standard.Columns() {
			if _, ok, _ := v.cells.amount(standard.At(row, column)); !ok {
				return false
			}
		}
	}
	return true
}

// rowTotal is the total of a row of the requests table, 0 where it is not known.
func rowTotal(v *version, row string) report.Amount {
	a, _, _ := v.cells.amount(standard.At(row, standard.Total))
	return a
}

// count adds a report to a balance, and the link to the unit's report of the year
// before, nil where there is none.
func (b *Balance) count(v, before *version) {
	one := Balance{In: rowTotal(v, "requests.carried_in"), New: rowTotal(v, "requests.new"),
		Decided: rowTotal(v, "outcome.total"), Out: rowTotal(v, "requests.carried_out")}
	for _, row := range standard.Outcomes(v.Format) {
		one.Sum += rowTotal(v, row)
	}
	if !one.Holds() {
		b.Off++
	}
	b.Units++
	b.In, b.New, b.Decided, b.Out, b.Sum = b.In+one.In, b.New+one.New, b.Decided+one.Decided, b.Out+one.Out, b.Sum+one.Sum
	if before == nil {
		return
	}
	left := rowTotal(before, "requests.carried_out")
	b.join(left, one.In)
}

// askGroups are the groups of outcomes.
var askGroups = []string{"granted", "partial", "denied", "unavailable", "unprocessed", "other"}

// newAsking is a table with nothing counted.
func newAsking() Asking {
	a := Asking{Columns: standard.Columns()}
	a.shape()
	return a
}

// shape makes room for the table.
func (a *Asking) shape() {
	for _, g := range askGroups {
		a.Rows = append(a.Rows, AskRow{Group: g, Values: make([]report.Amount, len(a.Columns))})
	}
	a.Totals = make([]report.Amount, len(a.Columns))
	for _, row := range standard.Denied() {
		a.Grounds = append(a.Grounds, GroundPart{Row: row, Name: groundName(row), May: slices.Contains(standard.Discretionary(), row)})
	}
}

// amounts are all figures of the table, in an order of their own.
func (a *Asking) amounts() []*report.Amount {
	var list []*report.Amount
	for i := range a.Totals {
		list = append(list, &a.Totals[i])
	}
	for _, row := range a.Rows {
		for i := range row.Values {
			list = append(list, &row.Values[i])
		}
	}
	for i := range a.Grounds {
		list = append(list, &a.Grounds[i].Value)
	}
	return list
}

// noTable and oldTable say why nobody's table of requests counts.
func noTable() standard.Label {
	return standard.Label{ZH: "没有可计入的报告", EN: "No report to count"}
}

func oldTable() standard.Label {
	return standard.Label{ZH: "2014 格式没有申请人与办理结果的交叉表", EN: "The form of 2014 has no table of applicants by outcomes"}
}

// fill sums the table over the reports of a year.
func (a *Asking) fill(list []memberYear) {
	a.shape()
	a.Reason = noTable()
	for _, m := range list {
		if m.counted != nil && m.counted.Format == standard.F2014 {
			a.Reason = oldTable()
		}
		usable := m.counted != nil && wholeTable(m.counted)
		a.Basis.add(m.owed, usable)
		if usable {
			a.Known = true
			a.count(m.counted)
		}
	}
	if a.Known {
		a.Reason = standard.Label{}
	}
}

// count adds a report whose whole table is known.
func (a *Asking) count(v *version) {
	for i, column := range a.Columns {
		value, _, _ := v.cells.amount(standard.At("outcome.total", column))
		a.Totals[i] += value
	}
	for _, row := range standard.Outcomes(v.Format) {
		at := slices.Index(askGroups, groupOf(row))
		for i, column := range a.Columns {
			value, _, _ := v.cells.amount(standard.At(row, column))
			a.Rows[at].Values[i] += value
		}
	}
	for i, g := range a.Grounds {
		a.Grounds[i].Value += rowTotal(v, g.Row)
	}
}

// groupOf is the group of an outcome row: denied of outcome.denied.process.
func groupOf(row string) string { return strings.Split(row, ".")[1] }
