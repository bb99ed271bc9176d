package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A stop is where the focus stands after a press of Tab.
type stop struct {
	Mark int64 // number of the control, -1 where it is none
	Seen bool  // it stands on the page and shows that it has the focus
	What string
}

// countStops numbers every control that a reader can reach: what is shown, not
// switched off, and not left to the arrows (tabindex -1). Radio buttons of a group
// are one stop.
const countStops = `(() => {
	const radios = new Set();
	const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(e => {
		if (e.tabIndex < 0 || e.disabled || e.type === 'hidden' || !e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) return false;
		if (e.type !== 'radio') return true;
		if (radios.has(e.name)) return false;
		radios.add(e.name);
		return true;
	});
	all.forEach((e, i) => { e.dataset.stop = i; });
	document.activeElement?.blur();
	return all.length;
})()`

// readStop tells where the focus stands.
const readStop = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Mark: -2, Seen: true, What: 'the end'};
	const style = getComputedStyle(e), box = e.getBoundingClientRect();
	const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
	const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== 'rgba(0, 0, 0, 0)';
	const radio = e.type === 'radio' && document.querySelector('input[type=radio][data-stop][name="' + e.name + '"]');
	return {Mark: Number((radio || e).dataset.stop ?? -1), Seen: inside && ring, What: e.outerHTML.slice(0, 140)};
})()`

// TestKeyboard: the Tab key reaches every control of the main pages in turn, each
// shows that it has the focus, none keeps it, and the first leads past the head.
func TestKeyboard(t *testing.T) {
	paths := []string{"/regions/990101", "/reports/990101002/2021", "/compare", "/status/990101/2024"}
	share(t, paths, func(p string) string { return p[1:] }, func() *tab { return newTab(t) }, walkByTab)
}

func walkByTab(t *testing.T, one *tab, path string) {
	one.open(t, path, 1440)
	ask[bool](t, one, `dispatchEvent(new Event('pointermove'))`) // heads of tables become buttons at the first move
	total := ask[int64](t, one, countStops)
	reached := map[int64]bool{}
	var last int64
	for i := range total + 40 {
		try(t, one, chromedp.KeyEvent(kb.Tab))
		at := ask[stop](t, one, readStop)
		if at.Mark == -2 {
			break
		}
		if i == 0 && !at.isSkip(t, one) {
			t.Errorf("%s: the first stop is not the way past the head: %s", path, at.What)
		}
		if !at.Seen {
			t.Errorf("%s: the focus is not to be seen on %s", path, at.What)
		}
		// A field for a date is several stops; any other that comes again is the first.
		if at.Mark >= 0 && reached[at.Mark] && at.Mark != last {
			break
		}
		reached[at.Mark], last = true, at.Mark
	}
	for mark := range total {
		if !reached[mark] {
			t.Errorf("%s: Tab does not reach control %d of %d: %s", path, mark, total,
				ask[string](t, one, `document.querySelector('[data-stop="'+`+itoa(mark)+`+'"]').outerHTML.slice(0, 140)`))
		}
	}
	one.skips(t, path)
}

// isSkip reports whether the focus is on the link past the head.
func (stop) isSkip(t *testing.T, one *tab) bool {
	return ask[string](t, one, `document.activeElement.getAttribute('href') ?? ''`) == "#main"
}

// skips follows the link past the head: the next stop is in the main part.
func (one *tab) skips(t *testing.T, path string) {
	one.open(t, path, 1440)
	try(t, one, chromedp.KeyEvent(kb.Tab))
	try(t, one, chromedp.KeyEvent(kb.Enter))
	try(t, one, chromedp.KeyEvent(kb.Tab))
	if !ask[bool](t, one, `!!document.activeElement.closest('main')`) {
		t.Errorf("%s: the way past the head leads to %s", path, ask[string](t, one, `document.activeElement.outerHTML.slice(0, 140)`))
	}
}

// TestArrows: the statutory tables are one stop each, with arrows inside; Enter opens
// what is known of a cell, and Escape gives the focus back.
func TestArrows(t *testing.T) {
	one := newTab(t)
	one.open(t, "/reports/990101002/2021", 1440)
	ask[int](t, one, `document.querySelector('table.form.requests td > a').focus(), 0`)
	before := ask[string](t, one, `document.activeElement.closest('td').id`)
	try(t, one, chromedp.KeyEvent(kb.ArrowDown))
	after := ask[string](t, one, `document.activeElement.closest('td').id`)
	if after == before || after == "" {
		t.Errorf("an arrow leads from %q to %q", before, after)
	}
	try(t, one, chromedp.KeyEvent(kb.Enter))
	if !ask[bool](t, one, `!document.getElementById('tray').hidden`) {
		t.Error("Enter opens no tray")
	}
	try(t, one, chromedp.KeyEvent(kb.Escape))
	if got := ask[string](t, one, `document.activeElement.closest('td')?.id ?? ''`); got != after || !ask[bool](t, one, `document.getElementById('tray').hidden`) {
		t.Errorf("Escape leads to %q, want %q", got, after)
	}
}
