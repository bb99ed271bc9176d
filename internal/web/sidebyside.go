package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A sidesView sets two reports side by side: two years, two units or two versions. Its
// whole state is in the address.
type sidesView struct {
	page
	Sides     [2]sideView
	All       bool // cells that are the same are shown too
	Switch    []link
	Tables    []sideTable
	Differing int
	Of        int
	Break     string // why the two years are not of one kind
	Findings  []sideFinding
	Sections  []sideSection
	Swap      string
}

// A sideView is one of the two reports.
type sideView struct {
	Name   string // parameter: a or b
	Value  string // agency/year/version
	Text   string
	Href   string
	Look   look
	Form   string
	Demo   bool
	Agency string
	Year   int
	No     int
	Years  []link // other years and versions of the same agency
	Units  []choiceGroup
	Pick   []choice // years
	Rows   string   // address of its cells as rows
}

type sideTable struct {
	Title string
	Heads []orderHead
	Rows  []sideRow
}

// A sideRow is a cell of both.
type sideRow struct {
	Label               string
	Left, Right         string
	LeftHref, RightHref string
	Change              string
	Differs             bool
}

// A sideFinding is a rule that fails in one or in both.
type sideFinding struct {
	Name, Rule          string
	Left, Right         string
	LeftHref, RightHref string
}

// A sideSection is the prose of both, sentence by sentence.
type sideSection struct {
	Heading string
	Rows    []sentenceRow
}

// A sentenceRow is a sentence that both have, or one of the two.
type sentenceRow struct {
	Left, Right string
	Same        bool
	LeftID      string
	RightID     string
}

// showSides serves GET /compare/reports.
func (s *Server) showSides(c echo.Context) error {
	run, err := asOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p := s.newPage(c)
	if to := picked(c); to != nil {
		return c.Redirect(http.StatusFound, p.Href("/compare/reports?"+query(to)))
	}
	if c.QueryParam("a") == "" {
		return s.chooseSides(c, p)
	}
	b := c.QueryParam("b")
	var sides [2]store.Version
	v := sidesView{page: p, All: c.QueryParam("cells") == "all"}
	for i, text := range []string{c.QueryParam("a"), b} {
		if i == 1 && text == "" {
			text = s.nearest(ctx, v.Sides[0], run)
		}
		r, shown, err := s.readSide(ctx, p, "ab"[i:i+1], text, run)
		if err != nil {
			return err
		}
		sides[i], v.Sides[i] = shown, p.side("ab"[i:i+1], r, shown)
		v.Demo = v.Demo || r.Agency.Demo
	}
	v.fill(sides)
	if err := s.pickers(ctx, &v, sides); err != nil {
		return err
	}
	if err := v.order(c); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "sides", v)
}

// order puts the cells of each table in the order that the address asks for.
func (v *sidesView) order(c echo.Context) error {
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	for i := range v.Tables {
		t := &v.Tables[i]
		t.Rows = order(t.Rows, o, func(row sideRow, i int) string {
			return column([]string{row.Label, row.Left, row.Right, row.Change}, i)
		})
		t.Heads = v.orderHeads(c, o, "#cells", func(i int) bool { return i > 0 }, v.t("项目"), v.Sides[0].Text, v.Sides[1].Text, v.t("差（右减左）"))
	}
	return nil
}

// nearest is what a report is set beside where the address names no other: that of the
// year before, or the nearest year that has one.
func (s *Server) nearest(ctx context.Context, side sideView, run store.RunID) string {
	for _, step := range []int{-1, 1, -2, 2, -3} {
		if _, err := s.Store.Report(ctx, report.AgencyID(side.Agency), side.Year+step, run); err == nil {
			return side.Agency + "/" + strconv.Itoa(side.Year+step)
		}
	}
	return side.Value
}

// chooseSides leads to two reports where the address names none: the latest two years
// of the main region's first unit.
func (s *Server) chooseSides(c echo.Context, p page) error {
	rows, err := s.regions(c.Request().Context(), "")
	if err != nil {
		return err
	}
	best, ok := mainRegion(rows)
	if !ok {
		return report.ErrNotFound
	}
	found, err := s.Store.Search(c.Request().Context(), store.SearchQuery{Region: best.Code, Year: best.ToYear, Limit: 1})
	if err != nil {
		return err
	}
	if len(found.Hits) == 0 {
		return report.ErrNotFound
	}
	a := string(found.Hits[0].Agency.ID)
	q := url.Values{"a": {a + "/" + strconv.Itoa(best.ToYear)}, "b": {a + "/" + strconv.Itoa(best.ToYear-1)}}
	return c.Redirect(http.StatusFound, p.Href("/compare/reports?"+q.Encode()))
}

// readSide reads one report that the address names: agency/year, and /version where it
// is not the current one.
func (s *Server) readSide(ctx context.Context, p page, name, text string, run store.RunID) (store.Report, store.Version, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return store.Report{}, store.Version{}, &report.ParameterError{Name: name, Got: text, Want: "单位编号/年度，或单位编号/年度/版本，例如 990101003/2024"}
	}
	year, err := parseYear(name, parts[1])
	if err != nil {
		return store.Report{}, store.Version{}, err
	}
	r, err := s.Store.Report(ctx, report.AgencyID(parts[0]), year, run)
	if errors.Is(err, report.ErrNotFound) {
		return r, store.Version{}, p.unknown(err, "没有报告“%s”", text)
	}
	if err != nil || len(parts) == 2 {
		return r, r.Current, err
	}
	for _, head := range r.Versions {
		if strconv.Itoa(head.Number) == parts[2] {
			v, err := s.Store.VersionAt(ctx, head.ID, run)
			return r, v, err
		}
	}
	return r, store.Version{}, &report.ParameterError{Name: name, Got: text, Want: p.t("版本序号，1 到 %d", len(r.Versions))}
}

func (p page) side(name string, r store.Report, shown store.Version) sideView {
	v := sideView{Name: name, Value: string(r.Agency.ID) + "/" + strconv.Itoa(r.Year), Href: p.versionHref(r, shown), Look: p.statusLook(shown.Status),
		Form: p.formName(shown.Format), Demo: r.Agency.Demo, Agency: string(r.Agency.ID), Year: r.Year, No: shown.Number, Rows: p.cellsOf(r, shown)}
	v.Text = p.t("%s %d 年", p.name(shortName(r.Agency)), r.Year)
	if len(r.Versions) > 1 {
		v.Text += p.t("，") + p.t("第 %d 版", shown.Number)
	}
	if shown.Number != r.Current.Number {
		v.Value += "/" + strconv.Itoa(shown.Number)
	}
	for _, h := range r.Versions {
		if len(r.Versions) > 1 {
			v.Years = append(v.Years, link{Text: p.t("第 %d 版", h.Number), Href: v.Agency + "/" + strconv.Itoa(r.Year) + "/" + strconv.Itoa(h.Number), Current: h.Number == shown.Number})
		}
	}
	return v
}

// cellsOf is the address of the cells of a version as rows: those of versions that were
// replaced stand apart.
func (p page) cellsOf(r store.Report, shown store.Version) string {
	resource := "cells"
	if shown.Number != r.Current.Number {
		resource = "earlier_cells"
	}
	return p.Href("/api/v1/" + resource + "?agency=" + url.QueryEscape(string(r.Agency.ID)) + "&year=" + strconv.Itoa(r.Year))
}

func (v *sidesView) fill(sides [2]store.Version) {
	v.in(v.t("比较"))
	v.Path = "/compare/reports"
	v.Title = v.t("并排：%s 与 %s", v.Sides[0].Text, v.Sides[1].Text)
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("比较"), Href: v.Href("/compare")}, {Text: v.t("两份报告并排")}}
	state := url.Values{"a": {v.Sides[0].Value}, "b": {v.Sides[1].Value}}
	v.Switch = []link{{Text: v.t("只看不同的格"), Href: v.With(state), Current: !v.All}}
	state.Set("cells", "all")
	v.Switch = append(v.Switch, link{Text: v.t("全部各格"), Href: v.With(state), Current: v.All})
	v.Swap = v.With(url.Values{"a": {v.Sides[1].Value}, "b": {v.Sides[0].Value}})
	for i := range v.Sides {
		for j := range v.Sides[i].Years {
			q := url.Values{"a": {v.Sides[0].Value}, "b": {v.Sides[1].Value}}
			q.Set(v.Sides[i].Name, v.Sides[i].Years[j].Href)
			v.Sides[i].Years[j].Href = v.With(q)
		}
	}
	v.cells(sides)
	v.findings(sides)
	v.prose(sides)
	v.About = v.t("逐格、逐句比对两份报告：%d 格中 %d 格不同。", v.Of, v.Differing)
}

// cells aligns the cells that both forms have by their codes. Between years that are not
// of one kind the change has its reason and no number.
func (v *sidesView) cells(sides [2]store.Version) {
	form, other := standard.FormOf(sides[0].Format), standard.FormOf(sides[1].Format)
	if form == nil || other == nil {
		v.Break = v.t("有一份没有法定表格，不能逐格比对。")
		return
	}
	if form != other {
		v.Break = v.t("两份的格式不同，只比对两种格式都有的格。")
	}
	for _, t := range form.Tables() {
		table := sideTable{Title: v.tableName(t)}
		for _, cell := range form.TableCells(t) {
			if _, ok := other.Cell(cell.Code); !ok {
				continue
			}
			row := v.sideRow(cell, sides)
			v.Of++
			if row.Differs {
				v.Differing++
			}
			if row.Differs || v.All {
				table.Rows = append(table.Rows, row)
			}
		}
		if len(table.Rows) > 0 {
			v.Tables = append(v.Tables, table)
		}
	}
	if v.Of == 0 {
		v.Break = v.t("两种格式没有相同的格，不能逐格比对。")
	}
}

func (v *sidesView) sideRow(cell standard.Cell, sides [2]store.Version) sideRow {
	left, right := sides[0].Reading.Value(cell.Code), sides[1].Reading.Value(cell.Code)
	row := sideRow{Label: v.cellName(cell), Left: v.shown(left), Right: v.shown(right),
		LeftHref: v.sideCell(0, cell.Code), RightHref: v.sideCell(1, cell.Code),
		Differs: left.State != right.State || left.Amount != right.Amount}
	a, known := left.Known()
	b, also := right.Known()
	from, to := sides[0].Year, sides[1].Year
	if from > to {
		from, to = to, from
	}
	if br, ok := standard.BreakBetween(from, to, []standard.CellCode{cell.Code}); ok && from != to {
		row.Change = v.t("不比较：%s", v.label(br.Reason))
		return row
	}
	if known && also && a != b {
		row.Change = signed(b - a)
	}
	return row
}

// sideCell is the permanent address of a cell of one side.
func (v *sidesView) sideCell(i int, code standard.CellCode) string {
	href := v.cellHref(report.AgencyID(v.Sides[i].Agency), v.Sides[i].Year, code)
	if strings.Count(v.Sides[i].Value, "/") == 2 {
		href += sep(href) + "version=" + strconv.Itoa(v.Sides[i].No)
	}
	return href
}

// findings aligns what the checks found by rule and subject.
func (v *sidesView) findings(sides [2]store.Version) {
	at := make(map[string]int)
	for i, side := range sides {
		for n, anchor := range anchors(side.Findings) {
			f := side.Findings[n]
			id := f.Rule + "/" + f.Subject
			row, ok := at[id]
			if !ok {
				row = len(v.Findings)
				at[id] = row
				one := sideFinding{Rule: f.Rule, Name: f.Rule}
				if rule, ok := standard.RuleOf(f.Rule); ok {
					one.Name = v.label(rule.Name)
				}
				v.Findings = append(v.Findings, one)
			}
			href := v.Sides[i].Href + "#" + anchor
			if i == 0 {
				v.Findings[row].Left, v.Findings[row].LeftHref = v.finds(f), href
			} else {
				v.Findings[row].Right, v.Findings[row].RightHref = v.finds(f), href
			}
		}
	}
}

// A told is a sentence with its paragraph.
type told struct {
	text      string
	paragraph int
}

// prose aligns the sections by their numbers and their sentences by what they say.
func (v *sidesView) prose(sides [2]store.Version) {
	var numbers []int
	headings := make(map[int]string)
	var texts [2]map[int][]told
	for i, side := range sides {
		texts[i] = make(map[int][]told)
		for _, s := range side.Reading.Sections {
			if headings[s.Number] == "" {
				headings[s.Number] = s.Heading
			}
			for _, p := range s.Paragraphs {
				for _, sentence := range store.Sentences(p.Text) {
					texts[i][s.Number] = append(texts[i][s.Number], told{sentence, p.Number})
				}
			}
			if !slices.Contains(numbers, s.Number) {
				numbers = append(numbers, s.Number)
			}
		}
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		section := sideSection{Heading: v.name(cmp.Or(headings[n], v.t("正文之前")))}
		for _, pair := range align(texts[0][n], texts[1][n]) {
			section.Rows = append(section.Rows, v.sentenceRow(pair))
		}
		if len(section.Rows) > 0 {
			v.Sections = append(v.Sections, section)
		}
	}
}

func (v *sidesView) sentenceRow(pair [2]*told) sentenceRow {
	var row sentenceRow
	if pair[0] != nil {
		row.Left, row.LeftID = pair[0].text, v.Sides[0].Href+"#p-"+strconv.Itoa(pair[0].paragraph)
	}
	if pair[1] != nil {
		row.Right, row.RightID = pair[1].text, v.Sides[1].Href+"#p-"+strconv.Itoa(pair[1].paragraph)
	}
	row.Same = pair[0] != nil && pair[1] != nil && pair[0].text == pair[1].text
	return row
}

// longestProse bounds the sentences of a section that are aligned: what lies beyond
// stands unaligned.
const longestProse = 400

// align pairs the sentences of two texts by their longest common sequence. What lies
// between two common sentences stands side by side as far as it goes.
func align(a, b []told) (rows [][2]*told) {
	if len(a) > longestProse || len(b) > longestProse {
		return beside(a, b)
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].text == b[j].text {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j, fromA, fromB := 0, 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].text == b[j].text:
			rows = append(rows, beside(a[fromA:i], b[fromB:j])...)
			rows = append(rows, [2]*told{&a[i], &b[j]})
			i, j = i+1, j+1
			fromA, fromB = i, j
		case common[i+1][j] >= common[i][j+1]:
			i++
		default:
			j++
		}
	}
	return append(rows, beside(a[fromA:], b[fromB:])...)
}

// beside pairs sentences by their order.
func beside(a, b []told) (rows [][2]*told) {
	for i := range max(len(a), len(b)) {
		var row [2]*told
		if i < len(a) {
			row[0] = &a[i]
		}
		if i < len(b) {
			row[1] = &b[i]
		}
		rows = append(rows, row)
	}
	return rows
}
