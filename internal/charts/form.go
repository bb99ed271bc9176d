package charts

import (
	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

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
