package api

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A param is a filter of a resource.
type param struct {
	name, kind string // kind is string, integer or boolean
	zh, en     string
	required   bool
	example    string
}

// Parameters that every list takes.
func common() []param {
	return []param{
		{name: "format", kind: "string", zh: "json（默认）、csv 或 xlsx", en: "json (default), csv or xlsx", example: "csv"},
		{name: "limit", kind: "integer", zh: "每页行数，默认 100，最多 1000；csv 和 xlsx 不给则全部", en: "rows a page, 100 by default, 1000 at most; CSV and XLSX are whole unless it is given", example: "100"},
		{name: "cursor", kind: "string", zh: "上一页的 next", en: "next of the page before"},
		{name: "fields", kind: "string", zh: "只要这些列，逗号分隔", en: "only these columns, separated by commas"},
		{name: "as_of", kind: "integer", zh: "按某次采集批次之后的状态", en: "as things stood after that run"},
		{name: "bom", kind: "boolean", zh: "csv 以 BOM 开头，便于表格软件识别", en: "begin CSV with a byte order mark", example: "1"},
	}
}

// Parameters that several resources take.
var (
	byRegion    = param{name: "region", kind: "string", zh: "行政区划代码，含以下各级", en: "region code; means it and all below", example: "990101"}
	byAgency    = param{name: "agency", kind: "string", zh: "机关编号，可用逗号给出多个", en: "agency id, or several separated by commas"}
	byYear      = param{name: "year", kind: "integer", zh: "报告年度", en: "report year", example: "2020"}
	fromYear    = param{name: "from", kind: "integer", zh: "起始报告年度", en: "first report year"}
	toYear      = param{name: "to", kind: "integer", zh: "终止报告年度", en: "last report year"}
	byStatus    = param{name: "status", kind: "string", zh: "verified、inconsistent、needs_review 或 unreadable", en: "verified, inconsistent, needs_review or unreadable"}
	byIndicator = param{name: "indicator", kind: "string", zh: "指标编号", en: "indicator id", example: "requests_new"}
)

// Limits of one page of JSON.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// A query is a request's parameters, checked.
type query struct {
	values url.Values
	as     string // json, csv or xlsx
	limit  int    // 0 for all
	offset int
	asOf   store.RunID
	fields []string
	bom    bool
}

// parse checks the parameters of a request for a resource: an unknown one is an
// error, since a misspelt filter would be an answer to another question.
func parse(r resource, values url.Values) (query, error) {
	q := query{values: values, as: "json"}
	if err := r.known(values); err != nil {
		return q, err
	}
	if v := values.Get("format"); v != "" {
		q.as = v
	}
	if !slices.Contains([]string{"json", "csv", "xlsx"}, q.as) {
		return q, &report.ParameterError{Name: "format", Got: q.as, Want: "json, csv or xlsx"}
	}
	q.bom = values.Get("bom") == "1" || values.Get("bom") == "true"
	if v := values.Get("fields"); v != "" {
		q.fields = strings.Split(v, ",")
	}
	for _, f := range q.fields {
		if r.column(f) < 0 {
			return q, &report.ParameterError{Name: "fields", Got: f, Want: "columns of " + strings.Join(r.names(), ", ")}
		}
	}
	return q, q.page()
}

// page reads the limit, the cursor and the run.
func (q *query) page() error {
	var err error
	if q.as == "json" {
		q.limit = defaultLimit
	}
	if q.values.Get("limit") != "" {
		if q.limit, err = q.integer("limit"); err != nil {
			return err
		}
		if q.limit < 1 || q.limit > maxLimit {
			return &report.ParameterError{Name: "limit", Got: q.values.Get("limit"), Want: fmt.Sprintf("a number from 1 to %d", maxLimit)}
		}
	}
	asOf, err := q.integer("as_of")
	if err != nil {
		return err
	}
	q.asOf = store.RunID(asOf)
	if v := q.values.Get("cursor"); v != "" {
		return q.follow(v)
	}
	return nil
}

// follow reads a cursor: the run whose data the pages show and the rows shown so
// far, so that a refresh between two pages neither skips nor repeats a row.
func (q *query) follow(cursor string) error {
	bad := &report.ParameterError{Name: "cursor", Got: cursor, Want: "the next of an answer"}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return bad
	}
	run, offset, ok := strings.Cut(string(b), ":")
	n, err1 := strconv.ParseInt(run, 10, 64)
	m, err2 := strconv.Atoi(offset)
	if !ok || err1 != nil || err2 != nil || m < 0 {
		return bad
	}
	q.asOf, q.offset = store.RunID(n), m
	return nil
}

func cursor(asOf store.RunID, offset int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%d", asOf, offset))
}

// integer returns a parameter as a number, 0 where it is not given.
func (q *query) integer(name string) (int, error) {
	v := q.values.Get(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, &report.ParameterError{Name: name, Got: v, Want: "a whole number"}
	}
	return n, nil
}

// flag reports whether a parameter is switched on.
func (q *query) flag(name string) bool {
	v := q.values.Get(name)
	return v == "1" || v == "true"
}

// store returns the filters by region, agency and years.
func (q *query) store() (store.Query, error) {
	s := store.Query{AsOf: q.asOf}
	region := q.values.Get("region")
	s.Region = standard.RegionCode(region)
	if region != "" && s.Region.Level() == "" || strings.Trim(region, "0123456789") != "" {
		return s, &report.ParameterError{Name: "region", Got: region, Want: "a region code of 2, 4, 6 or 9 digits"}
	}
	for _, id := range strings.Split(q.values.Get("agency"), ",") {
		if id != "" {
			s.Agencies = append(s.Agencies, report.AgencyID(id))
		}
	}
	year, err := q.integer("year")
	if err != nil {
		return s, err
	}
	s.FromYear, s.ToYear = year, year
	if year != 0 {
		return s, nil
	}
	if s.FromYear, err = q.integer("from"); err != nil {
		return s, err
	}
	s.ToYear, err = q.integer("to")
	return s, err
}

// status returns the status asked for, "" for all.
func (q *query) status() (report.Status, error) {
	v := report.Status(q.values.Get("status"))
	switch v {
	case "", report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable:
		return v, nil
	}
	return "", &report.ParameterError{Name: "status", Got: string(v), Want: byStatus.en}
}
