package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// oneReport says what a request for a report may carry.
func oneReport() []param {
	return []param{
		{name: "format", kind: "string", zh: "json（默认）、csv（每格一行）或 xlsx（法定表格，带核对公式）", en: "json (default), csv (one row a cell) or xlsx (the statutory tables, with formulas that redo the checks)", example: "csv", enum: []string{"json", "csv", "xlsx"}},
		{name: "version", kind: "integer", zh: "版本号，默认为当前版本；仅限 json", en: "number of the version, the current one by default; JSON only", example: "1", least: 1},
		{name: "as_of", kind: "integer", zh: "按某次采集批次之后的状态", en: "as things stood after that run", example: "2", least: 1},
		{name: "bom", kind: "boolean", zh: "1：csv 以 BOM 开头", en: "1: begin CSV with a byte order mark", example: "1"},
		inLanguage,
	}
}

// report serves one report whole: its current version, or the one that as_of or
// version names, with cells, findings, statements and versions.
func (s *Server) report(c echo.Context) error {
	values := c.QueryParams()
	if err := check(oneReport(), values); err != nil {
		return err
	}
	as, err := form(c)
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil {
		return &report.ParameterError{Name: "year", Got: c.Param("year"), Want: "a report year such as 2020"}
	}
	q := query{values: values}
	q.asOf = store.RunID(q.number("as_of"))
	if err := s.past(c.Request().Context(), q.asOf); err != nil {
		return err
	}
	if done, err := s.unchanged(c, as); done || err != nil {
		return err
	}
	agency := report.AgencyID(c.Param("agency"))
	if as == "csv" || as == "xlsx" {
		return s.reportFile(c, agency, year, q, as)
	}
	r, err := s.db.Report(c.Request().Context(), agency, year, q.asOf)
	if err != nil {
		return err
	}
	if err := s.takeVersion(c, &r, q.asOf, q.number("version")); err != nil {
		return err
	}
	body, err := json.Marshal(newDetail(r))
	if err != nil {
		return fmt.Errorf("report %s/%d: %w", agency, year, err)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// takeVersion puts the version of that number in the place of the current one.
func (s *Server) takeVersion(c echo.Context, r *store.Report, asOf store.RunID, number int) error {
	if number == 0 || number == r.Current.Number {
		return nil
	}
	for _, h := range r.Versions {
		if h.Number == number {
			v, err := s.db.VersionAt(c.Request().Context(), h.ID, asOf)
			r.Current = v
			return err
		}
	}
	return &report.ParameterError{Name: "version", Got: strconv.Itoa(number), Want: fmt.Sprintf("a version from 1 to %d", len(r.Versions))}
}

// reportFile serves the cells of a report as CSV, or its statutory tables as a workbook.
func (s *Server) reportFile(c echo.Context, agency report.AgencyID, year int, q query, as string) error {
	if q.number("version") != 0 {
		return &report.ParameterError{Name: "version", Got: q.values.Get("version"), Want: "no version with csv or xlsx, which are of the version that as_of says"}
	}
	if _, err := s.db.Report(c.Request().Context(), agency, year, q.asOf); err != nil {
		return err
	}
	eq := export.Query{English: q.values.Get("lang") == "en"}
	eq.Agencies, eq.FromYear, eq.ToYear, eq.AsOf = []report.AgencyID{agency}, year, year, q.asOf
	name := fmt.Sprintf("%s-%d", agency, year)
	if as == "xlsx" {
		begin(c, xlsxType, name+".xlsx")
		return s.exporter().Stream(c.Request().Context(), "workbook", eq, late{c})
	}
	begin(c, csvType+"; charset=utf-8", name+".csv")
	t := export.Cells(s.db, eq)
	return export.WriteCSV(late{c}, q.flag("bom"), t.Names(), 0, t.Rows(c.Request().Context()))
}

func (s *Server) exporter() *export.Exporter {
	return &export.Exporter{DB: s.db, Software: "gongkai " + s.Build, Now: s.Now}
}

// workbookParams say which reports a workbook repeats.
func workbookParams() []param {
	return []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus, inLanguage,
		{name: "as_of", kind: "integer", zh: "按某次采集批次之后的状态", en: "as things stood after that run", example: "2", least: 1}}
}

// workbook serves the statutory tables of several reports.
func (s *Server) workbook(c echo.Context) error {
	values := c.QueryParams()
	if err := check(workbookParams(), values); err != nil {
		return err
	}
	q := query{values: values}
	q.asOf = store.RunID(q.number("as_of"))
	if err := s.past(c.Request().Context(), q.asOf); err != nil {
		return err
	}
	eq, err := q.export()
	if err != nil {
		return err
	}
	if done, err := s.unchanged(c, "xlsx"); done || err != nil {
		return err
	}
	begin(c, xlsxType, "reports.xlsx")
	return s.exporter().Stream(c.Request().Context(), "workbook", eq, late{c})
}

// published serves the list of the files of the last nightly export.
func (s *Server) published(c echo.Context) error {
	if err := check(nil, c.QueryParams()); err != nil {
		return err
	}
	if s.Published == nil {
		return c.JSON(http.StatusOK, export.Listing{Files: []export.File{}})
	}
	l, err := s.Published()
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, l)
}

// byCell and inLanguage are filters of tidy rows.
var (
	byCell     = param{name: "cell", kind: "string", zh: "统计项代码，可用逗号给出多个", en: "cell code, or several separated by commas", example: "requests.new/total"}
	inLanguage = param{name: "lang", kind: "string", zh: "标签的语言：zh（默认）或 en", en: "language of the labels: zh (default) or en", example: "en", enum: []string{"zh", "en"}}
)

// describeParamsOf is the description of parameters that are in the address's query.
func describeParamsOf(params []param) []any {
	list := []any{}
	for _, p := range params {
		list = append(list, p.describe("query"))
	}
	return list
}
