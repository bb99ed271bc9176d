// Package browser looks at the pages of a running demonstration in a real browser.
package browser

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "folder to write a picture of every page into")

// widths are a desk and a phone.
var widths = []int64{1440, 390}

// pages are the addresses that are looked at, each with a text that must be there.
var pages = []struct {
	name, path, want string
	main             bool // looked at in the dark too
}{
	{"home", "/", "示例区", true},
	{"region", "/regions/990101", "示例区", false},
	{"region-real", "/regions/120110", "东丽区", false},
	{"agency", "/agencies/990101001", "云杉街道", true},
	{"agency-real", "/agencies/120110008", "军粮城街道", false},
	{"report-seed", "/reports/120110008/2020", "5225.19", true},
	{"report-2024", "/reports/990101001/2024", "云杉街道", false},
	{"report-inconsistent", "/reports/990101002/2021", "勾稽不符", true},
	{"report-f2014", "/reports/990101001/2016", "云杉街道", false},
	{"report-revised", "/reports/990101007/2023", "连翘街道", false},
	{"compare", "/compare", "比较", true},
	{"compare-rate", "/compare?units=990101001,990101002,990101&indicator=open_rate", "公开率", false},
	{"status", "/status/990101/2023", "忍冬街道", true},
	{"rollup", "/rollup/990101/2024", "汇总", false},
	{"indicators", "/indicators", "公开率", false},
	{"indicator", "/indicators/open_rate", "公开率", false},
	{"methods", "/methods", "requests.balance", false},
	{"data", "/data", "CSV", false},
	{"changes", "/changes", "示例", false},
	{"not-found", "/agencies/nobody", "没有编号为“nobody”的单位", false},
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

// said returns the complaints since it was asked last, one a line.
func (c *complaints) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := strings.Join(c.list, "\n")
	c.list = nil
	return text
}

// A view is what a page shows at one width.
type view struct {
	Text     string
	Scroll   int64 // width of the content
	Charts   int64 // places for a chart
	Drawn    int64 // charts that fill their place and no more
	Untabled int64 // charts without their table
}

// readView waits until every chart fills its place, at most ten seconds, and tells
// what the page shows.
const readView = `(async () => {
	const all = [...document.querySelectorAll('[data-chart]')];
	const fits = (e) => { const c = e.querySelector('canvas'); return c && Math.abs(c.clientWidth - e.clientWidth) <= 1; };
	dispatchEvent(new Event('pointermove')); // charts are drawn at the reader's first move
	for (let i = 0; i < 400 && !all.every(fits); i++) await new Promise(done => setTimeout(done, 25));
	return {
		Text: document.body.innerText,
		Scroll: document.documentElement.scrollWidth,
		Charts: all.length,
		Drawn: all.filter(fits).length,
		Untabled: all.filter(e => !e.closest('figure, section')?.querySelector('table')).length,
	};
})()`

// TestPages: every page shows what it is for at both widths, fits its width, draws
// its charts beside their tables, and the browser has nothing to complain of.
func TestPages(t *testing.T) {
	tab, said := newTab(t)
	for _, width := range widths {
		for _, p := range pages {
			t.Run(fmt.Sprintf("%s/%d", p.name, width), func(t *testing.T) {
				v := look(t, tab, p.path, width)
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

// newTab opens the one tab that a test goes through its pages with.
func newTab(t *testing.T) (context.Context, *complaints) {
	t.Helper()
	tab, said := newBrowser(t), new(complaints)
	if err := chromedp.Listen(tab, said.hear); err != nil {
		t.Fatal(err)
	}
	return tab, said
}

// look opens an address at a width and returns what is there once it is drawn.
func look(t *testing.T, tab context.Context, path string, width int64) view {
	t.Helper()
	v, err := chromedp.Run(open(t, tab, path, width), chromedp.Evaluate[view](readView, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// open goes to an address and returns a context that gives up in time.
func open(t *testing.T, tab context.Context, path string, width int64) context.Context {
	t.Helper()
	slow, stop := context.WithTimeout(tab, 60*time.Second)
	t.Cleanup(stop)
	err := chromedp.Do(slow, chromedp.EmulateViewport(width, 900), chromedp.Navigate(base+path), chromedp.WaitReady(chromedp.CSS("footer")))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return slow
}

// TestWithoutScripts: with scripts switched off the pages say the same, and every
// chart has a drawing and an open way to its table.
func TestWithoutScripts(t *testing.T) {
	tab := newBrowser(t)
	off := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, to, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(tab, off); err != nil {
		t.Fatal(err)
	}
	const read = `({
		Text: document.body.innerText,
		Charts: document.querySelectorAll('[data-chart]').length,
		Drawn: [...document.querySelectorAll('[data-chart]')].filter(e => e.querySelector('svg.sketch *')).length,
		Untabled: [...document.querySelectorAll('.needs-script')].filter(e => e.getClientRects().length).length,
	})`
	for _, p := range pages {
		v, err := chromedp.Run(open(t, tab, p.path, 1440), chromedp.Evaluate[view](read))
		switch {
		case err != nil:
			t.Errorf("%s: %v", p.path, err)
		case !strings.Contains(v.Text, p.want):
			t.Errorf("%s does not say %q", p.path, p.want)
		case v.Drawn != v.Charts:
			t.Errorf("%s: %d of %d charts have a drawing", p.path, v.Drawn, v.Charts)
		case v.Untabled > 0:
			t.Errorf("%s shows %d buttons that do nothing", p.path, v.Untabled)
		}
	}
}

// TestPrinted: the board of a year is a circular of one page.
func TestPrinted(t *testing.T) {
	tab, paper := newBrowser(t), true
	print := func(ctx context.Context, to *chromedp.Target) (page.PrintToPDFResult, error) {
		return cdp.Call(ctx, to, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &paper})
	}
	for _, year := range []string{"2016", "2023", "2024"} {
		pdf, err := chromedp.Run(open(t, tab, "/status/990101/"+year, 1440), print)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count([]byte(pdf.Data), []byte("/Type /Page\n")); n != 1 {
			t.Errorf("the board of %s is printed on %d pages", year, n)
		}
	}
}

// TestAxe: no page has an obstacle that axe calls serious or critical, in light and
// in dark.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	const run = `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').
		map(v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')).join('\n'))`
	tab, _ := newTab(t)
	for _, dark := range []bool{false, true} {
		for _, p := range pages {
			if dark && !p.main {
				continue
			}
			look(t, tab, p.path, 1440)
			theme := fmt.Sprintf(`(() => { document.documentElement.dataset.theme = %t ? 'dark' : 'light'; })()`, dark)
			if _, err := chromedp.Run(tab, chromedp.Evaluate[any](theme)); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(tab, chromedp.Evaluate[any](string(axe)+";0")); err != nil {
				t.Fatalf("%s: %v", p.path, err)
			}
			found, err := chromedp.Run(tab, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
			if err != nil || found != "" {
				t.Errorf("%s, dark %t: %v\n%s", p.path, dark, err, found)
			}
		}
	}
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
	tab, _ := newTab(t)
	for _, width := range widths {
		for _, p := range pages {
			look(t, tab, p.path, width)
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
