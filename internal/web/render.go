package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/draw"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/templates"
)

// A page is what the layout needs of every view. Views embed it.
type page struct {
	Passing bool // it says what went wrong, and is neither cited nor kept
	Lang    lang
	Path    string // of this page, without its language
	Nav     string // entry of the main navigation that it belongs to
	Title   string
	About   string // for search engines: one sentence
	Trail   []link // breadcrumb, widest first, without the page itself
	Demo    bool   // what is shown is fictitious
	Charts  bool   // ECharts is needed
	Print   string // class of the body for printing: circular-page
	Base    string // scheme and host, for citations
	AsOf    store.RunID
	Pinned  bool        // the address asks for a past state
	Fixed   string      // this page as it stands now, for ever
	Run     store.RunID // whose data the page shows
	RunAt   time.Time   // when that run began, in China's time
	Looked  string      // when the last good look was, in China's time
	Change  string      // when the last change came
	Newest  string      // this page as the data stand now
	Tongue  alternate   // the page in the other language
	Every   []alternate // the page in every language
	Menu    []link      // main navigation
	Feed    string      // filter of the feed of what the page shows: region=990101, "" for all
	Works   bool        // people can sign in here
}

// A link is a text that leads somewhere; without Href it is text alone.
type link struct {
	Text, Href string
	Demo       bool
	Current    bool
}

// A phrase is a piece of a sentence; each may lead to what it says.
type phrase struct {
	Text, Href string
	Strong     bool
}

// newPage begins a view with what the address says of all of them.
func (s *Server) newPage(c echo.Context) page {
	u := c.Request().URL
	p := page{Lang: langOf(c), Path: u.Path, Feed: feedOf(c), Base: c.Scheme() + "://" + c.Request().Host}
	if run, err := strconv.ParseInt(c.QueryParam("as_of"), 10, 64); err == nil && run > 0 {
		p.AsOf, p.Pinned = store.RunID(run), true
	}
	if p.Run = p.AsOf; !p.Pinned {
		p.Run, _ = c.Get(runKey).(store.RunID)
	}
	if p.Run > 0 {
		if run, err := s.Store.Run(c.Request().Context(), p.Run); err == nil {
			p.RunAt = run.StartedAt.In(standard.China())
		}
	}
	if looked, changed, err := s.Store.Freshness(c.Request().Context(), p.AsOf); err == nil {
		p.Looked, p.Change = moment(looked), moment(changed)
	}
	p.About = p.t("政府信息公开工作年度报告：归档、核验、比较")
	p.Fixed, p.Newest, p.Every = p.Lang.href(fixed(c)), p.Lang.href(newest(u)), alternates(u)
	for _, a := range p.Every {
		if a.Lang == p.Lang.other() {
			p.Tongue = a
		}
	}
	p.Works = s.People != nil && s.Access.Refused == ""
	p.Menu = []link{
		{Text: p.t("总览"), Href: p.Href("/")}, {Text: p.t("发布情况"), Href: p.Href("/status")},
		{Text: p.t("比较"), Href: p.Href("/compare")}, {Text: p.t("关注事项"), Href: p.Href("/leads")}, {Text: p.t("指标"), Href: p.Href("/indicators")},
		{Text: p.t("变化"), Href: p.Href("/changes")}, {Text: p.t("数据"), Href: p.Href("/data")},
		{Text: p.t("方法"), Href: p.Href("/methods")}, {Text: p.t("草稿核对"), Href: p.Href("/check")},
	}
	return p
}

// fixed is the address of the page, without its language, with the data that it
// shows now.
func fixed(c echo.Context) string {
	u := *c.Request().URL
	q := u.Query()
	if run, ok := c.Get(runKey).(store.RunID); ok && q.Get("as_of") == "" && run > 0 {
		q.Set("as_of", strconv.FormatInt(int64(run), 10))
	}
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// asOf returns the run that the address asks for, 0 for now.
func asOf(c echo.Context) (store.RunID, error) {
	text := c.QueryParam("as_of")
	if text == "" {
		return 0, nil
	}
	run, err := strconv.ParseInt(text, 10, 64)
	if err != nil || run <= 0 {
		return 0, &report.ParameterError{Name: "as_of", Got: text, Want: "一次采集的编号，正整数，见“变化”一页"}
	}
	return store.RunID(run), nil
}

// parseYear reads a report year.
func parseYear(name, text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || year < 2008 || year > 2100 {
		return 0, &report.ParameterError{Name: name, Got: text, Want: "报告年度，四位数字，2008 年起，例如 2024"}
	}
	return year, nil
}

// in names the navigation entry of the page.
func (p *page) in(nav string) {
	p.Nav = nav
	for i := range p.Menu {
		p.Menu[i].Current = p.Menu[i].Text == nav
	}
}

// t translates a text into the page's language.
func (p page) t(text string, args ...any) string { return p.Lang.text(text, args...) }

// Href is a path of ours in the page's language and as of its run. Data and static
// files stand outside the languages.
func (p page) Href(path string) string {
	path = p.Lang.href(path)
	if !p.Pinned {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "as_of=" + strconv.FormatInt(int64(p.AsOf), 10)
}

// With is this page's address with parameters.
func (p page) With(params url.Values) string {
	if len(params) == 0 {
		return p.Href(p.Path)
	}
	return p.Href(p.Path + "?" + params.Encode())
}

// label is a statutory term, or a sentence made in both languages, in that of the
// page.
func (p page) label(l standard.Label) string {
	if p.Lang == en {
		return p.Lang.quoting(singular(plainTerm(l.EN)))
	}
	return l.ZH
}

// name is a name of others, or their words, which no language changes.
func (p page) name(text string) string { return p.Lang.asWritten(text) }

// pages holds the parsed templates: one set for each page and language.
type pages struct {
	sets map[lang]map[string]func() (*template.Template, error)
}

// newPages parses the layout and the partials. Each page is parsed into a copy of them
// when it is first asked for: all of them at once take a quarter of a second.
func newPages(a *assets) (*pages, error) {
	p := &pages{sets: make(map[lang]map[string]func() (*template.Template, error))}
	names, err := fs.Glob(templates.Files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	house, err := template.New("layout.html").Funcs(functions(zh, a)).ParseFS(templates.Files, "layout.html", "partials/*.html")
	if err != nil {
		return nil, err
	}
	for _, l := range []lang{zh, en} {
		p.sets[l] = make(map[string]func() (*template.Template, error))
		for _, file := range names {
			p.sets[l][strings.TrimSuffix(path.Base(file), ".html")] = sync.OnceValues(func() (*template.Template, error) {
				t, err := house.Clone()
				if err != nil {
					return nil, err
				}
				return t.Funcs(functions(l, a)).ParseFS(templates.Files, file)
			})
		}
	}
	return p, nil
}

// page returns a page in a language, with the layout and the partials.
func (p *pages) page(l lang, name string) (*template.Template, error) {
	parse, ok := p.sets[l][name]
	if !ok {
		return nil, fmt.Errorf("no page %s", name)
	}
	t, err := parse()
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return t, nil
}

// functions are the few that templates may call.
func functions(l lang, a *assets) template.FuncMap {
	return template.FuncMap{
		"t":     l.text,
		"later": l.later,
		"begin": l.begin,
		"zh":    l.asWritten,
		"asset": a.url,
		"textures": func() template.HTML {
			return template.HTML(`<svg class="unseen" aria-hidden="true" width="0" height="0">` + draw.Defs(func(token string) string { return "var(--" + token + ")" }) + `</svg>`)
		},
		"as":   inForm,
		"data": func(json []byte) template.JS { return template.JS(json) },
	}
}

// inForm is an address of the API in a form, csv or xlsx, whatever form it had.
func inForm(form, address string) string {
	switch {
	case strings.Contains(address, "format=csv"):
		return strings.Replace(address, "format=csv", "format="+form, 1)
	case strings.Contains(address, "?"):
		return address + "&format=" + form
	}
	return address + "?format=" + form
}

// render executes a page into memory first: a template that fails must not leave
// half a page.
func (s *Server) render(c echo.Context, status int, name string, view interface{ lang() lang }) error {
	t, err := s.pages.page(view.lang(), name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	if view.lang() != zh {
		return c.HTMLBlob(status, markup(b.Bytes()))
	}
	return c.HTMLBlob(status, tied(b.Bytes()))
}

// tied keeps a year and its 年 on one line in the title of a Chinese page.
func tied(page []byte) []byte {
	from := bytes.Index(page, []byte("<h1"))
	if from < 0 {
		return page
	}
	to := from + bytes.Index(page[from:], []byte("</h1>"))
	if to < from {
		return page
	}
	title := yearBefore.ReplaceAll(page[from:to], []byte("$1\u00a0年"))
	return slices.Concat(page[:from], title, page[to:])
}

// yearBefore is a year that a space parts from its 年.
var yearBefore = regexp.MustCompile(`([0-9]) 年`)

func (p page) lang() lang { return p.Lang }
