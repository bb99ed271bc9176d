package ingest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
)

// A webPage is one document of the benchmark, as a server sent it.
type webPage struct {
	name string
	body []byte
}

// BenchmarkPages sets the whole way from bytes to checked reports beside what
// html.Parse alone takes for the same bytes, by kind of page and over all of them.
// Both are measured in turn in the same run, so that a busy machine slows both:
//
// The least time of each page in any round counts, which other work disturbs least:
//
//   - ratio: of the sums over all pages;
//   - page-ratio: of each page, the median;
//   - worst-page: of each page, the highest.
func BenchmarkPages(b *testing.B) {
	kinds := map[string][]webPage{"demo": demoPages(b)}
	for _, p := range sharedPages(b) {
		kind := "tidy"
		switch {
		case bytes.Contains(p.body, []byte("mso-")):
			kind = "exported" // by a word processor, with a style on every element
		case !bytes.Contains(p.body, []byte("<td")):
			kind = "links" // no table: the report is a file or a picture
		}
		kinds[kind] = append(kinds[kind], p)
	}
	var all []webPage
	for _, kind := range []string{"tidy", "exported", "links", "demo"} {
		if pages := kinds[kind]; len(pages) > 0 {
			all = append(all, pages...)
			b.Run(kind, func(b *testing.B) { comparePages(b, pages) })
		}
	}
	b.Run("all", func(b *testing.B) { comparePages(b, all) })
}

// comparePages measures rounds of parsing and of reading the same pages.
func comparePages(b *testing.B, pages []webPage) {
	parse := func(p webPage) error {
		_, err := html.Parse(bytes.NewReader(p.body))
		return err
	}
	read := func(p webPage) error {
		_, err := ingest.ReadDocuments(b.Context(), extract.Hint{Name: p.name}, p.body, extract.Limits{})
		return err
	}
	var size int64
	for _, p := range pages {
		size += int64(len(p.body))
	}
	parsed, done := newStopwatch(pages), newStopwatch(pages)
	for b.Loop() {
		parsed.round(b, pages, parse)
		done.round(b, pages, read)
	}
	var each []float64
	for i := range pages {
		each = append(each, float64(done.least[i])/float64(parsed.least[i]))
	}
	slices.Sort(each)
	seconds := done.sum().Seconds()
	b.ReportMetric(float64(done.sum())/float64(parsed.sum()), "ratio")
	b.ReportMetric(each[len(each)/2], "page-ratio")
	b.ReportMetric(each[len(each)-1], "worst-page")
	b.ReportMetric(float64(len(pages))/seconds, "docs/s")
	b.ReportMetric(float64(size)/1e6/seconds, "MB/s")
	b.ReportMetric(0, "ns/op") // of both together says nothing
}

// A stopwatch keeps the least time of each page.
type stopwatch struct{ least []time.Duration }

// sum returns the least time of all pages together.
func (s *stopwatch) sum() (all time.Duration) {
	for _, one := range s.least {
		all += one
	}
	return all
}

func newStopwatch(pages []webPage) *stopwatch {
	return &stopwatch{least: slices.Repeat([]time.Duration{time.Hour}, len(pages))}
}

// round runs f on every page.
func (s *stopwatch) round(b *testing.B, pages []webPage, f func(webPage) error) {
	for i, p := range pages {
		start := time.Now()
		if err := f(p); err != nil {
			b.Fatalf("%s: %v", p.name, err)
		}
		s.least[i] = min(s.least[i], time.Since(start))
	}
}

// sharedPages returns the web pages of the shared corpus, none where it is absent.
func sharedPages(b *testing.B) (pages []webPage) {
	dir := sharedCorpus(b)
	if dir == "" {
		b.Log("no folder shared beside the repository: only pages of the demonstration are measured")
		return nil
	}
	for _, glob := range []string{"made/*.htm", "made/*.html", "made/*.shtml"} {
		names, err := filepath.Glob(filepath.Join(dir, glob))
		must(b, err)
		for _, name := range names {
			body, err := os.ReadFile(name)
			must(b, err)
			pages = append(pages, webPage{filepath.Base(name), body})
		}
	}
	return pages
}

// sharedCorpus returns the folder of the shared corpus, "" where there is none.
func sharedCorpus(b *testing.B) string {
	if dir := os.Getenv("SHARED"); dir != "" {
		return filepath.Join(dir, "corpus")
	}
	dir, err := os.Getwd()
	must(b, err)
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		at := filepath.Join(dir, "shared", "corpus")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return at
		}
	}
	return ""
}

// demoPages returns the report pages of the demonstration portal.
func demoPages(b *testing.B) (pages []webPage) {
	portal, err := demo.Start(b.Context(), "", demo.Options{})
	must(b, err)
	defer func() { must(b, portal.Close()) }()
	for _, t := range portal.Truth() {
		path := strings.TrimPrefix(t.URL, strings.TrimSuffix(portal.URL(), "/"))
		if path == "" {
			continue // a report that is missing
		}
		answer := httptest.NewRecorder()
		portal.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != http.StatusOK || !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
			continue // one of the portal's faults
		}
		pages = append(pages, webPage{path, answer.Body.Bytes()})
	}
	if len(pages) < 50 {
		b.Fatalf("%d pages of the demonstration, want at least 50", len(pages))
	}
	return pages
}
