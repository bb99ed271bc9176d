package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestConditional holds that a known page is asked for conditionally, and that one
// whose validators lie is found out by a full refresh and not trusted again.
func TestConditional(t *testing.T) {
	s := newSite(t)
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.list("云杉街道 2020 /a.html")
	if got := s.refresh(t, ingest.Options{}); got.New != 1 || got.Fetched != 1 {
		t.Fatalf("first: %+v", got)
	}
	s.requests()
	if got := s.refresh(t, ingest.Options{}); got.Unchanged != 1 || got.Fetched != 0 {
		t.Errorf("second: %+v; want one unchanged", got)
	}
	if diff := cmp.Diff([]string{"if /a.html"}, s.requests()); diff != "" {
		t.Errorf("second asks (-want +got):\n%s", diff)
	}
	s.put("/a.html", answer{body: page("云杉街道", 2020, 6), etag: `"1"`}) // other bytes, same validator
	if got := s.refresh(t, ingest.Options{}); got.Revised != 0 {
		t.Errorf("a validator that lies hides a change: %+v", got)
	}
	if got := s.refresh(t, ingest.Options{Full: true}); got.Revised != 1 || s.requested(t, spruce, 2020) != 6 {
		t.Errorf("full: %+v, %d requests; want one revised, 6", got, s.requested(t, spruce, 2020))
	}
	s.put("/a.html", answer{body: page("云杉街道", 2020, 7), etag: `"1"`})
	for range 4 { // of an old year and without conditions: at every fourth refresh
		s.refresh(t, ingest.Options{})
	}
	if got := s.requested(t, spruce, 2020); got != 7 {
		t.Errorf("%d requests; want 7, a validator that has lied is not asked by", got)
	}
}

// TestWithoutValidators holds that pages of the latest two years are asked for each
// time and older ones at every fourth refresh.
func TestWithoutValidators(t *testing.T) {
	s := newSite(t)
	now := time.Now().Year()
	s.put("/old.html", answer{body: page("云杉街道", now-5, 5)})
	s.put("/new.html", answer{body: page("云杉街道", now-1, 5)})
	s.list(fmt.Sprintf("云杉街道 %d /old.html", now-5), fmt.Sprintf("云杉街道 %d /new.html", now-1))
	count := make(map[string]int)
	for range 9 {
		s.refresh(t, ingest.Options{})
		for _, path := range s.requests() {
			count[path]++
		}
	}
	if diff := cmp.Diff(map[string]int{"/old.html": 3, "/new.html": 9}, count); diff != "" {
		t.Errorf("asked in 9 refreshes (-want +got):\n%s", diff)
	}
}

// TestChrome holds that a visitor counter makes other bytes and no version.
func TestChrome(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2025 /a.html")
	for i := range 3 {
		s.put("/a.html", answer{body: strings.Replace(page("云杉街道", 2025, 5), "来源：", fmt.Sprintf("浏览次数：%d 来源：", i), 1)})
		s.refresh(t, ingest.Options{})
	}
	r, err := s.Store.Report(t.Context(), spruce.ID, 2025, 0)
	must(t, err)
	if len(r.Versions) != 1 {
		t.Errorf("%d versions; want 1", len(r.Versions))
	}
}

// TestTemporary holds that what fails for a time is tried again in the run, waits in
// the queue after it, proves no absence, and is forgotten once it succeeds.
func TestTemporary(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{status: 503, body: "busy"})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5), cut: 1})
	if got := s.refresh(t, ingest.Options{}); got.New != 1 || got.Failed != 1 {
		t.Errorf("refresh: %+v; want one new, one failed", got)
	}
	if diff := cmp.Diff([]string{"/a.html 暂时无法访问，稍后重试（status 503）"}, s.failures(t)); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if a, b := s.sight(t, spruce), s.sight(t, cedar); len(a.Good) != 0 || a.Reason == "" || len(b.Good) != 1 {
		t.Errorf("sight of the one that failed %+v, of the other %+v", a, b)
	}
	jobs, err := s.Store.Leases(t.Context())
	must(t, err)
	if len(jobs) != 1 || jobs[0].Key != s.url+"/a.html" || time.Until(jobs[0].RunAfter) < 50*time.Minute {
		t.Errorf("jobs %+v; want the page in an hour", jobs)
	}
	if summary, err := s.Retry(t.Context(), ingest.Options{}); err != nil || summary.Run != 0 {
		t.Errorf("retry before it is due: %+v, err %v; want nothing done", summary, err)
	}
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	if got := s.refresh(t, ingest.Options{}); got.New != 1 || len(s.failures(t)) != 0 {
		t.Errorf("next refresh: %+v, failures %v; want one new, none", got, s.failures(t))
	}
	if jobs, err = s.Store.Leases(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("jobs %+v, err %v; want none", jobs, err)
	}
	if a := s.sight(t, spruce); len(a.Good) != 1 {
		t.Errorf("sight %+v; want one good look", a)
	}
}

// TestRetry holds that a retry asks for the pages that are due, and for nothing else.
func TestRetry(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{status: 503})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	s.makeDue(t)
	s.requests()
	_, err := s.Retry(t.Context(), ingest.Options{})
	if err != nil || len(s.failures(t)) != 1 {
		t.Errorf("retry in vain: err %v, failures %v; want one", err, s.failures(t))
	}
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.makeDue(t)
	s.requests()
	summary, err := s.Retry(t.Context(), ingest.Options{})
	must(t, err)
	if diff := cmp.Diff([]string{"/a.html"}, s.requests()); diff != "" || summary.Total().New != 1 || len(s.failures(t)) != 0 {
		t.Errorf("retry: %+v, failures %v, asked (-want +got):\n%s", summary, s.failures(t), diff)
	}
	if jobs, err := s.Store.Leases(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("jobs %+v, err %v; want none", jobs, err)
	}
}

// makeDue brings the time of every waiting job to now.
func (s *site) makeDue(tb testing.TB) {
	tb.Helper()
	jobs, err := s.Store.Leases(tb.Context())
	must(tb, err)
	for _, job := range jobs {
		must(tb, s.Store.Withdraw(tb.Context(), job.Kind, job.Key))
		_, err := s.Store.Offer(tb.Context(), job.Kind, job.Key, job.Payload, time.Now().Add(-time.Second))
		must(tb, err)
	}
}

// TestVanished holds that a page which no longer holds its report does not take it
// away.
func TestVanished(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.put("/a.html", answer{body: "<!DOCTYPE html><meta charset=utf-8><title>加载中</title><p>页面正在加载，请稍候。</p>", etag: `"2"`})
	for range 2 {
		if got := s.refresh(t, ingest.Options{}); got.Failed != 1 || s.requested(t, spruce, 2020) != 5 || len(s.failures(t)) != 1 {
			t.Errorf("%+v, %d requests, failures %v; want one failed, 5", got, s.requested(t, spruce, 2020), s.failures(t))
		}
	}
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	if got := s.refresh(t, ingest.Options{}); got.Unchanged != 1 || len(s.failures(t)) != 0 {
		t.Errorf("back again: %+v, failures %v; want one unchanged, none", got, s.failures(t))
	}
}

// TestAttachment holds that a change of a file is seen although the page that links
// it stays as it is.
func TestAttachment(t *testing.T) {
	s := newSite(t)
	word := func(n int) string {
		body, err := demo.Word(article("云杉街道", 2020, n))
		must(t, err)
		return string(body)
	}
	a := article("云杉街道", 2020, 5)
	a.Parts, a.File, a.FileName = []demo.Part{{Text: "报告全文见附件。"}}, "./P1.docx", a.Title+".docx"
	s.list("云杉街道 2020 /2021/a.html")
	s.put("/2021/a.html", answer{body: string(demo.Page(a)), etag: `"p"`})
	s.put("/2021/P1.docx", answer{body: word(5), etag: `"1"`})
	if got := s.refresh(t, ingest.Options{}); got.New != 1 || s.requested(t, spruce, 2020) != 5 {
		t.Fatalf("first: %+v, failures %v", got, s.failures(t))
	}
	s.requests()
	s.refresh(t, ingest.Options{})
	if diff := cmp.Diff([]string{"if /2021/P1.docx", "if /2021/a.html"}, s.requests()); diff != "" {
		t.Errorf("second asks (-want +got):\n%s", diff)
	}
	s.put("/2021/P1.docx", answer{body: word(6), etag: `"2"`})
	if got := s.refresh(t, ingest.Options{}); got.Revised != 1 || s.requested(t, spruce, 2020) != 6 {
		t.Errorf("other file: %+v, %d requests; want one revised, 6", got, s.requested(t, spruce, 2020))
	}
	s.put("/2021/P1.docx", answer{status: 404})
	if got := s.refresh(t, ingest.Options{}); got.Failed != 1 || s.requested(t, spruce, 2020) != 6 {
		t.Errorf("file gone: %+v, %d requests; want one failed, 6", got, s.requested(t, spruce, 2020))
	}
}

// TestRecords holds that whatever came of a page, the archive holds nothing of which the
// database does not know who served it and when.
func TestRecords(t *testing.T) {
	s := newSite(t)
	attached := article("云杉街道", 2020, 5)
	attached.Parts, attached.File, attached.FileName = nil, "/P1.docx", attached.Title+".docx"
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html", "雪松街道 2021 /c.html")
	s.put("/a.html", answer{body: string(demo.Page(attached))})
	s.put("/P1.docx", answer{status: 500})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.put("/c.html", answer{status: 412, body: "<title>安全验证</title>"})
	s.refresh(t, ingest.Options{})
	s.put("/b.html", answer{body: "<!DOCTYPE html><meta charset=utf-8><title>加载中</title><p>页面正在加载，请稍候。</p>"})
	s.refresh(t, ingest.Options{})
	kept := make(map[report.SHA256]bool)
	must(t, s.Archive.Walk(t.Context(), func(hash report.SHA256) error {
		kept[hash] = true
		_, err := s.Store.Original(t.Context(), hash)
		return err
	}))
	if len(kept) < 4 { // the list, a, and b twice
		t.Errorf("%d originals; want at least 4", len(kept))
	}
}

// TestUnreadable holds that a report which cannot be read is published all the same.
func TestUnreadable(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.pdf", "雪松街道 2020 /b.html")
	s.put("/a.pdf", answer{body: "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 100)})
	gone := article("雪松街道", 2020, 5)
	gone.Parts, gone.File, gone.FileName = nil, "/lost.docx", gone.Title+".docx"
	s.put("/b.html", answer{body: string(demo.Page(gone))})
	s.refresh(t, ingest.Options{})
	for _, a := range []report.Agency{spruce, cedar} {
		r, err := s.Store.Report(t.Context(), a.ID, 2020, 0)
		must(t, err)
		if r.Current.Status != report.Unreadable || len(r.Current.Problems) == 0 {
			t.Errorf("%s: status %s, problems %v; want unreadable and why", a.Name, r.Current.Status, r.Current.Problems)
		}
	}
}

// TestWrongYear holds that a report for another year than the list says is kept where
// the list has it, in doubt, and takes nothing from the year it names.
func TestWrongYear(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2021 /b.html", "云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("云杉街道", 2020, 6)})
	s.refresh(t, ingest.Options{})
	r, err := s.Store.Report(t.Context(), spruce.ID, 2021, 0)
	must(t, err)
	if r.Current.Status != report.NeedsReview || s.requested(t, spruce, 2020) != 5 {
		t.Errorf("status %s, %d requests in 2020; want needs_review, 5", r.Current.Status, s.requested(t, spruce, 2020))
	}
}

// TestYear holds that a refresh of one year asks for no other, and concludes nothing
// from what it left out.
func TestYear(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2021 /b.html", "云杉街道 2020 /a.html", "雪松街道 2020 /c.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("云杉街道", 2021, 5)})
	s.put("/c.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{Year: 2020})
	if diff := cmp.Diff([]string{"/a.html", "/c.html"}, s.requests()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if a, b := s.sight(t, spruce), s.sight(t, cedar); len(a.Good) != 0 || len(b.Good) != 1 {
		t.Errorf("good looks %v and %v; want none where a page was left out, one elsewhere", a.Good, b.Good)
	}
}

// TestNothing holds that a refresh in which no portal answers is an error, and one
// with a portal that is not known too.
func TestNothing(t *testing.T) {
	s := newSite(t)
	s.put("/gknb/", answer{status: 404})
	if _, err := s.Refresh(t.Context(), ingest.Options{}); err == nil || !strings.Contains(err.Error(), "nothing could be done") {
		t.Errorf("portal gone: %v", err)
	}
	if _, err := s.Refresh(t.Context(), ingest.Options{Portals: []string{"x"}}); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("unknown portal: %v; want a bad request", err)
	}
	if a := s.sight(t, spruce); len(a.Good) != 0 || a.Reason == "" {
		t.Errorf("sight %+v; want no good look and a reason", a)
	}
}

// TestResume cuts refreshes off after every so many pages, and holds that the next one
// goes on and comes to what an undisturbed one comes to.
func TestResume(t *testing.T) {
	for _, after := range []int{1, 3, 6} {
		s := newSite(t)
		var lines []string
		for year := 2015; year <= 2024; year++ {
			path := fmt.Sprintf("/%d.html", year)
			lines = append(lines, fmt.Sprintf("云杉街道 %d %s", year, path))
			s.put(path, answer{body: page("云杉街道", year, year), etag: `"1"`})
		}
		s.list(lines...)
		ctx, cancel := context.WithCancel(t.Context())
		summary, err := s.Refresh(ctx, ingest.Options{Progress: func(p ingest.Progress) {
			if p.Pages == after {
				cancel()
			}
		}})
		cancel()
		if !errors.Is(err, context.Canceled) || summary.State != store.RunInterrupted {
			t.Fatalf("cut off after %d: state %s, err %v", after, summary.State, err)
		}
		kept := summary.Total().New
		if rest := s.refresh(t, ingest.Options{}); kept < after || rest.New != 10-kept {
			t.Errorf("cut off after %d: %d kept and %d more; want 10 in all", after, kept, rest.New)
		}
		changes, err := s.Store.Changes(t.Context(), "", 0)
		must(t, err)
		if len(changes) != 10 {
			t.Errorf("cut off after %d: %d changes; want 10", after, len(changes))
		}
		for year := 2015; year <= 2018; year++ {
			if _, err := s.Store.Report(t.Context(), spruce.ID, year, 0); err != nil {
				t.Errorf("cut off after %d: %v", after, err)
			}
		}
	}
}

// TestTogether holds that two refreshes at once keep nothing twice and do not ask a
// portal side by side.
func TestTogether(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5), etag: `"1"`})
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for range 2 {
		all.Go(func() {
			summary, err := s.Refresh(t.Context(), ingest.Options{})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			sum += summary.Total().New
		})
	}
	all.Wait()
	if diff := cmp.Diff([]string{"/a.html", "/b.html", "if /a.html", "if /b.html"}, s.requests()); diff != "" || sum != 2 {
		t.Errorf("%d new, asked (-want +got):\n%s", sum, diff)
	}
}

// TestProgress holds that events come one at a time and end with all pages done.
func TestProgress(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	var stages []ingest.Stage
	var last ingest.Progress
	s.refresh(t, ingest.Options{Progress: func(p ingest.Progress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
		if p.Pages < last.Pages {
			t.Errorf("%d pages after %d", p.Pages, last.Pages)
		}
		last = p
	}})
	if diff := cmp.Diff([]ingest.Stage{ingest.Looking, ingest.Fetching, ingest.Done}, stages); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
	if last.Pages != 2 || last.Of != 2 || last.Counts.New != 2 || last.Run == 0 {
		t.Errorf("last event %+v; want 2 of 2 pages, 2 new", last)
	}
}

// TestTwoCopies holds that two pages with two contents of one report make two
// versions, the later list entry the current one, and rest so.
func TestTwoCopies(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /corrected.html", "云杉街道 2020 /a.html") // newest first
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/corrected.html", answer{body: page("云杉街道", 2020, 6)})
	for i := range 3 {
		got := s.refresh(t, ingest.Options{Full: true})
		if s.requested(t, spruce, 2020) != 6 || i > 0 && got.New+got.Revised != 0 {
			t.Errorf("refresh %d: %+v, %d requests; want 6", i, got, s.requested(t, spruce, 2020))
		}
	}
}

// TestBlockedPage holds that a page behind a challenge is told with its evidence, and
// that what was had of it before stays.
func TestBlockedPage(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.put("/a.html", answer{status: 412, body: "<script>document.cookie='x'</script>"})
	s.requests()
	got := s.refresh(t, ingest.Options{})
	if got.Blocked != 1 || got.Failed != 0 || s.requested(t, spruce, 2020) != 5 || len(s.requests()) != 1 {
		t.Errorf("%+v, %d requests; want one blocked, asked once, 5", got, s.requested(t, spruce, 2020))
	}
	if jobs, err := s.Store.Leases(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("jobs %+v, err %v; want none before the next refresh", jobs, err)
	}
	kept := 0
	must(t, s.Archive.Walk(t.Context(), func(hash report.SHA256) error {
		body, _, err := s.Archive.Get(t.Context(), hash)
		if strings.Contains(string(body), "document.cookie") {
			kept++
		}
		return err
	}))
	if kept != 1 {
		t.Errorf("%d answers kept as evidence; want 1", kept)
	}
}
