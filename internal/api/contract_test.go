package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"
)

// The parts of the description that the contract is tested by.
type (
	openAPI struct {
		OpenAPI string                       `json:"openapi"`
		Paths   map[string]map[string]*opDoc `json:"paths"`
	}
	opDoc struct {
		ID         string     `json:"operationId"`
		Summary    string     `json:"summary"`
		ZH         string     `json:"x-zh"`
		Parameters []paramDoc `json:"parameters"`
		Responses  map[string]struct {
			Content map[string]struct {
				Schema *struct {
					Properties struct {
						Data struct {
							Items struct {
								Order []string `json:"x-order"`
							} `json:"items"`
						} `json:"data"`
					} `json:"properties"`
				} `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
	}
	paramDoc struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
		Example  string `json:"example"`
		ZH       string `json:"x-zh"`
		EN       string `json:"description"`
		Schema   struct {
			Type    string   `json:"type"`
			Enum    []string `json:"enum"`
			Minimum *int     `json:"minimum"`
		} `json:"schema"`
	}
)

// A contract is a live server with its description.
type contract struct {
	url      string
	doc      openAPI
	compiler *jsonschema.Compiler
}

func newContract(t *testing.T) *contract {
	t.Helper()
	server, db := serve(t)
	addWords(t, db)
	addCorrection(t, db)
	c := &contract{url: server.URL + "/api/v1", compiler: jsonschema.NewCompiler()}
	body, _ := get(t, c.url+"/openapi.json", http.StatusOK)
	if err := json.Unmarshal(body, &c.doc); err != nil {
		t.Fatal(err)
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	return c
}

// validate holds a JSON answer against a schema of the description.
func (c *contract) validate(t *testing.T, pointer string, body []byte) {
	t.Helper()
	schema, err := c.compiler.Compile("openapi.json#" + pointer)
	if err != nil {
		t.Fatalf("schema %s: %v", pointer, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("the answer is not what the description says: %v\n%.500s", err, body)
	}
}

// TestDescription holds the description against the schema of OpenAPI 3.1 that its authors
// publish, which must refuse it where a part is missing.
func TestDescription(t *testing.T) {
	server, _ := serve(t)
	schema, err := jsonschema.NewCompiler().Compile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := get(t, server.URL+"/api/v1/openapi.json", http.StatusOK)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("the description: %v", err)
	}
	for _, spoil := range []func(doc map[string]any){
		func(doc map[string]any) { delete(doc["info"].(map[string]any), "title") },
		func(doc map[string]any) { doc["paths"].(map[string]any)["cells"] = map[string]any{} },
		func(doc map[string]any) {
			op := doc["paths"].(map[string]any)["/cells"].(map[string]any)["get"].(map[string]any)
			delete(op["parameters"].([]any)[0].(map[string]any), "schema")
		},
	} {
		bad, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if spoil(bad.(map[string]any)); schema.Validate(bad) == nil {
			t.Error("the schema accepts a description without a part that it requires")
		}
	}
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// TestContract asks every operation with every parameter, each with its example and each
// of the values that it may have, in every form, and holds every answer against its
// schema. Each parameter that can be wrong is then given wrong.
func TestContract(t *testing.T) {
	c := newContract(t)
	if c.doc.OpenAPI != "3.1.0" || len(c.doc.Paths) < 20 {
		t.Fatalf("OpenAPI %q with %d paths", c.doc.OpenAPI, len(c.doc.Paths))
	}
	seen := make(map[string]bool)
	for path, methods := range c.doc.Paths {
		op := methods["get"]
		if op == nil || len(methods) != 1 || op.ID == "" || seen[op.ID] || op.Summary == "" || op.ZH == "" {
			t.Fatalf("%s: %d methods, id %q, texts %q %q", path, len(methods), op.ID, op.Summary, op.ZH)
		}
		seen[op.ID] = true
		t.Run(op.ID, func(t *testing.T) { c.operation(t, path, op) })
	}
}

// operation tests one operation.
func (c *contract) operation(t *testing.T, path string, op *opDoc) {
	base, at := url.Values{}, path
	for _, p := range op.Parameters {
		if p.ZH == "" || p.EN == "" {
			t.Errorf("parameter %s has no text", p.Name)
		}
		if p.In == "path" {
			at = strings.ReplaceAll(at, "{"+p.Name+"}", p.Example)
		} else if p.Required {
			base.Set(p.Name, p.Example)
		}
	}
	if strings.HasPrefix(path, "/workbook") {
		base.Set("region", region)
	}
	c.ask(t, path, at, op, base)
	for _, p := range op.Parameters {
		if p.In == "path" {
			continue
		}
		values := p.Schema.Enum
		if p.Example != "" && !slices.Contains(values, p.Example) {
			values = append([]string{p.Example}, values...)
		}
		if len(values) == 0 && p.Name != "cursor" && p.Name != "fields" {
			t.Errorf("parameter %s has no example and no values", p.Name)
		}
		for _, v := range values {
			q := clone(base)
			q.Set(p.Name, v)
			c.ask(t, path, at, op, q)
		}
		c.wrong(t, at, p, base)
	}
	q := clone(base)
	q.Set("misspelt", "1")
	c.problem(t, at+"?"+q.Encode(), "misspelt")
}

func clone(v url.Values) url.Values {
	c := url.Values{}
	for name, values := range v {
		c[name] = slices.Clone(values)
	}
	return c
}

// ask asks an operation and holds its answer against what is described.
func (c *contract) ask(t *testing.T, path, at string, op *opDoc, q url.Values) {
	t.Helper()
	address := c.url + at + "?" + q.Encode()
	if status := q.Get("status"); strings.HasPrefix(path, "/workbook") && status != "" && status != "verified" || q.Get("to") == "2022" {
		return // no report to repeat
	}
	body, header := get(t, address, http.StatusOK)
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	described, ok := op.Responses["200"].Content[kind]
	if !ok {
		t.Fatalf("%s comes as %s, which is not described", address, kind)
	}
	if header.Get("ETag") == "" && path != "/exports" {
		t.Errorf("%s has no ETag", address)
	}
	for _, name := range []string{"RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin"} {
		if header.Get(name) == "" {
			t.Errorf("%s has no %s", address, name)
		}
	}
	switch {
	case strings.HasSuffix(kind, "json"):
		c.validate(t, fmt.Sprintf("/paths/%s/get/responses/200/content/%s/schema", escape(path), escape(kind)), body)
		if order := described.Schema.Properties.Data.Items.Order; order != nil {
			c.list(t, address, op, body, order)
		}
	case kind == "text/csv":
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
		if err != nil || len(records) == 0 {
			t.Errorf("%s: %d records, %v", address, len(records), err)
		}
		if bom := bytes.HasPrefix(body, []byte("\ufeff")); bom != (q.Get("bom") == "1" || q.Get("bom") == "true") {
			t.Errorf("%s: byte order mark %v", address, bom)
		}
	default:
		book, err := excelize.OpenReader(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		book.Close()
	}
}

// list holds the rows of a list against the names that are described, the columns of the
// CSV, and itself page by page.
func (c *contract) list(t *testing.T, address string, op *opDoc, body []byte, order []string) {
	t.Helper()
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(address, "fields=") {
		return
	}
	for _, r := range p.Data {
		if len(r) != len(order) {
			t.Fatalf("%s: a row of %d columns, %d are described", address, len(r), len(order))
		}
	}
	if strings.Contains(address, "limit=") || strings.Contains(address, "format=") {
		return
	}
	csvBody, _ := get(t, address+"&format=csv", http.StatusOK)
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(csvBody, []byte("\ufeff")))).ReadAll()
	if err != nil || !slices.Equal(records[0], order) {
		t.Errorf("%s: the CSV has the columns %v, the description %v, err %v", address, records[0], order, err)
	}
	if len(p.Data) == 0 && !strings.Contains("exports wide_f2014 wide_f2019", op.ID) && address == c.url+"/"+op.ID+"?" {
		t.Errorf("%s has no rows", address)
	}
	field := order[len(order)-1]
	some := getPage(t, address+"&limit=1&fields="+url.QueryEscape(field))
	if len(p.Data) > 1 && (some.Next == nil || len(some.Data) != 1 || len(some.Data[0]) != 1) {
		t.Errorf("%s: one row of one column is %v, next %v", address, some.Data, some.Next)
	}
	if len(p.Data) > 1 {
		rest := getPage(t, address+"&cursor="+*some.Next)
		if got, want := fmt.Sprint(rest.Data[0]), fmt.Sprint(p.Data[1]); got != want {
			t.Errorf("%s: the next page begins with %s, want %s", address, got, want)
		}
		c.problem(t, strings.TrimPrefix(address, c.url)+"&cursor="+tampered(*some.Next), "cursor")
	}
}

// tampered is a cursor with a letter changed.
func tampered(cursor string) string {
	b := []byte(cursor)
	if b[len(b)-3]++; b[len(b)-3] > 'y' {
		b[len(b)-3] = 'a'
	}
	return string(b)
}

// wrong gives a parameter values that it may not have.
func (c *contract) wrong(t *testing.T, at string, p paramDoc, base url.Values) {
	t.Helper()
	var values []string
	switch {
	case p.Schema.Enum != nil:
		values = []string{"neither", "%"}
	case p.Schema.Type == "integer":
		values = []string{"x", "-1", "1.5", "99999999999999999999"}
		if *p.Schema.Minimum > 0 {
			values = append(values, "0")
		}
	case p.Name == "region", p.Name == "cell", p.Name == "rule", p.Name == "cursor", p.Name == "fields", p.Name == "indicator":
		values = []string{"no such thing"}
	}
	for _, v := range values {
		q := clone(base)
		q.Set(p.Name, v)
		c.problem(t, at+"?"+q.Encode(), p.Name)
	}
	q := clone(base)
	q.Add(p.Name, p.Example)
	q.Add(p.Name, p.Example)
	c.problem(t, at+"?"+q.Encode(), p.Name)
	if p.Required {
		q.Del(p.Name)
		c.problem(t, at+"?"+q.Encode(), p.Name)
	}
}

// problem asks for what must be refused.
func (c *contract) problem(t *testing.T, at, parameter string) {
	t.Helper()
	body, header := get(t, c.url+at, http.StatusBadRequest)
	if header.Get("Content-Type") != "application/problem+json" || header.Get("ETag") != "" {
		t.Errorf("%s: a problem as %s, ETag %q", at, header.Get("Content-Type"), header.Get("ETag"))
	}
	c.validate(t, "/components/schemas/Problem", body)
	var p struct {
		Parameter string `json:"parameter"`
		Allowed   string `json:"allowed"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.Parameter != parameter || p.Allowed == "" {
		t.Errorf("%s: %s names %q and allows %q, want %q named", at, body, p.Parameter, p.Allowed, parameter)
	}
}
