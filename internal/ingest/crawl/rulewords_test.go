package crawl

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every rule that the package can name is explained: the ids are taken from the
// source, so that a new one cannot be forgotten.
func TestRuleWords(t *testing.T) {
	ids := regexp.MustCompile(`return (?:true|false), (?:fmt\.Sprintf\()?"([a-z_.]+)`)
	var found int
	for _, name := range []string{"accept.go", "look.go"} {
		text, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ids.FindAllStringSubmatch(string(text), -1) {
			found++
			for _, taken := range []bool{true, false} {
				w := RuleWords(m[1]+": 某词", taken)
				if w.ZH == m[1]+": 某词" || w.ZH == "" || w.EN == "" || !strings.ContainsAny(w.ZH, "标地链列表年") {
					t.Errorf("%s (taken %v): %+v; want words for people", m[1], taken, w)
				}
			}
		}
	}
	if found < 9 {
		t.Errorf("%d rules in the source; the pattern of this test does not find them any more", found)
	}
}
