package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// The parts of an OpenAPI description that the reference shows.
type (
	apiDoc struct {
		Info struct {
			Description string `json:"description"`
			ZH          string `json:"x-zh"`
		} `json:"info"`
		Servers []struct {
			URL string `json:"url"`
		} `json:"servers"`
		Paths map[string]map[string]apiOperation `json:"paths"`
	}
	apiOperation struct {
		ID         string     `json:"operationId"`
		Summary    string     `json:"summary"`
		ZH         string     `json:"x-zh"`
		Deprecated bool       `json:"deprecated"`
		Sunset     string     `json:"x-sunset"`
		Parameters []apiParam `json:"parameters"`
		Responses  map[string]struct {
			Content map[string]struct {
				Schema apiSchema `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
	}
	apiParam struct {
		Name     string    `json:"name"`
		In       string    `json:"in"`
		Required bool      `json:"required"`
		EN       string    `json:"description"`
		ZH       string    `json:"x-zh"`
		Example  string    `json:"example"`
		Schema   apiSchema `json:"schema"`
	}
	apiSchema struct {
		Type       any                  `json:"type"`
		Format     string               `json:"format"`
		Enum       []string             `json:"enum"`
		Minimum    *int                 `json:"minimum"`
		Maximum    *int                 `json:"maximum"`
		EN         string               `json:"description"`
		ZH         string               `json:"x-zh"`
		Order      []string             `json:"x-order"`
		Properties map[string]apiSchema `json:"properties"`
		Items      *apiSchema           `json:"items"`
	}
)

// A referenceView is the description of the API for people.
type referenceView struct {
	page
	Root, Intro string
	Operations  []operationView
}

type operationView struct {
	ID, Path, About, Example, Retires string
	Parameters                        []paramView
	Forms                             []string
	Columns                           []columnWords
}

type paramView struct {
	Name, Kind, About, Allowed, Example string
	Required                            bool
}

// showReference serves GET /data/api, made from the description that the API serves.
func (s *Server) showReference(c echo.Context) error {
	v := referenceView{page: s.newPage(c)}
	v.opens("接口说明", "/data/api")
	doc, err := s.openAPI()
	if err != nil {
		return err
	}
	v.Intro = v.either(doc.Info.ZH, doc.Info.Description)
	if len(doc.Servers) > 0 {
		v.Root = doc.Servers[0].URL
	}
	if v.Operations, err = s.reference(v.page); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "reference", v)
}

// either is one of two texts by the language of the page.
func (p page) either(zh, en string) string {
	if p.Lang == "en" {
		return en
	}
	return zh
}

func (s *Server) openAPI() (apiDoc, error) {
	var doc apiDoc
	if s.OpenAPI == nil {
		return doc, nil
	}
	text, err := s.OpenAPI()
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		return doc, fmt.Errorf("description of the API: %w", err)
	}
	return doc, nil
}

// reference are the operations in the order of their paths.
func (s *Server) reference(p page) ([]operationView, error) {
	doc, err := s.openAPI()
	if err != nil {
		return nil, err
	}
	root := ""
	if len(doc.Servers) > 0 {
		root = doc.Servers[0].URL
	}
	var list []operationView
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		list = append(list, p.operation(root, path, doc.Paths[path]["get"]))
	}
	return list, nil
}

func (p page) operation(root, path string, o apiOperation) operationView {
	v := operationView{ID: o.ID, Path: path, About: p.either(o.ZH, o.Summary), Retires: o.Sunset}
	address, query := root+path, url.Values{}
	for _, one := range o.Parameters {
		v.Parameters = append(v.Parameters, p.param(one))
		switch {
		case one.In == "path":
			address = strings.ReplaceAll(address, "{"+one.Name+"}", one.Example)
		case one.Required, one.Name == "region", one.Name == "year" && len(query) > 0:
			query.Set(one.Name, one.Example)
		}
	}
	if v.Example = address; len(query) > 0 {
		v.Example += "?" + query.Encode()
	}
	ok := o.Responses["200"]
	v.Forms = slices.Sorted(maps.Keys(ok.Content))
	if schema := ok.Content["application/json"].Schema; schema.Properties != nil {
		row := schema
		if data := schema.Properties["data"]; data.Items != nil {
			row = *data.Items
		}
		names := row.Order
		if names == nil {
			names = slices.Sorted(maps.Keys(row.Properties))
		}
		for _, name := range names {
			if c := row.Properties[name]; !strings.HasPrefix(path, "/wide_") || !strings.ContainsAny(name, "./") {
				v.Columns = append(v.Columns, columnWords{Name: name, Kind: c.kind(), About: p.either(c.ZH, c.EN)})
			}
		}
	}
	return v
}

func (p page) param(one apiParam) paramView {
	v := paramView{Name: one.Name, Kind: one.Schema.kind(), About: p.either(one.ZH, one.EN), Example: one.Example, Required: one.Required}
	switch s := one.Schema; {
	case s.Enum != nil:
		v.Allowed = strings.Join(s.Enum, ", ")
	case s.Minimum != nil && s.Maximum != nil:
		v.Allowed = fmt.Sprintf("%d – %d", *s.Minimum, *s.Maximum)
	case s.Minimum != nil:
		v.Allowed = fmt.Sprintf("≥ %d", *s.Minimum)
	}
	return v
}

// kind is the type in a word, without null, which every column may be.
func (s apiSchema) kind() string {
	if s.Format != "" {
		return s.Format
	}
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if name, ok := one.(string); ok && name != "null" {
				return name
			}
		}
	}
	return ""
}
