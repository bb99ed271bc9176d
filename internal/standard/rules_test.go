package standard

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRules holds that every entry of the catalogue is whole and well formed.
func TestRules(t *testing.T) {
	all := Rules()
	if len(all) < 20 {
		t.Fatalf("%d rules; the catalogue should hold more", len(all))
	}
	scopes := []Scope{ScopeReport, ScopeCell, ScopeForm, ScopeYear, ScopePeer, ScopeText, ScopeCopy, ScopePublication, ScopeReading, ScopeRevision}
	for _, r := range all {
		if r.Version < 1 || len(r.Formats) == 0 || !slices.Contains(scopes, r.Scope) {
			t.Errorf("%s: version %d, formats %v, scope %q", r.ID, r.Version, r.Formats, r.Scope)
		}
		if !slices.Contains([]Severity{"error", "warning", "notice"}, r.Severity) {
			t.Errorf("%s: severity %q", r.ID, r.Severity)
		}
		for _, f := range r.Formats {
			if FormOf(f) == nil || !r.For(f) {
				t.Errorf("%s: format %q", r.ID, f)
			}
		}
		for _, label := range []Label{r.Name, r.Formula, r.Basis, r.Example} {
			if label.ZH == "" || label.EN == "" {
				t.Errorf("%s: a label is empty: %+v", r.ID, label)
			}
		}
		if got, ok := RuleOf(r.ID); !ok || got.ID != r.ID {
			t.Errorf("RuleOf(%s) = %s, %v", r.ID, got.ID, ok)
		}
		for _, word := range []string{"造假", "虚报", "错报", "隐瞒", "有误"} {
			if strings.Contains(r.Name.ZH+r.Formula.ZH+r.Basis.ZH+r.Example.ZH, word) {
				t.Errorf("%s: says %s; a rule accuses nobody", r.ID, word)
			}
		}
	}
	if _, ok := RuleOf("requests.nothing"); ok {
		t.Error("RuleOf knows a rule that is none")
	}
}

// TestParseRules pins each fault of a catalogue to its message.
func TestParseRules(t *testing.T) {
	const head = "id,version,formats,severity,scope,decides,thresholds,n,n,f,f,b,b,e,e\n"
	for _, c := range []struct{ row, want string }{
		{"a.b,one,F2019,error,report,no,,n,n,f,f,b,b,e,e\n", "rule a.b: version"},
		{"a.b,1,F2019,error,report,no,ratio=x,n,n,f,f,b,b,e,e\n", "rule a.b: threshold ratio"},
		{"a.b,1,F2019,error,report,no,,n,n,f,f,b,b,e,e\na.b,1,F2019,error,report,no,,n,n,f,f,b,b,e,e\n", "stands there twice"},
		{"a.b,1\n", "wrong number of fields"},
	} {
		_, err := parseRules(head + c.row)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.row, err, c.want)
		}
	}
	all, err := parseRules(head + "a.b,2,F2019 F2021,error,report,yes,floor=20 ratio=0.5,n,n,f,f,b,b,e,e\n")
	if err != nil || all.list[0].Threshold("ratio") != 0.5 || all.list[0].Threshold("none") != 0 || !all.list[0].Decides {
		t.Errorf("%+v, %v", all.list, err)
	}
}

// TestSpecified holds that the catalogue has every rule of the specification, and none
// that neither the specification nor extra knows.
func TestSpecified(t *testing.T) {
	text, err := os.ReadFile(specification(t))
	if err != nil {
		t.Fatal(err)
	}
	extra := []string{
		"text.figure",                      // a figure of the prose that has no rule of its own
		"disclosure.items_as_decisions",    // seen in real reports: the stock of items where decisions belong
		"disclosure.unpublished_normative", // seen in real reports: documents made and none public
	}
	var specified []string
	for _, match := range regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		specified = append(specified, match[1])
	}
	if len(specified) < 100 {
		t.Fatalf("%d rules found in the specification; want more than 100", len(specified))
	}
	var lacking []string
	for _, id := range specified {
		if _, ok := RuleOf(id); !ok {
			lacking = append(lacking, id)
		}
	}
	if len(lacking) > 0 {
		t.Errorf("%d of %d specified rules are in the catalogue; lacking: %s",
			len(specified)-len(lacking), len(specified), strings.Join(lacking, " "))
	}
	for _, r := range Rules() {
		if !slices.Contains(specified, r.ID) && !slices.Contains(extra, r.ID) {
			t.Errorf("%s: the specification has no such rule", r.ID)
		}
	}
}

// specification returns the file of the shared folder beside the repository, and
// skips the test aloud where there is none.
func specification(t *testing.T) string {
	t.Helper()
	roots := []string{os.Getenv("SHARED")}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Join(dir, "shared"))
	}
	for _, root := range roots {
		path := filepath.Join(root, "standard", "checks.md")
		if _, err := os.Stat(path); root != "" && err == nil {
			return path
		}
	}
	t.Skip("standard/checks.md: not beside the repository; set SHARED to the folder that has it")
	return ""
}
