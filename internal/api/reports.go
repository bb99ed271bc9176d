package api

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Columns that rows of reports and of cells share.
func reportColumns() []column {
	return []column{
		{"agency_id", "string", "机关编号", "agency id"},
		{"agency", "string", "机关名称", "name of the agency"},
		{"region", "string", "行政区划代码", "region code"},
		{"year", "integer", "报告年度", "report year"},
		{"format", "string", "报告格式", "format found from the tables: F2014, F2019 or F2021"},
	}
}

// reports lists the current version of every report.
func (s *Server) reports() resource {
	return resource{
		name: "reports", zh: "报告的当前版本", en: "current version of each report",
		params: []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus},
		columns: append(reportColumns(),
			column{"status", "string", "状态", "verified, inconsistent, needs_review or unreadable"},
			column{"published_on", "string", "页面所载公布日期", "date printed on the page"},
			column{"version", "integer", "版本号", "number of the version, from 1"},
			column{"first_found", "string", "首次发现时间", "when the report was first found"},
			column{"original", "string", "原件 SHA-256", "SHA-256 of the archived original"},
			column{"url", "string", "公布地址", "address it was published at"},
			column{"demo", "boolean", "是否虚构示例", "fictitious, for demonstration"},
		),
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			return s.versions(ctx, q, func(a report.Agency, v store.VersionValues, yield func(row) bool) bool {
				return yield(append(reportRow(a, v), string(v.Status), date(v.PublishedOn), v.Number,
					moment(v.FirstFound), string(v.Original), v.URL, a.Demo))
			})
		},
	}
}

// cells lists every cell of every current version: one row a cell.
func (s *Server) cells() resource {
	return resource{
		name: "cells", zh: "统计项，每格一行", en: "tidy cells, one row a cell",
		params: []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus,
			{name: "cell", kind: "string", zh: "统计项代码，可用逗号给出多个", en: "cell code, or several separated by commas", example: "requests.new/total"}},
		columns: append(reportColumns(),
			column{"cell", "string", "统计项代码", "cell code"},
			column{"value", "number", "数值；没有数字时为空", "the number printed; null where none is"},
			column{"state", "string", "状态：printed、blank、dash、text、absent、unread", "printed, blank, dash, text, absent or unread"},
			column{"status", "string", "版本状态", "status of the version"},
			column{"version", "integer", "版本号", "number of the version"},
			column{"original", "string", "原件 SHA-256", "SHA-256 of the archived original"},
		),
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			want, err := cellSet(q.values.Get("cell"))
			if err != nil {
				return failed(err)
			}
			return s.versions(ctx, q, func(a report.Agency, v store.VersionValues, yield func(row) bool) bool {
				return eachCell(v, want, func(cell standard.Cell, value report.Value) bool {
					return yield(append(reportRow(a, v), string(cell.Code), number(value), value.State.String(),
						string(v.Status), v.Number, string(v.Original)))
				})
			})
		},
	}
}

func reportRow(a report.Agency, v store.VersionValues) row {
	return row{string(v.Agency), a.Name, string(a.Region), v.Year, string(v.Format)}
}

// versions yields the rows of the versions asked for, year by year so that a large
// answer never stands in memory whole; within a year in roster order.
func (s *Server) versions(ctx context.Context, q query, rows func(report.Agency, store.VersionValues, func(row) bool) bool) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		sq, err := q.store()
		if err != nil {
			yield(nil, err)
			return
		}
		status, err := q.status()
		if err != nil {
			yield(nil, err)
			return
		}
		agencies, err := s.agencyIndex(ctx, sq)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, year := range sqYears(sq) {
			sq.FromYear, sq.ToYear = year, year
			all, err := s.db.Versions(ctx, sq)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, v := range all {
				if status != "" && v.Status != status {
					continue
				}
				if !rows(agencies[v.Agency], v, func(r row) bool { return yield(r, nil) }) {
					return
				}
			}
		}
	}
}

// sqYears are the report years of a query; the first forms are of 2008.
func sqYears(q store.Query) []int {
	from, to := q.FromYear, q.ToYear
	if from == 0 {
		from = 2008
	}
	if to == 0 {
		to = 2100
	}
	var years []int
	for year := from; year <= to && len(years) < 100; year++ {
		years = append(years, year)
	}
	return years
}

func (s *Server) agencyIndex(ctx context.Context, q store.Query) (map[report.AgencyID]report.Agency, error) {
	rows, err := s.db.Coverage(ctx, q.Region, q.AsOf)
	if err != nil {
		return nil, err
	}
	index := make(map[report.AgencyID]report.Agency, len(rows))
	for _, r := range rows {
		index[r.Agency.ID] = r.Agency
	}
	return index, nil
}

// cellSet reads the cell codes asked for; nil means all.
func cellSet(list string) (map[standard.CellCode]bool, error) {
	if list == "" {
		return nil, nil
	}
	want := make(map[standard.CellCode]bool)
	for _, code := range splitComma(list) {
		known := false
		for _, format := range standard.Formats() {
			_, ok := standard.FormOf(format).Cell(standard.CellCode(code))
			known = known || ok
		}
		if !known {
			return nil, &report.ParameterError{Name: "cell", Got: code, Want: "a code of the dictionary, such as requests.new/total"}
		}
		want[standard.CellCode(code)] = true
	}
	return want, nil
}

// eachCell calls f for the cells of a version in the order of its form; false from
// f ends it.
func eachCell(v store.VersionValues, want map[standard.CellCode]bool, f func(standard.Cell, report.Value) bool) bool {
	form := standard.FormOf(v.Format)
	if form == nil {
		return true
	}
	for i, cell := range form.Cells {
		if i >= len(v.Values) || want != nil && !want[cell.Code] {
			continue
		}
		if !f(cell, v.Values[i]) {
			return false
		}
	}
	return true
}

func number(v report.Value) any {
	if a, ok := v.Known(); ok {
		return a
	}
	return nil
}

// report serves one report whole: its current version, or the one that as_of or
// version names, with cells, findings, statements and versions.
func (s *Server) report(c echo.Context) error {
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil {
		return &report.ParameterError{Name: "year", Got: c.Param("year"), Want: "a report year such as 2020"}
	}
	asOf, err := strconv.Atoi("0" + c.QueryParam("as_of"))
	if err != nil {
		return &report.ParameterError{Name: "as_of", Got: c.QueryParam("as_of"), Want: "the number of a run"}
	}
	if done, err := s.unchanged(c); done || err != nil {
		return err
	}
	r, err := s.db.Report(c.Request().Context(), report.AgencyID(c.Param("agency")), year, store.RunID(asOf))
	if err != nil {
		return err
	}
	body, err := json.Marshal(newDetail(r))
	if err != nil {
		return fmt.Errorf("report %s/%d: %w", c.Param("agency"), year, err)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}
