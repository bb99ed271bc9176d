package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/export"
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
	enum       []string // the values that it may have; nil for any of its kind
	least      int      // of an integer
	most       int      // of an integer; 0 for no end
	region     bool     // it is the code of a region
}

// Parameters that every list takes.
func common() []param {
	return []param{
		{name: "format", kind: "string", zh: "json（默认）、csv 或 xlsx", en: "json (default), csv or xlsx", example: "csv", enum: []string{"json", "csv", "xlsx"}},
		{name: "limit", kind: "integer", zh: "每页行数，默认 100，最多 1000；csv 和 xlsx 不给则全部", en: "rows a page, 100 by default, 1000 at most; CSV and XLSX are whole unless it is given", example: "100", least: 1, most: maxLimit},
		{name: "cursor", kind: "string", zh: "上一页的 next", en: "next of the page before"},
		{name: "fields", kind: "string", zh: "只要这些列，逗号分隔", en: "only these columns, separated by commas"},
		{name: "as_of", kind: "integer", zh: "按某次采集批次之后的状态", en: "as things stood after that run", example: "2", least: 1},
		{name: "bom", kind: "boolean", zh: "1：csv 以 BOM 开头，表格软件据此认出 UTF-8；默认不带，程序读取较便", en: "1: begin CSV with a byte order mark, by which spreadsheets know UTF-8; without it by default, since programs read it more easily", example: "1"},
	}
}

// Parameters that several resources take.
var (
	byRegion = param{name: "region", kind: "string", zh: "行政区划代码，含以下各级；0 为全国", en: "region code; means it and all below; 0 is the whole country", example: "990101", region: true}
	byAgency = param{name: "agency", kind: "string", zh: "机关编号，可用逗号给出多个", en: "agency id, or several separated by commas", example: "990101001"}
	byYear   = param{name: "year", kind: "integer", zh: "报告年度", en: "report year", example: "2023", least: 2008, most: 2100}
	fromYear = param{name: "from", kind: "integer", zh: "起始报告年度", en: "first report year", example: "2022", least: 2008, most: 2100}
	toYear   = param{name: "to", kind: "integer", zh: "终止报告年度", en: "last report year", example: "2023", least: 2008, most: 2100}
	byStatus = param{name: "status", kind: "string", zh: "verified、inconsistent、needs_review 或 unreadable", en: "verified, inconsistent, needs_review or unreadable", example: "verified",
		enum: []string{"verified", "inconsistent", "needs_review", "unreadable"}}
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

// parse checks the parameters of a request for a resource in a form: an unknown one is an
// error, since a misspelt filter would be an answer to another question.
func parse(r resource, values url.Values, as string) (query, error) {
	q := query{values: values, as: as}
	if err := r.known(values); err != nil {
		return q, err
	}
	q.bom = q.flag("bom")
	q.fields = splitComma(values.Get("fields"))
	for i, f := range q.fields {
		if r.column(f) < 0 || slices.Contains(q.fields[:i], f) {
			return q, &report.ParameterError{Name: "fields", Got: f, Want: "columns of " + strings.Join(r.names(), ", ") + ", each once"}
		}
	}
	if from, to := q.number("from"), q.number("to"); to != 0 && from > to {
		return q, &report.ParameterError{Name: "to", Got: values.Get("to"), Want: "a year not before from"}
	}
	return q, q.page(r.name)
}

// check holds the parameters of a request against those that are taken.
func check(params []param, values url.Values) error {
	for name, given := range values {
		i := slices.IndexFunc(params, func(p param) bool { return p.name == name })
		if i < 0 {
			var names []string
			for _, p := range params {
				names = append(names, p.name)
			}
			return &report.ParameterError{Name: name, Got: values.Get(name), Want: "one of the parameters " + strings.Join(names, ", ")}
		}
		if len(given) > 1 {
			return &report.ParameterError{Name: name, Got: strings.Join(given, " and "), Want: "one value"}
		}
		if err := params[i].check(given[0]); err != nil {
			return err
		}
	}
	for _, p := range params {
		if p.required && values.Get(p.name) == "" {
			return &report.ParameterError{Name: p.name, Got: "", Want: p.en}
		}
	}
	return nil
}

// check holds a value against what the description says of it; an empty one is none.
func (p param) check(v string) error {
	bad := &report.ParameterError{Name: p.name, Got: v, Want: p.en}
	switch {
	case v == "":
		return nil
	case p.enum != nil:
		if !slices.Contains(p.enum, v) {
			bad.Want = "one of " + strings.Join(p.enum, ", ")
			return bad
		}
	case p.region:
		if standard.RegionCode(v) != standard.Country && standard.RegionCode(v).Level() == "" || strings.Trim(v, "0123456789") != "" {
			bad.Want = "a region code of 2, 4, 6 or 9 digits, or 0 for the whole country"
			return bad
		}
	case p.kind == "boolean":
		if !slices.Contains(booleans(), v) {
			bad.Want = "one of " + strings.Join(booleans(), ", ")
			return bad
		}
	case p.kind == "integer":
		n, err := strconv.Atoi(v)
		if err != nil || n < p.least || p.most > 0 && n > p.most {
			bad.Want = "a whole number of at least " + strconv.Itoa(p.least)
			if p.most > 0 {
				bad.Want = fmt.Sprintf("a whole number from %d to %d", p.least, p.most)
			}
			return bad
		}
	}
	return nil
}

// booleans are the words for yes and no.
func booleans() []string { return []string{"1", "true", "0", "false"} }

// page reads the limit, the cursor and the run.
func (q *query) page(resource string) error {
	if q.as == "json" {
		q.limit = defaultLimit
	}
	if n := q.number("limit"); n > 0 {
		q.limit = n
	}
	q.asOf = store.RunID(q.number("as_of"))
	if v := q.values.Get("cursor"); v != "" {
		return q.follow(resource, v)
	}
	return nil
}

// follow reads a cursor: the run whose data the pages show and the rows shown so
// far, so that a refresh between two pages neither skips nor repeats a row.
func (q *query) follow(resource, cursor string) error {
	bad := &report.ParameterError{Name: "cursor", Got: cursor, Want: "the next of an answer to the same question, as it was given"}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return bad
	}
	parts := strings.SplitN(string(b), ":", 3)
	if len(parts) != 3 {
		return bad
	}
	n, err1 := strconv.ParseInt(parts[0], 10, 64)
	m, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil || n < 0 || m < 1 || q.seal(resource, n, m) != parts[2] {
		return bad
	}
	if q.asOf != 0 && int64(q.asOf) != n {
		return bad
	}
	q.asOf, q.offset = store.RunID(n), m
	return nil
}

// cursor is where the next page begins.
func (q *query) cursor(resource string, offset int) string {
	run := int64(q.asOf)
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%d:%s", run, offset, q.seal(resource, run, offset)))
}

// seal ties a cursor to the question that it continues: with other filters the rows
// shown so far would be others. The form, the limit and the columns may change between
// pages. It keeps no secret: who makes a cursor up gets rows that they may read anyway.
func (q *query) seal(resource string, run int64, offset int) string {
	v := url.Values{}
	for name, given := range q.values {
		if !slices.Contains([]string{"cursor", "limit", "format", "fields", "bom", "as_of"}, name) {
			v[name] = given
		}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s?%s#%d:%d", resource, v.Encode(), run, offset))
	return hex.EncodeToString(sum[:8])
}

// number returns an integer parameter that was checked, 0 where it is not given.
func (q *query) number(name string) int {
	n, err := strconv.Atoi(q.values.Get(name))
	if err != nil {
		return 0
	}
	return n
}

// flag reports whether a parameter is switched on.
func (q *query) flag(name string) bool {
	v := q.values.Get(name)
	return v == "1" || v == "true"
}

// store returns the filters by region, agency and years.
func (q *query) store() store.Query {
	s := store.Query{AsOf: q.asOf, Region: standard.RegionCode(q.values.Get("region"))}
	for _, id := range splitComma(q.values.Get("agency")) {
		s.Agencies = append(s.Agencies, report.AgencyID(id))
	}
	if year := q.number("year"); year != 0 {
		s.FromYear, s.ToYear = year, year
		return s
	}
	s.FromYear, s.ToYear = q.number("from"), q.number("to")
	return s
}

// export returns the question to the tables that are also exported.
func (q *query) export() (export.Query, error) {
	cells, err := cellSet(q.values.Get("cell"))
	return export.Query{Query: q.store(), Status: report.Status(q.values.Get("status")), Cells: cells, English: q.values.Get("lang") == "en"}, err
}
