package draw

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/templates"
)

// TestTextures holds that every tile has its tokens, that no two tiles look alike, and
// that the page's script draws each as the server does.
func TestTextures(t *testing.T) {
	_, tokens := engine(t)
	script, err := templates.Files.ReadFile("static/js/charts.js")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]string)
	for _, tile := range Textures() {
		for _, token := range []string{tile.Ground, tile.Line} {
			if token != "" && tokens[token] == "" {
				t.Errorf("%s: no token --%s", tile.Name, token)
			}
		}
		looks := tile.Ground + " " + tile.Line + " " + tile.Path
		if seen[looks] != "" {
			t.Errorf("%s looks like %s", tile.Name, seen[looks])
		}
		seen[looks] = tile.Name
		if row := fmt.Sprintf(`%s: [%q, %q, %s, %g],`, tile.Name, tile.Ground, tile.Line, pathName(tile.Path), tile.Weight); !strings.Contains(string(script), row) {
			t.Errorf("charts.js lacks the row %s", row)
		}
	}
	for _, d := range []string{rising, falling, level, upright, scattered} {
		if row := fmt.Sprintf("%s = %q", pathName(d), d); !strings.Contains(string(script), row) {
			t.Errorf("charts.js lacks %s", row)
		}
	}
	defs := Defs(func(token string) string { return "var(--" + token + ")" })
	wellFormed(t, defs)
	if n := strings.Count(defs, "<pattern "); n != len(Textures()) {
		t.Errorf("%d patterns, want %d", n, len(Textures()))
	}
}

func pathName(d string) string {
	return map[string]string{rising: "rising", falling: "falling", level: "level", upright: "upright", scattered: "scattered"}[d]
}
