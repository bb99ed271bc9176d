package export

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"gongkai/internal/standard"
)

// A Data Package is described twice over the same files. datapackage.json keeps to version
// 1 (https://specs.frictionlessdata.io/), which every reader takes; the other keeps to
// version 2 (https://datapackage.org/standard/), where words for what is missing have
// labels and lists are lists.
const (
	descriptorName = "datapackage.json"
	labelledName   = "datapackage.v2.json"
)

// The types below are what we use of both versions.
type dataPackage struct {
	Schema       string     `json:"$schema,omitempty"` // of version 2
	Profile      string     `json:"profile,omitempty"` // of version 1
	Name         string     `json:"name"`
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	Version      string     `json:"version"`
	Created      string     `json:"created"`
	Keywords     []string   `json:"keywords"`
	Licenses     []licence  `json:"licenses"`
	Sources      []titled   `json:"sources"`
	Contributors []titled   `json:"contributors"`
	Resources    []resource `json:"resources"`
	About        About      `json:"gongkai"`
}

type licence struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Title string `json:"title"`
}

type titled struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

type resource struct {
	Name        string      `json:"name"`
	Type        string      `json:"type,omitempty"`    // of version 2
	Profile     string      `json:"profile,omitempty"` // of version 1
	Path        string      `json:"path"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Format      string      `json:"format"`
	Mediatype   string      `json:"mediatype"`
	Encoding    string      `json:"encoding"`
	Bytes       int64       `json:"bytes"`
	Hash        string      `json:"hash"`
	Dialect     dialect     `json:"dialect"`
	Schema      tableSchema `json:"schema"`
}

type dialect struct {
	Header         bool   `json:"header"`
	DoubleQuote    bool   `json:"doubleQuote"`
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
}

type tableSchema struct {
	Fields        []field      `json:"fields"`
	PrimaryKey    []string     `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
	MissingValues missingWords `json:"missingValues"`
}

type field struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Delimiter   string `json:"delimiter,omitempty"` // of a list
	Title       string `json:"title"`
	Description string `json:"description"`
	Unit        string `json:"unit,omitempty"`
}

// missing is a text that stands for no value, with what it says.
type missing struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// missingWords are the texts that stand for no value: words alone in version 1.
type missingWords []missing

// MarshalJSON leaves out labels that are not there.
func (all missingWords) MarshalJSON() ([]byte, error) {
	words := make([]string, len(all))
	for i, one := range all {
		if one.Label != "" {
			return json.Marshal([]missing(all))
		}
		words[i] = one.Value
	}
	return json.Marshal(words)
}

type foreignKey struct {
	Fields    []string  `json:"fields"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields"`
}

// fieldType is the type of a column in a Table Schema.
func fieldType(c Column, labelled bool) string {
	switch {
	case c.Format == "date":
		return "date"
	case c.Format == "date-time":
		return "datetime"
	case c.Kind == List && labelled:
		return "list"
	case c.Kind == List: // version 1 has lists as JSON only: words with spaces between them
		return "string"
	}
	return string(c.Kind)
}

func newField(c Column, labelled bool) field {
	f := field{Name: c.Name, Type: fieldType(c, labelled), Title: c.About.ZH, Description: c.About.EN, Unit: string(c.Unit)}
	if f.Type == "list" {
		f.Delimiter = " "
	}
	return f
}

// missingIn are the texts that stand for no value in a table: of one with cells of a form
// for columns also the words of states.
func missingIn(t Table, labelled bool) missingWords {
	all := missingWords{{Label: "没有值 / no value"}}
	if slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Cell != "" }) {
		for _, s := range States() {
			all = append(all, missing{Value: s.Word, Label: s.About.ZH + " / " + s.About.EN})
		}
	}
	for i := range all {
		if !labelled {
			all[i].Label = ""
		}
	}
	return all
}

// newResource describes a table that was written as CSV, with labels by version 2 and
// without by version 1.
func newResource(t Table, f File, labelled bool) resource {
	r := resource{Name: t.Name, Profile: "tabular-data-resource", Path: f.Name, Title: t.About.ZH, Description: t.About.EN, Format: "csv", Mediatype: "text/csv",
		Encoding: "utf-8", Bytes: f.Bytes, Hash: "sha256:" + f.SHA256, Dialect: dialect{Header: true, DoubleQuote: true, Delimiter: ",", LineTerminator: "\n"}}
	if labelled {
		r.Type, r.Profile = "table", ""
	}
	r.Schema = tableSchema{PrimaryKey: t.Key, MissingValues: missingIn(t, labelled)}
	if t.Name == "findings" { // one rule may say several things of one report
		r.Schema.PrimaryKey = nil
	}
	for _, c := range t.Columns {
		r.Schema.Fields = append(r.Schema.Fields, newField(c, labelled))
	}
	refer := func(to string, fields ...string) {
		r.Schema.ForeignKeys = append(r.Schema.ForeignKeys, foreignKey{Fields: fields, Reference: reference{Resource: to, Fields: fields}})
	}
	switch t.Name {
	case "reports":
		refer("agencies", "agency_id")
	case "cells":
		refer("reports", "agency_id", "year")
		refer("dictionary", "format", "cell")
	case "sources", "findings":
		refer("reports", "agency_id", "year")
	case "versions":
		refer("agencies", "agency_id")
	case "earlier_cells":
		refer("versions", "agency_id", "year", "version")
		refer("dictionary", "format", "cell")
	}
	return r
}

// writeDescriptor describes the tables that stand beside it.
func writeDescriptor(w io.Writer, about About, tables []Table, files []File, labelled bool) error {
	p := dataPackage{
		Profile: "tabular-data-package", Name: "gongkai", Title: about.Title,
		Description: about.TitleEN, Version: fmt.Sprintf("1.0.%d", about.Run), Created: about.Created.UTC().Format(time.RFC3339),
		Keywords:     []string{"政府信息公开", "年度报告", "information disclosure", "China"},
		Licenses:     []licence{{Name: about.Licence, Path: about.LicencePath, Title: "Creative Commons Attribution 4.0"}},
		Sources:      []titled{{Title: "各机关公布的政府信息公开工作年度报告，逐份见 sources.csv / annual reports as published; each is listed in sources.csv"}},
		Contributors: []titled{{Title: about.Software}}, About: about,
	}
	if labelled {
		p.Schema, p.Profile = "https://datapackage.org/profiles/2.0/datapackage.json", ""
	}
	for _, format := range standard.Formats() {
		p.Sources = append(p.Sources, titled{Title: string(format) + "：" + standard.FormOf(format).Letter})
	}
	for i, t := range tables {
		p.Resources = append(p.Resources, newResource(t, files[i], labelled))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(p)
}
