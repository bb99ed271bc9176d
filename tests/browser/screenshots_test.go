package browser

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	screenshots = flag.String("screenshots", "", "folder to write a picture of every page into")
	only        = flag.String("only", "", "the pages to take pictures of, by the beginning of their names")
)

// A shot is a picture of a page.
type shot struct {
	visit
	width int64
	dark  bool
}

func (s shot) String() string {
	name := s.name + "-" + strconv.FormatInt(s.width, 10)
	if s.lang != "" {
		name += "-en"
	}
	if s.dark {
		name += "-dark"
	}
	return name
}

// TestScreenshots writes a picture of every page in both languages at both widths, of
// the main ones in the dark too; it asserts nothing and runs only where a folder is
// given.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("skipped: no folder given (make screenshots)")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	var list []shot
	for _, v := range visits(append(append([]place{}, places...), frames...), func(p place) bool { return strings.HasPrefix(p.name, *only) }) {
		for _, width := range widths {
			list = append(list, shot{v, width, false})
			if (v.main || v.dark) && v.lang == "" {
				list = append(list, shot{v, width, true})
			}
		}
	}
	// One tab: only the one in front is sure to be drawn.
	open := map[bool]func() *tab{}
	open[false] = func() *tab { return newTab(t) }
	open[true] = func() *tab { return newTab(t).signedIn(t) }
	for signed, fresh := range open {
		var some []shot
		for _, s := range list {
			if s.signed == signed {
				some = append(some, s)
			}
		}
		shareOf(t, 1, some, shot.String, fresh, take)
	}
}

func take(t *testing.T, one *tab, s shot) {
	path := s.resolve(t, one)
	one.open(t, path, s.width)
	if s.dark {
		ask[int](t, one, `document.documentElement.dataset.theme = 'dark', 0`)
	}
	ask[view](t, one, readView)
	picture := try(t, one, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(*screenshots, s.String()+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
