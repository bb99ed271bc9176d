package aggregate

import (
	"slices"
	"sort"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// grounds counts the rows in which no information was given, agency by agency.
// The table has the rows of both forms, which are the same.
func (w *world) grounds(year int) Grounds {
	g := newGrounds(year)
	for _, row := range w.members() {
		o := w.owed(row, year)
		if o.Publication == "" || o.Publication == report.NotWatched {
			continue
		}
		g.add(o, w.counted(o))
	}
	g.sort()
	return g
}

// newGrounds is the table with nothing counted.
func newGrounds(year int) Grounds {
	g := Grounds{Year: year}
	for _, row := range slices.Concat(standard.Denied(), standard.Unavailable(), standard.Unprocessed()) {
		g.Rows = append(g.Rows, GroundColumn{
			Row: row, Group: strings.Split(row, ".")[1],
			Name: groundName(row), May: slices.Contains(standard.Discretionary(), row),
		})
	}
	g.Totals = make([]report.Amount, len(g.Rows))
	return g
}

// sort puts the units with the greatest totals first, and those left out last.
func (g *Grounds) sort() {
	sort.SliceStable(g.Units, func(i, j int) bool {
		a, b := g.Units[i], g.Units[j]
		if a.Left != b.Left {
			return b.Left
		}
		return a.Total > b.Total
	})
}

func (g *Grounds) add(o Owed, v *version) {
	unit := g.unit(v)
	unit.Owed = o
	g.Basis.add(&o, !unit.Left)
	if !unit.Left {
		g.count(unit)
	}
	g.Units = append(g.Units, unit)
}

// unit is what a version has in the rows; nil is left out.
func (g *Grounds) unit(v *version) GroundUnit {
	unit := GroundUnit{Values: make([]report.Value, len(g.Rows)), Left: true}
	if v == nil || v.Format == standard.F2014 {
		return unit
	}
	unit.Left = false
	for i, column := range g.Rows {
		code := standard.At(column.Row, standard.Total)
		unit.Values[i] = v.cells.value(code)
		a, ok, implied := v.cells.amount(code)
		if implied {
			unit.Values[i] = report.Value{State: report.Printed}
		}
		unit.Left = unit.Left || !ok
		unit.Total += a
	}
	return unit
}

func (g *Grounds) count(unit GroundUnit) {
	for i, v := range unit.Values {
		g.Totals[i] += v.Amount
		g.Max = max(g.Max, v.Amount)
	}
	g.Total += unit.Total
}

// groundName is the row's own label without its group and number.
func groundName(row string) standard.Label {
	cell, _ := standard.FormOf(standard.F2021).Cell(standard.At(row, standard.Total))
	last := func(s string) string {
		if i := strings.LastIndex(s, "/"); i >= 0 {
			s = strings.TrimSpace(s[i+1:])
		}
		if _, after, ok := strings.Cut(s, "."); ok {
			s = strings.TrimSpace(after)
		}
		return s
	}
	return standard.Label{ZH: last(cell.RowLabel.ZH), EN: last(cell.RowLabel.EN)}
}
