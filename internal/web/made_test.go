package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestKept: a page that was made is answered as it was, to those who ask alike, and never
// when the data have changed.
func TestKept(t *testing.T) {
	s := newFixture(t)
	ask := func(header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/regions/"+string(fixtureRegion), nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
		return w
	}
	first := ask()
	if n := s.made.order.Len(); n != 1 {
		t.Fatalf("%d pages kept, want 1", n)
	}
	again := ask()
	if again.Body.String() != first.Body.String() {
		t.Error("the page again is another")
	}
	for _, name := range []string{"Content-Type", "ETag", "Content-Security-Policy", "Cache-Control", "Vary"} {
		if was, is := first.Header().Get(name), again.Header().Get(name); was != is || was == "" {
			t.Errorf("%s: %q, then %q", name, was, is)
		}
	}
	packed := ask("Accept-Encoding", "gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || strings.HasPrefix(packed.Body.String(), "<!") {
		t.Error("compressed: not so")
	}
	if same := ask("Accept-Encoding", "gzip"); same.Body.String() != packed.Body.String() || same.Header().Get("Content-Encoding") != "gzip" {
		t.Error("compressed, again: another page")
	}
	if plain := ask(); plain.Header().Get("Content-Encoding") != "" || plain.Body.String() != first.Body.String() {
		t.Error("not compressed, after it was compressed: another page")
	}
	before := s.made.order.Len()
	ask("Cookie", "session=1")
	if n := s.made.order.Len(); n != before {
		t.Errorf("a page for one reader was kept: %d, want %d", n, before)
	}
	if err := s.Store.PutAgencies(t.Context(), append(fixtureAgencies(t, s), report.Agency{ID: "990101-new", Region: fixtureRegion,
		Name: "新机关", Short: "新机关", Kind: standard.Department, Watched: true, Demo: true})); err != nil {
		t.Fatal(err)
	}
	if now := ask(); now.Body.String() == first.Body.String() || now.Header().Get("ETag") == first.Header().Get("ETag") {
		t.Error("other data, the same page")
	}
}

// fixtureAgencies are the agencies of the register.
func fixtureAgencies(t *testing.T, s *Server) []report.Agency {
	t.Helper()
	all, err := s.Store.Agencies(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// BenchmarkKept sets pages that were made before beside making them.
func BenchmarkKept(b *testing.B) {
	s := newFixture(b)
	r := httptest.NewRequest(http.MethodGet, "/regions/"+string(fixtureRegion), nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for name, header := range map[string]string{"kept": "", "made": "session=1"} {
		b.Run(name, func(b *testing.B) {
			r := r.Clone(b.Context())
			if header != "" {
				r.Header.Set("Cookie", header)
			}
			for b.Loop() {
				s.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

// TestNarrowKept: the choice of a region in one that is too wide for a page of its units
// is kept like other pages, and as long.
func TestNarrowKept(t *testing.T) {
	s := newFixture(t)
	all := fixtureAgencies(t, s)
	for i := range aggregate.WideUnits + 2 {
		all = append(all, report.Agency{ID: report.AgencyID(fmt.Sprintf("99020%d-%03d", 1+i%2, i)), Region: standard.RegionCode(fmt.Sprintf("99020%d", 1+i%2)),
			Name: fmt.Sprintf("第%d机关", i), Short: fmt.Sprintf("第%d机关", i), Kind: standard.Department, Watched: true, Demo: true})
	}
	if err := s.Store.PutAgencies(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if err := s.Figures.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := s.made.order.Len()
	first := get(t, s, http.MethodGet, "/status/9902/2024")
	if first.Code != http.StatusOK || !strings.Contains(first.Body.String(), "请选择一个区划") || first.Header().Get("ETag") == "" {
		t.Fatalf("status %d, tag %q: %.600s", first.Code, first.Header().Get("ETag"), first.Body)
	}
	if n := s.made.order.Len(); n != before+1 {
		t.Errorf("%d pages kept, want %d", n, before+1)
	}
	if again := get(t, s, http.MethodGet, "/status/9902/2024"); again.Body.String() != first.Body.String() {
		t.Error("the page again is another")
	}
}
