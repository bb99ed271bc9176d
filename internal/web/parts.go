package web

import (
	"net/url"
	"strconv"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// unitsShown is how many units a table of the overview shows at a time. A county has
// fewer; a city or a province is shown in parts, those with most to answer first, so
// that the page stays within its weight.
const unitsShown = 60

// A partsView leads to the parts of a long table.
type partsView struct {
	Links []link
	Words string // which part is shown, "" where it is the whole
}

// A listPart says which part of a long table is asked for, and in which order.
type listPart struct {
	part    int // from 1
	order   string
	grounds tableOrder // of the grounds, by which their parts are cut too
}

// state is what an address says of a part.
func (l listPart) state(year int) url.Values {
	q := url.Values{"year": {strconv.Itoa(year)}}
	if l.part > 1 {
		q.Set("part", strconv.Itoa(l.part))
	}
	if l.order != "" {
		q.Set("sort", l.order)
	}
	if text := l.grounds.text(); text != "" {
		q.Set("grounds", text)
	}
	return q
}

// partOf is one part of a list, counted from 1, and the way to the others. A part
// beyond the last is the last.
func partOf[T any](p page, list []T, want listPart, year int, at string) ([]T, partsView) {
	if len(list) <= unitsShown {
		return list, partsView{}
	}
	parts := (len(list) + unitsShown - 1) / unitsShown
	part := min(max(want.part, 1), parts)
	from := (part - 1) * unitsShown
	to := min(from+unitsShown, len(list))
	v := partsView{Words: p.t("%d 个单位中的第 %d—%d 个，问题多的在前", len(list), from+1, to)}
	if at == "grounds" {
		v.Words = p.t("%d 个单位中的第 %d—%d 个，件数多的在前", len(list), from+1, to)
	}
	if want.order != "" {
		v.Words = p.t("%d 个单位中的第 %d—%d 个", len(list), from+1, to)
	}
	for n := 1; n <= parts; n++ {
		v.Links = append(v.Links, link{Text: strconv.Itoa(n), Href: p.With(listPart{n, want.order, want.grounds}.state(year)) + "#" + at, Current: n == part})
	}
	return list[from:to], v
}

// readPart reads which part of the long tables is asked for.
func readPart(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	part, err := strconv.Atoi(text)
	if err != nil || part < 1 || part > 10_000 {
		return 0, &report.ParameterError{Name: "part", Got: text, Want: "第几部分，从 1 起"}
	}
	return part, nil
}

// trouble counts the reports of a unit that are missing, late or in doubt.
func trouble(row aggregate.MatrixRow) int {
	n := 0
	for _, o := range row.Cells {
		switch {
		case o.Publication == report.Missing:
			n += 2
		case o.Publication == report.Published && o.Status != report.Verified:
			n++
		}
		if o.Late {
			n++
		}
	}
	return n
}
