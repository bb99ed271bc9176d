package web

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// feedLength is how many entries a feed has.
const feedLength = 200

// A feedItem is one piece of news. Its ID is the same in every feed that has it and in
// every language, so that a reader who takes several sees it once.
type feedItem struct {
	ID, Title, Path string
	Updated         time.Time
	Tags            []string
}

// A feed is a list of news, the newest first.
type feed struct {
	Title, Self, Home string
	Updated           time.Time
	Items             []feedItem
}

// feedKinds are the feeds by name, with what they are called.
func feedKinds() []link {
	return []link{{"全部变化", "all", false, false}, {"新报告", "reports", false, false}, {"修订与不见", "revisions", false, false},
		{"核验发现的问题", "findings", false, false}, {"本站的更正", "corrections", false, false}}
}

// feedChanges are the kinds of change of a feed.
func feedChanges(kind string) []store.Change {
	switch kind {
	case "reports":
		return []store.Change{store.ChangeNew}
	case "revisions":
		return []store.Change{store.ChangeRevised, store.ChangeSuspected, store.ChangeRemoved, store.ChangeReturned}
	case "corrections":
		return []store.Change{store.ChangeCorrected, store.ChangeReread}
	case "indicator": // whatever may change a figure
		return []store.Change{store.ChangeNew, store.ChangeRevised, store.ChangeReread, store.ChangeCorrected}
	}
	return []store.Change{store.ChangeNew, store.ChangeRevised, store.ChangeReread, store.ChangeCorrected, store.ChangeSuspected, store.ChangeRemoved, store.ChangeReturned, store.ChangeBlocked, store.ChangeEnrolled}
}

// feedRoutes adds the feeds: /changes is the old name of all.
func (s *Server) feedRoutes(both func(string, echo.HandlerFunc)) {
	both("/changes.atom", func(c echo.Context) error { return s.serveFeed(c, "all", "atom") })
	both("/changes.json", func(c echo.Context) error { return s.serveFeed(c, "all", "json") })
	both("/feeds/:name", func(c echo.Context) error {
		kind, form, _ := strings.Cut(c.Param("name"), ".")
		known := slices.ContainsFunc(feedKinds(), func(l link) bool { return l.Href == kind })
		if !known || form != "atom" && form != "json" {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		return s.serveFeed(c, kind, form)
	})
}

// serveFeed serves a feed as Atom (RFC 4287) or JSON Feed 1.1. region, agency, rule and
// indicator narrow it.
func (s *Server) serveFeed(c echo.Context, kind, form string) error {
	f, err := s.makeFeed(c, kind)
	if err != nil {
		return err
	}
	p := s.newPage(c)
	if form == "json" {
		body, err := json.MarshalIndent(newJSONFeed(p, f), "", " ")
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/feed+json; charset=utf-8", body)
	}
	body, err := xml.MarshalIndent(newAtomFeed(p, f), "", " ")
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// makeFeed asks for what the address wants. What is wrong in it is an error and not an
// empty feed, which nobody would ever notice.
func (s *Server) makeFeed(c echo.Context, kind string) (feed, error) {
	p, ctx := s.newPage(c), c.Request().Context()
	q := store.FeedQuery{Region: standard.RegionCode(c.QueryParam("region")), Agency: report.AgencyID(c.QueryParam("agency")),
		Rule: c.QueryParam("rule"), Limit: feedLength}
	indicator := c.QueryParam("indicator")
	if err := p.feedFits(kind, q.Rule, indicator); err != nil {
		return feed{}, err
	}
	title, err := s.feedTitle(ctx, p, kind, q, indicator)
	if err != nil {
		return feed{}, err
	}
	u := url.URL{Path: c.Request().URL.Path, RawQuery: c.QueryParams().Encode()}
	f := feed{Title: title, Self: p.Base + p.Lang.href(u.RequestURI()), Home: p.Base + p.Lang.href("/changes")}
	switch {
	case indicator != "":
		f.Items, err = s.indicatorItems(ctx, p, q, kind, indicator)
	case kind == "findings" || q.Rule != "":
		f.Items, err = s.findingItems(ctx, p, q)
	default:
		f.Items, err = s.changeItems(ctx, p, q, kind)
	}
	slices.SortStableFunc(f.Items, func(a, b feedItem) int { return b.Updated.Compare(a.Updated) })
	if len(f.Items) > 0 {
		f.Updated = f.Items[0].Updated
	}
	return f, err
}

// feedFits refuses a rule where no findings are asked for, and an indicator where they are.
func (p page) feedFits(kind, rule, indicator string) error {
	switch {
	case rule != "" && (indicator != "" || kind != "all" && kind != "findings"):
		return &report.ParameterError{Name: "rule", Got: rule, Want: p.t("规则只用于 all 和 findings，且不与指标同用")}
	case indicator != "" && kind == "findings":
		return &report.ParameterError{Name: "indicator", Got: indicator, Want: p.t("findings 里没有指标的数值，请用 all、reports、revisions 或 corrections")}
	}
	return nil
}

// feedTitle says what a feed is of, and refuses what there is not.
func (s *Server) feedTitle(ctx context.Context, p page, kind string, q store.FeedQuery, indicator string) (string, error) {
	var parts []string
	if q.Region != "" {
		path, err := s.Store.RegionPath(ctx, q.Region)
		if err != nil || len(path) == 0 {
			return "", cmp.Or(err, error(&report.ParameterError{Name: "region", Got: string(q.Region), Want: p.t("一个行政区划代码")}))
		}
		parts = append(parts, path[len(path)-1].Name)
	}
	if q.Agency != "" {
		a, err := s.Store.Agency(ctx, q.Agency)
		if err != nil {
			return "", &report.ParameterError{Name: "agency", Got: string(q.Agency), Want: p.t("一个机关编号")}
		}
		parts = append(parts, a.Name)
	}
	for _, k := range feedKinds() {
		if k.Href == kind && (kind != "all" || q.Rule == "" && indicator == "") {
			parts = append(parts, p.t(k.Text))
		}
	}
	if q.Rule != "" {
		r, ok := standard.RuleOf(q.Rule)
		if !ok {
			return "", &report.ParameterError{Name: "rule", Got: q.Rule, Want: p.t("一个规则编号，见“方法”一页")}
		}
		parts = append(parts, p.label(r.Name))
	}
	if indicator != "" {
		i, ok := standard.IndicatorOf(indicator)
		if !ok {
			return "", &report.ParameterError{Name: "indicator", Got: indicator, Want: p.t("一个指标编号，见“指标”一页")}
		}
		parts = append(parts, p.label(i.Name))
	}
	return p.t("公开 Gongkai") + p.t("：") + strings.Join(parts, " · "), nil
}

// tag is an id that stays (RFC 4151): it names no host, since the same data may be served
// under several.
func tag(kind, rest string) string { return "tag:gongkai,2026:" + kind + "/" + rest }

// fictitious marks news of the demonstration.
func (p page) fictitious(demo bool, title string) string {
	if demo {
		return p.t("［示例］") + title
	}
	return title
}

func (s *Server) changeItems(ctx context.Context, p page, q store.FeedQuery, kind string) ([]feedItem, error) {
	rows, err := s.Store.News(ctx, q, feedChanges(kind)...)
	if err != nil {
		return nil, err
	}
	var items []feedItem
	for _, row := range rows {
		path := p.Href("/agencies/" + string(row.Agency))
		if row.Version != 0 {
			path = p.reportHref(row.Agency, row.Year)
		}
		items = append(items, feedItem{ID: tag("change", strconv.FormatInt(row.ID, 10)), Title: p.fictitious(row.Demo, row.AgencyName+p.t("：")+p.changeWords(row)),
			Path: path, Updated: row.At, Tags: []string{string(row.Kind), string(row.Region)}})
	}
	return items, nil
}

// changeWords says a change: the kept sentence is Chinese.
func (p page) changeWords(row store.ChangeRow) string {
	if p.Lang == zh {
		return row.Text
	}
	words := map[store.Change]string{store.ChangeNew: "新报告", store.ChangeRevised: "新版本", store.ChangeReread: "本站重读后有变", store.ChangeCorrected: "本站对照原件更正", store.ChangeSuspected: "报告一次不见", store.ChangeRemoved: "报告不见",
		store.ChangeReturned: "报告复见", store.ChangeBlocked: "页面受阻", store.ChangeEnrolled: "新登记"}
	if row.Year == 0 {
		return p.t(words[row.Kind])
	}
	return p.t("%d 年度", row.Year) + p.t("：") + p.t(words[row.Kind])
}

func (s *Server) findingItems(ctx context.Context, p page, q store.FeedQuery) ([]feedItem, error) {
	rows, err := s.Store.NewFindings(ctx, q)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]int)
	var items []feedItem
	for _, row := range rows {
		id := row.Key
		if seen[row.Key]++; seen[row.Key] > 1 { // one rule may say several things of one report
			id += "/" + strconv.Itoa(seen[row.Key])
		}
		text := row.Text
		if p.Lang == en && row.TextEN != "" {
			text = row.TextEN
		}
		title := row.AgencyName + " " + p.t("%d 年度", row.Year) + p.t("：") + text
		items = append(items, feedItem{ID: tag("finding", url.PathEscape(id)), Title: p.fictitious(row.Demo, title), Path: p.reportHref(row.Agency, row.Year),
			Updated: row.At, Tags: []string{row.Rule, string(row.Severity), string(row.Region)}})
	}
	return items, nil
}

// feedOf is the filter of the feed of what a page shows.
func feedOf(c echo.Context) string {
	for param, filter := range map[string]string{"code": "region", "agency": "agency"} {
		if v := c.Param(param); v != "" {
			return url.Values{filter: {v}}.Encode()
		}
	}
	switch c.Path() {
	case "/agencies/:id":
		return url.Values{"agency": {c.Param("id")}}.Encode()
	case "/indicators/:id":
		return url.Values{"indicator": {c.Param("id")}}.Encode()
	}
	return ""
}
