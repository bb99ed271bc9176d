package crawl_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"gongkai/internal/ingest/crawl"
)

// Every key of a portal file and every family stands in the page that explains them.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../docs/portals.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, key := range keysOf(reflect.TypeOf(crawl.Portal{})) {
		told := false
		for _, form := range []string{"\n" + key + ":", " " + key + ":", "{" + key + ":", "." + key + "`", "`" + key + "`", "`" + key + "."} {
			told = told || strings.Contains(page, form)
		}
		if !told {
			t.Errorf("docs/portals.md does not explain %s", key)
		}
	}
	for _, name := range crawl.Families() {
		if !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("docs/portals.md does not name the family %s", name)
		}
	}
}

// The examples of the page are read: the whole file as it stands, the rules in a
// file of least.
func TestDocumentedExamples(t *testing.T) {
	text, err := os.ReadFile("../../../docs/portals.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	if len(blocks) != 2 {
		t.Fatalf("%d examples; want a whole file and rules", len(blocks))
	}
	whole, _, _ := strings.Cut(blocks[0], "```")
	p, err := crawl.ReadPortal("whole", strings.NewReader(whole))
	if err != nil || p.Entries[0].Expect != 3 || p.Polite.Hours == "" {
		t.Errorf("the whole file: %v", err)
	}
	rules, _, _ := strings.Cut(blocks[1], "```")
	for i, rule := range strings.Split(rules, "---\n") {
		least := "id: a\nname: 甲\nregion: \"990101\"\nentries: [{url: \"http://a.test/\"}]\n"
		if _, err := crawl.ReadPortal("rules", strings.NewReader(least+rule)); err != nil {
			t.Errorf("rules %d: %v", i+1, err)
		}
	}
}

// keysOf returns the YAML keys of a type and of what it holds.
func keysOf(t reflect.Type) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeOf(crawl.Portal{}).PkgPath() {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && key != "" {
			keys = append(keys, key)
		}
		keys = append(keys, keysOf(f.Type)...)
	}
	return keys
}
