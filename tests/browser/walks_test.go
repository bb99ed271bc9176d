package browser

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A walk is how someone goes through the pages: in a language, at a width, with
// scripts or without.
type walk struct {
	lang    string
	width   int64
	scripts bool
}

func (w walk) String() string {
	lang := strings.TrimPrefix(w.lang, "/")
	if lang == "" {
		lang = "zh"
	}
	return fmt.Sprintf("%s/%d/scripts=%t", lang, w.width, w.scripts)
}

// says chooses the text of the walk's language.
func (w walk) says(chinese, english string) string {
	if w.lang == "" {
		return chinese
	}
	return english
}

// walks are all ways to walk.
func walks() []walk {
	var all []walk
	for _, lang := range []string{"", "/en"} {
		for _, width := range widths {
			all = append(all, walk{lang, width, true}, walk{lang, width, false})
		}
	}
	return all
}

// A walker walks one walk in a tab.
type walker struct {
	*tab
	walk
	t *testing.T
}

// walkAll lets someone walk in every way, some side by side.
func walkAll(t *testing.T, along func(w walker)) {
	for _, scripts := range []bool{true, false} {
		open := func() *tab {
			one := newTab(t)
			if !scripts {
				one.silent(t)
			}
			return one
		}
		some := slices.DeleteFunc(walks(), func(w walk) bool { return w.scripts != scripts })
		share(t, some, walk.String, open, func(t *testing.T, one *tab, way walk) {
			along(walker{one, way, t})
			if text := one.said(); text != "" {
				t.Errorf("the browser complains: %s", text)
			}
		})
	}
}

// enter opens a page by its address.
func (w walker) enter(path string) {
	w.t.Helper()
	w.open(w.t, w.lang+path, w.width)
	w.arrived()
}

// click clicks on what a selector finds first and waits for the page that it leads to.
func (w walker) click(selector string) {
	w.t.Helper()
	from := w.at(w.t)
	seen := ask[bool](w.t, w.tab, fmt.Sprintf(`!!document.querySelector(%q)?.getClientRects().length`, selector))
	if !seen {
		w.t.Fatalf("%s shows nothing like %s to click on", from, selector)
	}
	ask[int](w.t, w.tab, `window.left = true, 0`)
	if err := w.do(chromedp.Click(chromedp.CSS(selector))); err != nil {
		w.t.Fatalf("%s: click on %s: %v", from, selector, err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		here, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`!window.left && document.readyState === 'complete' || location.hash !== ''`))
		if err == nil && here && w.at(w.t) != from {
			break
		}
		if time.Now().After(end) {
			w.t.Fatalf("%s: a click on %s leads nowhere", from, selector)
		}
	}
	w.last = w.at(w.t)
	w.arrived()
}

// arrived holds a page of the walk to what holds for all: its width and axe.
func (w walker) arrived() {
	w.t.Helper()
	if scroll := ask[int64](w.t, w.tab, `document.documentElement.scrollWidth`); scroll > w.width {
		w.t.Errorf("%s at %d is %d pixels wide", w.last, w.width, scroll)
	}
	if !w.scripts {
		return // axe is a script of the page, which has none
	}
	if found := w.axe(w.t); found != "" {
		w.t.Errorf("%s: %s", w.last, found)
	}
}

// sees demands a text in the first element that a selector finds.
func (w walker) sees(selector, text string) {
	w.t.Helper()
	got := ask[string](w.t, w.tab, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, selector))
	if !strings.Contains(got, text) {
		w.t.Errorf("%s: %s says %.200q, want %q", w.last, selector, got, text)
	}
}

// count counts what a selector finds.
func (w walker) count(selector string) int {
	w.t.Helper()
	return ask[int](w.t, w.tab, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
}

// fetches demands that a link leads to a file of a type, and returns its beginning.
func (w walker) fetches(selector, kind string) string {
	w.t.Helper()
	href := ask[string](w.t, w.tab, fmt.Sprintf(`document.querySelector(%q)?.href ?? ''`, selector))
	if href == "" {
		w.t.Fatalf("%s has no link like %s", w.last, selector)
	}
	answer, err := http.Get(href)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if got := answer.Header.Get("Content-Type"); err != nil || answer.StatusCode != http.StatusOK || !strings.HasPrefix(got, kind) {
		w.t.Errorf("%s answers %s, %s, %v; want %s", href, answer.Status, got, err, kind)
	}
	return string(body)
}

// prints prints the page and returns how many sheets it takes.
func (w walker) prints() int {
	w.t.Helper()
	pdf := try(w.t, w.tab, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	return strings.Count(string(pdf), "/Type /Page\n")
}

// TestOffice: the office asks who of its units is late or wrong for 2024 and why
// exactly, prints the circular, opens the check sheet of a unit, and holds the sum of
// its units against the district's own report.
func TestOffice(t *testing.T) {
	walkAll(t, func(w walker) {
		w.enter("/")
		w.click(`.mainnav a[href$="/status"]`)
		w.sees("h1", "2024")
		w.sees(".lede", w.says("11 / 12", "11 of 12"))
		w.sees(".todo", "鸢尾镇")
		w.click(`.switch a[href*="show=unknown"]`)
		if n := w.count("#board tbody tr"); n != 1 {
			w.t.Errorf("the board lists %d units that could not be looked at, want 1", n)
		}
		w.sees("#board tbody", "HTTP 412")
		w.click(`.years a[href*="/status/990101/2021"]`)
		w.sees("#board tbody tr:has(.st.err)", "雪松街道")
		w.click(`#board tbody a.st.err`)
		w.sees(":target", "39")
		w.sees(":target", "requests.")
		w.click(`.acts a[href*="/papers/sheet/990101002/2021"]`)
		w.sees("article.paper", "核对单")
		w.sees("article.paper", "requests.")
		if n := w.prints(); n == 0 || n > 6 {
			w.t.Errorf("the check sheet is printed on %d sheets", n)
		}
		w.fetches(`a[href*=".docx"]`, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
		w.enter("/status/990101/2024")
		w.click(`.toolbar a[href*="/papers/circular/"]`)
		w.sees("article.paper", "通报")
		if n := w.prints(); n == 0 || n > 8 {
			w.t.Errorf("the circular is printed on %d sheets", n)
		}
		w.click(`.trail a`)
		w.click(`.toolbar a[href*="/rollup/990101/2024"]`)
		w.sees("main", "示例区人民政府")
		w.sees("main", "2,813") // licences in the district's own report
		w.sees("main", "2,654") // licences of the units added
		w.sees("main", "159")
	})
}

// TestJournalist: the journalist asks which streets refuse most and on what ground,
// since when and against whom, traces one number to the original, and takes it along.
func TestJournalist(t *testing.T) {
	walkAll(t, func(w walker) {
		w.enter("/regions/990101")
		w.sees("#grounds h2", "142")
		w.sees("#grounds tbody tr", "40")
		w.click(`#grounds tbody tr th a`)
		w.sees("h1", "木槿街道")
		w.click(`.multiples a[href*="/charts/"][href*="denied_rate"]`)
		w.sees("table", "2019")
		w.fetches(`a[href*="format=csv"]`, "text/csv")
		w.fetches(`.chart-page a[href*=".svg"], a[href*=".svg"]`, "image/svg+xml")
		code := ask[string](w.t, w.tab, `[...document.querySelectorAll('pre')].map(e => e.textContent).find(s => s.includes('/embed/')) ?? ''`)
		if !strings.Contains(code, "as_of=") {
			w.t.Errorf("%s: the code to embed names no data version: %q", w.last, code)
		}
		w.click(`main a[href*="/agencies/"]`)
		w.click(`#asking tbody a`)
		where := ask[string](w.t, w.tab, `location.pathname + location.hash`)
		if !strings.Contains(where, "requests.") && !strings.Contains(where, "/reports/") {
			w.t.Fatalf("a figure of who asked leads to %s", where)
		}
		w.enter("/reports/990101005/2024/cells/requests.new/natural")
		value := ask[string](w.t, w.tab, `document.querySelector('.cell-value b').textContent`)
		w.fetches(`a[href*="format=csv"]`, "text/csv")
		w.sees("footer", w.says("引用", "ite"))
		w.click(`main a[href*="/originals/"][href*="#hit"]`)
		w.sees("#hit", value)
	})
}
