package charts

import (
	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// runs are the first and the last place of each run of columns that lack a figure.
func runs(cols []column, lacks func(i int) bool) (list [][2]int) {
	absent := func(c column) bool { return c.index >= 0 && lacks(c.index) }
	for i := 0; i < len(cols); i++ {
		if !absent(cols[i]) {
			continue
		}
		from := i
		for i+1 < len(cols) && absent(cols[i+1]) {
			i++
		}
		list = append(list, [2]int{from, i})
	}
	return list
}

// notInForm reports whether the form of a figure's year does not ask for it, so
// that its absence is a field of the page and no gap in the data.
func notInForm(ind standard.Indicator, f aggregate.Figure) bool {
	if f.Known {
		return false
	}
	format, ok := standard.FormatForYear(f.Year)
	_, asks := ind.Formulas[format]
	return ok && !asks
}
