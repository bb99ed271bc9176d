package web

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/standard"
)

// drawnUnits is how many units the picture of a ranking shows; the table has them all.
const drawnUnits = 60

// state is what the address says of a ranking.
func (v indicatorView) state() url.Values {
	q := url.Values{"region": {string(v.ranking.Region.Code)}, "year": {strconv.Itoa(v.Year)}}
	if v.pooled {
		q.Set("pool", "form")
	}
	return q
}

// keeping is the address of another region or year with the reader's choices kept.
func (v indicatorView) keeping(region standard.RegionCode, year int, sort string) url.Values {
	q := url.Values{"region": {string(region)}}
	if year != 0 {
		q.Set("year", strconv.Itoa(year))
	}
	if v.pooled {
		q.Set("pool", "form")
	}
	if sort != "" {
		q.Set("sort", sort)
	}
	return q
}

// order puts the rows of the table by pinyin or by code where that is asked for, and
// offers each order. The drawings keep the order of ranks.
func (v *indicatorView) order(r aggregate.Ranking) {
	sortList(v.Rows, v.sort, func(row rankView) (string, string) { return row.Agency.Text, row.code })
	for _, by := range []string{"", orderPinyin, orderCode} {
		v.Sorts = append(v.Sorts, link{Text: v.orderName(by, v.t("按位次")), Href: v.With(v.keeping(r.Region.Code, r.Year, by)) + "#ranking", Current: by == v.sort})
	}
}

// place gives the ranking and the distribution their addresses as pictures.
func (v *indicatorView) place(ind standard.Indicator, r aggregate.Ranking) {
	v.ranking = r
	v.Figures = make(map[string]figureView)
	years := v.t("%d 年度", v.Year)
	if r.Pool != nil {
		years = v.t("%d—%d 年度合计", r.Pool.From, r.Pool.To)
	}
	for id, title := range map[string]string{"ranking": v.t("%s，%s，排列", v.Item.Name, years), "spread": v.t("%s，%s，分布", v.Item.Name, years)} {
		if id == "spread" && len(v.Spread.Bins) == 0 {
			continue
		}
		f := figureView{Chart: charts.Chart{ID: id}, Title: title, About: v.Lang.begin(v.t("计量单位：%s", v.Item.Unit)) + v.t("。") + v.Lang.begin(v.Strip.Words) + v.t("。"), Note: v.Pooled, Of: v.Region, CSV: v.CSV, JSON: v.JSON, Self: v.With(v.state()) + "#" + id}
		if id == "spread" {
			f.Table, f.Marks = v.Spread.table(v.Item.Unit, v.page), []string{v.t("柱：各段的单位数；圆：每个单位；粗线：中间一半，红线：中位数")}
		}
		v.Figures[id] = v.placed(f, "indicators/"+ind.ID+"/"+id, v.state())
	}
}

// findIndicator finds the ranking of an indicator and its distribution.
func (s *Server) findIndicator(c echo.Context, name string) (page, figureView, error) {
	v, err := s.indicatorOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	f := v.Figures[name]
	ind, _ := standard.IndicatorOf(v.Item.ID)
	switch name {
	case "ranking":
		entries := v.ranking.Entries
		dots, table := v.dotsOf(ind, entries[:min(len(entries), drawnUnits)], v.Year, true, func(e aggregate.RankEntry) string { return v.name(shortName(e.Agency)) })
		if len(entries) > drawnUnits {
			_, table = v.dotsOf(ind, entries, v.Year, true, func(e aggregate.RankEntry) string { return v.name(shortName(e.Agency)) })
			f.Marks = []string{v.t("只画前 %d 个单位，全部 %d 个见数据表", drawnUnits, len(entries))}
		}
		f.Name, f.Table, f.Marks = dots.Words, table, append(f.Marks, v.dotsMarks(dots)...)
		f.Box = [2]float64{760, dots.Height}
		drawing := "dots-drawing"
		if forPhone(c) {
			drawing, f.Box = "dots-narrow", [2]float64{360, dots.Foot()}
		}
		f.Shape, err = s.shape(v.Lang, "compare", drawing, dots)
	case "spread":
		f.Name, f.Marks = v.Spread.Words, append([]string{v.Spread.Words}, f.Marks...)
		spread := v.Spread
		if forPhone(c) {
			spread = v.Slim
		}
		f.Box = [2]float64{spread.Full(), 172}
		f.Shape, err = s.shape(v.Lang, "indicator", "spread-drawing", spread)
	}
	if err != nil {
		return v.page, figureView{}, err
	}
	return v.chosen(name, &f)
}

// table is the distribution as figures: the columns, then each unit.
func (v spreadView) table(unit string, p page) charts.Table {
	t := charts.Table{Head: []string{unit, p.t("单位数")}}
	for _, bin := range v.Bins {
		t.Rows = append(t.Rows, []string{bin.Text, strconv.Itoa(bin.N)})
	}
	return t
}
