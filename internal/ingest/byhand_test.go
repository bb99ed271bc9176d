package ingest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestVisit asks for a report that no list links, by its address: it is read as any
// other, and a second time nothing is new. How the portal is, it does not say.
func TestVisit(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	s.put("/old/2020.html", answer{body: page("云杉街道", 2020, 7)})
	s.put("/none.html", answer{body: "<p>没有表格</p>"})
	for i, want := range []store.PortalRun{{New: 1}, {Unchanged: 1}} {
		summary, err := s.Visit(ctx, ingest.Address{Portal: "test", URL: s.url + "/old/2020.html"})
		must(t, err)
		if got := summary.Total(); got.New != want.New || got.Unchanged != want.Unchanged || got.Failed != 0 {
			t.Errorf("visit %d: %+v, want %+v", i, got, want)
		}
	}
	if n := s.requested(t, spruce, 2020); n != 7 {
		t.Errorf("the report has %d requests received, want 7", n)
	}
	for name, url := range map[string]string{"gone": s.url + "/nothing.html", "no report": s.url + "/none.html"} {
		summary, err := s.Visit(ctx, ingest.Address{Portal: "test", URL: url})
		must(t, err)
		run, err := s.Store.Run(ctx, summary.Run)
		must(t, err)
		if total := summary.Total(); total.New+total.Revised > 0 || name == "gone" && len(run.Failures) != 1 {
			t.Errorf("%s: %+v, failures %v", name, total, run.Failures)
		}
	}
	health, err := s.Store.Health(ctx)
	must(t, err)
	if len(health.Portals) != 0 {
		t.Errorf("visits say how the portal is: %+v", health.Portals)
	}
}

// TestVisitStaysOutside holds that no address that a person enters, nor one that it
// redirects to, is asked for where it is no place of the portal or in a private network.
func TestVisitStaysOutside(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	var inside atomic.Int32
	private := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		inside.Add(1)
		fmt.Fprint(w, page("云杉街道", 2021, 3))
	}))
	defer private.Close()
	redirects := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	}))
	defer redirects.Close()
	host := strings.TrimPrefix(redirects.URL, "http://")
	s.Portals[0].Hosts = append(s.Portals[0].Hosts, host)
	targets := []string{private.URL + "/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://2130706433/", "http://localhost:1/", "file:///etc/passwd", "gopher://127.0.0.1/"}
	for _, target := range targets {
		for how, url := range map[string]string{"entered": target, "redirected": redirects.URL + "/?to=" + target} {
			summary, err := s.Visit(ctx, ingest.Address{Portal: "test", URL: url})
			wrong := new(report.ParameterError)
			if errors.As(err, &wrong) && how == "entered" {
				continue
			}
			must(t, err)
			if total := summary.Total(); total.Failed+total.Blocked == 0 || total.New > 0 {
				t.Errorf("%s %s: %+v", how, target, total)
			}
		}
	}
	for _, url := range []string{"", "javascript:alert(1)", "http://", "//evil.test/x", "http://u:p@evil.test/"} {
		if _, err := s.Visit(ctx, ingest.Address{Portal: "test", URL: url}); err == nil {
			t.Errorf("%q was asked for", url)
		}
	}
	s.Portals[0].Networks = nil // what is public by name and private when dialled: crawl.TestRebinding
	summary, err := s.Visit(ctx, ingest.Address{Portal: "test", URL: s.url + "/a.html"})
	must(t, err)
	if run, err := s.Store.Run(ctx, summary.Run); err != nil || len(run.Failures) != 1 || !strings.Contains(run.Failures[0].Reason, "内网") {
		t.Errorf("a private address that the file does not name: %+v, %v", run.Failures, err)
	}
	if n := inside.Load(); n > 0 {
		t.Errorf("%d requests came through", n)
	}
}

// TestAskAgain holds that pages which failed are asked for once more when a person wants
// it, and no further time.
func TestAskAgain(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: "x", status: 500})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 2)})
	s.refresh(t, ingest.Options{})
	s.requests()
	for i, want := range []int{1, 1} {
		n, err := ingest.AskAgain(ctx, s.Store, s.Portals[0], time.Now())
		must(t, err)
		if n != want {
			t.Errorf("%d pages to ask again, want %d", n, want)
		}
		if i == 1 {
			s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
		}
		_, err = s.Retry(ctx, ingest.Options{})
		must(t, err)
		jobs, err := s.Store.Leases(ctx)
		must(t, err)
		for _, j := range jobs {
			if j.State == store.LeaseWaiting {
				t.Errorf("after attempt %d the page waits for another: %+v", i, j)
			}
		}
	}
	if n := s.requested(t, spruce, 2020); n != 5 {
		t.Errorf("the report has %d requests received, want 5", n)
	}
	if left := s.failures(t); len(left) > 0 {
		t.Errorf("still failing: %v", left)
	}
}

// TestStop stops a look that is under way: what was had is kept, nothing is concluded,
// the progress was told meanwhile, and the next look takes up the rest.
func TestStop(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 2)})
	s.Portals[0].Polite.Delay = time.Hour // after the list the second page has to wait
	s.Portals[0].Polite.Concurrency = 1
	ended := make(chan error, 1)
	go func() {
		_, err := s.Refresh(ctx, ingest.Options{})
		ended <- err
	}()
	var stopped bool
	for deadline := time.Now().Add(time.Minute); !stopped && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		stopped, err = s.Store.AskStop(ctx, "test", false, time.Now(), "王五", store.Entry{Action: "portal.stop", At: time.Now()})
		must(t, err)
	}
	if !stopped {
		t.Fatal("nothing was under way")
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("the look goes on")
	}
	runs, err := s.Store.Runs(ctx, 1)
	must(t, err)
	if p := runs[0].Portals; len(p) != 1 || p[0].State != store.PortalBroken || p[0].Message != store.Stopped+"（王五）" {
		t.Errorf("the run says %+v", p)
	}
	if looks, err := s.Store.LastLooks(ctx, "test", 5); err != nil || len(looks) != 0 {
		t.Errorf("a look that was stopped concludes %+v, %v", looks, err)
	}
	if again, err := s.Store.AskStop(ctx, "test", false, time.Now(), "王五", store.Entry{}); err != nil || again {
		t.Errorf("stopped what has ended: %t, %v", again, err)
	}
	jobs, err := s.Store.Leases(ctx)
	must(t, err)
	if len(jobs) != 0 {
		t.Errorf("left behind: %+v", jobs)
	}
}

// TestRebuilt holds that a list which is built otherwise and gives less has changed,
// that one which merely gives less has not, and that a rebuilt one which gives as much is
// well.
func TestRebuilt(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 2)})
	state := func() store.PortalRun {
		t.Helper()
		summary, err := s.Refresh(t.Context(), ingest.Options{})
		if summary.Run == 0 {
			t.Fatal(err)
		}
		return summary.Portals[0]
	}
	first := state()
	if first.State != store.PortalOK || len(first.Layout) != 1 {
		t.Fatalf("first look: %+v", first)
	}
	rebuilt := func(link string) string {
		return `<html><body><header class="top"><nav><a class="brand" href="/">x</a></nav></header><main class="wrap"><section class="panel"><table class="grid"><tbody>` +
			link + `</tbody></table></section><aside><dl><dt>x</dt><dd>y</dd></dl></aside></main><footer><small>x</small></footer></body></html>`
	}
	row := func(unit, path string) string {
		return `<tr><td class="name"><a class="t" href="` + path + `">示例区` + unit + `2020年政府信息公开工作年度报告</a></td><td class="day">2026-03-01</td></tr>`
	}
	s.put("/gknb/", answer{body: rebuilt(row("云杉街道", "/a.html") + row("雪松街道", "/b.html"))})
	if p := state(); p.State != store.PortalOK || !ingest.Rebuilt(first.Layout, p.Layout) {
		t.Errorf("rebuilt with as much: %s %s, layout %v after %v", p.State, p.Message, p.Layout, first.Layout)
	}
	s.list("云杉街道 2020 /a.html")
	if p := state(); p.State != store.PortalChanged || !strings.Contains(p.Message, "由 2 份减为 1 份") {
		t.Errorf("rebuilt with less: %s %q", p.State, p.Message)
	}
	s.put("/gknb/", answer{body: rebuilt(row("云杉街道", "/a.html") + row("雪松街道", "/b.html"))})
	state()
	s.put("/gknb/", answer{body: rebuilt("")})
	if p := state(); p.State != store.PortalEmpty {
		t.Errorf("empty and built as it was: %s %q", p.State, p.Message)
	}
}
