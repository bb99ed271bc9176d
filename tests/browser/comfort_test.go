package browser

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestSuggest: names of units come up while a reader types a part of a name or the
// first letters of its pinyin, and choosing one leads to the unit, in both languages.
func TestSuggest(t *testing.T) {
	one := newTab(t)
	for lang, typed := range map[string]string{"": "云杉", "/en": "ysjd"} {
		one.open(t, lang+"/methods", 1440)
		const options = `[...document.querySelectorAll('#found-units option')].map(o => o.value)`
		ask[int](t, one, `(() => { const f = document.querySelector('input[data-suggest]'); f.focus(); f.value = '`+typed+`'; f.dispatchEvent(new Event('input', {bubbles: true})); return 0; })()`)
		seen := ask[[]string](t, one, `(async () => { for (let i = 0; i < 200 && !document.querySelector('#found-units option'); i++) await new Promise(d => setTimeout(d, 25)); return `+options+`; })()`)
		i := slices.IndexFunc(seen, func(s string) bool { return strings.Contains(s, "云杉街道") })
		if i < 0 {
			t.Fatalf("%s: typing %q brings up %v", lang, typed, seen)
		}
		ask[int](t, one, `(() => { const f = document.querySelector('input[data-suggest]'); f.value = '`+seen[i]+`'; setTimeout(() => f.dispatchEvent(new Event('input', {bubbles: true}))); return 0; })()`)
		if err := one.do(chromedp.WaitReady(chromedp.CSS("#reports"))); err != nil {
			t.Fatalf("%s: a chosen name leads nowhere: %v", lang, err)
		}
		if at := one.at(t); at != lang+"/agencies/990101001" {
			t.Errorf("%s: the chosen name leads to %s", lang, at)
		}
	}
}

// TestStill: where a reader asks for less motion nothing moves: no transition, no
// animation and no smooth scrolling on any element, charts drawn.
func TestStill(t *testing.T) {
	one := newTab(t)
	less := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, to, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	}
	if err := one.do(less); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/regions/990101", "/en/compare", "/reports/990101002/2021", "/status/990101/2024"} {
		one.open(t, path, 1440)
		ask[view](t, one, readView)
		if moving := ask[string](t, one, `[...document.querySelectorAll('*')].filter(e => {
			const s = getComputedStyle(e);
			return s.animationName !== 'none' || s.transitionDuration !== '0s' && s.transitionProperty !== 'none' || s.scrollBehavior === 'smooth';
		}).slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(' | ')`); moving != "" {
			t.Errorf("%s moves: %s", path, moving)
		}
		if running := ask[int64](t, one, `document.getAnimations().length`); running != 0 {
			t.Errorf("%s: %d animations run", path, running)
		}
	}
}

// TestFirstMove: what scripts prepare at the reader's first move leaves everything where
// it is: what the reader is about to click does not move away.
func TestFirstMove(t *testing.T) {
	one := newTab(t)
	const places = `JSON.stringify([...document.querySelectorAll('main section, main table, main tr, main figure')].map(e => { const r = e.getBoundingClientRect(); return [e.tagName, e.id, Math.round(r.top), Math.round(r.height)]; }))`
	for _, width := range []int64{1440, 390} {
		for _, path := range []string{"/regions/990101", "/rollup/990101/2023", "/en/indicators/requests_new?region=990101"} {
			one.open(t, path, width)
			ask[view](t, one, readView)
			before := ask[string](t, one, places)
			ask[bool](t, one, `dispatchEvent(new Event('pointermove'))`)
			if n := ask[int64](t, one, `document.querySelectorAll('th button').length`); n == 0 {
				t.Errorf("%s: no head became a button", path)
			}
			if after := ask[string](t, one, places); after != before {
				t.Errorf("%s at %d moves at the first move:\n%s\n%s", path, width, before, after)
			}
		}
	}
}

// TestTables: a table sorts at its head by pinyin, backwards and by code, numbers as
// numbers with what has none at the end, by keyboard too; and it is copied as it stands.
func TestTables(t *testing.T) {
	one := newTab(t)
	for _, lang := range []string{"", "/en"} {
		one.open(t, lang+"/indicators/requests_new?region=990101", 1440)
		ask[bool](t, one, `dispatchEvent(new Event('pointermove'))`)
		column := func(n string) []string {
			return ask[[]string](t, one, `[...document.querySelectorAll('#ranking tbody tr')].map(r => r.cells[`+n+`].querySelector('a')?.textContent ?? r.cells[`+n+`].textContent.trim())`)
		}
		press := func(n string) string {
			return ask[string](t, one, `(() => { const h = document.querySelectorAll('#ranking thead th')[`+n+`]; h.querySelector('button').click(); return h.getAttribute('aria-sort'); })()`)
		}
		sorted := ask[[]string](t, one, `[...document.querySelectorAll('#ranking tbody tr')].map(r => r.cells[1].querySelector('a').textContent).sort(new Intl.Collator('zh-u-co-pinyin').compare)`)
		if state := press("1"); state != "ascending" || !slices.Equal(column("1"), sorted) {
			t.Errorf("%s by pinyin: %s %v, want %v", lang, state, column("1"), sorted)
		}
		slices.Reverse(sorted)
		if state := press("1"); state != "descending" || !slices.Equal(column("1"), sorted) {
			t.Errorf("%s backwards: %s %v", lang, state, column("1"))
		}
		press("1")
		codes := ask[[]string](t, one, `[...document.querySelectorAll('#ranking tbody tr')].map(r => r.cells[1].querySelector('a').getAttribute('href').split('/').at(-1))`)
		if !slices.IsSorted(codes) {
			t.Errorf("%s by code: %v", lang, codes)
		}
		press("2")
		if values := column("2"); values[len(values)-1] != "—" || values[0] != "76" {
			t.Errorf("%s by value: %v; the greatest first, what is not known last", lang, values)
		}
		if ask[int64](t, one, `document.querySelectorAll('#ranking [aria-sort]').length`) != 1 {
			t.Error("more than one head says that it sorts")
		}
	}
	text := ask[string](t, one, `(async () => {
		let copied = '';
		Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => { copied = t; }}});
		document.querySelector('[data-copy-table="ranking"]').click();
		await new Promise(d => setTimeout(d, 50));
		return copied;
	})()`)
	if lines := strings.Split(text, "\n"); len(lines) < 12 || strings.Count(lines[1], "\t") != strings.Count(lines[0], "\t") {
		t.Errorf("copied: %q", text)
	}
}
