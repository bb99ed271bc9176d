package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestChangesGrouped holds that what one run found of an agency stands in one line,
// however the workers mixed it with what they found of others.
func TestChangesGrouped(t *testing.T) {
	at := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	row := func(run store.RunID, agency report.AgencyID, year int, kind store.Change) store.ChangeRow {
		return store.ChangeRow{Run: run, At: at, Agency: agency, AgencyName: string(agency), Year: year, Kind: kind, Version: 1, Text: "发现年度报告"}
	}
	rows := []store.ChangeRow{
		row(2, "b", 2023, store.ChangeRevised),
		row(1, "a", 2021, store.ChangeNew), row(1, "b", 2024, store.ChangeNew), row(1, "a", 2024, store.ChangeNew),
		row(1, "c", 2024, store.ChangeNew), row(1, "b", 2023, store.ChangeNew), row(1, "a", 2022, store.ChangeNew),
	}
	var got []string
	for _, c := range (page{}).changes(rows, 3) {
		line := c.Agency.Text
		for _, y := range c.Years {
			line += " " + y.Text
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"b 2023", "a 2024 2022 2021", "b 2024 2023"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestSays holds what pages say that a reader would otherwise miss.
func TestSays(t *testing.T) {
	s := newFixture(t)
	for _, tc := range []struct{ path, says string }{
		{"/regions/990101", `id="requests-option"`},
		{"/regions/990101", "三安全\u200b一稳定"},
		{"/regions/990101", "未能查看、未到期或未纳入"},
		{"/status/990101/2024", "；未能查看：夏至镇"},
		{"/status/990101/2024", "；未发布：谷雨街道"},
		{"/reports/990101002/2022", `href="#diff"`},
		{"/compare", "本年新收政府信息公开申请数量"},
		{"/compare", "2019 格式、2021 格式"},
		{"/agencies/nobody", "没有编号为“nobody”的单位"},
		{"/regions/999999", "没有区划“999999”"},
		{"/indicators/nothing", "没有指标“nothing”"},
		{"/status/999999/2023", "没有区划“999999”"},
		{"/reports/nobody/2023", "没有编号为“nobody”的单位"},
		{"/compare?units=nobody", "没有编号为“nobody”的单位"},
		{"/originals/abc/view", "没有指纹为“abc”的原件"},
		{"/leads/x", "没有 /leads/x 这个地址"},
	} {
		if body := get(t, s, http.MethodGet, tc.path).Body.String(); !strings.Contains(body, tc.says) {
			t.Errorf("%s does not say %q", tc.path, tc.says)
		}
	}
}

// TestKinds holds that a download has the ending of its type, so that it opens.
func TestKinds(t *testing.T) {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, tc := range []struct{ kind, word, ending string }{
		{word, "Word 文档", ".docx"}, {"text/html; charset=gbk", "网页", ".html"},
		{"application/x-odd", "application/x-odd", ""}, {"", "", ""},
	} {
		if w, e := (page{}).kindWord(tc.kind), fileType(tc.kind).ending; w != tc.word || e != tc.ending {
			t.Errorf("%q is %q ending %q; want %q, %q", tc.kind, w, e, tc.word, tc.ending)
		}
	}
	if got := (page{}).routeWords("html utf-8 (declared) · geometry + sequence"); got != "网页 utf-8 （网页声明的编码） · 按位置、按次序各读一遍" {
		t.Errorf("route %q", got)
	}
}

// TestLateApart holds that a date printed after the deadline is never called late.
func TestLateApart(t *testing.T) {
	row := aggregate.MatrixRow{Cells: []aggregate.Owed{
		{Publication: report.Published, Status: report.Verified, LateByDate: true}, {Publication: report.Published, Status: report.Verified, Late: true, LateByDate: true},
	}}
	if got := (page{}).matrixRow(row, []int{2022, 2023}).Told; got != "逾期 1，按印出日期逾期 1" {
		t.Errorf("told %q", got)
	}
}
