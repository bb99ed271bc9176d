package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// demonstrated is a folder with the demonstration's data, after its first refresh.
func demonstrated(t *testing.T) (dir string, s *settings) {
	t.Helper()
	dir = t.TempDir()
	s = &settings{DB: filepath.Join(dir, "gongkai.db"), Archive: filepath.Join(dir, "archive")}
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	portal, err := startPortal(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer portal.Close()
	if err := a.refreshDemo(t.Context(), &bytes.Buffer{}, s, portal); err != nil {
		t.Fatal(err)
	}
	return dir, s
}

// dashboard runs a command line on the demonstration's data.
func (s *settings) dashboard(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	var b bytes.Buffer
	status = run(context.Background(), append(args, "--db", s.DB, "--archive", s.Archive), strings.NewReader(""), &b, &b)
	return b.String(), status
}

// TestRecall holds that a portal that is started again has not taken back its
// revision, also for a reader who holds nothing.
func TestRecall(t *testing.T) {
	dir, s := demonstrated(t)
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	portal, err := startPortal(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer portal.Close()
	at := slices.IndexFunc(portal.Truth(), func(t demo.Truth) bool { return t.Case == demo.Revised })
	before := body(t, portal.Truth()[at].URL)
	a.recall(t.Context(), portal)
	if after := body(t, portal.Truth()[at].URL); before == after {
		t.Error("the second start serves the first version again")
	}
}

// body is what an address answers.
func body(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReread holds that the command compares, prints the cells, and publishes only
// when it is told to.
func TestReread(t *testing.T) {
	_, s := demonstrated(t)
	if out, status := s.dashboard(t, "reread", "--all"); status != 0 || !strings.Contains(out, "不同 0（") || !strings.Contains(out, "未能重读 0；") {
		t.Fatalf("status %d, all read alike wanted:\n%s", status, out)
	}
	misread(t, s.DB)
	const cell = "disclosure.rules.made：9→0"
	for _, c := range []struct {
		args  string
		wants []string
	}{
		{"reread", []string{cell, "重读 1 份：相同 0，不同 1", "尚未发布"}},
		{"reread --dry-run", []string{cell, "尚未发布"}},
		{"reread --publish", []string{cell, "已发布 1 份，记为本站更正"}},
		{"reread --publish", []string{"重读 0 份"}},
	} {
		out, status := s.dashboard(t, strings.Fields(c.args)...)
		for _, want := range c.wants {
			if status != 0 || !strings.Contains(out, want) {
				t.Errorf("%s: status %d, want %q in\n%s", c.args, status, want, out)
			}
		}
	}
	if out, status := s.dashboard(t, "reread", "--publish", "--dry-run"); status != 1 || !strings.Contains(out, "exclude each other") {
		t.Errorf("both: status %d\n%s", status, out)
	}
}

// misread puts a reading of older readers, who read a 9, in the place of a report's.
func misread(t *testing.T, path string) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ids, err := db.ReadByOthers(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		v, err := db.Version(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Reading.Values) == 0 || v.Format == standard.F2021 || v.Reading.Values[0].State != report.Printed || v.Reading.Values[0].Amount != 0 {
			continue
		}
		old := store.NewVersion{Agency: v.Agency, Year: v.Year, Reading: v.Reading, Status: v.Status, Findings: v.Findings,
			Problems: v.Problems, Original: v.Original, Page: v.Page, URL: v.URL, Reader: "older than " + ingest.ReaderVersion}
		old.Reading.Values[0].Amount = report.Count(9)
		run, err := db.StartRun(t.Context(), "reread", 0, false)
		if err == nil {
			_, err = db.AddReading(t.Context(), run, id, old)
		}
		if err == nil {
			err = db.FinishRun(t.Context(), run, store.RunOK, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no report to misread")
}
