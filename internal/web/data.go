package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/docs"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A dataView says what can be taken and how to ask for it.
type dataView struct {
	page
	Kinds     []string // of downloads
	Downloads []downloadView
	Regions   []regionView
	Whole     export.Listing
	Made      string // when it was
	Files     []fileView
	Feeds     []feedView
	Resources []resourceView
	Dataset   []byte // JSON-LD
}

type downloadView struct {
	About string
	Links []link
}

type resourceView struct {
	Path, About, Example string
}

// A fileView is a file of the last whole export.
type fileView struct {
	Name, About, Size, SHA256 string
}

type feedView struct {
	Name       string
	Atom, JSON string
}

// dataRoutes adds the pages of the data and the files of the whole export.
func (s *Server) dataRoutes(both, plain func(string, echo.HandlerFunc)) {
	both("/data", s.showData)
	both("/data/guide", s.showGuide)
	both("/data/dictionary", s.showDictionary)
	both("/data/api", s.showReference)
	plain("/exports/:name", s.serveExport)
}

// showData serves GET /data.
func (s *Server) showData(c echo.Context) error {
	rows, err := s.regions(c.Request().Context(), standard.RegionCode(c.QueryParam("region")))
	if err != nil {
		return err
	}
	v := dataView{page: s.newPage(c)}
	v.Kinds = []string{v.t("报告清单"), v.t("各格数值"), v.t("问题清单"), v.t("出处"), v.t("各版本")}
	v.opens("数据：下载、接口与订阅", "/data")
	for _, row := range rows {
		v.Regions = append(v.Regions, v.region(row))
		v.Demo = v.Demo || row.Demo && len(rows) == 1
		v.Downloads = append(v.Downloads, v.downloads(string(row.Code), row.Reports))
	}
	if err := s.addFiles(&v); err != nil {
		return err
	}
	for _, k := range feedKinds() {
		v.Feeds = append(v.Feeds, feedView{Name: v.t(k.Text), Atom: v.Lang.href("/feeds/" + k.Href + ".atom"), JSON: v.Lang.href("/feeds/" + k.Href + ".json")})
	}
	reference, err := s.reference(v.page)
	if err != nil {
		return err
	}
	region := ""
	if best, ok := mainRegion(rows); ok {
		region = string(best.Code)
	}
	for _, o := range reference {
		v.Resources = append(v.Resources, resourceView{Path: o.Path, About: o.About, Example: strings.ReplaceAll(o.Example, "990101", region)})
	}
	v.Dataset, err = v.dataset()
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "data", v)
}

// opens gives a page of the data its title and its trail.
func (p *page) opens(title, at string) {
	p.in(p.t("数据"))
	p.Title = p.t(title)
	p.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, {Text: p.t("数据")}}
	if at != "/data" {
		p.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, {Text: p.t("数据"), Href: p.Href("/data")}, {Text: p.Title}}
	}
}

// takenByRegion are the tables that are given by region.
func takenByRegion() []string { return []string{"reports", "cells", "findings", "sources", "versions"} }

// downloads are the tables of a region. CSV for people begins with a byte order mark, by
// which spreadsheets know that it is UTF-8.
func (p page) downloads(code string, reports int) downloadView {
	d := downloadView{About: p.t("%d 份报告", reports)}
	for _, name := range takenByRegion() {
		d.Links = append(d.Links, link{Href: p.Href("/api/v1/" + name + "?region=" + code)})
	}
	return d
}

// addFiles lists the files of the last whole export.
func (s *Server) addFiles(v *dataView) error {
	if s.Exports == "" {
		return nil
	}
	var err error
	if v.Whole, err = export.Published(s.Exports); err != nil {
		return err
	}
	v.Made = moment(v.Whole.Created)
	about := map[string]string{"csv": "全部表格，CSV，压缩包", "datapackage": "Frictionless 数据包：CSV 和 datapackage.json", "sqlite": "SQLite 数据库，各列有说明",
		"parquet": "Parquet，供分析", "xlsx": "工作簿，每表一页", "json": "一份 JSON"}
	for _, f := range v.Whole.Files {
		what := strings.TrimPrefix(path.Ext(f.Name), ".")
		for kind := range about {
			if strings.Contains(f.Name, kind+".zip") {
				what = kind
			}
		}
		v.Files = append(v.Files, fileView{Name: f.Name, About: v.t(about[what]), Size: bytesText(f.Bytes), SHA256: f.SHA256})
	}
	return nil
}

// bytesText is a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)/1024)
}

// serveExport serves a file of the last whole export, or a part of one.
func (s *Server) serveExport(c echo.Context) error {
	name := c.Param("name")
	if s.Exports == "" {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	f, l, err := export.OpenPublished(s.Exports, name)
	if errors.Is(err, fs.ErrNotExist) {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("ETag", fmt.Sprintf(`"%d"`, l.Created.UnixNano())) // of the list of sums, which is in no list
	for _, one := range l.Files {
		if one.Name == name {
			h.Set("ETag", `"`+one.SHA256+`"`)
		}
	}
	if path.Ext(name) == ".sqlite" {
		h.Set("Content-Type", "application/vnd.sqlite3")
	}
	http.ServeContent(c.Response(), c.Request(), name, l.Created, f)
	return nil
}

// dataset describes the data to search engines (schema.org/Dataset). Scripts of this type
// are data: a browser does not run them.
func (v dataView) dataset() ([]byte, error) {
	type object map[string]any
	home := v.Base + v.Lang.href("/data")
	var files []object
	for _, f := range v.Files {
		files = append(files, object{"@type": "DataDownload", "name": f.Name, "description": f.About, "contentUrl": v.Base + "/exports/" + f.Name, "sha256": f.SHA256})
	}
	files = append(files, object{"@type": "DataDownload", "name": "API", "encodingFormat": "application/json", "contentUrl": v.Base + "/api/v1/cells"})
	var places []object
	for _, r := range v.Regions {
		place := object{"@type": "AdministrativeArea", "identifier": strings.TrimPrefix(r.Region.Href, v.Href("/regions/")), "address": object{"@type": "PostalAddress", "addressCountry": "CN"}}
		if v.Lang == zh {
			place["name"] = r.Region.Text
		}
		places = append(places, place)
	}
	keywords := []string{"information disclosure", "annual reports", "China"}
	if v.Lang == zh {
		keywords = []string{"政府信息公开", "年度报告"}
	}
	d := object{"@context": "https://schema.org/", "@type": "Dataset", "@id": home, "url": home, "name": v.t("政府信息公开工作年度报告的逐格数据"),
		"description": v.t("各机关政府信息公开工作年度报告的每一格，连同状态、核验结果和出处。没有印出的数字不是零。"), "inLanguage": []string{"zh-CN", "en"},
		"license": export.LicencePath, "isAccessibleForFree": true, "version": fmt.Sprint(v.Run), "creator": object{"@type": "Organization", "name": v.t("公开 Gongkai"), "url": v.Base + "/"},
		"keywords": keywords, "spatialCoverage": places, "measurementTechnique": v.Base + v.Lang.href("/methods"),
		"distribution": files, "includedInDataCatalog": object{"@type": "DataCatalog", "name": v.t("公开 Gongkai"), "url": v.Base + "/"}}
	if !v.RunAt.IsZero() {
		d["dateModified"] = v.RunAt.Format("2006-01-02")
	}
	return json.Marshal(d)
}

// A guideView is a document of ours.
type guideView struct {
	page
	Blocks []docBlock
}

// showGuide serves GET /data/guide: docs/data.zh.md or docs/data.en.md, with the examples
// asking this server.
func (s *Server) showGuide(c echo.Context) error {
	v := guideView{page: s.newPage(c)}
	text, err := docs.Data.ReadFile("data." + string(v.Lang) + ".md")
	if err != nil {
		return err
	}
	title, blocks := readDoc(strings.ReplaceAll(string(text), "http://127.0.0.1:8080", v.Base))
	v.opens("数据说明", "/data/guide")
	v.Title, v.Blocks = title, blocks
	return s.render(c, http.StatusOK, "guide", v)
}

// A dictionaryView lists every cell of every form, and every column of every table.
type dictionaryView struct {
	page
	Forms  []formWords
	Tables []tableWords
	States []wordView
}

type formWords struct {
	ID, Name, Letter string
	Tables           []formTable
}

type formTable struct {
	Name  string
	Cells []cellWords
}

type cellWords struct{ Code, Row, Column, Unit string }

type tableWords struct {
	Name, About, Key string
	Columns          []columnWords
}

type columnWords struct{ Name, Kind, About, Unit string }

type wordView struct{ Word, About string }

// showDictionary serves GET /data/dictionary, made from the standard and from the tables
// themselves.
func (s *Server) showDictionary(c echo.Context) error {
	v := dictionaryView{page: s.newPage(c)}
	v.opens("数据字典", "/data/dictionary")
	titles := map[standard.Table]standard.Label{
		standard.Disclosure: {ZH: "主动公开政府信息情况", EN: "Information disclosed on the agency's own initiative"},
		standard.Requests:   {ZH: "收到和处理政府信息公开申请情况", EN: "Requests for information received and handled"},
		standard.Appeals:    {ZH: "政府信息公开行政复议、行政诉讼情况", EN: "Administrative reviews and lawsuits"},
		standard.Statistics: {ZH: "政府信息公开情况统计表", EN: "Statistics of information disclosure"}}
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		words := formWords{ID: string(format), Name: v.formName(format), Letter: form.Letter}
		for _, t := range form.Tables() {
			one := formTable{Name: v.label(titles[t])}
			for _, cell := range form.TableCells(t) {
				one.Cells = append(one.Cells, cellWords{string(cell.Code), v.label(cell.RowLabel), v.label(cell.ColumnLabel), v.t(string(cell.Unit))})
			}
			words.Tables = append(words.Tables, one)
		}
		v.Forms = append(v.Forms, words)
	}
	for _, t := range append(export.Tables(s.Store, export.Query{}), export.Described("indicator_values")) {
		if !strings.HasPrefix(t.Name, "wide_") {
			v.Tables = append(v.Tables, v.tableWords(t))
		}
	}
	v.States = append(v.States, wordView{report.Printed.String(), v.t("印着数字，0 也是数字")})
	for _, state := range export.States() {
		v.States = append(v.States, wordView{state.Word, v.label(state.About)})
	}
	return s.render(c, http.StatusOK, "dictionary", v)
}

func (p page) tableWords(t export.Table) tableWords {
	w := tableWords{Name: t.Name, About: p.label(t.About), Key: strings.Join(t.Key, ", ")}
	for _, c := range t.Columns {
		kind := string(c.Kind)
		if c.Format != "" {
			kind = c.Format
		}
		w.Columns = append(w.Columns, columnWords{c.Name, kind, p.label(c.About), string(c.Unit)})
	}
	return w
}
