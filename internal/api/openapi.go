package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// describe serves the OpenAPI 3.1 description, made from the resources themselves.
func (s *Server) describe(c echo.Context) error {
	paths := map[string]any{
		"/reports/{agency}/{year}": operation("report", "one report with its cells, findings, statements and versions",
			[]any{pathParam("agency", "string"), pathParam("year", "integer")},
			map[string]any{"type": "object", "required": []string{"agency_id", "agency", "year", "format", "status", "cells", "findings"}}),
		"/openapi.json": operation("openapi", "this description", nil, map[string]any{"type": "object"}),
	}
	for _, r := range s.resources {
		paths["/"+r.name] = operation(r.name, r.en, r.describeParams(), r.schema())
	}
	return c.JSON(http.StatusOK, map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "Gongkai 公开", "version": "1",
			"description": "Figures of the annual reports on government information disclosure, as printed, with their state and status. Read-only, no key."},
		"servers": []any{map[string]any{"url": "/api/v1"}},
		"paths":   paths,
	})
}

func operation(id, summary string, params []any, schema map[string]any) map[string]any {
	if params == nil {
		params = []any{}
	}
	problem := map[string]any{"description": "a problem (RFC 9457) that names the parameter at fault",
		"content": map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{
			"type": "object", "required": []string{"title", "status", "detail"}}}}}
	return map[string]any{"get": map[string]any{
		"operationId": id, "summary": summary, "parameters": params,
		"responses": map[string]any{
			"200": map[string]any{"description": summary, "content": map[string]any{
				"application/json": map[string]any{"schema": schema}}},
			"304":     map[string]any{"description": "not modified"},
			"default": problem,
		},
	}}
}

func pathParam(name, kind string) any {
	return map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": kind}}
}

func (r resource) describeParams() []any {
	var list []any
	for _, p := range append(r.params, common()...) {
		one := map[string]any{"name": p.name, "in": "query", "required": p.required,
			"description": p.en, "schema": map[string]any{"type": p.kind}}
		if p.example != "" {
			one["example"] = p.example
		}
		list = append(list, one)
	}
	return list
}

// schema describes the page of a list.
func (r resource) schema() map[string]any {
	properties := make(map[string]any, len(r.columns))
	for _, c := range r.columns {
		kind := map[string]any{"type": []string{c.kind, "null"}, "description": c.en}
		if c.kind == "array" {
			kind["items"] = map[string]any{"type": "string"}
		}
		properties[c.name] = kind
	}
	return map[string]any{
		"type": "object", "required": []string{"data", "next"},
		"properties": map[string]any{
			"data": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": properties}},
			"next": map[string]any{"type": []string{"string", "null"}, "description": "cursor of the next page"},
		},
	}
}
