package export

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"gongkai/internal/standard"
)

// The types below are what we use of a Data Package of version 2
// (https://datapackage.org/standard/data-package/).
type dataPackage struct {
	Schema       string     `json:"$schema"`
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
	Type        string      `json:"type"`
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
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
}

type tableSchema struct {
	Fields        []field      `json:"fields"`
	PrimaryKey    []string     `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
	MissingValues []missing    `json:"missingValues"`
}

type field struct {
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Delimiter   string    `json:"delimiter,omitempty"` // of a list
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Unit        string    `json:"unit,omitempty"`
	Missing     []missing `json:"missingValues,omitempty"`
}

// missing is a text that stands for no value, with what it says.
type missing struct {
	Value string `json:"value"`
	Label string `json:"label"`
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
func fieldType(c Column) string {
	switch {
	case c.Format == "date":
		return "date"
	case c.Format == "date-time":
		return "datetime"
	case c.Kind == List:
		return "list"
	}
	return string(c.Kind)
}

func newField(c Column) field {
	f := field{Name: c.Name, Type: fieldType(c), Title: c.About.ZH, Description: c.About.EN, Unit: string(c.Unit)}
	if f.Type == "list" {
		f.Delimiter = " "
	}
	if c.Cell != "" {
		f.Missing = missingStates()
	}
	return f
}

func noValue() missing { return missing{Value: "", Label: "没有值 / no value"} }

func missingStates() []missing {
	all := []missing{noValue()}
	for _, s := range States() {
		all = append(all, missing{Value: s.Word, Label: s.About.ZH + " / " + s.About.EN})
	}
	return all
}

// newResource describes a table that was written as CSV.
func newResource(t Table, f File) resource {
	r := resource{Name: t.Name, Type: "table", Path: f.Name, Title: t.About.ZH, Description: t.About.EN, Format: "csv", Mediatype: "text/csv",
		Encoding: "utf-8", Bytes: f.Bytes, Hash: "sha256:" + f.SHA256, Dialect: dialect{Header: true, Delimiter: ",", LineTerminator: "\n"}}
	r.Schema = tableSchema{PrimaryKey: t.Key, MissingValues: []missing{noValue()}}
	if t.Name == "findings" { // one rule may say several things of one report
		r.Schema.PrimaryKey = nil
	}
	for _, c := range t.Columns {
		r.Schema.Fields = append(r.Schema.Fields, newField(c))
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
	}
	return r
}

// writeDescriptor writes datapackage.json for the tables that stand beside it.
func writeDescriptor(w io.Writer, about About, resources []resource) error {
	p := dataPackage{
		Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: "gongkai", Title: about.Title,
		Description: about.TitleEN, Version: fmt.Sprintf("1.0.%d", about.Run), Created: about.Created.UTC().Format(time.RFC3339),
		Keywords:     []string{"政府信息公开", "年度报告", "information disclosure", "China"},
		Licenses:     []licence{{Name: about.Licence, Path: about.LicencePath, Title: "Creative Commons Attribution 4.0"}},
		Sources:      []titled{{Title: "各机关公布的政府信息公开工作年度报告，逐份见 sources.csv / annual reports as published; each is listed in sources.csv"}},
		Contributors: []titled{{Title: about.Software}}, Resources: resources, About: about,
	}
	for _, format := range standard.Formats() {
		p.Sources = append(p.Sources, titled{Title: string(format) + "：" + standard.FormOf(format).Letter})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(p)
}
