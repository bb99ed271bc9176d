package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// widths are a desk and a phone; narrowest is what a page of 1280 pixels has left at
// 400 per cent.
var widths = []int64{1440, 390}

const narrowest = 320

// A view is what a page shows at one width.
type view struct {
	Text     string
	Scroll   int64 // width of the content
	Charts   int64 // places for a chart
	Drawn    int64 // charts that fill their place and no more
	Untabled int64 // charts without their table
	Wide     string
}

// readView waits until every chart fills its place, at most ten seconds, and tells
// what the page shows.
const readView = `(async () => {
	const all = [...document.querySelectorAll('[data-chart]')];
	const fits = (e) => { const c = e.querySelector('canvas'); return c && Math.abs(c.clientWidth - e.clientWidth) <= 1; };
	dispatchEvent(new Event('pointermove')); // charts are drawn at the reader's first move
	for (let i = 0; i < 400 && !all.every(fits); i++) await new Promise(done => setTimeout(done, 25));
	const scroll = document.documentElement.scrollWidth;
	const wide = scroll <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(-1);
	return {
		Text: document.body.innerText,
		Scroll: scroll,
		Charts: all.length,
		Drawn: all.filter(fits).length,
		Untabled: all.filter(e => !e.closest('figure, section')?.querySelector('table')).length,
		Wide: wide.map(e => e.outerHTML.slice(0, 200)).join(),
	};
})()`

// A visit is a place in a language.
type visit struct {
	place
	lang string
}

// visits are all places of a kind in both languages.
func visits(from []place, keep func(place) bool) []visit {
	var all []visit
	for _, p := range from {
		if keep(p) {
			all = append(all, visit{p, ""}, visit{p, "/en"})
		}
	}
	return all
}

func (v visit) String() string { return v.name + map[string]string{"": "/zh", "/en": "/en"}[v.lang] }

// TestPages: every page in both languages says what it is for, fits a desk, a phone
// and 400 per cent, draws its charts beside their tables, has no obstacle that axe
// calls serious or critical, and gives the browser nothing to complain of.
func TestPages(t *testing.T) {
	open := func() *tab { return newTab(t) }
	share(t, visits(places, func(p place) bool { return !p.signed }), visit.String, open, inspect)
}

// TestFrames: so it is with the pages for the pages of others.
func TestFrames(t *testing.T) {
	share(t, visits(frames, func(place) bool { return true }), visit.String, func() *tab { return newTab(t) }, inspect)
}

// TestDesk: so it is with the pages of an administrator.
func TestDesk(t *testing.T) {
	open := func() *tab { return newTab(t).signedIn(t) }
	share(t, visits(places, func(p place) bool { return p.signed }), visit.String, open, inspect)
}

// inspect looks at a page at all widths, and at a main page in the dark too.
func inspect(t *testing.T, one *tab, v visit) {
	path := v.resolve(t, one)
	one.open(t, path, 1440)
	for _, width := range append(widths, narrowest) {
		if err := one.do(chromedp.EmulateViewport(width, 900)); err != nil {
			t.Fatal(err)
		}
		seen := ask[view](t, one, readView)
		if width == 1440 && !strings.Contains(seen.Text, v.says(v.lang)) {
			t.Errorf("%s does not say %q", path, v.says(v.lang))
		}
		if seen.Scroll > width {
			t.Errorf("%s at %d is %d pixels wide and scrolls sideways: %s", path, width, seen.Scroll, seen.Wide)
		}
		if seen.Drawn != seen.Charts || seen.Untabled > 0 {
			t.Errorf("%s at %d: %d of %d charts drawn, %d without a table", path, width, seen.Drawn, seen.Charts, seen.Untabled)
		}
		// A page has one markup at all widths, and axe takes its time: main pages are
		// gone through twice in each language, the others once, wide or narrow.
		if width == narrowest || !v.main && (width == 1440) != (v.lang == "") {
			continue
		}
		if found := one.axe(t); found != "" {
			t.Errorf("%s at %d: %s", path, width, found)
		}
	}
	if (v.main || v.dark) && v.lang == "" {
		if err := one.do(chromedp.EmulateViewport(1440, 900)); err != nil {
			t.Fatal(err)
		}
		ask[int](t, one, `document.documentElement.dataset.theme = 'dark', 0`)
		if found := one.axe(t); found != "" {
			t.Errorf("%s in the dark: %s", path, found)
		}
	}
	if text := one.said(); text != "" {
		t.Errorf("%s: the browser complains: %s", path, text)
	}
}

// resolve returns the address of a visit, from a page where it is linked.
func (v visit) resolve(t *testing.T, one *tab) string {
	t.Helper()
	if v.link == "" {
		return v.lang + v.path
	}
	one.open(t, v.lang+v.path, 1440)
	const find = `[...document.querySelectorAll('main a')].map(a => a.getAttribute('href')).find(h => new RegExp(%q).test(h)) ?? ''`
	path := ask[string](t, one, fmt.Sprintf(find, v.link))
	if path == "" {
		t.Fatalf("%s has no link like %s", v.path, v.link)
	}
	return path
}

// TestSwitch: the switch leads to the same page in the other language and back.
func TestSwitch(t *testing.T) {
	one := newTab(t)
	for _, pair := range [][2]string{{"/en/compare?chart=bar", "/compare?chart=bar"}, {"/compare?chart=bar", "/en/compare?chart=bar"}} {
		one.open(t, pair[0], 1440)
		if got := ask[string](t, one, `document.querySelector('.tools a[hreflang]').getAttribute('href')`); got != pair[1] {
			t.Errorf("the switch of %s leads to %q; want %s", pair[0], got, pair[1])
		}
	}
}

// TestWithoutScripts: with scripts switched off the pages say the same, and every
// chart has a drawing and an open way to its table.
func TestWithoutScripts(t *testing.T) {
	const read = `({
		Text: document.body.innerText,
		Scroll: document.documentElement.scrollWidth,
		Charts: document.querySelectorAll('[data-chart]').length,
		Drawn: [...document.querySelectorAll('[data-chart]')].filter(e => e.querySelector('svg.sketch *')).length,
		Untabled: [...document.querySelectorAll('.needs-script')].filter(e => e.getClientRects().length).length,
	})`
	open := func() *tab { return newTab(t).silent(t) }
	share(t, visits(places, func(p place) bool { return !p.signed }), visit.String, open, func(t *testing.T, one *tab, v visit) {
		width := int64(1440)
		if v.lang == "/en" {
			width = 390
		}
		path := v.resolve(t, one)
		one.open(t, path, width)
		seen := ask[view](t, one, read)
		switch {
		case !strings.Contains(seen.Text, v.says(v.lang)):
			t.Errorf("%s does not say %q", path, v.says(v.lang))
		case seen.Scroll > width:
			t.Errorf("%s at %d is %d pixels wide", path, width, seen.Scroll)
		case seen.Drawn != seen.Charts:
			t.Errorf("%s: %d of %d charts have a drawing", path, seen.Drawn, seen.Charts)
		case seen.Untabled > 0:
			t.Errorf("%s shows %d buttons that do nothing", path, seen.Untabled)
		}
	})
}

// sheets are pages that are printed, and on how many sheets of A4 at most.
var sheets = []struct {
	path string
	most int
}{
	{"/status/990101/2016", 1},
	{"/status/990101/2023", 1},
	{"/status/990101/2024", 1},
	{"/agencies/990101001/sheet", 1},
	{"/compare/sheet?indicator=open_rate&units=990101001,990101002", 1},
}

// TestPrinted: what an office prints keeps to its sheets; the board of a year is a
// circular of one page.
func TestPrinted(t *testing.T) {
	one := newTab(t)
	for _, s := range sheets {
		one.open(t, s.path, 1440)
		pdf := try(t, one, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
		if n := strings.Count(string(pdf), "/Type /Page\n"); n == 0 || n > s.most {
			t.Errorf("%s is printed on %d pages, want %d at most", s.path, n, s.most)
		}
	}
}
