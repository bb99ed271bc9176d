package web

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
)

// A changeRow is the change of a unit between the years of a comparison. Where it
// cannot be told, or a break lies between them, Reason stands in place of the number.
type changeRow struct {
	Unit          link
	Before, After link
	Change        string
	Relative      string
	Matched       string // over the units that have both years, where it differs
	Reason        string
}

// changes tells the change of each unit from the first year to the last.
func (v *compareView) changes(a aggregate.Comparison, q compareQuery) {
	for i, d := range a.Changes {
		row := changeRow{Unit: v.Key[i].Agency, Before: v.changeEnd(a, a.Series[i], d.Before), After: v.changeEnd(a, a.Series[i], d.After)}
		unit := a.Indicator.Unit
		switch {
		case !d.Known:
			row.Reason = v.label(d.Reason)
		default:
			row.Change = v.step(d.Change, unit)
			if d.HasRelative {
				row.Relative = step(d.Relative) + "%"
			}
			if d.Differ {
				row.Matched = v.t("两年都有数的 %d 个单位：%s", d.MatchedN, v.step(d.MatchedChange, unit))
			}
		}
		v.Changes = append(v.Changes, row)
	}
	if len(v.Changes) > 0 {
		ask := url.Values{"indicator": {a.Indicator.ID}, "units": {strings.Join(q.units, ",")}, "from": {strconv.Itoa(v.From)}, "to": {strconv.Itoa(v.To)}, "format": {"csv"}}
		for _, sw := range q.switches() {
			if *sw.on {
				ask.Set(sw.api, "1")
			}
		}
		v.ChangesCSV = v.Href("/api/v1/differences?" + ask.Encode())
	}
}

// orderChanges puts the changes in the order that the address asks for.
func (v *compareView) orderChanges(c echo.Context) error {
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Changes = order(v.Changes, o, func(row changeRow, i int) string {
		return column([]string{row.Unit.Text, row.Before.Text, row.After.Text, row.Change}, i)
	})
	v.ChangeHeads = v.orderHeads(c, o, "#change", func(i int) bool { return i == 1 || i == 2 }, v.t("单位"), strconv.Itoa(v.From), strconv.Itoa(v.To), v.t("变化"))
	return nil
}

// changeEnd is one end of a change as the rules let it be shown, with its cell.
func (v *compareView) changeEnd(a aggregate.Comparison, s aggregate.Series, f aggregate.Figure) link {
	end := link{Text: charts.Show(f, a.Indicator.Unit, v.t)}
	if f.Known {
		end.Href = v.figureHref(s, f)
	}
	return end
}

// step writes a change in its unit: percentage points of a rate.
func (p page) step(change float64, unit string) string {
	if unit == "%" {
		return p.t("%s 个百分点", step(change))
	}
	return step(change)
}

// step writes a change with its sign and at most two decimals.
func step(change float64) string {
	rounded := math.Round(change*100) / 100
	text := strconv.FormatFloat(math.Abs(rounded), 'f', -1, 64)
	switch {
	case rounded > 0:
		return "+" + text
	case rounded < 0:
		return "−" + text
	}
	return text
}
