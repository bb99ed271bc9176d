package extract

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gongkai/internal/report"
)

// TestImage/proposal: what is recognised in a picture is never more than a proposal.
func TestImage(t *testing.T) {
	t.Run("proposal", func(t *testing.T) {
		body, err := os.ReadFile(filepath.Join(shared(t), "corpus", "made", "009_W020190212890483010548.png"))
		if err != nil {
			t.Fatal(err)
		}
		docs, err := Read(t.Context(), Hint{Name: "示例.png"}, body, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		d := docs[0]
		if d.Type != Image || d.Pictures != 1 {
			t.Errorf("type %s, %d pictures", d.Type, d.Pictures)
		}
		warned := func(rule string) bool {
			return slices.ContainsFunc(d.Warnings, func(w Warning) bool { return w.Rule == rule })
		}
		if findOCR() == nil {
			if !warned("form.image_table") {
				t.Errorf("warnings %v, want form.image_table", d.Warnings)
			}
			t.Skip("recognition not tried: tesseract with chi_sim is not installed")
		}
		if !warned("read.confidence") && !warned("form.image_table") {
			t.Errorf("warnings %v, want read.confidence", d.Warnings)
		}
		if warned("read.confidence") && !hasStatutoryGrid(d) {
			t.Error("no table was recognised")
		}
	})
	t.Run("too large", func(t *testing.T) {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, 20000, 20000), color.Palette{color.White})); err != nil {
			t.Fatal(err)
		}
		_, err := Read(t.Context(), Hint{}, b.Bytes(), Limits{})
		var limit *report.LimitError
		if !errors.As(err, &limit) || limit.Limit != "pixels" {
			t.Errorf("error %v, want the limit pixels", err)
		}
	})
}

// TestInkRulings finds the rulings of a picture and leaves short strokes alone.
func TestInkRulings(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 400, 200))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := 20; x < 380; x++ {
		img.SetGray(x, 50, color.Gray{})
	}
	for y := 50; y < 190; y++ {
		img.SetGray(100, y, color.Gray{})
	}
	for x := 200; x < 220; x++ {
		img.SetGray(x, 120, color.Gray{}) // 一
	}
	gray, rulings := inkRulings(img)
	want := []ruling{{at: 50, from: 20, to: 380}, {vertical: true, at: 100, from: 50, to: 190}}
	if !slices.Equal(rulings, want) {
		t.Errorf("rulings %v, want %v", rulings, want)
	}
	if gray.GrayAt(300, 50).Y != 255 || gray.GrayAt(210, 120).Y != 0 {
		t.Error("rulings stay, or strokes do not")
	}
}
