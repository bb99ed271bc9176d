package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/export"
)

// An operation is an address that is no list.
type operation struct {
	path   string // as the description has it: /reports/{agency}/{year}
	id     string
	zh, en string
	inPath []param
	params []param
	schema map[string]any // of the JSON answer; nil where there is none
	files  []string       // further types of the answer
	handle echo.HandlerFunc
}

// route is the path as the router has it.
func (o operation) route() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(o.path)
}

// operations are the addresses that are no lists.
func (s *Server) operations() []operation {
	return []operation{
		{path: "/reports/{agency}/{year}", id: "report", zh: "一份报告：各格、问题、正文所述数字和各版本", en: "one report with its cells, findings, statements and versions",
			inPath: []param{{name: "agency", kind: "string", zh: "机关编号", en: "agency id", example: "990101001"},
				{name: "year", kind: "integer", zh: "报告年度", en: "report year", example: "2023", least: 2008, most: 2100}},
			params: oneReport(), schema: schemaOf[detail](), files: []string{csvType, xlsxType}, handle: s.report},
		{path: "/workbook", id: "workbook", zh: "多份报告的法定表格（至多 200 份），带核对公式、问题、来源和字典", en: "the statutory tables of up to 200 reports, with formulas that redo the checks, findings, sources and dictionary",
			params: workbookParams(), files: []string{xlsxType}, handle: s.workbook},
		{path: "/exports", id: "exports", zh: "最近一次整库导出的文件及其校验和", en: "the files of the last whole export with their checksums",
			schema: schemaOf[export.Listing](), handle: s.published},
		{path: "/openapi.json", id: "openapi", zh: "本接口的说明（OpenAPI 3.1）", en: "this description (OpenAPI 3.1)",
			schema: map[string]any{"type": "object", "required": []string{"openapi", "info", "paths"}}, handle: s.describe},
	}
}

// describe serves the OpenAPI 3.1 description, made from the resources themselves.
func (s *Server) describe(c echo.Context) error {
	if err := check(nil, c.QueryParams()); err != nil {
		return err
	}
	if done, err := s.unchanged(c, "json"); done || err != nil {
		return err
	}
	body, err := s.OpenAPI()
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/openapi+json", body)
}

// OpenAPI returns the description as JSON. Texts are English, as tools expect; x-zh has
// them in Chinese.
func (s *Server) OpenAPI() ([]byte, error) {
	paths := map[string]any{}
	for _, r := range s.resources {
		get := describeOperation(r.name, r.about.ZH, r.about.EN, describeParamsOf(r.all()), s.listContent(r))
		r.retired.describe(get)
		paths["/"+r.name] = map[string]any{"get": get}
	}
	for _, o := range s.others {
		params := []any{}
		for _, p := range o.inPath {
			params = append(params, p.describe("path"))
		}
		content := map[string]any{}
		if o.schema != nil {
			content[jsonType(o.id)] = map[string]any{"schema": o.schema}
		}
		for _, f := range o.files {
			content[f] = map[string]any{}
		}
		paths[o.path] = map[string]any{"get": describeOperation(o.id, o.zh, o.en, append(params, describeParamsOf(o.params)...), content)}
	}
	return json.Marshal(map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "Gongkai 公开", "version": "1",
			"summary":     "Annual reports on government information disclosure of Chinese public bodies: figures as printed, with state, status and source",
			"description": "Read-only, no key. A figure that is not printed has no value and a state that says why: it is never zero. CSV headers are the names of the JSON.",
			"x-zh":        "只读，无须登记。没有印出的数字没有数值，由 state 说明原因，绝不是零。CSV 的列名与 JSON 相同。",
			"license":     map[string]any{"name": export.Licence, "url": export.LicencePath}},
		"servers":      []any{map[string]any{"url": root}},
		"externalDocs": map[string]any{"url": "/data", "description": "dictionary, method and worked examples"},
		"paths":        paths,
		"components":   map[string]any{"schemas": map[string]any{"Problem": problemSchema()}, "responses": problemResponses(), "headers": rateHeaders()},
	})
}

func jsonType(id string) string {
	if id == "openapi" {
		return "application/openapi+json"
	}
	return echo.MIMEApplicationJSON
}

// listContent are the forms of a list.
func (s *Server) listContent(r resource) map[string]any {
	return map[string]any{echo.MIMEApplicationJSON: map[string]any{"schema": r.schema()}, csvType: map[string]any{}, xlsxType: map[string]any{}}
}

func describeOperation(id, zh, en string, params []any, content map[string]any) map[string]any {
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/components/responses/" + name} }
	return map[string]any{
		"operationId": id, "summary": en, "x-zh": zh, "parameters": params,
		"responses": map[string]any{
			"200": map[string]any{"description": en, "content": content, "headers": map[string]any{
				"ETag":      map[string]any{"description": "send it back as If-None-Match", "schema": map[string]any{"type": "string"}},
				"RateLimit": map[string]any{"$ref": "#/components/headers/RateLimit"}, "RateLimit-Policy": map[string]any{"$ref": "#/components/headers/RateLimitPolicy"}}},
			"304": map[string]any{"description": "you have the current answer"},
			"400": ref("BadRequest"), "406": ref("NotAcceptable"), "404": ref("NotFound"), "429": ref("TooManyRequests"), "default": ref("Problem"),
		},
	}
}

// describe is the description of a parameter.
func (p param) describe(in string) map[string]any {
	schema := map[string]any{"type": p.kind}
	switch {
	case p.enum != nil:
		schema["enum"] = p.enum
	case p.region:
		schema["pattern"] = "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$"
	case p.kind == "boolean": // as a text: 1 and 0 are no booleans of JSON
		schema = map[string]any{"type": "string", "enum": booleans()}
	case p.kind == "integer":
		schema["minimum"] = p.least
		if p.most > 0 {
			schema["maximum"] = p.most
		}
	}
	one := map[string]any{"name": p.name, "in": in, "required": p.required || in == "path", "description": p.en, "x-zh": p.zh, "schema": schema}
	if p.example != "" {
		one["example"] = p.example
	}
	return one
}

// schema describes the page of a list.
func (r resource) schema() map[string]any {
	properties := make(map[string]any, len(r.columns))
	for _, c := range r.columns {
		kind := columnSchema(kindOf(c))
		kind["description"], kind["x-zh"] = c.About.EN, c.About.ZH
		properties[c.Name] = kind
	}
	return map[string]any{
		"type": "object", "required": []string{"data", "next"}, "additionalProperties": false,
		"properties": map[string]any{
			"data": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": properties, "additionalProperties": false, "x-order": r.names()}},
			"next": map[string]any{"type": []string{"string", "null"}, "description": "cursor of the next page, null on the last one"},
		},
	}
}

// columnSchema is the schema of a value that may be null.
func columnSchema(kind string) map[string]any {
	switch kind {
	case "array":
		return map[string]any{"type": []string{"array", "null"}, "items": map[string]any{"type": "string"}}
	case figure:
		words := []string{}
		for _, state := range export.States() {
			words = append(words, state.Word)
		}
		return map[string]any{"anyOf": []any{map[string]any{"type": "number"}, map[string]any{"type": "string", "enum": words}}}
	case "date", "date-time":
		return map[string]any{"type": []string{"string", "null"}, "format": kind}
	}
	return map[string]any{"type": []string{kind, "null"}}
}

func problemSchema() map[string]any {
	text := func(about string) map[string]any { return map[string]any{"type": "string", "description": about} }
	return map[string]any{"type": "object", "required": []string{"type", "title", "status", "detail"}, "additionalProperties": false,
		"properties": map[string]any{"type": text("about:blank: the status says it all"), "title": text("the status in words"),
			"status": map[string]any{"type": "integer"}, "detail": text("what is wrong and what to do"),
			"parameter": text("the parameter at fault"), "got": text("what it was"), "allowed": text("what it may be")}}
}

func problemResponses() map[string]any {
	of := func(about string) map[string]any {
		return map[string]any{"description": about, "content": map[string]any{problemType: map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}}
	}
	many := of("more requests than the policy allows")
	many["headers"] = map[string]any{"Retry-After": map[string]any{"description": "seconds to wait", "schema": map[string]any{"type": "integer"}}}
	return map[string]any{"BadRequest": of("a parameter is wrong; it is named, with what is allowed"), "NotFound": of("no such resource, agency or report"),
		"NotAcceptable":   of("Accept takes none of the forms, and format names none"),
		"TooManyRequests": many, "Problem": of("a problem (RFC 9457)")}
}

func rateHeaders() map[string]any {
	text := func(about string) map[string]any {
		return map[string]any{"description": about, "schema": map[string]any{"type": "string"}}
	}
	return map[string]any{"RateLimit": text("requests left (r) and seconds until the window ends (t)"), "RateLimitPolicy": text("requests (q) in a window of seconds (w)")}
}
