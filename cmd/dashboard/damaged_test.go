package main

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDamagedDatabase overwrites a part of the database file, as a failing disk does: the
// doctor says so and how to mend it, and a page is what it was or an error that says
// something, never another figure.
func TestDamagedDatabase(t *testing.T) {
	_, s := demonstrated(t)
	whole, err := os.ReadFile(s.DB)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/regions/990101", "/agencies/990101002", "/reports/990101002/2021", "/reports/990101003/2023", "/status/990101/2024", "/rollup/990101/2023"}
	want := s.pages(t, paths)
	rng := rand.New(rand.NewPCG(1, 1))
	failed := 0
	for range 6 {
		s.DB = filepath.Join(t.TempDir(), "gongkai.db")
		damaged := append([]byte(nil), whole...)
		const page = 4096
		for range 8 {
			at := page * (1 + rng.IntN(len(damaged)/page-1))
			for i := range page {
				damaged[at+i] = byte(rng.Uint32())
			}
		}
		if err := os.WriteFile(s.DB, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		out, sick := s.diagnosed(t, time.Now())
		if !sick || !strings.Contains(out, "问题  数据库") || !strings.Contains(out, "备份") {
			t.Errorf("the doctor says of a damaged file:\n%s", out)
		}
		for path, got := range s.pages(t, paths) {
			switch {
			case got.Code == http.StatusOK && got.Body.String() != want[path].Body.String():
				t.Errorf("%s shows something else than before the damage", path)
			case got.Code != http.StatusOK:
				failed++
				if body := got.Body.String(); !strings.Contains(body, "<h1") || strings.Contains(body, "goroutine") {
					t.Errorf("%s: %d without a page that says so:\n%s", path, got.Code, body)
				}
			}
		}
	}
	if failed == 0 {
		t.Error("nothing that was overwritten was asked for: the test shows nothing")
	}
}

// pages asks for pages; those of a database that cannot be opened are errors.
func (s *settings) pages(t *testing.T, paths []string) map[string]*httptest.ResponseRecorder {
	t.Helper()
	got := make(map[string]*httptest.ResponseRecorder)
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		if !strings.Contains(err.Error(), "backup") {
			t.Errorf("opened: %v; want what to do", err)
		}
		return got
	}
	defer a.Close()
	a.ready.Store(true)
	h, err := a.handler(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		got[path] = httptest.NewRecorder()
		h.ServeHTTP(got[path], httptest.NewRequest(http.MethodGet, path, nil))
	}
	return got
}
