package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/demo"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A stateCase is a cell of one state on its way through the whole chain: what stands in
// the document, and what each stage is to make of it.
type stateCase struct {
	name, agency string
	cell         standard.CellCode
	stands       string // in the document
	state        report.State
	amount       string // of a printed one
	indicator    string
	code         string // of the figure
	rule         string // finding, "" for none
	page         string // how the report's page says it
}

const statesYear = 2022

// stateCases has one case for each state. What was not read stands in a report of its
// own: it makes the report wait for review.
func stateCases() []stateCase {
	const a, b = "990101001", "990101002"
	return []stateCase{
		{"printed", a, "disclosure.license.decisions", "5", report.Printed, "5", "licences", "A", "", "原文印有数字"},
		{"printed 0", a, "disclosure.penalty.decisions", "0", report.Printed, "0", "penalties", "A", "", "原文印着 0"},
		{"blank", a, "disclosure.coercion.decisions", "", report.Blank, "", "coercion", "M", "cell.blank", "原文此格空白"},
		{"dash", a, "disclosure.fee.amount", "—", report.Dash, "", "fee_amount", "M", "cell.token", "原文划线或写“无”"},
		{"text", a, "review.total", "未统计", report.Words, "", "reviews", "M", "cell.token", "原文写的是文字"},
		{"absent", a, "disclosure.normative.issued", "", report.Absent, "", "documents_issued", "M", "form.row_set", "原文没有这一栏"},
		{"unread", b, "disclosure.license.decisions", "O", report.Unread, "", "licences", "P", "", "有字符，未能确读"},
	}
}

var normativeRow = regexp.MustCompile(`<tr><td[^>]*><p>行政规范性文件</p></td>.*?</tr>`)

// statesDocument is a report of zeros but for the cells of the cases of an agency; a row
// that is to be absent is cut out.
func statesDocument(t *testing.T, agency, name string) []byte {
	t.Helper()
	printed := demo.Printed{}
	for _, cell := range standard.FormOf(standard.F2021).Cells {
		printed[cell.Code] = "0"
	}
	absent := false
	for _, c := range stateCases() {
		if c.agency != agency {
			continue
		}
		printed[c.cell] = c.stands
		absent = absent || c.state == report.Absent
	}
	intro := fmt.Sprintf("本报告所列数据的统计期限自%d年1月1日起至%d年12月31日止。", statesYear, statesYear)
	body := demo.Page(demo.Article{Site: "示例市示例区人民政府", Breadcrumb: []string{"首页", "政府信息公开年报"}, Title: fmt.Sprintf("示例区%s%d年政府信息公开工作年度报告", name, statesYear),
		Source: name, Published: report.Date{Year: statesYear + 1, Month: 1, Day: 20}, Signature: name,
		Parts: demo.Body(standard.F2021, printed, intro, map[int][]string{1: {"全年工作按规定进行。"}, 5: {"公开内容不够丰富，下一步将丰富内容、完善机制、加强培训。"}, 6: {"本年度未收取信息处理费。"}})})
	if !absent {
		return body
	}
	cut := normativeRow.ReplaceAll(body, nil)
	if len(cut) == len(body) {
		t.Fatalf("the row to be absent was not found in the page")
	}
	return cut
}

// TestStates walks a cell of every state through the whole chain: reader, store, checks,
// aggregate, pages, chart options, API and export. Nothing but a printed 0 is ever 0.
func TestStates(t *testing.T) {
	dir := t.TempDir()
	s := &settings{DB: filepath.Join(dir, "gongkai.db"), Archive: filepath.Join(dir, "archive")}
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	names := map[string]string{"990101001": "云杉街道办事处", "990101002": "雪松街道办事处"}
	var register []report.Agency
	for _, id := range []string{"990101001", "990101002"} {
		register = append(register, report.Agency{ID: report.AgencyID(id), Name: names[id], Short: strings.TrimSuffix(names[id], "办事处"), Kind: standard.Street,
			Region: standard.RegionCode(id), From: statesYear, Watched: true, Demo: true})
	}
	if err := a.db.PutAgencies(t.Context(), register); err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for id, name := range names {
		files[id] = filepath.Join(dir, id+".html")
		if err := os.WriteFile(files[id], statesDocument(t, id, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	statesParsed(t, s, files)
	for id, file := range files {
		if out, status := s.dashboard(t, "import", file, "--agency", id, "--year", strconv.Itoa(statesYear)); status != 0 {
			t.Fatalf("import of %s: status %d: %s", id, status, out)
		}
	}
	statesStored(t, a)
	statesAggregated(t, a)
	h, err := a.handler(s)
	if err != nil {
		t.Fatal(err)
	}
	a.ready.Store(true)
	server := httptest.NewServer(h)
	defer server.Close()
	statesShown(t, server.URL)
	statesAnswered(t, server.URL)
	statesExported(t, s, dir)
}

// statesParsed: parse names what stands there, and gives numbers to numbers only.
func statesParsed(t *testing.T, s *settings, files map[string]string) {
	t.Helper()
	for id, file := range files {
		var out bytes.Buffer
		if status := run(t.Context(), []string{"parse", "--jsonl", file}, strings.NewReader(""), &out, io.Discard); status != 0 {
			t.Fatalf("parse: status %d", status)
		}
		var line struct {
			Status string
			Cells  map[standard.CellCode]any
			States map[standard.CellCode]string
		}
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
		for _, c := range stateCases() {
			if c.agency != id {
				continue
			}
			value, there := line.Cells[c.cell]
			state := line.States[c.cell]
			switch c.state {
			case report.Printed:
				if fmt.Sprint(value) != c.amount || state != "" {
					t.Errorf("parse, %s: %v %q", c.name, value, state)
				}
			case report.Absent, report.Unread:
				if there || state != "" {
					t.Errorf("parse, %s: %v %q; it is in neither", c.name, value, state)
				}
			default:
				if !there || value != nil || state != c.state.String() {
					t.Errorf("parse, %s: %v %q", c.name, value, state)
				}
			}
		}
		if want := map[bool]string{true: "needs_review", false: "verified"}[id == "990101002"]; line.Status != want {
			t.Errorf("parse of %s: %s, want %s", id, line.Status, want)
		}
	}
}

// statesStored: the store keeps the state and what stands there, and the rules say of
// each what they are to say.
func statesStored(t *testing.T, a *app) {
	t.Helper()
	form := standard.FormOf(standard.F2021)
	for _, c := range stateCases() {
		r, err := a.db.Report(t.Context(), report.AgencyID(c.agency), statesYear, 0)
		if err != nil {
			t.Fatal(err)
		}
		cell, _ := form.Cell(c.cell)
		v := r.Current.Reading.Values[cell.Index]
		if v.State != c.state || c.state == report.Printed && v.Amount.String() != c.amount || c.state != report.Printed && v.Amount != 0 {
			t.Errorf("store, %s: %+v", c.name, v)
		}
		if c.state == report.Words && v.Text != c.stands || c.state == report.Unread && v.Text != c.stands {
			t.Errorf("store, %s: %q stands there, want %q", c.name, v.Text, c.stands)
		}
		if c.rule == "" {
			continue
		}
		if !slices.ContainsFunc(r.Current.Findings, func(f report.Finding) bool { return f.Rule == c.rule }) {
			t.Errorf("checks, %s: no finding of %s", c.name, c.rule)
		}
	}
}

// statesAggregated: a figure exists for printed numbers alone; what has none has a letter
// and a reason, in the chart too, where it is a gap and never 0.
func statesAggregated(t *testing.T, a *app) {
	t.Helper()
	figures := aggregate.New(a.db, time.Now)
	for _, c := range stateCases() {
		cmp, err := figures.Compare(t.Context(), aggregate.CompareQuery{Units: []string{c.agency}, Indicator: c.indicator, From: statesYear, To: statesYear})
		if err != nil {
			t.Fatal(err)
		}
		f := cmp.Series[0].Figures[0]
		printed := c.state == report.Printed
		if f.Known != printed || f.Defined != printed || f.Code != c.code || printed && f.Numerator.String() != c.amount || !printed && (f.Numerator != 0 || f.Reason == "") {
			t.Errorf("aggregate, %s: %+v", c.name, f)
		}
		chart, err := charts.Lines(cmp, fmt.Sprintf)
		if err != nil {
			t.Fatal(err)
		}
		var option struct {
			Series []struct{ Data []struct{ Value any } }
		}
		if err := json.Unmarshal(chart.Option, &option); err != nil || len(option.Series) != 1 || len(option.Series[0].Data) != 1 {
			t.Fatalf("%v: %s", err, chart.Option)
		}
		value := option.Series[0].Data[0].Value
		if printed && fmt.Sprint(value) != c.amount || !printed && value != "-" {
			t.Errorf("chart, %s: %v; want a number for a number and a gap for the rest", c.name, value)
		}
	}
	r, err := figures.RollUp(t.Context(), "990101", statesYear, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range stateCases() {
		if c.agency != "990101001" {
			continue
		}
		for _, sum := range r.Cells {
			if sum.Cell.Code != c.cell {
				continue
			}
			counted := map[bool]int{true: 1, false: 0}[c.state == report.Printed]
			if sum.Counted != counted || sum.LeftOut != 2-counted || (sum.Absent == 1) != (c.state == report.Absent) || (sum.Blank == 1) != (counted == 0 && c.state != report.Absent) {
				t.Errorf("roll-up, %s: %+v", c.name, sum)
			}
		}
	}
}

func fetched(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, answer.Status, err)
	}
	return html.UnescapeString(string(b))
}

// statesShown: the page of the report and that of the cell say the state in its own
// words, and each looks another way.
func statesShown(t *testing.T, base string) {
	t.Helper()
	for _, c := range stateCases() {
		body := fetched(t, fmt.Sprintf("%s/reports/%s/%d", base, c.agency, statesYear))
		at := strings.Index(body, `data-code="`+string(c.cell)+`"`)
		if at < 0 {
			t.Errorf("page, %s: no place for %s", c.name, c.cell)
			continue
		}
		element := body[strings.LastIndex(body[:at], "<a "):at]
		if !strings.Contains(element, `data-state="`+c.page+`"`) {
			t.Errorf("page, %s: %s, want %q", c.name, element, c.page)
		}
		cell := fetched(t, fmt.Sprintf("%s/reports/%s/%d/cells/%s", base, c.agency, statesYear, c.cell))
		if !strings.Contains(cell, c.page) {
			t.Errorf("page of the cell, %s: does not say %q", c.name, c.page)
		}
	}
}

// statesAnswered: the API has a value for printed numbers alone and names every state, as
// JSON and as CSV.
func statesAnswered(t *testing.T, base string) {
	t.Helper()
	for _, c := range stateCases() {
		url := fmt.Sprintf("%s/api/v1/cells?agency=%s&year=%d&cell=%s", base, c.agency, statesYear, c.cell)
		var answer struct {
			Data []struct {
				Value any
				State string
			}
		}
		if err := json.Unmarshal([]byte(fetched(t, url)), &answer); err != nil || len(answer.Data) != 1 {
			t.Errorf("API, %s: %v, %+v", c.name, err, answer)
			continue
		}
		got := answer.Data[0]
		if got.State != c.state.String() || c.state == report.Printed && fmt.Sprint(got.Value) != c.amount || c.state != report.Printed && got.Value != nil {
			t.Errorf("API, %s: %+v", c.name, got)
		}
		rows, err := csv.NewReader(strings.NewReader(fetched(t, url+"&format=csv&fields=value,state"))).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][0] != c.amount || rows[1][1] != c.state.String() {
			t.Errorf("API as CSV, %s: %v, %v", c.name, rows, err)
		}
	}
}

// statesExported: so do the files that people take away.
func statesExported(t *testing.T, s *settings, dir string) {
	t.Helper()
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	if said, status := s.dashboard(t, "export", "--format", "csv", "--region", "990101", "-o", filepath.Join(out, "all")); status != 0 {
		t.Fatalf("export: status %d: %s", status, said)
	}
	var cells string
	if err := filepath.WalkDir(out, func(path string, _ os.DirEntry, err error) error {
		if filepath.Base(path) == "cells.csv" {
			cells = path
		}
		return err
	}); err != nil || cells == "" {
		t.Fatalf("the export has no cells.csv: %v", err)
	}
	f, err := os.Open(cells)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	at := func(name string) int { return slices.Index(rows[0], name) }
	for _, c := range stateCases() {
		i := slices.IndexFunc(rows, func(row []string) bool { return row[at("agency_id")] == c.agency && row[at("cell")] == string(c.cell) })
		if i < 0 || rows[i][at("value")] != c.amount || rows[i][at("state")] != c.state.String() {
			t.Errorf("export, %s: %v", c.name, i)
		}
	}
}
