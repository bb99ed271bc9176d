package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// UnmarshalJSON reads the words of either version.
func (all *missingWords) UnmarshalJSON(text []byte) error {
	var words []string
	if json.Unmarshal(text, &words) != nil {
		return json.Unmarshal(text, (*[]missing)(all))
	}
	for _, w := range words {
		*all = append(*all, missing{Value: w})
	}
	return nil
}

// TestDataPackage: each descriptor keeps to its version of the standard, and the files to
// both: every value of every column has its type, every key is unique, and every reference
// leads somewhere.
func TestDataPackage(t *testing.T) {
	e := newExporter(t)
	revise(t, e)
	dir := filepath.Join(t.TempDir(), "package")
	if _, err := e.Write(t.Context(), "datapackage", query(), dir); err != nil {
		t.Fatal(err)
	}
	for name, profile := range map[string]string{descriptorName: "tabular-data-package.json", labelledName: "datapackage.schema.json"} {
		t.Run(name, func(t *testing.T) { checkPackage(t, dir, name, profile) })
	}
}

// checkPackage holds a descriptor against its profile and the files against the descriptor.
func checkPackage(t *testing.T, dir, name, profile string) {
	text := readFile(t, filepath.Join(dir, name))
	validate(t, profile, text)
	var p dataPackage
	must(t, json.Unmarshal(text, &p))
	if labels := strings.Contains(string(text), `"label": "缺项`); labels != (name == labelledName) {
		t.Errorf("words for what is missing have labels: %v", labels)
	}
	keys := make(map[string]map[string]bool)
	records := make(map[string][][]string)
	for _, r := range p.Resources {
		b := readFile(t, filepath.Join(dir, r.Path))
		if bytes.HasPrefix(b, []byte(BOM)) {
			t.Errorf("%s begins with a byte order mark, which readers of packages take for a part of the first name", r.Path)
		}
		all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		must(t, err)
		records[r.Name] = all
		keys[r.Name] = checkResource(t, r, all)
	}
	for _, r := range p.Resources {
		for _, f := range r.Schema.ForeignKeys {
			known := make(map[string]bool)
			for _, record := range records[f.Reference.Resource][1:] {
				known[project(records[f.Reference.Resource][0], record, f.Reference.Fields)] = true
			}
			for _, record := range records[r.Name][1:] {
				if key := project(records[r.Name][0], record, f.Fields); !known[key] {
					t.Errorf("%s refers to %s of %s, which is not there", r.Name, key, f.Reference.Resource)
				}
			}
		}
	}
}

// validate holds a descriptor against a profile: that of version 1 as it was published, that
// of version 2 written out from the text of the standard.
func validate(t *testing.T, profile string, text []byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("testdata/" + profile)
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	if err := schema.Validate(doc); err != nil {
		t.Errorf("the descriptor: %v", err)
	}
	doc.(map[string]any)["resources"] = []any{}
	if schema.Validate(doc) == nil {
		t.Error("the profile accepts a package without resources")
	}
}

func project(header, record, fields []string) string {
	var all []string
	for _, f := range fields {
		all = append(all, record[slices.Index(header, f)])
	}
	return strings.Join(all, "|")
}

// checkResource holds the rows of a file against its schema and returns its keys.
func checkResource(t *testing.T, r resource, all [][]string) map[string]bool {
	t.Helper()
	var names []string
	for _, f := range r.Schema.Fields {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, all[0]) {
		t.Errorf("%s has the columns %v, described as %v", r.Name, all[0], names)
	}
	keys := make(map[string]bool)
	for _, record := range all[1:] {
		for i, f := range r.Schema.Fields {
			if !hasType(f, r.Schema.MissingValues, record[i]) {
				t.Errorf("%s: %q is no %s in column %s", r.Name, record[i], f.Type, f.Name)
			}
		}
		if len(r.Schema.PrimaryKey) == 0 {
			continue
		}
		key := project(all[0], record, r.Schema.PrimaryKey)
		if keys[key] {
			t.Errorf("%s: key %s comes twice", r.Name, key)
		}
		keys[key] = true
	}
	return keys
}

func hasType(f field, none missingWords, text string) bool {
	if slices.ContainsFunc(none, func(m missing) bool { return m.Value == text }) {
		return true
	}
	var err error
	switch f.Type {
	case "integer":
		_, err = strconv.ParseInt(text, 10, 64)
	case "number":
		_, err = strconv.ParseFloat(text, 64)
	case "boolean":
		return text == "true" || text == "false"
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	case "datetime":
		_, err = time.Parse("2006-01-02T15:04:05Z", text) // the only form that readers of version 1 take
	}
	return err == nil
}
