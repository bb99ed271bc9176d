package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the one browser of all tests; each test opens tabs of its own in it.
var chromium context.Context

// startBrowser starts a browser that opens nothing but what it is told to.
func startBrowser() (stop func(), err error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browserPath()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true))
	allocator, end := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium = ctx
	return func() { cancel(); end() }, chromedp.Do(ctx)
}

// A tab is a window on the demonstration, and what the browser complains of in it.
type tab struct {
	ctx context.Context
	complaints
	last string // address that was opened last
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
		if ev.Entry.Level == log.EntryLevelError && !strings.Contains(ev.Entry.Text, "404 (Not Found)") && !strings.Contains(ev.Entry.Text, "400 (Bad Request)") {
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

// newTab opens a tab with cookies of its own.
func newTab(t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	one := &tab{ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, one.hear); err != nil {
		t.Fatal(err)
	}
	// Tabs work side by side, and each is to believe that it is the one in front.
	focus := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, to, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, focus); err != nil {
		t.Fatal(err)
	}
	return one
}

// silent switches the scripts of pages off; the test may still ask.
func (one *tab) silent(t *testing.T) *tab {
	t.Helper()
	off := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, to, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(one.ctx, off); err != nil {
		t.Fatal(err)
	}
	return one
}

// signedIn gives the tab the session of the administrator.
func (one *tab) signedIn(t *testing.T) *tab {
	t.Helper()
	cookie := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, to, network.SetCookie, network.SetCookieParams{Name: session.Name, Value: session.Value, URL: base})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(one.ctx, cookie); err != nil {
		t.Fatal(err)
	}
	return one
}

// open goes to an address.
func (one *tab) open(t *testing.T, path string, width int64) {
	t.Helper()
	one.last = path
	err := one.do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(base+path), chromedp.WaitReady(chromedp.CSS("main, body.framed")))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// do works steps and gives up in time.
func (one *tab) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, stop := context.WithTimeout(one.ctx, patience)
	defer stop()
	return chromedp.Do(ctx, steps...)
}

// at returns the address of the page that is open, without its host.
func (one *tab) at(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(ask[string](t, one, `location.href`))
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// ask asks the page that is open.
func ask[T any](t *testing.T, one *tab, script string) T {
	t.Helper()
	return try(t, one, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// try does one thing in the page that is open, and gives up in time.
func try[T any](t *testing.T, one *tab, step chromedp.Action[T]) T {
	t.Helper()
	ctx, stop := context.WithTimeout(one.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, step)
	if err != nil {
		t.Fatalf("%s: %v", one.last, err)
	}
	return v
}

// patience is how long one step may take on a busy machine.
const patience = 40 * time.Second

// side is how many tabs work side by side.
const side = 3

// share works a list with some tabs side by side, each case a test of its own.
func share[V any](t *testing.T, list []V, name func(V) string, open func() *tab, do func(t *testing.T, one *tab, v V)) {
	t.Helper()
	shareOf(t, side, list, name, open, do)
}

func shareOf[V any](t *testing.T, side int, list []V, name func(V) string, open func() *tab, do func(t *testing.T, one *tab, v V)) {
	t.Helper()
	queue := make(chan V, len(list))
	for _, v := range list {
		queue <- v
	}
	close(queue)
	var wait sync.WaitGroup
	for range side {
		one := open()
		wait.Go(func() {
			for v := range queue {
				t.Run(name(v), func(t *testing.T) { do(t, one, v) })
			}
		})
	}
	wait.Wait()
}

// axe tells what axe calls serious or critical in the page that is open, the size of
// targets included.
func (one *tab) axe(t *testing.T) string {
	t.Helper()
	const run = `axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(r => r.violations.
		filter(v => v.impact === 'serious' || v.impact === 'critical').
		map(v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')).join('\n'))`
	if !ask[bool](t, one, `typeof axe !== 'undefined'`) {
		ask[int](t, one, axeScript+";0")
	}
	return ask[string](t, one, run)
}

var axeScript string // testdata/axe.min.js, read once before the tests

func readAxe() error {
	body, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		return fmt.Errorf("axe: %w", err)
	}
	axeScript = string(body)
	return nil
}
