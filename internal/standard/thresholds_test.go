package standard

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestThresholds pins what settings may say, and the message of each fault.
func TestThresholds(t *testing.T) {
	var none Thresholds
	if got := none.Of("year.jump", "ratio"); got != 5 {
		t.Errorf("default of year.jump.ratio %v, want 5", got)
	}
	set, err := ParseThresholds(" year.jump.ratio = 6; peer.outlier.mad=4.5;")
	if err != nil || set.Of("year.jump", "ratio") != 6 || set.Of("year.jump", "floor") != 20 || set.Of("year.nothing", "floor") != 0 {
		t.Errorf("%v, %v", set, err)
	}
	if got := set.Used("year.jump"); got != "floor=20 ratio=6" {
		t.Errorf("used %q", got)
	}
	for line, want := range map[string]string{
		"year.jmp.ratio=6":    "threshold year.jmp.ratio: no rule has it",
		"year.jump.ration=6":  "threshold year.jump.ration: no rule has it",
		"ratio=6":             "threshold ratio: no rule has it",
		"year.jump.ratio=six": `threshold "year.jump.ratio=six"; want rule.name=number`,
		"year.jump.ratio=-1":  "threshold year.jump.ratio: -1; want a number of 0 or more",
		"year.jump.ratio=NaN": "want a number of 0 or more",
	} {
		if _, err := ParseThresholds(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
	if _, err := ParseThresholds("a.b=1;c.d=2"); err == nil || strings.Count(err.Error(), "no rule has it") != 2 {
		t.Errorf("all faults at once: %v", err)
	}
}

// TestThresholdsDocumented holds the table for operators against the catalogue.
func TestThresholdsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/thresholds.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range Rules() {
		for _, one := range r.Thresholds {
			want = append(want, fmt.Sprintf("%s.%s %v", r.ID, one.Name, one.Value))
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| ([0-9.]+) \\| [^|]+ \\|$").FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1]+" "+m[2])
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("docs/thresholds.md has\n%s\nthe catalogue\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
