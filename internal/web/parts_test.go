package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// manyUnits is an overview of a region in which each unit of another stands so often
// that it has as many as a large city.
func manyUnits(o aggregate.Overview, n int) aggregate.Overview {
	again := func(a report.Agency, i int) report.Agency {
		a.ID = report.AgencyID(fmt.Sprintf("%s-%d", a.ID, i))
		a.Short = fmt.Sprintf("%s第%d", a.Short, i)
		return a
	}
	rows, units := o.Matrix, o.Grounds.Units
	o.Matrix, o.Grounds.Units = nil, nil
	for i := range n {
		row, unit := rows[i%len(rows)], units[i%len(units)]
		row.Agency, unit.Owed.Agency = again(row.Agency, i), again(unit.Owed.Agency, i)
		o.Matrix, o.Grounds.Units = append(o.Matrix, row), append(o.Grounds.Units, unit)
	}
	stretch := func(b *aggregate.Basis) {
		ticks := b.Ticks
		for len(b.Ticks) < n && len(ticks) > 0 {
			b.Ticks = append(b.Ticks, ticks...)
		}
	}
	for i := range o.ByYear {
		stretch(&o.ByYear[i])
	}
	for i := range o.Headline {
		stretch(&o.Headline[i].Figure.Basis)
	}
	return o
}

// TestLargeOverview holds that the overview of a region of 1,500 units stays within its
// weight, that it begins with those that have most to answer, and that its parts
// together show every unit once.
func TestLargeOverview(t *testing.T) {
	s := newFixture(t)
	o, err := s.Figures.Overview(context.Background(), "990101", 2024, 0)
	if err != nil {
		t.Fatal(err)
	}
	o = manyUnits(o, 1500)
	watched := 0
	for _, row := range o.Matrix {
		if !unwatched(row) {
			watched++
		}
	}
	c := s.echo.NewContext(httptest.NewRequest(http.MethodGet, "/regions/990101", nil), httptest.NewRecorder())
	c.Set(runKey, o.AsOf)
	seen := make(map[string]int)
	for part := 1; part <= (watched+unitsShown-1)/unitsShown; part++ {
		v, err := newOverviewView(s.newPage(c), o, false, listPart{part: part})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range v.Matrix.Rows {
			seen[row.Agency.Href]++
		}
		if part > 1 {
			continue
		}
		if n := trouble(find(o, v.Matrix.Rows[0].Agency.Href)); n == 0 {
			t.Error("the first unit has nothing to answer")
		}
		weigh(t, s, c, v)
	}
	if len(seen) != watched {
		t.Errorf("the parts show %d of %d units", len(seen), watched)
	}
	for unit, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", unit, n)
		}
	}
}

func find(o aggregate.Overview, href string) aggregate.MatrixRow {
	for _, row := range o.Matrix {
		if strings.HasSuffix(href, "/"+string(row.Agency.ID)) {
			return row
		}
	}
	return aggregate.MatrixRow{}
}

func weigh(t *testing.T, s *Server, c echo.Context, v overviewView) {
	t.Helper()
	if err := s.render(c, http.StatusOK, "overview", v); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	body := c.Response().Writer.(*httptest.ResponseRecorder).Body.Bytes()
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d compressed", len(body), packed.Len())
	if packed.Len() > 150<<10 {
		t.Errorf("%d bytes compressed, want at most 150 KB", packed.Len())
	}
	if len(v.Lens.Rows)+len(v.Lens.Left) > unitsShown || len(v.Lens.Parts.Links) < 10 {
		t.Errorf("the table of grounds has %d rows and %d parts", len(v.Lens.Rows)+len(v.Lens.Left), len(v.Lens.Parts.Links))
	}
}
