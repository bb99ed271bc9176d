// Package browser looks at the pages of a running demonstration in a real browser.
package browser

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "folder to write a picture of every page into")

// widths are a desk and a phone.
var widths = []int64{1440, 390}

// pages are the addresses that are looked at, each with a text that must be there.
var pages = []struct{ name, path, want string }{
	{"home", "/", "示例区"},
	{"region", "/regions/990101", "示例区"},
	{"region-real", "/regions/120110", "东丽区"},
	{"agency", "/agencies/990101001", "云杉街道"},
	{"agency-real", "/agencies/120110008", "军粮城街道"},
	{"report-seed", "/reports/120110008/2020", "5225.19"},
	{"report-2024", "/reports/990101001/2024", "云杉街道"},
	{"report-inconsistent", "/reports/990101002/2021", "勾稽不符"},
	{"report-f2014", "/reports/990101001/2016", "云杉街道"},
	{"report-revised", "/reports/990101007/2023", "连翘街道"},
	{"compare", "/compare", "比较"},
	{"compare-rate", "/compare?units=990101001,990101002,990101&indicator=open_rate", "公开率"},
	{"status", "/status/990101/2023", "忍冬街道"},
	{"rollup", "/rollup/990101/2024", "汇总"},
	{"indicators", "/indicators", "公开率"},
	{"indicator", "/indicators/open_rate", "公开率"},
	{"methods", "/methods", "requests.balance"},
	{"data", "/data", "CSV"},
	{"changes", "/changes", "示例"},
	{"not-found", "/agencies/nobody", "没有这一页"},
}

// TestMain builds the program, starts its demonstration in a folder of its own and
// stops it at the end.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withDemo(m))
}

var base string // of the running demonstration, set once before the tests

func withDemo(m *testing.M) int {
	if browserPath() == "" {
		fmt.Println("skipped: no Chromium on this machine; the pages were not looked at (apt-get install chromium)")
		return 0
	}
	dir, err := os.MkdirTemp("", "gongkai-browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	stop, err := startDemo(dir)
	if err != nil {
		fmt.Println("start the demonstration:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

func startDemo(dir string) (stop func(), err error) {
	bin := filepath.Join(dir, "dashboard")
	if out, err := exec.Command("go", "build", "-tags", "sqlite_foreign_keys,sqlite_omit_load_extension", "-o", bin, "gongkai/cmd/dashboard").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	cmd := exec.Command(bin, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a := address.FindString(lines.Text()); a != "" {
			base = a
			break
		}
	}
	go func() { // the demonstration goes on printing
		for lines.Scan() {
		}
	}()
	if base == "" {
		stop()
		return nil, fmt.Errorf("the demonstration printed no address")
	}
	return stop, waitReady()
}

// waitReady waits until the first refresh has ended.
func waitReady() error {
	for range 240 {
		if answer, err := http.Get(base + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(250 * time.Millisecond)
	}
	return fmt.Errorf("%s/readyz is not 200 after a minute", base)
}

func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// newBrowser starts a browser that opens nothing but what it is told to.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browserPath()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}

// complaints collects what the page says to the console and what it fails to load.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) hear(ev any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError && !strings.Contains(ev.Entry.Text, "404 (Not Found)") {
			c.list = append(c.list, ev.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		c.list = append(c.list, ev.ExceptionDetails.Text)
	}
}

// said returns the complaints so far, one a line.
func (c *complaints) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.list, "\n")
}

// A view is what a page shows at one width.
type view struct {
	Text     string
	Scroll   int64 // width of the content
	Charts   int64 // places for a chart
	Drawn    int64 // charts that were drawn
	Untabled int64 // charts without their table
}

const readView = `(() => ({
	Text: document.body.innerText,
	Scroll: document.documentElement.scrollWidth,
	Charts: document.querySelectorAll('[data-chart]').length,
	Drawn: [...document.querySelectorAll('[data-chart]')].filter(e => e.querySelector('svg, canvas')).length,
	Untabled: [...document.querySelectorAll('[data-chart]')].filter(e => !e.closest('figure, section')?.querySelector('table')).length,
}))()`

// TestPages: every page shows what it is for at both widths, fits its width, draws
// its charts beside their tables, and the browser has nothing to complain of.
func TestPages(t *testing.T) {
	ctx := newBrowser(t)
	for _, width := range widths {
		for _, p := range pages {
			t.Run(fmt.Sprintf("%s/%d", p.name, width), func(t *testing.T) {
				said := new(complaints)
				tab := openPage(t, ctx, said, p.path, width)
				v, err := chromedp.Run(tab, chromedp.Evaluate[view](readView))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(v.Text, p.want) {
					t.Errorf("the page does not say %q", p.want)
				}
				if v.Scroll > width {
					t.Errorf("the page is %d pixels wide and scrolls sideways", v.Scroll)
				}
				if v.Drawn != v.Charts || v.Untabled > 0 {
					t.Errorf("%d of %d charts drawn, %d without a table", v.Drawn, v.Charts, v.Untabled)
				}
				if text := said.said(); text != "" {
					t.Errorf("the browser complains: %s", text)
				}
			})
		}
	}
}

// openPage opens an address in a tab of its own and lets it draw.
func openPage(t *testing.T, browser context.Context, said *complaints, path string, width int64) context.Context {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(tab, said.hear); err != nil {
		t.Fatal(err)
	}
	slow, stop := context.WithTimeout(tab, 30*time.Second)
	defer stop()
	err := chromedp.Do(slow, chromedp.EmulateViewport(width, 900), chromedp.Navigate(base+path),
		chromedp.WaitReady(chromedp.CSS("body")), chromedp.Sleep(700*time.Millisecond))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return tab
}

// TestScreenshots writes a picture of every page at both widths; it asserts
// nothing and runs only where a folder is given.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("skipped: no folder given (make screenshots)")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	for _, width := range widths {
		for _, p := range pages {
			tab := openPage(t, ctx, new(complaints), p.path, width)
			picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatalf("%s: %v", p.path, err)
			}
			name := filepath.Join(*screenshots, fmt.Sprintf("%s-%d.png", p.name, width))
			if err := os.WriteFile(name, picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
