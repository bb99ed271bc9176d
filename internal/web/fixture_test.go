package web

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// The fixtures are a real database with two regions: a fictitious district of
// twelve units with one case of everything a page must show, and a real unit beside
// one that nothing watches.
const (
	fixtureRegion = standard.RegionCode("990101")
	fixtureDay    = "2025-03-10"
)

// fixtureNames are solar terms, which no unit is called.
var fixtureNames = []string{"立春街道", "雨水街道", "惊蛰街道", "春分街道", "清明街道", "谷雨街道",
	"立夏街道", "小满街道", "芒种镇", "夏至镇", "小暑镇", "大暑镇"}

// A fixture fills a database.
type fixture struct {
	t     testing.TB
	db    *store.DB
	run   store.RunID
	rand  *rand.Rand
	bytes map[report.SHA256][]byte
}

// newFixture returns a server over a filled database.
func newFixture(t testing.TB) *Server {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "fixture.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	f := &fixture{t: t, db: db, rand: rand.New(rand.NewPCG(7, 7)), bytes: make(map[report.SHA256][]byte)}
	f.fill(ctx)
	clock := func() time.Time { return f.time(fixtureDay) }
	figures := aggregate.New(db, clock)
	s, err := New(Deps{Figures: figures, Store: db, OpenAPI: api.New(db, figures, api.Options{}).OpenAPI, Build: "test", Now: clock,
		Bytes: func(_ context.Context, hash report.SHA256) ([]byte, error) {
			b, ok := f.bytes[hash]
			if !ok {
				return nil, fmt.Errorf("original %s: %w", hash, report.ErrNotFound)
			}
			return b, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) time(day string) time.Time {
	f.t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, day, standard.China())
	f.must(err)
	return at
}

func (f *fixture) agencies() []report.Agency {
	var list []report.Agency
	for i, name := range fixtureNames {
		kind, formal := standard.Street, name+"办事处"
		if strings.HasSuffix(name, "镇") {
			kind, formal = standard.Town, name+"人民政府"
		}
		code := standard.RegionCode(fmt.Sprintf("%s%03d", fixtureRegion, i+1))
		a := report.Agency{ID: report.AgencyID(code), Name: formal, Short: name, Kind: kind, Region: code, Watched: true, Demo: true}
		if i == 10 {
			a.From = 2018
		}
		list = append(list, a)
	}
	list = append(list,
		report.Agency{ID: "120110008", Name: "军粮城街道办事处", Short: "军粮城街道", Kind: standard.Street, Region: "120110008", Watched: true},
		report.Agency{ID: "120110001", Name: "张贵庄街道办事处", Short: "张贵庄街道", Kind: standard.Street, Region: "120110001"})
	return list
}

func (f *fixture) fill(ctx context.Context) {
	all := f.agencies()
	f.must(f.db.PutAgencies(ctx, all))
	f.must(f.db.SetRegionName(ctx, fixtureRegion, "示例区"))
	var ids []report.AgencyID
	for _, a := range all[:12] {
		ids = append(ids, a.ID)
	}
	f.must(f.db.SetWatch(ctx, "demo", ids))
	f.must(f.db.SetWatch(ctx, "real", []report.AgencyID{"120110008"}))
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	f.run = run
	for _, portal := range []string{"demo", "real"} {
		for year := 2016; year <= 2025; year++ {
			f.must(f.db.AddLook(ctx, store.Look{Run: run, Portal: portal, At: f.time(fmt.Sprintf("%d-02-05", year)), Good: true, Found: 100}))
			f.must(f.db.AddLook(ctx, store.Look{Run: run, Portal: portal, At: f.time(fmt.Sprintf("%d-04-05", year)).AddDate(0, 0, -30), Good: true, Found: 100}))
		}
	}
	// One unit's page is behind a challenge: nothing can be said of its last year.
	f.must(f.db.AddLook(ctx, store.Look{Run: run, Portal: "demo", Agency: ids[9], At: f.time("2025-02-06"), Reason: "页面需要人机验证"}))
	for i, a := range all[:12] {
		for year := 2015; year <= 2024; year++ {
			f.report(ctx, i, a, year)
		}
	}
	f.report(ctx, 12, all[12], 2020)
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}

// report adds one report, with the fixture's cases of everything.
func (f *fixture) report(ctx context.Context, i int, a report.Agency, year int) {
	if !a.Owes(year) || (i == 5 && year == 2024) || (i == 7 && year == 2017) || (i == 9 && year == 2024) {
		return
	}
	format, _ := standard.FormatForYear(year)
	v := store.NewVersion{Agency: a.ID, Year: year, Status: report.Verified, Reader: "1",
		URL: fmt.Sprintf("http://portal.example/%s/%d.html", a.ID, year), FoundAt: f.time(fmt.Sprintf("%d-02-05", year+1))}
	published := report.Date{Year: year + 1, Month: 1, Day: 8 + (i*7+year)%22}
	v.Reading = report.Reading{Title: fmt.Sprintf("%s%d年政府信息公开工作年度报告", a.Name, year), Agency: a.Name, Year: year, Format: format,
		Values: f.values(format, i, year), Published: published, Route: "html utf-8 · geometry + sequence"}
	f.prose(&v)
	if a.ID == ids(3) && year == 2024 || a.ID == ids(8) && year == 2019 {
		v.Reading.Published = report.Date{Year: year + 1, Month: 2, Day: 12}
		v.FoundAt = f.time(fmt.Sprintf("%d-03-06", year+1))
	}
	f.odd(&v, i, year)
	f.add(ctx, v)
	if i == 1 && year == 2022 {
		f.revise(ctx, v)
	}
}

func ids(i int) report.AgencyID { return report.AgencyID(fmt.Sprintf("%s%03d", fixtureRegion, i+1)) }

// prose gives the reading its narrative.
func (f *fixture) prose(v *store.NewVersion) {
	total := v.Reading.Value("requests.new/total")
	text := fmt.Sprintf("本年度共收到政府信息公开申请%s件，均已答复。", total.Amount)
	v.Reading.Sections = []report.Section{
		{Number: 1, Heading: "一、总体情况", Paragraphs: []report.Paragraph{{Number: 3, Text: "按照年度工作安排，持续做好主动公开。"}, {Number: 4, Text: text}}},
		{Number: 5, Heading: "五、存在的主要问题及改进情况", Paragraphs: []report.Paragraph{{Number: 9, Text: "个别栏目更新不够及时，下一步明确专人负责。"}}},
	}
	if v.Reading.Format != standard.F2014 {
		v.Reading.Narrative = []report.Statement{{Says: "requests.new/total", Value: total.Amount, Verb: "收到", Sentence: text, Paragraph: 4, Section: 1}}
	}
}

// odd makes the cases: a sum that fails, a doubt, an unreadable document, blanks,
// dashes, words, a missing table, and prose that says otherwise.
func (f *fixture) odd(v *store.NewVersion, i, year int) {
	set := func(code standard.CellCode, value report.Value) {
		form := standard.FormOf(v.Reading.Format)
		if cell, ok := form.Cell(code); ok {
			value.Place = v.Reading.Values[cell.Index].Place
			v.Reading.Values[cell.Index] = value
		}
	}
	switch {
	case i == 2 && (year == 2024 || year == 2021):
		was := v.Reading.Value("outcome.unavailable.not_held/total")
		set("outcome.unavailable.not_held/total", report.Value{State: report.Printed, Amount: was.Amount - report.One, Text: (was.Amount - report.One).String()})
		v.Status = report.Inconsistent
		v.Findings = f.sumFailure(v, was.Amount)
	case i == 4 && year == 2024:
		set("requests.new/business", report.Value{State: report.Unread, Text: "O"})
		v.Status = report.NeedsReview
		v.Problems = []string{"无法确读：本年新收（商业企业） “O”"}
		v.Reading.Doubts = []report.Doubt{{Rule: "read.disagreement", Cell: "requests.new/business", Text: "两种读法不一致：本年新收（商业企业） 0 / 未能确读",
			Proposals: []report.Value{{State: report.Printed, Text: "0"}, {State: report.Unread, Text: "O"}}}}
	case i == 6 && year == 2018:
		v.Status, v.Reading.Format, v.Reading.Values = report.Unreadable, "", nil
		v.Reading.Narrative = nil
		v.Problems = []string{"没有可读的统计表；页面含有图片，表格可能是图片"}
	case i == 7 && year == 2023:
		for _, column := range []standard.Applicant{standard.Research, standard.Nonprofit, standard.Legal} {
			set(standard.At("outcome.unprocessed.reconfirm", column), report.Value{State: report.Blank})
			set(standard.At("outcome.denied.admin_query", column), report.Value{State: report.Dash, Text: "/"})
		}
		set("disclosure.license.decisions", report.Value{State: report.Words, Text: "不涉及"})
		set("disclosure.fee.amount", report.Value{})
		v.Reading.Notes = []report.Note{{Rule: "form.missing_table", Subject: "fee", Text: "表中没有这一行：行政事业性收费"}}
	case i == 8 && year == 2022:
		v.Findings = []report.Finding{{Rule: "text.requests_received", Severity: report.Warning, Attribution: report.ByAgency, Left: "12",
			Right: v.Reading.Value("requests.new/total").Amount.String(), Formula: "正文新收申请数 = 表中本年新收总计",
			Operands: []report.Operand{{Cell: "requests.new/total", Value: v.Reading.Value("requests.new/total")}},
			Text:     "正文写收到申请 12 件，与表中总计不同。", TextEN: "The text says that 12 requests were received, which is not the total of the table.", Place: report.Place{Paragraph: 4}}}
	}
}

func (f *fixture) sumFailure(v *store.NewVersion, sum report.Amount) []report.Finding {
	finding := report.Finding{Rule: "requests.column_sum", RuleVersion: 1, Subject: "outcome.unavailable.not_held",
		Severity: report.Error, Attribution: report.ByAgency, Left: sum.String(), Right: (sum - report.One).String(), Difference: "1",
		Formula: "六类申请人之和 = 总计列", Text: "“1.本机关不掌握相关政府信息”一行，六类申请人之和与总计列不等。",
		TextEN: "Information not held: the six kinds of applicant do not come to the total."}
	for _, column := range standard.Columns() {
		code := standard.At("outcome.unavailable.not_held", column)
		finding.Operands = append(finding.Operands, report.Operand{Cell: code, Value: v.Reading.Value(code)})
	}
	return []report.Finding{finding, {Rule: "text.training", Severity: report.Notice, Attribution: report.ByAgency, Text: "正文没有写到培训次数。", TextEN: "The text gives no number of trainings."}}
}

// revise publishes a second version with other figures.
func (f *fixture) revise(ctx context.Context, v store.NewVersion) {
	values := append([]report.Value(nil), v.Reading.Values...)
	cell, _ := standard.FormOf(v.Reading.Format).Cell("disclosure.penalty.decisions")
	values[cell.Index].Amount += report.Count(9)
	values[cell.Index].Text = values[cell.Index].Amount.String()
	v.Reading.Values = values
	v.FoundAt = f.time("2023-03-06")
	f.add(ctx, v)
}

// add archives a page that shows the values and keeps the version read from it.
func (f *fixture) add(ctx context.Context, v store.NewVersion) {
	body := []byte(fixturePage(v))
	hash := report.SHA256(fmt.Sprintf("%064x", len(f.bytes)+1))
	f.bytes[hash] = body
	v.Original = hash
	f.must(f.db.PutOriginal(ctx, f.run, report.Original{Hash: hash, URL: v.URL, RequestedURL: v.URL, ContentType: "text/html; charset=utf-8",
		Size: int64(len(body)), FetchedAt: v.FoundAt, Status: 200, Demo: v.Agency != "120110008"}))
	_, change, err := f.db.AddVersion(ctx, f.run, v)
	f.must(err)
	if change == store.NoChange {
		f.must(errors.New("a fixture said nothing new"))
	}
}

// fixturePage is a page whose grids have the places that the values name.
func fixturePage(v store.NewVersion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<html><body><h1>%s</h1><p>一、总体情况</p>", v.Reading.Title)
	form := standard.FormOf(v.Reading.Format)
	if form != nil {
		for _, table := range form.Tables() {
			b.WriteString("<table>")
			row := 0
			for _, cell := range form.TableCells(table) {
				if n := cell.Block*100 + cell.Row; n != row {
					fmt.Fprintf(&b, "<tr><th>%s</th>", cell.RowLabel.ZH)
					row = n
				}
				fmt.Fprintf(&b, "<td>%s</td>", v.Reading.Values[cell.Index].Text)
			}
			b.WriteString("</table>")
		}
	}
	return b.String() + "</body></html>"
}

// values fills a form with figures that reconcile.
func (f *fixture) values(format standard.Format, i, year int) []report.Value {
	form := standard.FormOf(format)
	amounts := make(map[standard.CellCode]report.Amount)
	if format == standard.F2014 {
		f.fillStatistics(amounts, i, year)
	} else {
		f.fillRequests(amounts, format, i, year)
		f.fillAppeals(amounts)
	}
	values := make([]report.Value, len(form.Cells))
	rows := make(map[standard.Table]int)
	last := -1
	for n, cell := range form.Cells {
		amount, ok := amounts[cell.Code]
		if !ok && cell.Table == standard.Disclosure {
			amount = report.Count(int64(f.rand.IntN(6)))
			if strings.Contains(string(cell.Code), "penalty.decisions") {
				amount = report.Count(int64(20 + 10*i + f.rand.IntN(80)))
			}
			if cell.Unit.Money() {
				amount = report.Count(int64(f.rand.IntN(2000))) + 250_000
			}
		}
		if key := cell.Block*100 + cell.Row; key != last {
			rows[cell.Table]++
			last = key
		}
		table := 1
		for t, name := range form.Tables() {
			if name == cell.Table {
				table = t + 1
			}
		}
		values[n] = report.Value{State: report.Printed, Amount: amount, Text: amount.String(),
			Place: report.Place{Table: table, Row: rows[cell.Table], Column: cell.Column + 1}}
	}
	return values
}

func (f *fixture) fillRequests(amounts map[standard.CellCode]report.Amount, format standard.Format, i, year int) {
	add := func(row string, column standard.Applicant, n int) {
		amounts[standard.At(row, column)] += report.Count(int64(n))
		amounts[standard.At(row, standard.Total)] += report.Count(int64(n))
	}
	weights := []int{12, 2, 1, 1, 1, 1, 1, 1, 1, 0, 6, 1, 1, 3, 2, 0, 1, 0, 1, 0, 1}
	decided := 0
	for r, row := range standard.Outcomes(format) {
		for c, column := range standard.Applicants() {
			n := 0
			if c < 2 {
				n = f.rand.IntN(weights[r]*(i+3)*(year-2012)/12+1) / (1 + 3*c)
			}
			add(row, column, n)
			add("outcome.total", column, n)
			decided += n
			add("requests.new", column, n)
		}
	}
	for _, column := range standard.Applicants() {
		add("requests.carried_in", column, 0)
		add("requests.carried_out", column, 0)
	}
	carried := i % 4
	add("requests.carried_in", standard.Natural, carried)
	add("requests.carried_out", standard.Natural, carried)
}

func (f *fixture) fillAppeals(amounts map[standard.CellCode]report.Amount) {
	for _, kind := range standard.AppealKinds() {
		for _, result := range standard.AppealResults() {
			n := report.Count(int64(f.rand.IntN(3)))
			amounts[standard.CellCode(kind+"."+result)] = n
			amounts[standard.CellCode(kind+".total")] += n
		}
	}
}

func (f *fixture) fillStatistics(amounts map[standard.CellCode]report.Amount, i, year int) {
	n := report.Count(int64(2 + i + (year-2014)*2))
	amounts["requests.received"], amounts["requests.online"] = n, n
	amounts["requests.closed"], amounts["requests.closed_on_time"] = n, n
	amounts["replies.total"], amounts["replies.granted"] = n, n-report.Count(1)
	amounts["replies.not_exist"] = report.Count(1)
	amounts["proactive.total"] = report.Count(int64(100 + 10*i))
}
