package crawl

import (
	"regexp"
	"strconv"

	"github.com/PuerkitoBio/goquery"
)

// A tableCell is a cell of a table where it stands once its spans are laid out.
type tableCell struct {
	sel  *goquery.Selection
	text string
}

const maxSpan = 200 // a table that spans more is no list of reports

// layOut returns the cells of a table by row and column: a cell that spans several
// stands in each of them.
func layOut(table *goquery.Selection) [][]tableCell {
	var rows [][]tableCell
	below := map[[2]int]tableCell{} // cells that reach down
	for y, tr := range table.Find("tr").EachIter() {
		var row []tableCell
		fill := func() {
			for {
				c, ok := below[[2]int{y, len(row)}]
				if !ok {
					return
				}
				row = append(row, c)
			}
		}
		for _, td := range tr.ChildrenFiltered("td, th").EachIter() {
			fill()
			c := tableCell{td, squeeze(td.Text())}
			wide, deep := span(td, "colspan"), span(td, "rowspan")
			for range wide {
				for down := 1; down < deep; down++ {
					below[[2]int{y + down, len(row)}] = c
				}
				row = append(row, c)
			}
		}
		fill()
		rows = append(rows, row)
	}
	return rows
}

func span(cell *goquery.Selection, attr string) int {
	n, err := strconv.Atoi(cell.AttrOr(attr, "1"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxSpan)
}

// serial is a cell that counts rows.
var serial = regexp.MustCompile(`^\d{0,3}[.、]?$|^序号$`)

// matrix reads tables of units and years, whichever of them are the rows. A link
// outside such a table is an item like any other.
func (p *page) matrix(r *rules, l List, vars values) []item {
	var all []item
	for _, table := range p.doc.Find("table").EachIter() {
		if table.Find("table").Length() > 0 {
			continue // it is for the layout of the page
		}
		rows := layOut(table)
		taken := map[*goquery.Selection]bool{}
		take := func(c tableCell, unit string, year int) {
			if unit == "" || year == 0 || taken[c.sel] {
				return
			}
			taken[c.sel] = true
			for _, a := range c.sel.Find("a").EachIter() {
				if it, ok := p.item(a, r, l, vars); ok {
					it.unit, it.year, it.cut = unit, year, false
					all = append(all, it)
				}
			}
		}
		var years []int       // of the columns
		var heads []tableCell // the names of the columns, where the rows are years
		for _, row := range rows {
			if h := headYears(row); h != nil {
				years, heads = h, nil
				continue
			}
			year, at := rowYear(row)
			switch {
			case years != nil:
				unit, first := rowUnit(row, years)
				for i := first; i < len(row) && i < len(years); i++ {
					take(row[i], unit, years[i])
				}
			case year != 0 && heads != nil:
				for i := at + 1; i < len(row) && i < len(heads); i++ {
					take(row[i], heads[i].text, year)
				}
			case year == 0 && noLinks(row):
				heads = row
			}
		}
	}
	for _, a := range p.doc.Find("a").EachIter() {
		if it, ok := p.item(a, r, l, vars); ok && a.Closest("td").Length() == 0 {
			all = append(all, it)
		}
	}
	return all
}

// headYears returns the year of each column of a head row, and nil for a row that
// heads no years: beside the years stand words alone, and no links.
func headYears(row []tableCell) []int {
	years := make([]int, len(row))
	found, others := 0, 0
	for i, c := range row {
		if c.sel.Find("a").Length() > 0 {
			return nil
		}
		if years[i] = yearIn(c.text); years[i] != 0 {
			found++
		} else {
			others++
		}
	}
	if found == 0 || found == 1 && others > 2 || found > 1 && others > found+2 {
		return nil
	}
	return years
}

// rowUnit returns the last words before the first year of a row, serial numbers
// left out, and where the years begin.
func rowUnit(row []tableCell, years []int) (unit string, first int) {
	for first < len(years) && years[first] == 0 {
		first++
	}
	for i := min(first, len(row)) - 1; i >= 0; i-- {
		if t := row[i].text; !serial.MatchString(t) {
			return t, first
		}
	}
	return "", first
}

// rowYear returns the year that heads a row, and in which column.
func rowYear(row []tableCell) (year, at int) {
	for i, c := range row {
		if c.sel.Find("a").Length() > 0 {
			return 0, 0
		}
		if y := yearIn(c.text); y != 0 {
			return y, i
		}
		if !serial.MatchString(c.text) {
			return 0, 0
		}
	}
	return 0, 0
}

func noLinks(row []tableCell) bool {
	for _, c := range row {
		if c.sel.Find("a").Length() > 0 {
			return false
		}
	}
	return len(row) > 1
}
