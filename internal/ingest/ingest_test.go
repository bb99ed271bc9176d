package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// zeros is a page with a report of zeros.
func zeros(unit string, year int) string {
	printed := demo.Printed{}
	for _, c := range standard.FormOf(standard.F2021).Cells {
		printed[c.Code] = "0"
	}
	return string(demo.Page(demo.Article{Title: fmt.Sprintf("%s办事处%d年政府信息公开工作年度报告", unit, year), Source: unit + "办事处",
		Signature: unit + "办事处", Parts: demo.Body(standard.F2021, printed, "", nil),
		Published: report.Date{Year: year + 1, Month: 1, Day: 20}}))
}

func read(t *testing.T, from source, body string) []Result {
	t.Helper()
	all, err := readDocuments(t.Context(), from, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReadDocuments(t *testing.T) {
	all, err := ReadDocuments(t.Context(), extract.Hint{Name: "p.html"}, []byte(zeros("示例街道", 2022)), extract.Limits{})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d results, err %v", len(all), err)
	}
	r := all[0]
	if r.Outcome.Status != report.Verified || r.Reading.Year != 2022 || r.Reading.Agency != "示例街道办事处" || r.Reading.File != "p.html" {
		t.Errorf("%s %d of %s from %s, problems %v; want verified", r.Outcome.Status, r.Reading.Year, r.Reading.Agency, r.Reading.File, r.Outcome.Problems)
	}
}

// TestReadDocumentsSeed reads the seed, one cell a line, where it is at hand.
func TestReadDocumentsSeed(t *testing.T) {
	body, err := os.ReadFile(shared(t, "corpus", "seed", "junliangcheng-2020.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, source{hint: extract.Hint{Name: "seed.txt"}}, string(body))[0]
	v, known := r.Reading.Value("disclosure.procurement.amount").Known()
	if r.Outcome.Status != report.Verified || r.Reading.Year != 2020 || r.Reading.Agency != "军粮城街道办事处" || !known || v.String() != "5225.19" {
		t.Errorf("%s %d of %s, procurement %v; problems %v", r.Outcome.Status, r.Reading.Year, r.Reading.Agency, v, r.Outcome.Problems)
	}
}

// shared is a path in the folder of shared material, and skips the test aloud where
// there is none.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("SHARED")
	dir, err := filepath.Abs(".")
	for root == "" && err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if info, err := os.Stat(filepath.Join(dir, "shared")); err == nil && info.IsDir() {
			root = filepath.Join(dir, "shared")
		}
	}
	if root == "" {
		t.Skip("no folder of shared material; set SHARED to it")
	}
	return filepath.Join(append([]string{root}, parts...)...)
}

// TestClaim holds that what the finder says is doubted where a document says
// otherwise, and counts for nothing where there are several.
func TestClaim(t *testing.T) {
	claim := source{claim: recognise.Hint{Agency: "示例街道办事处", Year: 2021}}
	r := read(t, claim, zeros("示例街道", 2022))[0]
	if r.Outcome.Status != report.NeedsReview || !doubts(r.Reading, "publish.wrong_year") {
		t.Errorf("another year: %s, doubts %v; want needs_review", r.Outcome.Status, r.Reading.Doubts)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, year := range []int{2021, 2022} {
		w, err := z.Create(fmt.Sprint(year, ".html"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(zeros("示例街道", year))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	both := read(t, claim, archive.String())
	if len(both) != 2 {
		t.Fatalf("%d results from two members", len(both))
	}
	for i, want := range []int{2021, 2022} {
		if got := both[i]; got.Reading.Year != want || doubts(got.Reading, "publish.wrong_year") {
			t.Errorf("member %d: year %d, doubts %v; want %d and none", i, got.Reading.Year, got.Reading.Doubts, want)
		}
	}
}

func TestReadDocumentsErrors(t *testing.T) {
	for name, body := range map[string]string{
		"empty":   "",
		"picture": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"bytes":   "\x00\x01\x02\x03\x04",
	} {
		if _, err := ReadDocuments(t.Context(), extract.Hint{Name: name}, []byte(body), extract.Limits{}); !errors.Is(err, report.ErrUnreadable) {
			t.Errorf("%s: %v; want unreadable", name, err)
		}
	}
	if _, err := ReadDocuments(t.Context(), extract.Hint{}, []byte(strings.Repeat("x", 100)), extract.Limits{Bytes: 10}); !errors.As(err, new(*report.LimitError)) {
		t.Errorf("past a limit: %v; want a limit error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadDocuments(ctx, extract.Hint{}, []byte("x"), extract.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// FuzzReadDocuments holds that no bytes bring the stages behind extraction down, and
// that a status is always one of the four.
func FuzzReadDocuments(f *testing.F) {
	f.Add([]byte(zeros("示例街道", 2022)))
	f.Add([]byte("示例街道办事处2020年政府信息公开工作年度报告\n一、总体情况\n本年新收政府信息公开申请3件\n"))
	f.Add([]byte("<table><tr><td colspan=9>规章</td><td rowspan=0>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := ReadDocuments(t.Context(), extract.Hint{Name: "f"}, body, extract.Limits{Bytes: 1 << 20, Decompressed: 1 << 22})
		if err != nil && (!errors.Is(err, report.ErrUnreadable) || strings.Contains(err.Error(), "内部错误")) {
			t.Fatal(err)
		}
		for _, r := range all {
			switch r.Outcome.Status {
			case report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable:
			default:
				t.Fatalf("status %q", r.Outcome.Status)
			}
		}
	})
}
