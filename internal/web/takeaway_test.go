package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// withoutFiles are the pages whose tables have no rows to take away: what is found for a
// word, a draft that nothing keeps, what can be taken and how, the cells of an original as
// they stand in its own file.
var withoutFiles = []string{"/search", "/check", "/data/guide", "/data/api", "/originals/", "/report-error"}

// TestTakeAway holds that every page with a table or a drawing gives its rows as CSV and as
// a workbook, that what is given as one is given as the other, and that the API has every
// address that they name.
func TestTakeAway(t *testing.T) {
	s := newFixture(t)
	for _, path := range routes() {
		for _, path := range []string{path, englishRoot + path} {
			files := map[string][]string{}
			shows := false
			for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
				href, _ := attr(n, "href")
				u, err := url.Parse(href)
				form := ""
				if err == nil && strings.HasPrefix(u.Path, "/api/v1/") {
					form = u.Query().Get("format")
				}
				if form != "" {
					q := u.Query()
					q.Del("format")
					q.Del("bom") // a workbook needs none
					files[form] = append(files[form], u.Path+"?"+q.Encode())
				}
				shows = shows || n.Type == html.ElementNode && (n.Data == "table" || n.Data == "figure")
			}
			exempt := slices.ContainsFunc(withoutFiles, func(prefix string) bool {
				return strings.HasPrefix(strings.TrimPrefix(path, englishRoot), prefix)
			})
			if shows && !exempt && len(files["csv"]) == 0 {
				t.Errorf("%s shows a table or a drawing and gives no CSV", path)
			}
			for _, one := range files["csv"] {
				if !slices.Contains(files["xlsx"], one) {
					t.Errorf("%s gives %s as CSV and not as a workbook", path, one)
				}
			}
		}
	}
}
