package browser

import (
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// TestPNG: the button saves a file under the figure's name that is the server's drawing
// at twice its size, with all that is burnt in: it is no smaller than the drawing, and
// there is ink in its head, in the drawing and at its foot.
func TestPNG(t *testing.T) {
	one, dir := newTab(t), t.TempDir()
	keep := func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		here, err := cdp.Call(ctx, to, target.GetTargetInfo, target.GetTargetInfoParams{})
		if err != nil {
			return chromedp.Void{}, err
		}
		_, err = cdp.Call(ctx, to, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow,
			BrowserContextID: here.TargetInfo.BrowserContextID, DownloadPath: dir})
		return chromedp.Void{}, err
	}
	if err := one.do(keep); err != nil {
		t.Fatal(err)
	}
	one.open(t, "/charts/regions/990101/outcomes", 1440)
	size := ask[[]int](t, one, `(async () => { const i = document.querySelector(".chart-page img"); await i.decode(); document.querySelector("a[data-png]").click(); return [i.naturalWidth, i.naturalHeight]; })()`)
	picture := saved(t, dir)
	if b := picture.Bounds(); b.Dx() != 2*size[0] || b.Dy() != 2*size[1] {
		t.Errorf("the file is %v, the drawing %v", b, size)
	}
	for part := range 3 {
		if h := picture.Bounds().Dy(); !inked(picture, part*h/3, (part+1)*h/3) {
			t.Errorf("part %d of 3 is empty", part+1)
		}
	}
}

// saved waits for the one file of a folder and reads it.
func saved(t *testing.T, dir string) image.Image {
	t.Helper()
	for range 200 {
		names, err := filepath.Glob(filepath.Join(dir, "*.png"))
		if err != nil {
			t.Fatal(err)
		}
		if len(names) == 1 {
			f, err := os.Open(names[0])
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(f)
			f.Close()
			if err == nil {
				return picture
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("nothing was saved")
	return nil
}

// inked reports whether there is something dark between two lines.
func inked(picture image.Image, from, to int) bool {
	for y := from; y < to; y++ {
		for x := range picture.Bounds().Dx() {
			if r, _, _, a := picture.At(x, y).RGBA(); a > 0xff00 && r < 0x6000 {
				return true
			}
		}
	}
	return false
}
