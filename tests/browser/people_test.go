package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// workPages are the pages of those who have signed in, each with a text that must be
// there.
var workPages = []struct{ name, path, want, english string }{
	{"desk", "/admin", "工作台", "Desk"},
	{"queue", "/admin/review", "待复核读数", "review"},
	{"item", "/admin/review/next", "照此认定", "original"},
	{"users", "/admin/users", "添加账号", "Add"},
	{"user", "/admin/users/1", "重设密码", "password"},
	{"audit", "/admin/audit", "操作日志", "log"},
	{"account", "/account", "改密码", "password"},
	{"findings", "/admin/findings/990101002/2021", "处理问题", "finding"},
	{"corrections", "/corrections", "更正记录", "Corrections"},
}

// arrived is the one set-up of the demonstration: reports that need review.
var arrived sync.Once

// signedIn returns a tab in which the administrator has signed in, by the pages.
func signedIn(t *testing.T) *tab {
	t.Helper()
	one := newTab(t)
	arrived.Do(func() { plantDoubts(t) })
	submit(t, one, "/login", map[string]string{"name": officer, "password": password}, "/admin")
	return one
}

// submit fills the fields of the form of a page, sends it, and waits until the page
// that it leads to is there.
func submit(t *testing.T, one *tab, path string, fields map[string]string, to string) {
	t.Helper()
	one.open(t, path, 1440)
	for name, value := range fields {
		if err := one.do(chromedp.SetValue(chromedp.CSS("main [name="+name+"]"), value)); err != nil {
			t.Fatalf("%s, field %s: %v", path, name, err)
		}
	}
	if err := one.do(chromedp.Click(chromedp.CSS("main form.stacked button[type=submit]"))); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	until(t, one, fmt.Sprintf(`location.pathname === %q && document.readyState === 'complete'`, to))
}

// until waits for something to be true of a page, which may be left meanwhile.
func until(t *testing.T, one *tab, what string) {
	t.Helper()
	page, stop := context.WithTimeout(one.ctx, patience)
	defer stop()
	for page.Err() == nil {
		if ok, err := chromedp.Run(page, chromedp.Evaluate[bool](what)); err == nil && ok {
			return
		}
		_ = one.do(chromedp.Sleep(10 * time.Millisecond))
	}
	t.Fatalf("%s is never true", what)
}

// doubtfulCells is how many cells of each planted report the readers did not read
// alike.
const doubtfulCells = 20

// plantDoubts keeps three reports of the demonstration again, each with doubtful cells:
// the portal shows none, since what it shows is known.
func plantDoubts(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, filepath.Join(folder, "gongkai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run, err := db.StartRun(ctx, "refresh", 0, false)
	must(t, err)
	for _, agency := range []report.AgencyID{"990101003", "990101005", "990101006"} {
		r, err := db.Report(ctx, agency, 2022, 0)
		must(t, err)
		v := r.Current
		doubt(&v.Reading)
		out := check.Report(&v.Reading, check.Context{Agency: &r.Agency, Kind: r.Agency.Kind})
		if out.Status != report.NeedsReview {
			t.Fatalf("%s is %s", agency, out.Status)
		}
		_, _, err = db.AddVersion(ctx, run, store.NewVersion{Agency: agency, Year: 2022, Reading: v.Reading, Status: out.Status,
			Findings: out.Findings, Problems: out.Problems, Original: v.Original, Page: v.Page, URL: v.URL, Reader: v.Reader, FoundAt: time.Now()})
		must(t, err)
	}
	must(t, db.FinishRun(ctx, run, store.RunOK, ""))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// doubt makes cells of a reading doubtful: what stands there is one of two proposals.
func doubt(r *report.Reading) {
	form := standard.FormOf(r.Format)
	for _, cell := range form.TableCells(standard.Requests)[:doubtfulCells] {
		was := r.Values[cell.Index]
		other := report.Value{State: report.Printed, Amount: was.Amount + 8*report.One, Text: (was.Amount + 8*report.One).String()}
		r.Values[cell.Index] = report.Value{State: report.Unread, Text: was.Text, Place: was.Place}
		r.Doubts = append(r.Doubts, report.Doubt{Rule: "read.disagreement", Cell: cell.Code, Place: was.Place, Text: "两种读法不一致",
			Proposals: []report.Value{was, other}})
	}
}

// TestWorkPages: the pages of those who have signed in say what they are for in both
// languages, fit both widths, and the browser has nothing to complain of.
func TestWorkPages(t *testing.T) {
	one := signedIn(t)
	for _, width := range widths {
		for _, p := range workPages {
			for _, lang := range []string{"", "/en"} {
				one.open(t, lang+p.path, width)
				v := ask[view](t, one, readView)
				want := p.want
				if lang != "" {
					want = p.english
				}
				if !strings.Contains(strings.ToLower(v.Text), strings.ToLower(want)) {
					t.Errorf("%s%s at %d does not say %q", lang, p.path, width, want)
				}
				if v.Scroll > width {
					t.Errorf("%s%s is %d pixels wide at %d", lang, p.path, v.Scroll, width)
				}
				if text := one.said(); text != "" {
					t.Errorf("%s%s: the browser complains: %s", lang, p.path, text)
				}
				if found := one.axe(t); found != "" && width == widths[0] {
					t.Errorf("%s%s: axe finds %s", lang, p.path, found)
				}
				picture(t, one, fmt.Sprintf("work-%s%s-%d", p.name, strings.ReplaceAll(lang, "/", "-"), width))
			}
		}
	}
}

// picture writes what a tab shows where a folder for pictures is given.
func picture(t *testing.T, one *tab, name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	must(t, os.MkdirAll(*screenshots, 0o755))
	body := try(t, one, chromedp.FullScreenshot(100))
	must(t, os.WriteFile(filepath.Join(*screenshots, name+".png"), body, 0o644))
}

// A typist presses keys and counts them.
type typist struct {
	t    *testing.T
	page *tab
	keys int
}

func (k *typist) press(keys ...string) {
	k.t.Helper()
	for _, key := range keys {
		k.keys++
		must(k.t, k.page.do(chromedp.KeyEvent(key)))
	}
}

// TestReviewByKeyboard settles sixty doubtful cells by keys alone: most are one key,
// one in five is typed, one in twenty cannot be read. At a key a second three hundred
// keys are the five minutes that a practised person has; the place in the original is
// in sight without a key.
func TestReviewByKeyboard(t *testing.T) {
	one := signedIn(t)
	one.open(t, "/admin/review", 1440)
	k := &typist{t: t, page: one}
	k.press(kb.Enter) // begin
	const inSight = `(() => { const hit = document.getElementById('hit'), paper = document.querySelector('.review-paper');
		if (!hit || !paper || document.readyState !== 'complete') return false;
		const a = hit.getBoundingClientRect(), b = paper.getBoundingClientRect();
		return a.top >= b.top && a.bottom <= Math.min(b.bottom, innerHeight) && a.left >= b.left && a.right <= b.right; })()`
	before := ""
	for n := range 3 * doubtfulCells {
		until(t, one, fmt.Sprintf(`location.href !== %q && location.search.includes('cell=')`, before))
		until(t, one, inSight)
		before = ask[string](t, one, "location.href")
		if n == 7 {
			picture(t, one, "review-item")
		}
		switch {
		case n%20 == 19:
			k.press("x")
		case n%5 == 4:
			k.press("e", "1", "2", kb.Enter)
		case n%3 == 2:
			k.press("2")
		default:
			k.press("1")
		}
	}
	until(t, one, fmt.Sprintf(`location.href !== %q && document.readyState === 'complete'`, before))
	if text := one.said(); text != "" {
		t.Errorf("the browser complains: %s", text)
	}
	t.Logf("%d keys for %d cells, %.1f a cell", k.keys, 3*doubtfulCells, float64(k.keys)/(3*doubtfulCells))
	if k.keys > 5*3*doubtfulCells {
		t.Errorf("%d keys for %d cells; want at most five a cell", k.keys, 3*doubtfulCells)
	}
}
