package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// keysOf are the keys of a settings struct, those of structs within it with a dot.
func keysOf(t reflect.Type, before string) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || name == "":
		case f.Type.Kind() == reflect.Struct:
			keys = append(keys, keysOf(f.Type, before+name+".")...)
		default:
			keys = append(keys, before+name)
		}
	}
	return keys
}

// TestSettingsDocumented holds docs/settings.md against the program: each key has a line,
// each line a key, and each variable of the environment is one that is read.
func TestSettingsDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "settings.md"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(string(doc), -1) {
		lines = append(lines, m[1])
	}
	keys := keysOf(reflect.TypeFor[settings](), "")
	slices.Sort(keys)
	slices.Sort(lines)
	if diff := cmp.Diff(keys, lines); diff != "" || len(keys) == 0 {
		t.Errorf("keys (-program +page):\n%s", diff)
	}
	source := ""
	for _, name := range []string{"settings.go", "limits.go", "access.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	for _, v := range regexp.MustCompile("GONGKAI_[A-Z_]+").FindAllString(string(doc), -1) {
		plain := strings.TrimPrefix(v, "GONGKAI_")
		if !strings.Contains(source, v) && !strings.Contains(source, `"`+strings.ToLower(plain)+`"`) &&
			!strings.Contains(source, `"`+strings.TrimPrefix(plain, "LIMITS_")+`"`) {
			t.Errorf("the page names %s, which the program does not read", v)
		}
	}
}
