package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"log/slog"

	"gongkai/internal/archive"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A site is a portal of which a test decides every answer.
type site struct {
	*ingest.Refresher
	url string

	mu    sync.Mutex
	pages map[string]answer
	asked []string // paths, and "if" before those asked conditionally
}

// An answer is what a site gives for a path.
type answer struct {
	status int // 200 if 0
	body   string
	etag   string // none if ""
	cut    int    // requests that are cut off before it is given
}

// newSite starts a site with one list that is empty, and a database that knows two
// streets, 云杉街道 and 雪松街道.
func newSite(tb testing.TB) *site {
	tb.Helper()
	s := &site{pages: make(map[string]answer)}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL
	db, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "gongkai.db"))
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	originals, err := archive.Open(tb.Context(), tb.TempDir())
	must(tb, err)
	must(tb, db.PutAgencies(tb.Context(), []report.Agency{spruce, cedar}))
	must(tb, db.SetRegionName(tb.Context(), "9901", "示例市"))
	must(tb, db.SetRegionName(tb.Context(), "990101", "示例区"))
	p, err := crawl.ReadPortal("test.yaml", strings.NewReader(strings.ReplaceAll(siteYAML, "{base}", s.url)))
	must(tb, err)
	s.Refresher = &ingest.Refresher{Store: db, Archive: originals, Portals: []*crawl.Portal{p},
		Crawl: crawl.Options{Backoff: time.Millisecond, Tries: 2}, Log: slog.New(slog.DiscardHandler)}
	s.list()
	return s
}

const siteYAML = `id: test
name: 示例市示例区人民政府
region: "990101"
family: trs
demo: true
entries:
  - {url: "{base}/gknb/"}
networks: ["127.0.0.0/8"]
polite: {delay: 0s, concurrency: 2}
`

var (
	spruce = street("990101001", "云杉街道")
	cedar  = street("990101002", "雪松街道")
)

func street(code, name string) report.Agency {
	return report.Agency{ID: report.AgencyID(code), Region: standard.RegionCode(code), Name: name + "办事处", Short: name,
		Kind: standard.Street, Watched: true, Demo: true}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.pages[r.URL.Path]
	held := r.Header.Get("If-None-Match")
	if r.URL.Path != "/robots.txt" {
		s.asked = append(s.asked, strings.TrimSpace(strings.Repeat("if ", min(1, len(held)))+r.URL.Path))
	}
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case a.cut > 0:
		a.cut--
		s.pages[r.URL.Path] = a
		panic(http.ErrAbortHandler)
	}
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
		if held == a.etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Type", http.DetectContentType([]byte(a.body)))
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write([]byte(a.body)) // the client may be gone
}

// put sets the answer for a path; list links it.
func (s *site) put(path string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = a
}

// list links paths as reports of a unit and a year: 云杉街道 2020 /a.html.
func (s *site) list(lines ...string) {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><meta charset=\"utf-8\"><title>年报</title><ul>")
	for i, line := range lines {
		f := strings.Fields(line)
		fmt.Fprintf(&b, "<li><a href=\"%s\">示例区%s%s年政府信息公开工作年度报告</a><span>2026-03-%02d</span></li>", f[2], f[0], f[1], 28-i)
	}
	b.WriteString("</ul>")
	s.put("/gknb/", answer{body: b.String()})
}

// requests returns the paths asked since the last call, lists left out, sorted.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := slices.DeleteFunc(s.asked, func(path string) bool { return strings.HasSuffix(path, "/gknb/") })
	s.asked = nil
	slices.Sort(asked)
	return asked
}

// refresh refreshes and returns the sum over the portals.
func (s *site) refresh(tb testing.TB, opts ingest.Options) store.PortalRun {
	tb.Helper()
	summary, err := s.Refresh(tb.Context(), opts)
	must(tb, err)
	return summary.Total()
}

// requested is the number of requests received that is stored for a report, and -1
// where there is none.
func (s *site) requested(tb testing.TB, a report.Agency, year int) int {
	tb.Helper()
	all, err := s.Store.Versions(tb.Context(), store.Query{Agencies: []report.AgencyID{a.ID}, FromYear: year, ToYear: year})
	must(tb, err)
	if len(all) == 0 {
		return -1
	}
	amount, _ := all[0].Value("requests.new/total").Known()
	return int(amount / report.One)
}

// failures returns the reasons of the failures that stand.
func (s *site) failures(tb testing.TB) (reasons []string) {
	tb.Helper()
	all, err := s.Store.OpenFailures(tb.Context())
	must(tb, err)
	for _, f := range all {
		reasons = append(reasons, strings.TrimPrefix(f.URL, s.url)+" "+f.Reason)
	}
	return reasons
}

// sight is what is known of looking for an agency's reports.
func (s *site) sight(tb testing.TB, a report.Agency) store.CoverageRow {
	tb.Helper()
	all, err := s.Store.Coverage(tb.Context(), a.Region, 0)
	must(tb, err)
	if len(all) != 1 {
		tb.Fatalf("%d agencies of %s", len(all), a.Region)
	}
	return all[0]
}

// article is a report that reconciles: n requests from natural persons, all granted.
func article(unit string, year, n int) demo.Article {
	format, _ := standard.FormatForYear(year)
	printed := demo.Printed{}
	for _, c := range standard.FormOf(format).Cells {
		printed[c.Code] = "0"
	}
	for _, row := range []string{"requests.new", "outcome.granted", "outcome.total"} {
		for _, column := range []standard.Applicant{standard.Natural, standard.Total} {
			printed[standard.At(row, column)] = strconv.Itoa(n)
		}
	}
	day := report.Date{Year: year + 1, Month: 1, Day: 20}
	return demo.Article{Site: "示例市示例区人民政府", Title: fmt.Sprintf("示例区%s办事处%d年政府信息公开工作年度报告", unit, year),
		Source: "示例区" + unit + "办事处", Published: day, Signature: "示例区" + unit + "办事处", Signed: day,
		Parts: demo.Body(format, printed, "", nil)}
}

func page(unit string, year, n int) string { return string(demo.Page(article(unit, year, n))) }
