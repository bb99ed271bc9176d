package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// matrix shows every report that is owed: units × years, of a large region one part.
// Units that nothing watches have no report to show and are told in one line.
func (p page) matrix(o aggregate.Overview, part listPart) matrixView {
	v := matrixView{Key: p.legend()}
	for i, year := range o.Years {
		format, _ := standard.FormatForYear(year)
		name := p.formName(format)
		if n := len(v.Forms); n > 0 && v.Forms[n-1].Name == name {
			v.Forms[n-1].Span++
		} else {
			v.Forms = append(v.Forms, formSpan{name, 1})
		}
		v.Years = append(v.Years, yearHead{Year: year, Current: year == o.Year,
			Href: p.With(url.Values{"year": {strconv.Itoa(year)}})})
		b := o.ByYear[i]
		v.Counts = append(v.Counts, p.t("%d/%d", b.Published, b.Due))
	}
	var rows []aggregate.MatrixRow
	for _, row := range o.Matrix {
		if unwatched(row) {
			v.Folded++
			continue
		}
		rows = append(rows, row)
	}
	sortList(rows, part.order, func(r aggregate.MatrixRow) (string, string) { return shortName(r.Agency), string(r.Agency.ID) })
	if len(rows) > unitsShown && part.order == "" {
		slices.SortStableFunc(rows, func(a, b aggregate.MatrixRow) int { return trouble(b) - trouble(a) })
	}
	rows, v.Parts = partOf(p, rows, part, o.Year, "matrix")
	for _, row := range rows {
		v.Rows = append(v.Rows, p.matrixRow(row, o.Years))
	}
	return v
}

func unwatched(row aggregate.MatrixRow) bool {
	for _, o := range row.Cells {
		if o.Publication != report.NotWatched && o.Publication != "" {
			return false
		}
	}
	return true
}

func (p page) matrixRow(row aggregate.MatrixRow, years []int) matrixRow {
	r := matrixRow{Agency: p.agencyLink(row.Agency)}
	count := make(map[string]int)
	for i, o := range row.Cells {
		o.Agency = row.Agency
		r.Cells = append(r.Cells, p.square(r.Agency.Text, years[i], o))
		if class := p.owedLook(o).Class; class != "ok" {
			count[class]++
		}
		switch {
		case o.Late:
			count["late"]++
		case o.LateByDate:
			count["bydate"]++
		}
	}
	for _, part := range []struct{ class, text string }{
		{"mis", "未发布 %d"}, {"unk", "未能查看 %d"}, {"late", "逾期 %d"}, {"bydate", "按印出日期逾期 %d"}, {"err", "勾稽不符 %d"}, {"rev", "待复核 %d"}, {"bad", "无法读取 %d"},
	} {
		if n := count[part.class]; n > 0 {
			r.Told = joined(r.Told, p.t(part.text, n), p.t("，"))
		}
	}
	return r
}

// A lensView is the table of grounds across units, one scale for the whole.
type lensView struct {
	Year    int
	Title   string
	Groups  []lensGroup
	Columns []lensColumn
	Heads   []orderHead // of the units, of each ground, of the sum
	Rows    []lensRow
	Left    []lensLeft
	Totals  []lensCell
	Total   string
	Basis   string
	CSV     string
	JSON    string
	Parts   partsView
}

type lensGroup struct {
	ID, Name string
	Span     int
}

type lensColumn struct {
	Name  string // as a narrow column can hold it
	Full  string
	First bool // of its group
	May   bool
}

type lensRow struct {
	Agency link
	Report string
	Mark   *look // where the report is inconsistent
	Cells  []lensCell
	Total  string
}

// A lensCell is one number with its bar, in hundredths of the greatest.
type lensCell struct {
	Group, Text string
	Href        string // its cell, or the cells that a sum is made of
	Width       float64
	First, Zero bool
	Blank       bool
}

type lensLeft struct {
	Agency link
	Look   look
	Words  string
}

func (p page) lens(region string, g aggregate.Grounds, part listPart) lensView {
	v := lensView{Year: g.Year, Total: charts.Group(g.Total), Basis: p.basis(g.Basis), Title: p.lensTitle(g)}
	names := map[string]string{"denied": p.t("不予公开"), "unavailable": p.t("无法提供"), "unprocessed": p.t("不予处理")}
	for i, row := range g.Rows {
		first := i == 0 || g.Rows[i-1].Group != row.Group
		if first {
			v.Groups = append(v.Groups, lensGroup{ID: row.Group, Name: names[row.Group]})
		}
		v.Groups[len(v.Groups)-1].Span++
		v.Columns = append(v.Columns, lensColumn{p.groundName(row), p.groundLabel(row), first, row.May})
		sum := lensCell{Text: charts.Group(g.Totals[i]), First: first}
		if region != "" {
			sum.Href = p.rollUpCell(standard.RegionCode(region), g.Year, standard.At(row.Row, standard.Total))
		}
		v.Totals = append(v.Totals, sum)
	}
	codes := make([]standard.CellCode, len(g.Rows))
	for i, row := range g.Rows {
		codes[i] = standard.At(row.Row, standard.Total)
	}
	v.JSON = p.Href(cellsPath(region, codes) + "&year=" + strconv.Itoa(g.Year))
	v.CSV = v.JSON + "&format=csv"
	var units []aggregate.GroundUnit // by total, descending
	sorted := slices.Clone(g.Units)
	sortList(sorted, part.order, func(u aggregate.GroundUnit) (string, string) {
		return shortName(u.Owed.Agency) + u.Region.Name, string(u.Owed.Agency.ID) + string(u.Region.Code)
	})
	sorted = order(sorted, part.grounds, groundText)
	units, v.Parts = partOf(p, sorted, part, g.Year, "grounds")
	for _, unit := range units {
		agency, whole := p.agencyLink(unit.Owed.Agency), p.reportHref(unit.Owed.Agency.ID, g.Year)
		if unit.Region.Code != "" {
			agency = link{Text: p.name(unit.Region.Name), Href: p.Href("/regions/" + string(unit.Region.Code) + "?year=" + strconv.Itoa(g.Year) + "#grounds")}
			whole = agency.Href
		}
		if unit.Left && unit.Region.Code != "" {
			v.Left = append(v.Left, lensLeft{Agency: agency, Look: look{"none", "/", p.t("没有可计入的报告")}})
			continue
		}
		if unit.Left {
			look := p.owedLook(unit.Owed)
			left := lensLeft{Agency: agency, Look: look, Words: p.leftWords(unit.Owed)}
			v.Left = append(v.Left, left)
			continue
		}
		row := lensRow{Agency: agency, Total: charts.Group(unit.Total), Report: whole}
		if unit.Region.Code == "" && unit.Owed.Status != report.Verified {
			look := p.statusLook(unit.Owed.Status)
			row.Mark = &look
		}
		for i, value := range unit.Values {
			cell := lensCellOf(value, g, i, v.Columns[i].First)
			cell.Href = p.cellHref(unit.Owed.Agency.ID, g.Year, codes[i])
			if unit.Region.Code != "" {
				cell.Href = p.rollUpCell(unit.Region.Code, g.Year, codes[i])
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// groundText is what a unit's row of grounds says in a column, "" for what is no number.
func groundText(u aggregate.GroundUnit, i int) string {
	switch {
	case i == 0:
		return shortName(u.Owed.Agency) + u.Region.Name
	case u.Left:
		return ""
	case i <= len(u.Values):
		if amount, ok := u.Values[i-1].Known(); ok {
			return amount.String()
		}
		return ""
	}
	return u.Total.String()
}

// heads lets the reader order the units by a ground.
func (v *lensView) heads(c echo.Context, p page, o tableOrder) {
	names := []string{p.t("单位")}
	for _, column := range v.Columns {
		names = append(names, column.Name)
	}
	v.Heads = p.orderHeadsOf(c, "grounds", o, "#grounds", func(i int) bool { return i > 0 }, append(names, p.t("合计"))...)
}

func lensCellOf(value report.Value, g aggregate.Grounds, i int, first bool) lensCell {
	cell := lensCell{Group: g.Rows[i].Group, First: first}
	amount, ok := value.Known()
	if !ok {
		cell.Blank = true
		return cell
	}
	cell.Text, cell.Zero = charts.Group(amount), amount == 0
	if g.Max > 0 {
		cell.Width = 100 * amount.Float() / g.Max.Float()
	}
	return cell
}

// leftWords says why a unit is not in the totals.
func (p page) leftWords(o aggregate.Owed) string {
	switch {
	case o.Publication == report.Missing:
		return p.t("没有报告，不是零")
	case o.Publication != report.Published:
		return joined(p.t("没有数字，不是零"), p.retell(o.Reason), p.t("："))
	case !o.Status.Counts():
		return p.t("读数未确认，不显示、不计入")
	case o.Format == standard.F2014:
		return p.t("旧格式没有这些项目")
	}
	return p.t("有栏目空白或缺项，不计入合计")
}

// lensTitle names the ground that was given most often.
func (p page) lensTitle(g aggregate.Grounds) string {
	best := -1
	for i, total := range g.Totals {
		if total > 0 && (best < 0 || total > g.Totals[best]) {
			best = i
		}
	}
	if best < 0 {
		return p.t("没有给出信息的理由")
	}
	return p.t("没有给出信息的理由，最多的是“%s”，%s 件", p.groundLabel(g.Rows[best]), charts.Group(g.Totals[best]))
}

func (p page) groundLabel(row aggregate.GroundColumn) string { return p.label(row.Name) }

// groundName is a ground as a narrow column can hold it, with the places where it
// may break.
func (p page) groundName(row aggregate.GroundColumn) string {
	if name, ok := shortGrounds[row.Row]; ok && p.Lang == en {
		return strings.ReplaceAll(name, "|", "\u00ad")
	}
	if p.Lang == en {
		return p.label(row.Name)
	}
	shortened := map[string]string{
		"outcome.denied.state_secret": "国家|秘密", "outcome.denied.law_prohibits": "法律|禁止", "outcome.denied.security_stability": "三安全|一稳定",
		"outcome.denied.third_party": "第三方|权益", "outcome.denied.internal_affairs": "内部|事务", "outcome.denied.process": "过程性|信息",
		"outcome.denied.enforcement_file": "执法|案卷", "outcome.denied.admin_query": "行政|查询",
		"outcome.unavailable.not_held": "不掌握", "outcome.unavailable.needs_creation": "需另行|制作", "outcome.unavailable.unclear": "仍不|明确",
		"outcome.unprocessed.petition": "信访|投诉", "outcome.unprocessed.repeat": "重复|申请", "outcome.unprocessed.publication": "公开|出版物",
		"outcome.unprocessed.excessive": "大量|反复", "outcome.unprocessed.reconfirm": "重新|确认",
	}
	if name, ok := shortened[row.Row]; ok {
		return strings.ReplaceAll(name, "|", "\u200b")
	}
	return row.Name.ZH
}

// shortGrounds are the grounds in English as a narrow column can hold them, with the
// places where a word may break.
var shortGrounds = map[string]string{
	"outcome.denied.state_secret": "State secret", "outcome.denied.law_prohibits": "Barred by law", "outcome.denied.security_stability": "Security, stability",
	"outcome.denied.third_party": "Third parties", "outcome.denied.internal_affairs": "Internal affairs", "outcome.denied.process": "Deliber|ative process",
	"outcome.denied.enforcement_file": "Enforce|ment file", "outcome.denied.admin_query": "Adminis|trative query",
	"outcome.unavailable.not_held": "Not held", "outcome.unavailable.needs_creation": "Needs creation", "outcome.unavailable.unclear": "Still unclear",
	"outcome.unprocessed.petition": "Petition", "outcome.unprocessed.repeat": "Repeated", "outcome.unprocessed.publication": "Publi|cation",
	"outcome.unprocessed.excessive": "Exces|sive", "outcome.unprocessed.reconfirm": "Confirm again",
}

// A moversView is the units whose requests changed most.
type moversView struct {
	From, To int
	Rows     []moverView
	Max      string
	units    []string
}

// A moverView is a dumbbell: two places on the common scale, in hundredths.
type moverView struct {
	Agency        link
	Before, After float64
	Was, Is       link // the numbers, each with its cell
	Words, Change string
}

func (p page) movers(o aggregate.Overview) moversView {
	v := moversView{From: o.Year - 1, To: o.Year}
	most := report.Amount(0)
	for _, m := range o.Movers {
		most = max(most, m.Before.Numerator, m.After.Numerator)
	}
	v.Max = charts.Group(most)
	for _, m := range o.Movers {
		change := charts.Group(m.Change)
		if m.Change > 0 {
			change = "+" + change
		}
		v.units = append(v.units, string(m.Agency.ID))
		of := aggregate.Series{Indicator: m.Indicator, Agency: m.Agency}
		was, is := charts.Group(m.Before.Numerator), charts.Group(m.After.Numerator)
		v.Rows = append(v.Rows, moverView{
			Agency: p.agencyLink(m.Agency), Change: change,
			Was: link{Text: was, Href: p.figureHref(of, m.Before)}, Is: link{Text: is, Href: p.figureHref(of, m.After)},
			Before: 100 * m.Before.Numerator.Float() / most.Float(), After: 100 * m.After.Numerator.Float() / most.Float(),
			Words: p.t("%s → %s", was, is),
		})
	}
	return v
}

// Column is the class of the head of a column: the units, the grounds, the sum.
func (v lensView) Column(i int) string {
	switch {
	case i == 0:
		return "who"
	case i > len(v.Columns):
		return "first"
	}
	class := "ground"
	if c := v.Columns[i-1]; c.First {
		class += " first"
	}
	if v.Columns[i-1].May {
		class += " may"
	}
	return class
}
