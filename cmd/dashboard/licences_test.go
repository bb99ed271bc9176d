package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"unicode"
)

// TestLicences reads the licence of every module in the program: none may be under
// the GPL or the AGPL, and every one must have a licence.
func TestLicences(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		t.Fatal("the test binary does not say what it is made of")
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skipf("skipped: go env: %v", err)
	}
	cache := strings.TrimSpace(string(out))
	for _, dep := range info.Deps {
		dir := filepath.Join(cache, escapeModule(dep.Path)+"@"+escapeModule(dep.Version))
		text := licence(t, dir)
		if text == "" {
			t.Errorf("%s %s: no licence file in the module", dep.Path, dep.Version)
			continue
		}
		// The title stands at the head; other licences name the GPL further down.
		head := strings.ToUpper(text[:min(len(text), 400)])
		for _, bad := range []string{"GNU GENERAL PUBLIC LICENSE", "GNU AFFERO GENERAL PUBLIC LICENSE"} {
			if strings.Contains(head, bad) {
				t.Errorf("%s %s is under the %s", dep.Path, dep.Version, bad)
			}
		}
	}
}

// licence returns the text of a module's licence file.
func licence(t *testing.T, dir string) string {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatalf("module cache: %v", err)
	}
	for _, name := range names {
		upper := strings.ToUpper(name.Name())
		if !strings.HasPrefix(upper, "LICENSE") && !strings.HasPrefix(upper, "LICENCE") && !strings.HasPrefix(upper, "COPYING") {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(dir, name.Name())); err == nil && len(text) > 0 {
			return string(text)
		}
	}
	return ""
}

// escapeModule writes a module path as the cache does: !x for X.
func escapeModule(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// TestDependencies: every direct dependency has its line with reason and licence.
func TestDependencies(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || !strings.HasPrefix(line, "\t") || strings.Contains(line, "// indirect") {
			continue
		}
		n++
		if !strings.Contains(string(doc), fields[0]) {
			t.Errorf("docs/dependencies.md has no line for %s", fields[0])
		}
	}
	if n == 0 {
		t.Error("go.mod names no direct dependency")
	}
}
