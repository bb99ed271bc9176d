package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"gongkai/internal/store"
)

// namesIn are the names and codes of the agencies in the heads of the rows of a table.
func namesIn(t *testing.T, body, class string) (names, codes []string) {
	t.Helper()
	for _, table := range elements(t, body) {
		if is, _ := attr(table, "class"); table.Data != "table" || !strings.Contains(is, class) {
			continue
		}
		for n := range table.Descendants() {
			if n.Type != html.ElementNode || n.Data != "a" || n.Parent.Data != "th" {
				continue
			}
			href, _ := attr(n, "href")
			path, _, _ := strings.Cut(href, "?")
			names = append(names, textOf(n))
			codes = append(codes, path[strings.LastIndex(path, "/")+1:])
		}
	}
	return names, codes
}

// TestListOrders holds that lists of agencies stand by pinyin and by code where that is
// asked for, in both languages, and that another order is an error.
func TestListOrders(t *testing.T) {
	s := newFixture(t)
	for path, class := range map[string]string{"/regions/990101": "matrix", "/regions/990101?year=2024": "lens", "/indicators/requests_new?region=990101": "ranking"} {
		for _, tongue := range []string{"", englishRoot} {
			ask := func(order string) ([]string, []string) {
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				return namesIn(t, get(t, s, http.MethodGet, tongue+path+sep+"sort="+order).Body.String(), class)
			}
			names, codes := ask("pinyin")
			if len(names) < 8 || !slices.IsSortedFunc(names, byPinyin()) && class != "lens" { // the lens has two lists
				t.Errorf("%s%s, %s by pinyin: %v %v", tongue, path, class, names, codes)
			}
			if names, codes = ask("code"); len(names) < 8 || !slices.Equal(sorted(codes), codes) && class != "lens" {
				t.Errorf("%s%s, %s by code: %v %v", tongue, path, class, names, codes)
			}
		}
	}
	if w := get(t, s, http.MethodGet, "/regions/990101?sort=size"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "pinyin") {
		t.Errorf("an unknown order answers %d", w.Code)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// TestChoicesKept holds that what a reader chose goes with the links of the page: the
// years of a sum, the peers, the order.
func TestChoicesKept(t *testing.T) {
	s := newFixture(t)
	for path, cases := range map[string]map[string]string{
		"/indicators/open_rate?region=990101&pool=form&sort=pinyin": {"/indicators/open_rate?": "pool=form", "/api/v1/rankings?": "pool=1", "/charts/indicators/": "pool=form"},
		"/agencies/990101003?peers=load":                            {"/charts/agencies/990101003/open_rate": "peers=load", "/agencies/990101003/sheet": "peers=load"},
		"/regions/990101?sort=code&as=share":                        {"/charts/regions/990101/matrix": "sort=code"},
	} {
		found := make(map[string]int)
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			href, _ := attr(n, "href")
			for start, want := range cases {
				if n.Data != "a" || !strings.HasPrefix(href, start) {
					continue
				}
				if found[start]++; !strings.Contains(href, want) && n.Parent.Data != "span" && !strings.Contains(href, "as_of") {
					t.Errorf("%s: the link %s has lost %s", path, href, want)
				}
			}
		}
		for start := range cases {
			if found[start] == 0 {
				t.Errorf("%s has no link like %s", path, start)
			}
		}
	}
}

// TestRunPage holds that the page of a run shows what its revised reports say otherwise
// than before, and nothing of other runs.
func TestRunPage(t *testing.T) {
	s := newFixture(t)
	found := false
	for _, run := range []string{"1", "2", "3", "4"} {
		body := get(t, s, http.MethodGet, "/changes?run="+run).Body.String()
		if !strings.Contains(body, `id="brought"`) {
			continue
		}
		found = true
		for _, want := range []string{"/compare/reports?a=990101002%2F2022%2F1", "改动前", "version=1", "version=2"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page of run %s does not say %s", run, want)
			}
		}
	}
	if !found {
		t.Error("no run shows what it changed")
	}
	for path, code := range map[string]int{"/changes?run=999": http.StatusNotFound, "/changes?run=x": http.StatusBadRequest, "/en/changes?run=999": http.StatusNotFound} {
		if w := get(t, s, http.MethodGet, path); w.Code != code {
			t.Errorf("%s answers %d, want %d", path, w.Code, code)
		}
	}
}

// TestKnownAt holds that the log of corrections can be had as it stood after a run.
func TestKnownAt(t *testing.T) {
	row := func(id int64, from, until store.RunID) store.CorrectionRow {
		r := store.CorrectionRow{Correction: store.Correction{ID: id, FromRun: from, UntilRun: until}}
		if until > 0 {
			r.EndedAt, r.EndedBy = time.Unix(1, 0), "somebody"
		}
		return r
	}
	all := []store.CorrectionRow{row(3, 9, 0), row(2, 5, 8), row(1, 4, 5)}
	if got := knownAt(all, 0); len(got) != 3 {
		t.Errorf("now there are %d", len(got))
	}
	got := knownAt(all, 6)
	if len(got) != 2 || got[0].ID != 2 || got[1].ID != 1 {
		t.Fatalf("after run 6: %+v", got)
	}
	if !got[0].EndedAt.IsZero() || got[1].EndedAt.IsZero() {
		t.Errorf("after run 6 the second holds and the first has ended: %+v", got)
	}
	s := newFixture(t)
	for path, code := range map[string]int{"/corrections?as_of=1": http.StatusOK, "/changes?as_of=1": http.StatusOK, "/corrections?as_of=x": http.StatusBadRequest} {
		if w := get(t, s, http.MethodGet, path); w.Code != code || code == http.StatusOK && strings.Contains(w.Body.String(), "记为第 2 版") {
			t.Errorf("%s answers %d, and tells of what came later: %t", path, w.Code, strings.Contains(w.Body.String(), "记为第 2 版"))
		}
	}
}
