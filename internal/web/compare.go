package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A compareView is units × one indicator × years, its whole state in the address.
type compareView struct {
	page
	Lede        []phrase
	AsOfWords   string
	Indicator   standard.Indicator
	Name, Unit  string
	Note        string
	Formulas    []formulaView
	Choices     []choiceGroup
	Units       []choiceGroup
	From, To    int
	Years       []int
	Kind        string // one of compareKinds
	Kinds       []link
	KindList    []choice
	BarYear     int
	BarYears    []link // of a drawing of one year
	Per         string
	Pers        []link
	PerWords    string
	Drawn       figureView
	Grid        unitsGrid
	Dots        dotsView
	Askings     []askingView // who asked, beside each other
	Beside      besideView
	AskingsLeft string // that not all units are shown
	Sheet       string // the comparison on one page
	ZIP         string
	answer      aggregate.Comparison
	query       compareQuery
	Key         []slotView
	Many        bool // more units than a drawing can tell apart
	Breaks      []string
	Switches    []switchView
	Changes     []changeRow // from the first year to the last
	ChangeHeads []orderHead
	ChangesCSV  string
	Elsewhere   string // of a wide register: where another region is chosen
}

// A choiceGroup is a group of options of a form.
type choiceGroup struct {
	Name    string
	Options []choice
}

type choice struct {
	Value, Text string
	Chosen      bool
	Demo        bool
}

// A slotView is a unit of the drawing with its symbol.
type slotView struct {
	Slot   int
	Agency link
	Less   string // the comparison without it
}

// A compareQuery is what the address asks for, defaults filled in.
type compareQuery struct {
	units     []string
	indicator string
	from, to  int
	kind      string
	barYear   int
	per       aggregate.Per
	zeros     bool // blanks count as 0 where the identities hold so
	review    bool // reports that need review count
}

// showCompare serves GET /compare. Without parameters it compares the requests of
// the first units of the main region.
func (s *Server) showCompare(c echo.Context) error {
	view, err := s.compareOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "compare", view)
}

// compareOf is the view of the comparison that an address asks for.
func (s *Server) compareOf(c echo.Context) (v compareView, err error) {
	ctx := c.Request().Context()
	run, err := asOf(c)
	if err != nil {
		return v, err
	}
	rows, agencies, root, err := s.comparable(c, run)
	if err != nil {
		return v, err
	}
	q, err := s.readCompare(ctx, c, rows, agencies)
	if err != nil {
		return v, err
	}
	answer, err := s.Figures.Compare(ctx, aggregate.CompareQuery{Units: q.units, Indicator: q.indicator, From: q.from, To: q.to, Per: q.per,
		BlankAsZero: q.zeros, Review: q.review, AsOf: run, Changes: q.kind != "asking"})
	if err != nil {
		return v, s.newPage(c).unknown(err, noAgency, strings.Join(q.strangers(rows, agencies), "、"))
	}
	if len(answer.Years) == 0 { // nothing was published yet
		answer.Series, answer.Changes, q.kind = nil, nil, "line"
	}
	if v, err = newCompareView(s.newPage(c), answer, q, rows, agencies); err != nil {
		return v, err
	}
	v.answer, v.query = answer, q
	if root != "" {
		v.Elsewhere = v.Href("/compare?region=" + string(root))
	}
	if err := v.orderChanges(c); err != nil {
		return v, err
	}
	if q.kind == "asking" {
		err = s.compareAsking(ctx, &v, q, run)
	} else {
		err = s.drawShape(&v, answer, q)
	}
	if err != nil {
		return v, err
	}
	if len(answer.Series) > 0 && v.Drawn.ID != "" {
		v.Drawn = v.placed(v.Drawn, "compare/"+v.Drawn.ID, q.state(q.kind, q.per, v.BarYear))
	}
	return v, nil
}

// readCompare reads the address. Units may be repeated or joined by commas, years
// may be from-to or two parameters, as a form without scripts sends them.
func (s *Server) readCompare(ctx context.Context, c echo.Context, rows []store.RegionRow, agencies []report.Agency) (compareQuery, error) {
	q := compareQuery{indicator: c.QueryParam("indicator"), kind: c.QueryParam("chart")}
	if q.indicator == "" {
		q.indicator = "requests_new"
	}
	if q.kind == "" {
		q.kind = "line"
	}
	if !slices.Contains(compareKinds, q.kind) {
		return q, &report.ParameterError{Name: "chart", Got: q.kind, Want: "line（折线）、bar（单年柱）、dot（单年点）、rank（排列）、multiples（小图）或 asking（申请人×结果）"}
	}
	var err error
	if q.per, err = perOf(c.QueryParam("per"), q.indicator); err != nil {
		return q, err
	}
	for _, text := range c.QueryParams()["units"] {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(q.units, part) {
				q.units = append(q.units, part)
			}
		}
	}
	if len(q.units) == 0 {
		q.units = defaultUnits(c.QueryParam("region"), rows, agencies)
	}
	from, to, first, last := c.QueryParam("from"), c.QueryParam("to"), "from", "to"
	if years := c.QueryParam("years"); years != "" {
		from, to, _ = strings.Cut(years, "-")
		if to == "" {
			to = from
		}
		first, last = "years", "years"
	}
	for _, field := range []struct {
		name, text string
		into       *int
	}{{first, from, &q.from}, {last, to, &q.to}, {"year", c.QueryParam("year"), &q.barYear}} {
		if field.text == "" {
			continue
		}
		if *field.into, err = parseYear(field.name, field.text); err != nil {
			return q, err
		}
	}
	for _, sw := range q.switches() {
		if *sw.on, err = sw.read(c.QueryParam(sw.name)); err != nil {
			return q, err
		}
	}
	if q.from != 0 && q.to != 0 && q.from > q.to {
		q.from, q.to = q.to, q.from
	}
	return q, nil
}

// strangers are the units asked for that are neither an agency nor a region we hold.
func (q compareQuery) strangers(rows []store.RegionRow, agencies []report.Agency) []string {
	return slices.DeleteFunc(slices.Clone(q.units), func(id string) bool {
		return slices.ContainsFunc(rows, func(r store.RegionRow) bool { return string(r.Code) == id }) ||
			slices.ContainsFunc(agencies, func(a report.Agency) bool { return string(a.ID) == id })
	})
}

// defaultUnits are the first watched units of a region, as many as a drawing can
// tell apart at ease.
func defaultUnits(region string, rows []store.RegionRow, agencies []report.Agency) []string {
	code := standard.RegionCode(region)
	if region == "" {
		best, ok := mainRegion(rows)
		if !ok {
			return nil
		}
		code = best.Code
	}
	var units []string
	for _, a := range agencies {
		if code.Contains(a.Region) && a.Watched && a.Kind != standard.Government && len(units) < 4 {
			units = append(units, string(a.ID))
		}
	}
	return units
}

func newCompareView(p page, a aggregate.Comparison, q compareQuery, rows []store.RegionRow, agencies []report.Agency) (compareView, error) {
	p.in(p.t("比较"))
	p.Charts, p.Path = q.kind == "line" || q.kind == "bar", "/compare"
	v := compareView{page: p, Indicator: a.Indicator, Name: p.label(a.Indicator.Name), Unit: p.t(a.Indicator.Unit), Note: p.label(a.Indicator.Note),
		Kind: q.kind, Per: string(q.per), PerWords: p.perWords(q.per), Years: a.Years, AsOfWords: p.asOfWords(a.AsOf)}
	for _, sw := range q.switches() {
		v.Switches = append(v.Switches, switchView{sw.name, sw.value, p.t(sw.words), *sw.on})
		if *sw.on {
			v.Name += p.t("，") + p.t(sw.words)
		}
	}
	v.Title = p.t("比较：%s", v.Name)
	v.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, {Text: p.t("比较")}}
	if n := len(a.Years); n > 0 {
		v.From, v.To = a.Years[0], a.Years[n-1]
	}
	v.BarYear = v.chooseBarYear(a, q.barYear)
	v.Formulas = p.formulas(a.Indicator)
	v.Choices = p.indicatorChoices(a.Indicator.ID)
	v.Units = unitChoices(p, q.units, rows, agencies)
	names := make(map[string]report.Agency, len(agencies))
	for _, agency := range agencies {
		names[string(agency.ID)] = agency
	}
	for i := range a.Series {
		s := &a.Series[i]
		slot := slotView{Slot: i%charts.Slots + 1, Agency: link{Text: p.name(s.Name), Href: p.Href("/regions/" + string(s.Region))}}
		if agency, ok := names[string(s.Agency.ID)]; ok {
			slot.Agency = p.agencyLink(agency)
			s.Name = slot.Agency.Text
			v.Demo = v.Demo || agency.Demo
		} else {
			s.Name = p.t("%s各单位合计", p.name(s.Name))
			slot.Agency.Text = s.Name
			slot.Agency.Demo = slices.ContainsFunc(rows, func(r store.RegionRow) bool { return r.Code == s.Region && r.Demo })
			v.Demo = v.Demo || slot.Agency.Demo
		}
		slot.Less = v.without(q, i)
		v.Key = append(v.Key, slot)
	}
	v.Many = len(a.Series) > charts.Slots
	for _, b := range a.Breaks {
		v.Breaks = append(v.Breaks, p.t("%d｜%d：%s", b.Before, b.After, p.label(b.Reason)))
	}
	v.changes(a, q)
	v.Lede = v.compareLede(a)
	v.About = sentence(v.Lede)
	return v, v.draw(a, q)
}

// chooseBarYear is the year of the bars: the one asked for, or the last in which
// most of the units have a figure.
func (v *compareView) chooseBarYear(a aggregate.Comparison, asked int) int {
	best, most := asked, -1
	for i, year := range a.Years {
		n := 0
		for _, s := range a.Series {
			if s.Figures[i].Known {
				n++
			}
		}
		if year == asked {
			return asked
		}
		if n >= most && n > 0 {
			best, most = year, n
		}
	}
	return best
}

// without is the address of the comparison without one of its units, "" where it is
// the only one.
func (v *compareView) without(q compareQuery, i int) string {
	if len(q.units) < 2 || i >= len(q.units) {
		return ""
	}
	units := slices.Delete(slices.Clone(q.units), i, i+1)
	q.units = units
	return v.With(q.state(q.kind, q.per, q.barYear))
}

// draw makes the choices of drawings, and those that charts draws.
func (v *compareView) draw(a aggregate.Comparison, q compareQuery) (err error) {
	v.offer(a, q)
	if len(a.Series) == 0 {
		return nil
	}
	switch q.kind {
	case "bar":
		v.Drawn.Chart, err = charts.Bars(a, v.BarYear, v.t)
	case "line":
		v.Drawn.Chart, err = charts.Lines(a, v.t)
	}
	v.Drawn.Self = v.With(q.state(q.kind, q.per, v.BarYear))
	api := url.Values{"indicator": {a.Indicator.ID}, "units": {strings.Join(q.units, ",")}}
	for _, sw := range q.switches() {
		if *sw.on {
			api.Set(sw.api, "1")
		}
	}
	v.Drawn.JSON = v.Href("/api/v1/series?" + api.Encode())
	v.Drawn.CSV, v.Drawn.File = v.Drawn.JSON+"&format=csv", v.Name+".png"
	v.Drawn.Title = v.t("%s（%s）", v.Name, v.Unit)
	v.Drawn.Note = v.PerWords
	return err
}

// compareLede says how each unit moved between its first and last comparable year.
func (v *compareView) compareLede(a aggregate.Comparison) []phrase {
	if len(a.Series) == 0 {
		return []phrase{{Text: v.t("还没有可比较的单位。")}}
	}
	list := []phrase{{Text: v.t("%s，%d 个单位，%d—%d 年度。", v.Name, len(a.Series), v.From, v.To)}}
	told := 0
	for _, s := range a.Series {
		first, last := ends(s.Figures)
		if first == nil || told == 4 {
			continue
		}
		told++
		list = append(list, phrase{Text: s.Name, Strong: true},
			phrase{Text: v.t(" %d 年 ", first.Year)}, v.cell(s, *first), phrase{Text: v.t("，%d 年 ", last.Year)}, v.cell(s, *last), phrase{Text: v.t("。")})
	}
	return list
}

func (v *compareView) cell(s aggregate.Series, f aggregate.Figure) phrase {
	return phrase{Text: v.figure(f, s.Indicator.Unit), Href: v.figureHref(s, f)}
}

// ends are the first and the last figure after the last hard break, nil where there
// are not two.
func ends(figures []aggregate.Figure) (first, last *aggregate.Figure) {
	for i := range figures {
		f := &figures[i]
		if f.Cut {
			first, last = nil, nil
		}
		if !f.Defined || f.Status != "" && !f.Status.Counts() {
			continue
		}
		if first == nil {
			first = f
		} else {
			last = f
		}
	}
	if last == nil {
		return nil, nil
	}
	return first, last
}

func (p page) indicatorChoices(chosen string) []choiceGroup {
	var groups []choiceGroup
	last := ""
	for _, ind := range standard.Indicators() {
		if ind.Group != last {
			groups = append(groups, choiceGroup{Name: p.groupName(ind.Group)})
			last = ind.Group
		}
		g := &groups[len(groups)-1]
		g.Options = append(g.Options, choice{Value: ind.ID, Text: p.t("%s（%s）", p.label(ind.Name), p.t(ind.Unit)), Chosen: ind.ID == chosen})
	}
	return groups
}

func (p page) groupName(group string) string {
	return p.t(map[string]string{"demand": "需求", "outcomes": "办理结果", "pace": "办理进度", "disputes": "复议诉讼", "disclosure": "主动公开", "reports": "报告本身"}[group])
}

// unitChoices are the watched units by region, each region's sum first.
func unitChoices(p page, chosen []string, rows []store.RegionRow, agencies []report.Agency) []choiceGroup {
	var groups []choiceGroup
	for _, row := range rows {
		g := choiceGroup{Name: p.name(row.Name)}
		g.Options = append(g.Options, choice{Value: string(row.Code), Text: p.t("%s各单位合计", p.name(row.Name)), Chosen: slices.Contains(chosen, string(row.Code)), Demo: row.Demo})
		for _, a := range agencies {
			picked := slices.Contains(chosen, string(a.ID))
			if row.Code.Contains(a.Region) && (a.Watched || picked) {
				g.Options = append(g.Options, choice{Value: string(a.ID), Text: p.name(shortName(a)), Chosen: picked, Demo: a.Demo})
			}
		}
		if len(g.Options) > 1 {
			groups = append(groups, g)
		}
	}
	return groups
}
