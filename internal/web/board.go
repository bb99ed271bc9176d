package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A boardView is the status board of a region and year, for the office that sees
// to it that reports are published; printed, it is a circular of one page.
type boardView struct {
	page
	Region, Code string
	Year         int
	Years        []link
	Lede         []phrase
	AsOfWords    string
	Deadline     string
	Strip        stripView
	Filters      []link
	Sorts        []sortView
	Rows         []boardRow
	Shown        string
	Todo         []todoView
	Curve        *curveView
	CSV, JSON    string
	Circular     circularView
	Papers       string // the circular as a paper
	Calls        string // whom to ring up, for the office; "" where nobody signs in
	RollUp       link
}

type sortView struct {
	ID, Name, Href, Aria string
	Wide                 bool
	Also                 link // the same column in another order
}

// A boardRow is one agency on the board.
type boardRow struct {
	Agency    link
	Class     string // q-mis, q-ok …
	Look      look
	Late      look
	Reason    string
	Published string
	Days      string
	Bar       *daysBar
	Form      string
	Errors    []ruleLink // failed rules, each to its place in the report
	Dismissed []ruleLink // those that a person has looked at and does not take up
	Warnings  int
	Doubts    int
	Report    string
	Source    string
	owed      aggregate.Owed
	early     int // days before the deadline, negative after
	dated     bool
}

// A daysBar is the distance from the deadline, drawn left of the line for early
// and right for late.
type daysBar struct {
	X, W  float64
	Class string
}

type todoView struct {
	Count  int
	Text   string
	Href   string
	Detail string
}

// A circularView is the printed circular: a heading, what became of the reports,
// and the table.
type circularView struct {
	Date string
}

// showBoard serves GET /status/:code/:year.
func (s *Server) showBoard(c echo.Context) error {
	view, err := s.boardOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "board", view)
}

// boardOf is the view of the board that an address asks for.
func (s *Server) boardOf(c echo.Context) (view boardView, err error) {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return view, err
	}
	run, err := asOf(c)
	if err != nil {
		return view, err
	}
	if err := s.narrow(c, standard.RegionCode(c.Param("code")), year, inPath("/status/", "/"+strconv.Itoa(year))); err != nil {
		return view, err
	}
	b, err := s.Figures.Board(c.Request().Context(), standard.RegionCode(c.Param("code")), year, run)
	if err != nil {
		return view, s.newPage(c).unknown(err, noRegion, c.Param("code"))
	}
	decided, err := s.Store.DecisionsIn(c.Request().Context(), b.Region.Code, b.Year, run)
	if err != nil {
		return view, err
	}
	order, err := boardOrder(c.QueryParam("sort"))
	if err != nil {
		return view, err
	}
	only, err := boardFilter(c.QueryParam("show"))
	if err != nil {
		return view, err
	}
	view = newBoardView(s.newPage(c), b, decided, order, only, s.Now())
	at := strings.TrimPrefix(view.Path, "/status/")
	view.Papers = view.Href("/papers/circular/" + at)
	view.RollUp = link{Text: view.t("%d 年度汇总表", view.Year), Href: view.Href("/rollup/" + at)}
	if s.People != nil && !view.Pinned {
		view.Calls = view.Href("/admin/calls/" + at)
	}
	if view.Curve != nil {
		view.Curve.Fixed = view.placed(figureView{}, strings.TrimPrefix(view.Path, "/")+"/curve", nil).Fixed
	}
	return view, nil
}

// boardSorts are the orders of a board; a minus before the name turns it round.
var boardSorts = []string{"urgency", "unit", "pinyin", "status", "published", "errors"}

func boardOrder(text string) (string, error) {
	if text == "" {
		return "urgency", nil
	}
	if !slices.Contains(boardSorts, trimMinus(text)) {
		return "", &report.ParameterError{Name: "sort", Got: text, Want: "urgency、unit、pinyin、status、published 或 errors，前加 - 为倒序"}
	}
	return text, nil
}

func trimMinus(text string) string {
	if len(text) > 0 && text[0] == '-' {
		return text[1:]
	}
	return text
}

// boardShows are the filters of a board by the class of the row.
var boardShows = []string{"all", "missing", "late", "inconsistent", "needs_review", "unknown", "not_watched"}

func boardFilter(text string) (string, error) {
	if text == "" {
		return "all", nil
	}
	if !slices.Contains(boardShows, text) {
		return "", &report.ParameterError{Name: "show", Got: text, Want: "all、missing、late、inconsistent、needs_review、unknown 或 not_watched"}
	}
	return text, nil
}

// keeps reports whether a filter shows a report.
func keeps(filter string, o aggregate.Owed) bool {
	switch filter {
	case "all":
		return true
	case "late":
		return o.Late || o.LateByDate
	case "inconsistent", "needs_review":
		return string(o.Status) == filter || filter == "needs_review" && o.Status == report.Unreadable
	}
	return string(o.Publication) == filter
}

func newBoardView(p page, b aggregate.Board, decided decisionsOf, order, only string, now time.Time) boardView {
	p.in(p.t("发布情况"))
	p.Demo, p.Print = b.Demo, "circular-page"
	p.Path = "/status/" + string(b.Region.Code) + "/" + strconv.Itoa(b.Year)
	p.Title = p.t("%s：%d 年度报告发布情况", p.name(b.Region.Name), b.Year)
	p.Trail = append(p.trail(b.Path), link{Text: p.t("%d 年度发布情况", b.Year)})
	v := boardView{page: p, Region: p.name(b.Region.Name), Code: string(b.Region.Code), Year: b.Year, AsOfWords: p.asOfWords(b.AsOf), Strip: p.strip(b.Basis)}
	for _, y := range b.Years {
		v.Years = append(v.Years, link{Text: strconv.Itoa(y), Href: p.Href("/status/" + v.Code + "/" + strconv.Itoa(y)), Current: y == b.Year})
	}
	deadline, source := boardDeadline(b)
	v.Deadline = p.t("期限 %s（%s）", p.spoken(deadline), p.label(source))
	v.Lede = p.boardLede(b, deadline, now)
	v.About = sentence(v.Lede)
	for _, name := range boardShows {
		n := 0
		for _, row := range b.Rows {
			if keeps(name, row.Owed) {
				n++
			}
		}
		if n > 0 || name == only {
			v.Filters = append(v.Filters, link{Text: p.t("%s %d", p.filterName(name), n), Href: p.With(params("show", name, "all", "sort", order, "urgency")), Current: name == only})
		}
	}
	all := make([]boardRow, len(b.Rows))
	for i, row := range b.Rows {
		all[i] = p.boardRow(row, b.Year, decided[row.Agency.ID])
		if keeps(only, row.Owed) {
			v.Rows = append(v.Rows, all[i])
		}
	}
	sortBoard(v.Rows, order)
	v.Sorts = p.boardHeads(order, only)
	v.Shown = p.t("显示 %d / %d 个单位", len(v.Rows), len(b.Rows))
	v.Todo = p.todo(all)
	v.Curve = p.curve(b, deadline)
	base := "/api/v1/coverage?region=" + v.Code + "&year=" + strconv.Itoa(b.Year)
	v.JSON, v.CSV = p.Href(base), p.Href(base+"&format=csv")
	v.Circular = circularView{Date: p.spoken(now)}
	return v
}

// params builds a query of pairs name, value, default; defaults are left out.
func params(triples ...string) url.Values {
	q := url.Values{}
	for i := 0; i+2 < len(triples); i += 3 {
		if triples[i+1] != triples[i+2] {
			q.Set(triples[i], triples[i+1])
		}
	}
	return q
}

func (p page) filterName(name string) string {
	return p.t(map[string]string{"all": "全部", "missing": "未发布", "late": "逾期", "inconsistent": "勾稽不符",
		"needs_review": "待复核或无法读取", "unknown": "未能查看", "not_watched": "未纳入"}[name])
}

// boardDeadline is the deadline of most of the region's agencies: the register may
// give single ones a day of their own. It is the default where no agency owes.
func boardDeadline(b aggregate.Board) (time.Time, standard.Label) {
	usual, most := standard.DefaultDeadline(standard.Street, b.Year), 0
	count := make(map[int64]int) // by moment: equal times of two zones are no equal keys
	for _, row := range b.Rows {
		if row.Deadline.Day.IsZero() || row.Agency.Kind == standard.Government {
			continue
		}
		day := row.Deadline.Day.Unix()
		if count[day]++; count[day] > most {
			usual, most = row.Deadline, count[day]
		}
	}
	return usual.Day, usual.Source
}

func (p page) boardLede(b aggregate.Board, deadline, now time.Time) []phrase {
	var list []phrase
	days := int(now.Sub(deadline).Hours() / 24)
	switch {
	case days > 0 && days < 400:
		list = append(list, phrase{Text: p.t("期限已过 %d 天。", days)})
	case days <= 0:
		list = append(list, phrase{Text: p.t("距期限还有 %d 天。", -days)})
	}
	list = append(list, phrase{Text: p.t("%d / %d", b.Basis.Published, b.Basis.Due), Strong: true}, phrase{Text: p.t(" 个应报单位已发布")})
	if b.Basis.Late > 0 {
		list = append(list, phrase{Text: p.t("，其中 %d 个逾期", b.Basis.Late)})
	}
	for _, kind := range []report.Publication{report.Missing, report.Unknown, report.NotDue} {
		if text := p.named(b.Rows, kind); text != "" {
			list = append(list, phrase{Text: p.t("；") + p.Lang.later(text)})
		}
	}
	return append(list, phrase{Text: p.t("。")})
}

// inside is a word as it stands within a sentence.
func inside(word string) string {
	if word == "" || word[0] >= 0x80 {
		return word
	}
	return strings.ToLower(word[:1]) + word[1:]
}

// named lists the units of a kind by name, and counts them where they are many.
func (p page) named(rows []aggregate.BoardRow, kind report.Publication) string {
	var names []string
	word := ""
	for _, row := range rows {
		if row.Publication == kind {
			names, word = append(names, shortName(row.Agency)), inside(p.owedLook(row.Owed).Word)
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > 8:
		return p.t("%d 个%s", n, word)
	}
	return p.t("%s：%s", word, p.names(names))
}

// names lists names.
func (p page) names(names []string) string {
	written := make([]string, len(names))
	for i, name := range names {
		written[i] = p.name(name)
	}
	return strings.Join(written, p.t("、"))
}

func (p page) boardRow(row aggregate.BoardRow, year int, decided map[string]store.Decision) boardRow {
	r := boardRow{Agency: p.agencyLink(row.Agency), Look: p.owedLook(row.Owed), Late: p.lateLook(row.Owed), Reason: p.retell(row.Reason),
		Published: day(row.PublishedOn), Doubts: len(row.Doubts), Source: row.URL, owed: row.Owed}
	r.Class = "q-" + r.Look.Class
	if row.Version != 0 {
		r.Report, r.Form = p.reportHref(row.Agency.ID, year), p.formName(row.Format)
	}
	p.failed(&r, people.With(decided, row.Findings, row.Agency.ID, year))
	p.distance(&r, row.Owed)
	return r
}

// distance says how far before or after the deadline a report was published, by
// its printed date; a report known to be late without such a date has the words
// only.
func (p page) distance(r *boardRow, o aggregate.Owed) {
	if o.PublishedOn.IsZero() || o.Deadline.Day.IsZero() {
		r.Days = r.Late.Word
		return
	}
	at := time.Date(o.PublishedOn.Year, time.Month(o.PublishedOn.Month), o.PublishedOn.Day, 0, 0, 0, 0, standard.China())
	r.early, r.dated = int(o.Deadline.Day.Sub(at).Hours()/24), true
	span := min(float64(max(r.early, -r.early)), 30) * 2
	switch {
	case r.early >= 0:
		r.Bar, r.Days = &daysBar{X: 60 - span, W: span, Class: "d-early"}, p.t("提前 %d 天", r.early)
	default:
		r.Bar, r.Days = &daysBar{X: 60, W: span, Class: "d-late"}, p.t("晚于期限 %d 天", -r.early)
	}
}

// urgency puts what needs doing first.
func urgency(r boardRow) int {
	order := map[string]int{"mis": 0, "err": 1, "rev": 2, "bad": 3, "unk": 4, "ok": 6, "due": 7, "none": 8, "unw": 9}
	n := order[r.Look.Class]
	if r.settled() {
		n = order["ok"]
	}
	if n == 6 && r.Late.Word != "" {
		n = 5
	}
	return n
}

func sortBoard(rows []boardRow, order string) {
	by, spelt := trimMinus(order), byPinyin()
	slices.SortStableFunc(rows, func(a, b boardRow) int {
		n := 0
		switch by {
		case "urgency", "status":
			n = cmp.Compare(urgency(a), urgency(b))
		case "unit":
			n = cmp.Compare(a.owed.Agency.Region, b.owed.Agency.Region)
		case "pinyin":
			n = spelt(a.Agency.Text, b.Agency.Text)
		case "published":
			n = comparePublished(a, b)
		case "errors":
			n = cmp.Compare(len(b.Errors)*100+b.Warnings, len(a.Errors)*100+a.Warnings)
		}
		if order[0] == '-' {
			return -n
		}
		return n
	})
}

// comparePublished puts rows without a date last.
func comparePublished(a, b boardRow) int {
	switch {
	case a.Published == b.Published:
		return 0
	case a.Published == "":
		return 1
	case b.Published == "":
		return -1
	}
	return cmp.Compare(a.Published, b.Published)
}

func (p page) boardHeads(order, only string) []sortView {
	heads := []sortView{{ID: "unit", Name: p.t("单位")}, {ID: "status", Name: p.t("核验")}, {ID: "published", Name: p.t("发布日期")},
		{Name: p.t("距期限"), Wide: true}, {Name: p.t("格式"), Wide: true}, {ID: "errors", Name: p.t("问题")}, {Name: p.t("去处"), Wide: true}}
	for i := range heads {
		h := &heads[i]
		if h.ID == "" {
			continue
		}
		next := h.ID
		switch order {
		case h.ID:
			h.Aria, next = "ascending", "-"+h.ID
		case "-" + h.ID:
			h.Aria = "descending"
		}
		h.Href = p.With(params("sort", next, "urgency", "show", only, "all"))
	}
	heads[0].Also = link{Text: p.t("按拼音"), Href: p.With(params("sort", "pinyin", "urgency", "show", only, "all")), Current: trimMinus(order) == "pinyin"}
	return heads
}

// todo lists what the office has to see to, most pressing first.
func (p page) todo(rows []boardRow) []todoView {
	groups := []struct{ show, text string }{
		{"missing", "催发布"}, {"inconsistent", "请核对表格"}, {"needs_review", "本站待复核"}, {"unknown", "未能查看，请人工核实"}, {"late", "已逾期发布"},
	}
	var list []todoView
	for _, g := range groups {
		var names []string
		for _, row := range rows {
			if keeps(g.show, row.owed) && !(g.show == "inconsistent" && row.settled()) {
				names = append(names, shortName(row.owed.Agency))
			}
		}
		if len(names) > 0 {
			list = append(list, todoView{Count: len(names), Text: p.t(g.text), Detail: p.names(names[:min(len(names), 6)]),
				Href: p.With(url.Values{"show": {g.show}})})
		}
	}
	return list
}
