package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// readJSON reads the article inside a JSON answer of a content system: the longest
// string that is a report, and the fields beside it.
func readJSON(ctx context.Context, in input) (*Document, error) {
	d := decode(in.body, charsetOf(in.contentType))
	dec := json.NewDecoder(bytes.NewReader(d.text))
	dec.UseNumber() // an id of 19 digits is no float
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, unreadable("JSON 无法解析：%v；请重新下载", err)
	}
	var a jsonArticle
	a.look(value, nil, 0)
	if a.text == "" {
		return nil, unreadable("JSON 中没有报告正文；请提供正文所在的网址")
	}
	doc, err := a.read(ctx, in)
	if err != nil {
		return nil, err
	}
	doc.Route = "json " + d.route + doc.Route
	doc.Warnings = append(d.warnings, doc.Warnings...)
	a.fill(doc)
	return doc, nil
}

// read reads the article as HTML or, where it has no tags, as text.
func (a *jsonArticle) read(ctx context.Context, in input) (*Document, error) {
	in.contentType = "text/plain; charset=utf-8" // what JSON holds is decoded
	if looksHTML([]byte(strings.ToLower(a.text))) {
		return pageOf(ctx, []byte(a.text), in)
	}
	in.body = []byte(a.text)
	doc, err := readText(ctx, in)
	if doc != nil {
		doc.Route = ""
	}
	return doc, err
}

// A jsonArticle is the longest report found so far and the object that holds it.
type jsonArticle struct {
	text  string
	owner map[string]any
	files []Link
}

// look visits a value and those in it.
func (a *jsonArticle) look(value any, owner map[string]any, depth int) {
	if depth > 64 { // no system nests so deep; a bomb does
		return
	}
	switch v := value.(type) {
	case string:
		if len(v) > len(a.text) && len(v) >= leastArticle && (isArticle(v) || strings.Contains(v, "政府信息公开")) {
			a.text, a.owner = v, owner
		}
		if target, ok := fileTarget(v); ok && len(v) < 1000 && !strings.ContainsAny(v, "<>\n") {
			a.files = append(a.files, Link{Href: target})
		}
	case []any:
		for _, e := range v {
			a.look(e, owner, depth+1)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			a.look(v[key], v, depth+1)
		}
	}
}

// fill takes the fields beside the article.
func (a *jsonArticle) fill(doc *Document) {
	field := func(names ...string) string {
		for _, name := range names {
			for _, key := range slices.Sorted(maps.Keys(a.owner)) {
				if s, ok := a.owner[key].(string); ok && strings.EqualFold(key, name) && s != "" {
					return squeeze(s)
				}
			}
		}
		return ""
	}
	doc.Meta.ArticleTitle = field("title", "articleTitle", "name")
	doc.Meta.PubDate = field("date", "pubDate", "publishedTimeStr", "publishTime", "created_at", "createTime")
	doc.Meta.Source = field("publisher", "source", "contentSource")
	doc.Meta.Column = field("columnName", "channelName", "column_name")
	if doc.Title == "" {
		doc.Title = doc.Meta.ArticleTitle
	}
	doc.Links = append(doc.Links, a.files...)
}
