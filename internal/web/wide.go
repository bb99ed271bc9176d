package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// regions are the regions that a page lets a reader choose from: all that are held, or of
// a wide register those in or beside the one that is shown.
func (s *Server) regions(ctx context.Context, near standard.RegionCode) ([]store.RegionRow, error) {
	rows, _, err := s.Figures.Near(ctx, near, 0)
	return regionsWithin(ctx, rows), err
}

// A regionMatrix is the regions in a wide one × years: of the reports that are due how
// many were published, and how they were verified.
type regionMatrix struct {
	Forms []formSpan
	Years []yearHead
	Rows  []regionMatrixRow
	Whole regionMatrixRow
	Key   []look
}

type regionMatrixRow struct {
	Region link
	Units  int
	Cells  []regionCell
}

// A regionCell is a region and year.
type regionCell struct {
	Href, Label string
	Share       string // published of due
	Parts       []stripPart
}

// regionMatrix shows the regions in a wide one.
func (p page) regionMatrix(o aggregate.Overview) regionMatrix {
	forms := p.matrix(o, listPart{part: 1})
	v := regionMatrix{Forms: forms.Forms, Years: forms.Years}
	for _, l := range p.legend() {
		if l.Class != "none" && l.Class != "late" && l.Class != "bydate" && l.Class != "due" && l.Class != "unw" {
			v.Key = append(v.Key, l)
		}
	}
	for _, child := range o.Children {
		row := regionMatrixRow{Region: p.childLink(child, "/regions/"), Units: child.Agencies}
		row.Region.Demo = child.Demo && !o.Demo // else the page says it of all
		for i, year := range o.Years {
			row.Cells = append(row.Cells, p.regionCell(row.Region, child.Years[i], year))
		}
		v.Rows = append(v.Rows, row)
	}
	v.Whole = regionMatrixRow{Region: link{Text: p.name(o.Region.Name)}}
	for i, year := range o.Years {
		cell := p.regionCell(v.Whole.Region, o.ByYear[i], year)
		cell.Href = ""
		v.Whole.Cells = append(v.Whole.Cells, cell)
	}
	return v
}

// childLink leads from a wide region to a region in it.
func (p page) childLink(child aggregate.Child, to string) link {
	return link{Text: p.name(child.Region.Name), Href: p.Href(to + string(child.Region.Code)), Demo: child.Demo}
}

// regionCell is the cell of a region and year.
func (p page) regionCell(region link, b aggregate.Basis, year int) regionCell {
	if b.Due == 0 {
		return regionCell{Share: "—", Label: p.t("%s %d 年：没有应报的报告", region.Text, year)}
	}
	c := regionCell{Share: percentOf(b.Published, b.Due), Href: region.Href + "?year=" + strconv.Itoa(year),
		Label: p.t("%s %d 年：应报 %d，已发布 %d", region.Text, year, b.Due, b.Published)}
	x := 0.0
	for _, part := range []struct {
		class, words string
		n            int
	}{{"ok", "已核验 %d", b.Verified}, {"err", "勾稽不符 %d", b.Inconsistent}, {"rev", "待复核 %d", b.NeedsReview}, {"bad", "无法读取 %d", b.Unreadable},
		{"mis", "未发布 %d", b.Missing}, {"unk", "未能查看 %d", b.Unknown}} {
		if part.n == 0 {
			continue
		}
		w := 100 * float64(part.n) / float64(b.Due)
		c.Parts = append(c.Parts, stripPart{part.class, x, w})
		c.Label += p.t("，") + p.t(part.words, part.n)
		x += w
	}
	return c
}

// percentOf is a share in whole percent that is 0 or 100 only where it is all or none.
func percentOf(n, of int) string {
	share := (100*n + of/2) / of
	switch {
	case share == 100 && n < of:
		return ">99%"
	case share == 0 && n > 0:
		return "<1%"
	}
	return strconv.Itoa(share) + "%"
}

// wideStrip is the strip of a figure of so many agencies that they have no tick each.
func (p page) wideStrip(v stripView, b aggregate.Basis) stripView {
	all := b.Due + b.NotDue + b.NotWatched
	x := 0.0
	for _, part := range []struct {
		class string
		n     int
	}{{"ok", b.Usable - b.Errant}, {"err", b.Errant}, {"nocell", b.Verified + b.Inconsistent - b.Usable}, {"rev", b.NeedsReview + b.Unreadable},
		{"mis", b.Missing}, {"unk", b.Unknown + b.NotDue + b.NotWatched}} {
		if part.n > 0 {
			w := 100 * float64(part.n) / float64(all)
			v.Parts = append(v.Parts, stripPart{part.class, x, w})
			x += w
		}
	}
	return v
}

// An errWide leads to the regions in one that is too wide for a page of units.
type errWide struct {
	region   standard.Region
	path     []standard.Region
	children []aggregate.Child
	year     int
	at       func(code string) string
}

// Error implements error.
func (e *errWide) Error() string {
	return fmt.Sprintf("%s is told by the regions in it", e.region.Code)
}

// narrow returns an errWide where a region has too many units for a page that tells of
// each: at makes the address of the same page of another region.
func (s *Server) narrow(c echo.Context, region standard.RegionCode, year int, at func(code string) string) error {
	run, err := asOf(c)
	if err != nil {
		return err
	}
	children, wide, err := s.Figures.Wide(ctxOf(c), region, run)
	if err != nil || !wide {
		return err
	}
	path, err := s.Store.RegionPath(ctxOf(c), region)
	if err != nil {
		return err
	}
	e := &errWide{region: standard.Region{Code: region, Name: string(region)}, path: path, children: children, year: year, at: at}
	if r, ok := standard.RegionOf(region); ok {
		e.region = r
	}
	return e
}

// A narrowView is the choice of a region in one that is too wide.
type narrowView struct {
	page
	Region string
	Units  int
	Year   int
	Rows   []narrowRow
}

type narrowRow struct {
	Region link
	Units  int
	Cell   regionCell
	Due    int
	Counts []int // published, verified, inconsistent, needs review, not published, could not look
}

// narrowing answers a page of a region that is too wide with the choice of those in it,
// which is a page like others: it has a tag and is kept.
func (s *Server) narrowing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if wide := (*errWide)(nil); errors.As(err, &wide) {
			return s.showNarrow(c, wide)
		}
		return err
	}
}

// showNarrow answers with the regions that can be shown.
func (s *Server) showNarrow(c echo.Context, e *errWide) error {
	v := narrowView{page: s.newPage(c), Year: e.year}
	v.in("")
	v.Region = v.name(e.region.Name)
	v.Title = v.t("%s：请选择一个区划", v.Region)
	v.Trail = v.trail(e.path)
	for _, child := range e.children {
		row := narrowRow{Region: link{Text: v.name(child.Region.Name), Href: v.Href(e.at(string(child.Region.Code))), Demo: child.Demo}, Units: child.Agencies}
		v.Units += child.Agencies
		if b, year, ok := latestBasis(child, e.year); ok {
			v.Year = max(v.Year, year)
			row.Cell, row.Due = v.regionCell(row.Region, b, year), b.Due
			row.Counts = []int{b.Published, b.Verified, b.Inconsistent, b.NeedsReview + b.Unreadable, b.Missing, b.Unknown}
		}
		v.Rows = append(v.Rows, row)
	}
	return s.render(c, http.StatusOK, "narrow", v)
}

// latestBasis is what a child says of a year, or where that is 0 of its latest with a
// report.
func latestBasis(child aggregate.Child, year int) (aggregate.Basis, int, bool) {
	for i := len(child.Years) - 1; i >= 0; i-- {
		at := child.Shown[i]
		if at == year || year == 0 && child.Years[i].Published > 0 {
			return child.Years[i], at, true
		}
	}
	return aggregate.Basis{}, 0, false
}

// narrowed is narrow for a page that names its region in the query, where naming none
// means the whole register.
func (s *Server) narrowed(c echo.Context, region standard.RegionCode, year int) error {
	if region == "" {
		run, err := asOf(c)
		if err != nil {
			return err
		}
		if region, err = s.Figures.Root(ctxOf(c), run); err != nil || region == "" {
			return err
		}
	}
	u := *c.Request().URL
	return s.narrow(c, region, year, func(code string) string {
		q := u.Query()
		q.Set("region", code)
		return u.Path + "?" + q.Encode()
	})
}

// askedYear is a year of the address, 0 where it names none or a wrong one, which the page
// itself complains of.
func askedYear(text string) int {
	year, err := strconv.Atoi(text)
	if err != nil || year < 2000 || year > 2099 {
		return 0
	}
	return year
}

// inPath makes the addresses of a page that names its region in its path.
func inPath(before, after string) func(code string) string {
	return func(code string) string { return before + code + after }
}

// draw draws the regions × years.
func (v *regionMatrix) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: p.t("各区划各年度报告的发布与核验")}
	t := charts.Table{Head: []string{p.t("区划"), p.t("应报单位")}}
	step := min(56, (drawnWidth-nameWidth)/float64(max(len(v.Years), 1)))
	x := func(i int) float64 { return nameWidth + step*float64(i) }
	for i, year := range v.Years {
		class := ""
		if year.Current {
			class = "strong"
		}
		d.text(x(i)+step/2, 14, strconv.Itoa(year.Year), "middle", class)
		t.Head = append(t.Head, strconv.Itoa(year.Year))
	}
	y := 24.0
	for _, row := range append(slices.Clip(v.Rows), v.Whole) {
		d.text(0, y+12, shortened(row.Region.Text, nameWidth-8), "start", "strong")
		words := []string{row.Region.Text, strconv.Itoa(row.Units)}
		for i, cell := range row.Cells {
			d.text(x(i)+step/2, y+11, cell.Share, "middle", "")
			for _, part := range cell.Parts {
				d.rect(x(i)+1+(step-2)*part.X/100, y+15, (step-2)*part.W/100, 6, "m-"+part.Class)
			}
			words = append(words, cell.Share)
		}
		t.Rows = append(t.Rows, words)
		y += rowHeight
	}
	d.Height = y + 4
	return d, t
}

// comparable are the units that a comparison offers and the regions they lie in: all that
// are held; of a wide register, whose root it returns, those of the counties that the
// address names, or of one with many reports.
func (s *Server) comparable(c echo.Context, run store.RunID) (rows []store.RegionRow, agencies []report.Agency, root standard.RegionCode, err error) {
	rows, agencies, root, err = s.allComparable(c, run)
	return regionsWithin(ctxOf(c), rows), unitsWithin(ctxOf(c), agencies), root, err
}

// allComparable is comparable for who may read of all regions.
func (s *Server) allComparable(c echo.Context, run store.RunID) (rows []store.RegionRow, agencies []report.Agency, root standard.RegionCode, err error) {
	ctx := ctxOf(c)
	if root, err = s.Figures.Root(ctx, run); err != nil {
		return nil, nil, "", err
	}
	if root == "" {
		if rows, err = s.Store.Regions(ctx); err == nil {
			agencies, err = s.Store.Agencies(ctx, "")
		}
		return rows, agencies, "", err
	}
	codes, err := s.countiesAsked(c, root, run)
	if err != nil {
		return nil, nil, root, err
	}
	for _, code := range codes {
		some, err := s.Store.Agencies(ctx, code)
		if err != nil {
			return nil, nil, root, err
		}
		row := store.RegionRow{Code: code, Agencies: len(some), Reports: 1}
		for _, a := range some {
			row.Demo = row.Demo || a.Demo
		}
		rows, agencies = append(rows, row), append(agencies, some...)
	}
	return rows, agencies, root, s.Store.NameRegions(ctx, rows)
}

// countiesAsked are the counties of the units that a comparison is of.
func (s *Server) countiesAsked(c echo.Context, root standard.RegionCode, run store.RunID) ([]standard.RegionCode, error) {
	var codes []standard.RegionCode
	add := func(code standard.RegionCode) {
		if !slices.Contains(codes, code) && len(codes) < maxCounties {
			codes = append(codes, code)
		}
	}
	for _, unit := range listed(c.QueryParams(), "units") {
		if a, err := s.Store.Agency(ctxOf(c), report.AgencyID(unit)); err == nil {
			if code := peerCounty(a.Region); code.Level() == standard.CountyLevel {
				add(code)
			} else {
				add(code.Own())
			}
		}
	}
	region := standard.RegionCode(c.QueryParam("region"))
	switch {
	case len(codes) > 0:
		return codes, nil
	case region != "":
		if err := s.narrowed(c, region, 0); err != nil {
			return nil, err
		}
		return []standard.RegionCode{region}, nil
	}
	county, err := s.Figures.MainCounty(ctxOf(c), root, run)
	return []standard.RegionCode{county}, err
}

// maxCounties bounds the counties whose units a comparison offers.
const maxCounties = 12
