package draw

import (
	"fmt"
	"strings"
)

// A Texture is a tile of lines on a ground: what tells an outcome, a result or a state
// from its neighbours where colour does not. The page's script has the same table for
// canvases (charts.js); a test holds the two together.
type Texture struct {
	Name   string
	Ground string  // token, "" for none
	Line   string  // token
	Path   string  // of the lines, on a tile of 6 by 6
	Weight float64 // of the lines
}

const (
	rising    = "M-1 1L1 -1M0 6L6 0M5 7L7 5"
	falling   = "M-1 5L1 7M0 0L6 6M5 -1L7 1"
	level     = "M0 3h6"
	upright   = "M3 0v6"
	scattered = "M1 1.5h1M4 4.5h1"
)

// Textures are all tiles. Granted and corrected have none: they are the plain ones.
func Textures() []Texture {
	return []Texture{
		{"hatch", "", "hatch", rising, 0.8}, {"oldform", "", "rule-2", rising, 1.1}, {"pending", "a-pending", "rule-2", rising, 1.1},
		{"partial", "o-partial", "o-granted", scattered, 1.1}, {"denied", "o-denied", "sheet", rising, 0.7},
		{"unavailable", "o-unavailable", "sheet", level, 0.6}, {"unprocessed", "o-unprocessed", "sheet", falling, 0.7},
		{"other", "o-other", "rule-2", upright, 0.7}, {"upheld", "a-upheld", "sheet", level, 0.6},
		{"aother", "a-other", "rule-2", upright, 0.7}, {"unknown", "", "hatch", scattered, 1.1}, {"may", "band", "o-denied", rising, 1.1},
	}
}

// Defs writes the tiles as patterns of an SVG, named t- and their name; paint gives a
// token its value.
func Defs(paint func(token string) string) string {
	var b strings.Builder
	b.WriteString("<defs>")
	for _, t := range Textures() {
		ground := ""
		if t.Ground != "" {
			ground = fmt.Sprintf(`<path d="M0 0h6v6H0z" fill="%s"/>`, paint(t.Ground))
		}
		fmt.Fprintf(&b, `<pattern id="t-%s" width="6" height="6" patternUnits="userSpaceOnUse">%s<path d="%s" fill="none" stroke="%s" stroke-width="%g"/></pattern>`,
			t.Name, ground, t.Path, paint(t.Line), t.Weight)
	}
	b.WriteString("</defs>")
	return b.String()
}
