package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A searchView is what was found: agencies by their names, and reports by what they
// say, which can be narrowed. Its whole state is in the address.
type searchView struct {
	page
	Query     string
	Kept      []keptField // conditions that a new search keeps
	Agencies  []foundAgency
	Asked     bool // something was looked for in reports
	Shown     string
	Cut       bool
	Hits      []hitView
	Facets    []facetView
	Chosen    []link // conditions, each a link that takes it away
	Pages     []link
	Short     bool // too short to be looked for in texts
	AsOfWords string
}

// A keptField is a hidden field of the form.
type keptField struct{ Name, Value string }

// A foundAgency is an agency with the name that it was found by.
type foundAgency struct {
	Agency link
	Region string
	By     string
}

// A hitView is a report with the sentence that was found.
type hitView struct {
	Title, Href string
	Look        look
	Demo        bool
	Form        string
	Heading     string
	Pieces      []pieceView
	More        string
	Original    string
}

// A facetView is a way to narrow a result.
type facetView struct {
	Name    string
	Options []facetOption
}

type facetOption struct {
	Text, Href string
	Count      int
	Chosen     bool
}

// hitsShown is how many reports a page of results has, and agenciesShown how many
// agencies stand above them.
const (
	hitsShown     = 20
	agenciesShown = 12
	facetsShown   = 12
)

// showSearch serves GET /search.
func (s *Server) showSearch(c echo.Context) error {
	ctx := c.Request().Context()
	q, at, err := s.readSearch(c)
	if err != nil {
		return err
	}
	v := searchView{page: s.newPage(c), Query: q.Text}
	v.in("")
	v.Title = v.t("检索")
	if q.Text != "" {
		v.Title = v.t("检索：“%s”", v.Lang.quoting(q.Text))
	}
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("检索")}}
	if at == 0 && q.Text != "" {
		names, err := s.Store.FindAgencies(ctx, q.Text, agenciesShown)
		if err != nil {
			return err
		}
		v.agencies(slices.DeleteFunc(names, func(a store.NameHit) bool { return !covered(ctx, a.Agency.Region) }))
	}
	state := c.QueryParams()
	if !searches(state) {
		return s.render(c, http.StatusOK, "search", v)
	}
	if v.Short = tooShort(q.Text); v.Short {
		return s.render(c, http.StatusOK, "search", v)
	}
	found, err := s.Store.Search(ctx, q)
	if err != nil {
		return err
	}
	rows, err := s.regions(ctx, q.Region)
	if err != nil {
		return err
	}
	v.found(found, q, state, rows, at)
	return s.render(c, http.StatusOK, "search", v)
}

// searchParams are the conditions of a search, in the order of the page.
var searchParams = []string{"region", "kind", "year", "format", "status", "finding"}

// searches reports whether an address asks for reports.
func searches(state url.Values) bool {
	return state.Get("q") != "" || slices.ContainsFunc(searchParams, func(name string) bool { return state.Get(name) != "" })
}

// tooShort reports whether a text has a word that cannot be looked for in reports.
func tooShort(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(w string) bool { return len([]rune(w)) < store.ShortestWord })
}

// readSearch reads the address; at is the number of the page of results, from 0.
func (s *Server) readSearch(c echo.Context) (q store.SearchQuery, at int, err error) {
	if q.AsOf, err = asOf(c); err != nil {
		return q, 0, err
	}
	q.Text, q.Limit = strings.TrimSpace(c.QueryParam("q")), hitsShown
	if len([]rune(q.Text)) > 100 {
		return q, 0, &report.ParameterError{Name: "q", Got: string([]rune(q.Text)[:20]) + "…", Want: "不超过 100 个字"}
	}
	q.Region, q.Kind = standard.RegionCode(c.QueryParam("region")), standard.Kind(c.QueryParam("kind"))
	q.Format, q.Status, q.Rule = standard.Format(c.QueryParam("format")), report.Status(c.QueryParam("status")), c.QueryParam("finding")
	if text := c.QueryParam("year"); text != "" {
		if q.Year, err = parseYear("year", text); err != nil {
			return q, 0, err
		}
	}
	if text := c.QueryParam("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 250 {
			return q, 0, &report.ParameterError{Name: "page", Got: text, Want: "第几页，1 到 250"}
		}
		at = n - 1
	}
	q.Offset = at * hitsShown
	return q, at, nil
}

func (v *searchView) agencies(names []store.NameHit) {
	kinds := map[string]string{"alias": "别称或曾用名：%s", "former": "曾用名：%s"}
	for _, n := range names {
		f := foundAgency{Agency: link{Text: v.name(n.Agency.Name), Href: v.Href("/agencies/" + string(n.Agency.ID)), Demo: n.Agency.Demo},
			Region: v.name(regionWords(n.Agency.Region))}
		if words, ok := kinds[n.Kind]; ok {
			f.By = v.t(words, v.name(n.Name))
		}
		v.Agencies = append(v.Agencies, f)
	}
}

// regionWords names the regions above an agency that the national roster knows.
func regionWords(code standard.RegionCode) string {
	if code.Level() == standard.StreetLevel {
		code = code.Parent()
	}
	text := ""
	for _, r := range standard.RegionPath(code) {
		text += r.Name
	}
	return text
}

func (v *searchView) found(r store.SearchResult, q store.SearchQuery, state url.Values, rows []store.RegionRow, at int) {
	v.Asked, v.Cut = true, r.Cut
	from := min(q.Offset+1, r.Total)
	v.Shown = v.t("%d 份报告，显示第 %d 到 %d 份", r.Total, from, min(q.Offset+len(r.Hits), r.Total))
	if r.Total == 0 {
		v.Shown = v.t("没有这样的报告")
	}
	for _, h := range r.Hits {
		v.Hits = append(v.Hits, v.hit(h))
		v.Demo = v.Demo || h.Agency.Demo
	}
	v.narrow(r, state, rows)
	for _, name := range searchParams {
		if value := state.Get(name); value != "" {
			v.Kept = append(v.Kept, keptField{name, value})
		}
	}
	for n := 0; n*hitsShown < r.Total && n < 250; n++ {
		if n < 3 || n > at-3 && n < at+3 {
			v.Pages = append(v.Pages, link{Text: strconv.Itoa(n + 1), Href: v.state(state, "page", strconv.Itoa(n+1)), Current: n == at})
		}
	}
	if len(v.Pages) == 1 {
		v.Pages = nil
	}
}

func (v *searchView) hit(h store.SearchHit) hitView {
	at := v.reportHref(h.Agency.ID, h.Year)
	out := hitView{Title: v.t("%s %d 年度报告", v.name(h.Agency.Name), h.Year), Href: at, Look: v.statusLook(h.Status), Demo: h.Agency.Demo,
		Form: v.formName(h.Format), Heading: h.Heading}
	if h.Paragraph == 0 {
		return out
	}
	out.Href = at + "#p-" + strconv.Itoa(h.Paragraph)
	out.Original = v.placeHref(h.Original, report.Place{Paragraph: h.Paragraph})
	text, last := []rune(h.Sentence), 0
	for _, m := range h.Marks {
		if m[0] < last {
			continue // two words overlap
		}
		out.Pieces = append(out.Pieces, pieceView{Text: string(text[last:m[0]])}, pieceView{Text: string(text[m[0]:m[1]]), Marked: true})
		last = m[1]
	}
	out.Pieces = append(out.Pieces, pieceView{Text: string(text[last:])})
	if h.More > 0 {
		out.More = v.t("文中另有 %d 句", h.More)
	}
	return out
}

// state is the address with a parameter set, or taken away where value is "".
func (v *searchView) state(state url.Values, name, value string) string {
	q := url.Values{}
	for _, n := range append([]string{"q"}, searchParams...) {
		if state.Get(n) != "" {
			q.Set(n, state.Get(n))
		}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	return v.With(q)
}

// narrow makes the facets and the conditions that are chosen.
func (v *searchView) narrow(r store.SearchResult, state url.Values, rows []store.RegionRow) {
	names := make(map[string]string)
	for _, row := range rows {
		names[string(row.Code)] = row.Name
	}
	words := map[string]func(string) string{
		"region": func(code string) string {
			if names[code] != "" {
				return v.name(names[code])
			}
			if region, ok := standard.RegionOf(standard.RegionCode(code)); ok {
				return v.name(region.Name)
			}
			return code
		},
		"kind":   func(kind string) string { return v.kindName(standard.Kind(kind)) },
		"year":   func(year string) string { return year },
		"format": func(format string) string { return v.formName(standard.Format(format)) },
		"status": func(status string) string { return v.statusLook(report.Status(status)).Word },
		"finding": func(id string) string {
			if rule, ok := standard.RuleOf(id); ok {
				return v.label(rule.Name)
			}
			return id
		},
	}
	titles := map[string]string{"region": "区划", "kind": "类型", "year": "年度", "format": "格式", "status": "核验", "finding": "问题"}
	lists := map[string][]store.Facet{"region": r.Regions, "kind": r.Kinds, "year": r.Years, "format": r.Formats, "status": r.Statuses, "finding": r.Rules}
	for _, name := range searchParams {
		chosen := state.Get(name)
		if chosen != "" {
			v.Chosen = append(v.Chosen, link{Text: v.t("%s：%s", v.t(titles[name]), words[name](chosen)), Href: v.state(state, name, "")})
		}
		f := facetView{Name: v.t(titles[name])}
		for _, facet := range lists[name][:min(len(lists[name]), facetsShown)] {
			o := facetOption{Text: words[name](facet.Value), Count: facet.Count, Chosen: facet.Value == chosen, Href: v.state(state, name, facet.Value)}
			if o.Chosen {
				o.Href = v.state(state, name, "")
			}
			f.Options = append(f.Options, o)
		}
		if len(f.Options) > 0 {
			v.Facets = append(v.Facets, f)
		}
	}
}
