package extract

import (
	"image"
	"image/color"
	"image/draw"
)

// inkRulings turns a picture into black and white without its rulings, and returns
// these: runs of ink that are far longer than any stroke of a character.
func inkRulings(img image.Image) (*image.Gray, []ruling) {
	b := img.Bounds()
	gray := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(gray, gray.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(gray, gray.Bounds(), img, b.Min, draw.Over)
	longest := max(30, b.Dx()/25)
	var rulings []ruling
	rulings = append(rulings, runsOfInk(gray, false, longest)...)
	rulings = append(rulings, runsOfInk(gray, true, longest)...)
	for _, r := range rulings {
		wipe(gray, r)
	}
	return gray, rulings
}

const darkInk = 140 // a pixel no lighter is ink

// runsOfInk returns the runs of ink in the rows or columns of a picture that are at
// least as long as asked.
func runsOfInk(g *image.Gray, vertical bool, longest int) []ruling {
	lines, length := g.Rect.Dy(), g.Rect.Dx()
	if vertical {
		lines, length = length, lines
	}
	var out []ruling
	for at := range lines {
		from := -1
		for i := 0; i <= length; i++ {
			if i < length && ink(g, vertical, at, i) {
				if from < 0 {
					from = i
				}
				continue
			}
			if from >= 0 && i-from >= longest {
				out = append(out, ruling{vertical: vertical, at: float64(at), from: float64(from), to: float64(i)})
			}
			from = -1
		}
	}
	return out
}

func ink(g *image.Gray, vertical bool, at, i int) bool {
	if vertical {
		at, i = i, at
	}
	return g.Pix[at*g.Stride+i] < darkInk
}

// wipe paints a ruling and its edges white.
func wipe(g *image.Gray, r ruling) {
	for d := -1; d <= 1; d++ {
		for i := int(r.from); i < int(r.to); i++ {
			x, y := i, int(r.at)+d
			if r.vertical {
				x, y = int(r.at)+d, i
			}
			if image.Pt(x, y).In(g.Rect) {
				g.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
}
