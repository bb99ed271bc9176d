//go:build unix

package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
)

// apartMark makes the test binary a process that reads one document.
const apartMark = "GONGKAI_TEST_APART"

// TestServeApart is no test but the process apart of the others.
func TestServeApart(t *testing.T) {
	switch os.Getenv(apartMark) {
	case "":
		t.Skip("not called as a process apart")
	case "dies":
		fmt.Fprintln(os.Stderr, "fatal error: stack overflow")
		os.Exit(2)
	}
	if err := ServeApart(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// testReader reads heavy documents apart, in the test binary.
func testReader(t *testing.T, how string, limits extract.Limits) Reader {
	t.Helper()
	t.Setenv(apartMark, how)
	return Reader{Limits: limits, Apart: []string{os.Args[0], "-test.run=^TestServeApart$"}}
}

// padded is a page with a report of zeros and so many bytes that none sees.
func padded(n int) string {
	return strings.Replace(zeros("示例街道", 2022), "</body>", "<!--"+strings.Repeat("x", n)+"--></body>", 1)
}

// TestApart holds that a heavy document read apart comes to what it comes to here,
// with what its finder says of it.
func TestApart(t *testing.T) {
	body := padded(light)
	claim := recognise.Hint{Agency: "示例街道办事处", Year: 2021}
	here := read(t, source{claim: claim, hint: extract.Hint{Name: "p.html"}}, body)
	r := testReader(t, "reads", extract.Limits{})
	apart := read(t, source{claim: claim, hint: extract.Hint{Name: "p.html"}, Reader: r}, body)
	if diff := cmp.Diff(here, apart); diff != "" || len(apart) != 1 || apart[0].Outcome.Status != report.NeedsReview {
		t.Errorf("apart (-here +apart):\n%s", diff)
	}
	docs, err := r.Documents(t.Context(), extract.Hint{Name: "p.html"}, []byte(body))
	if err != nil || len(docs) != 1 || len(docs[0].Blocks) == 0 {
		t.Errorf("%d documents, err %v; want one", len(docs), err)
	}
}

// TestApartLimits holds that a hostile document is unreadable with the limit named,
// and that the process which asked for it lives on with its own memory as it was.
func TestApartLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out documents that use up their time limit")
	}
	if raceDetector {
		t.Skip("skipped: the race detector needs more memory than any limit, and dies in its own words")
	}
	lines := strings.Repeat("一、总体情况 本年新收政府信息公开申请3件。\n", 300_000)
	for _, c := range []struct {
		how, limit string
		limits     extract.Limits
		body       string
	}{
		{"reads", "memory", extract.Limits{Memory: 256 << 20}, lines},
		{"reads", "time", extract.Limits{Time: 200 * time.Millisecond}, lines},
		{"reads", "pages", extract.Limits{Pages: 10}, "<html><table>" + strings.Repeat("<tr><td>1", light)},
		{"reads", "bytes", extract.Limits{Bytes: 100}, lines},
		{"dies", "", extract.Limits{}, lines},
	} {
		r := testReader(t, c.how, c.limits)
		before := peak(t)
		_, err := r.Read(t.Context(), extract.Hint{Name: "hostile"}, []byte(c.body))
		var limit *report.LimitError
		switch {
		case !errors.Is(err, report.ErrUnreadable):
			t.Errorf("%s: %v; want unreadable", c.limit, err)
		case c.limit == "" && (errors.As(err, &limit) || !strings.Contains(err.Error(), "stack overflow")):
			t.Errorf("died: %v; want its last words", err)
		case c.limit != "" && (!errors.As(err, &limit) || limit.Limit != c.limit):
			t.Errorf("%v; want limit %s", err, c.limit)
		}
		if grown := peak(t) - before; grown > 128<<20 {
			t.Errorf("%s: this process grew by %d MiB", c.limit, grown>>20)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := testReader(t, "reads", extract.Limits{}).Read(ctx, extract.Hint{}, []byte(lines)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// peak is the most memory that this process has had.
func peak(t *testing.T) int64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u.Maxrss << 10
}

// TestHeavy holds that an archive is judged by what is in it.
func TestHeavy(t *testing.T) {
	pack := func(members map[string]int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, size := range members {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(make([]byte, size))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name string
		body []byte
		want bool
	}{
		{"page", []byte(zeros("示例街道", 2022)), false},
		{"large page", []byte(padded(light)), true},
		{"office file", pack(map[string]int{"[Content_Types].xml": 9, "word/document.xml": light / 2}), false},
		{"swollen office file", pack(map[string]int{"[Content_Types].xml": 9, "word/document.xml": 2 * light}), true},
		{"office file in many parts", pack(map[string]int{"[Content_Types].xml": 9, "a": light, "b": light}), true},
		{"archive", pack(map[string]int{"a.zip": 9}), true},
		{"cut archive", pack(map[string]int{"[Content_Types].xml": 9})[:40], true},
	} {
		if got := heavy(c.body); got != c.want {
			t.Errorf("%s of %d bytes: heavy %v; want %v", c.name, len(c.body), got, c.want)
		}
	}
}
