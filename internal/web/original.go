package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// An originalView is what an original says as the readers got it, with one place
// marked.
type originalView struct {
	page
	Facts    originalFacts
	Where    string // the place marked, "" where none was asked for
	Found    bool
	Docs     []documentView
	Warnings []string
}

type documentView struct {
	Name   string
	Blocks []blockView
}

// A blockView is a paragraph or a grid.
type blockView struct {
	Paragraph *textView
	Grid      *gridView
}

type textView struct {
	Number  int
	Text    string
	Heading bool
	Chrome  bool
	Hit     bool
}

type gridView struct {
	Number  int
	Rows    [][]gridCell
	Rebuilt bool
	Place   string
}

type gridCell struct {
	Text     string
	RowSpan  int
	ColSpan  int
	Header   bool
	Hit      bool
	Position string
}

// hash checks the name of an original before anything is asked of the archive.
func (s *Server) hash(c echo.Context) (report.SHA256, error) {
	text := c.Param("hash")
	if len(text) != 64 || strings.Trim(text, "0123456789abcdef") != "" {
		return "", s.newPage(c).unknown(report.ErrNotFound, noOriginal, text)
	}
	return report.SHA256(text), nil
}

// originalPolicy keeps the bytes of others from running anything: no script, no
// request, no form, an origin of their own.
const originalPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

// serveOriginal serves GET /originals/:hash: the archived bytes as they came.
func (s *Server) serveOriginal(c echo.Context) error {
	h, err := s.hash(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	o, err := s.Store.Original(ctx, h)
	if err != nil {
		return s.newPage(c).unknown(err, noOriginal, string(h))
	}
	body, err := s.Bytes(ctx, h)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Content-Security-Policy", originalPolicy)
	header.Set("ETag", `"`+string(h)+`"`)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	kind, inline := servedAs(o.ContentType)
	if !inline {
		header.Set("Content-Disposition", `attachment; filename="`+short(h)+fileType(o.ContentType).ending+`"`)
	} else {
		header.Set("Content-Disposition", "inline")
	}
	if matches(c.Request().Header.Get("If-None-Match"), `"`+string(h)+`"`) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, body)
}

// servedAs is the type that bytes are served as, and whether a browser may show
// them: pages and text only; all else is a download.
func servedAs(contentType string) (kind string, inline bool) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "application/octet-stream", false
	}
	switch kind {
	case "text/html", "text/plain":
		return contentType, true
	}
	return kind, false
}

// showOriginal serves GET /originals/:hash/view: the extracted document with the
// cell or paragraph of the parameters marked.
func (s *Server) showOriginal(c echo.Context) error {
	h, err := s.hash(c)
	if err != nil {
		return err
	}
	at, err := readPlace(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	o, err := s.Store.Original(ctx, h)
	if err != nil {
		return s.newPage(c).unknown(err, noOriginal, string(h))
	}
	body, err := s.Bytes(ctx, h)
	if err != nil {
		return err
	}
	docs, err := s.Reader.Documents(ctx, extract.Hint{URL: o.URL, ContentType: o.ContentType}, body)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "original", newOriginalView(s.newPage(c), o, docs, at))
}

// readPlace reads the place of the address; all numbers count from 1.
func readPlace(c echo.Context) (report.Place, error) {
	var at report.Place
	for name, into := range map[string]*int{"table": &at.Table, "row": &at.Row, "column": &at.Column,
		"paragraph": &at.Paragraph, "line": &at.Line, "page": &at.Page} {
		text := c.QueryParam(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return at, &report.ParameterError{Name: name, Got: text, Want: "从 1 起的序号"}
		}
		*into = n
	}
	return at, nil
}

func newOriginalView(p page, o report.Original, docs []*extract.Document, at report.Place) originalView {
	p.in("")
	p.Demo = o.Demo
	p.Title = p.t("归档原件 %s", short(o.Hash))
	p.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, {Text: p.t("归档原件")}}
	v := originalView{page: p}
	v.Facts = originalFacts{Hash: string(o.Hash), Short: short(o.Hash), URL: o.URL, Kind: v.kindWord(o.ContentType), Size: size(o.Size),
		Time: moment(o.FetchedAt), Bytes: "/originals/" + string(o.Hash), Demo: o.Demo}
	if !at.IsZero() {
		v.Where = p.place(at)
	}
	for _, doc := range docs {
		d := documentView{Name: v.name(doc.Member)}
		for _, w := range doc.Warnings {
			v.Warnings = append(v.Warnings, v.retell(w.Text))
		}
		for _, b := range doc.Blocks {
			d.Blocks = append(d.Blocks, v.block(b, at))
		}
		v.Docs = append(v.Docs, d)
	}
	return v
}

func (v *originalView) block(b extract.Block, at report.Place) blockView {
	if b.Paragraph != nil {
		text := &textView{Number: b.Paragraph.Number, Text: v.name(b.Paragraph.Text), Heading: b.Paragraph.Heading, Chrome: b.Paragraph.Chrome}
		text.Hit = v.hit(at.Table == 0 && (covers(at, b.Paragraph.Place) || at.Paragraph == b.Paragraph.Number))
		return blockView{Paragraph: text}
	}
	g := b.Grid
	grid := &gridView{Number: g.Number, Rebuilt: g.Rebuilt, Rows: make([][]gridCell, g.Rows)}
	for _, c := range g.Cells {
		if c.Row >= len(grid.Rows) {
			continue
		}
		cell := gridCell{Text: v.name(c.Text), RowSpan: c.RowSpan, ColSpan: c.ColSpan, Header: c.Header, Hit: v.hit(covers(at, c.Place))}
		grid.Rows[c.Row] = append(grid.Rows[c.Row], cell)
	}
	return blockView{Grid: grid}
}

// hit marks the first place that is found; later ones would take the reader away
// from it.
func (v *originalView) hit(is bool) bool {
	if !is || v.Found {
		return false
	}
	v.Found = true
	return true
}

// covers reports whether a place is the one asked for: every number that was asked
// for is the same.
func covers(asked, place report.Place) bool {
	if asked.IsZero() {
		return false
	}
	for _, pair := range [][2]int{{asked.Table, place.Table}, {asked.Row, place.Row}, {asked.Column, place.Column},
		{asked.Paragraph, place.Paragraph}, {asked.Line, place.Line}, {asked.Page, place.Page}} {
		if pair[0] != 0 && pair[0] != pair[1] {
			return false
		}
	}
	return true
}
