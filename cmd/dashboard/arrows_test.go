package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says what each package may import of ours: the data way of
// docs/architecture.md, from the ground floor up. A new arrow is a decision taken
// here.
func arrows() map[string][]string {
	ground := []string{"internal/report", "internal/standard"}
	return map[string][]string{
		"internal/standard":         nil,
		"internal/report":           {"internal/standard"},
		"internal/fault":            nil,
		"internal/process":          nil,
		"internal/queue":            {"internal/process", "internal/report", "internal/store"}, // work that waits, whatever it is
		"internal/durable":          {"internal/fault"},
		"internal/archive":          {"internal/report", "internal/fault"},
		"internal/store":            append([]string{"internal/fault"}, ground...),
		"internal/check":            ground,
		"internal/ingest/extract":   ground,
		"internal/ingest/recognise": append([]string{"internal/ingest/extract"}, ground...),
		"internal/ingest/crawl":     ground,
		"internal/ingest": append([]string{"internal/ingest/crawl", "internal/ingest/extract", "internal/ingest/recognise",
			"internal/check", "internal/store", "internal/archive", "internal/fault", "internal/process"}, ground...),
		"internal/aggregate": append([]string{"internal/store"}, ground...),
		"internal/judging":   append([]string{"internal/check", "internal/store"}, ground...),
		"internal/people":    append([]string{"internal/check", "internal/judging", "internal/store"}, ground...), // what they say is judged as what was read
		"internal/charts":    append([]string{"internal/aggregate"}, ground...),
		"internal/export":    append([]string{"internal/store", "internal/archive", "internal/durable"}, ground...),
		"internal/api":       append([]string{"internal/export", "internal/aggregate", "internal/store", "internal/archive"}, ground...),
		"internal/web": append([]string{"internal/charts", "internal/draw", "internal/papers", "internal/aggregate", "internal/people", "internal/ingest", "internal/ingest/extract", "internal/queue",
			"internal/store", "internal/archive", "internal/export", "templates", "docs"}, ground...),
		"internal/metrics":   {"internal/store", "internal/report"},                                                                           // Prometheus stays out of store and web
		"internal/backup":    {"internal/store", "internal/archive", "internal/durable", "internal/fault", "internal/report"},                 // both at one moment, in one file
		"internal/bundle":    append([]string{"internal/ingest", "internal/store", "internal/archive"}, ground...),                            // what was answered outside, gone through inside
		"internal/notify":    append([]string{"internal/aggregate", "internal/store"}, ground...),                                             // tells people what happened
		"internal/draw":      nil,                                                                                                             // pictures: told what to draw and write
		"internal/papers":    append([]string{"internal/aggregate", "internal/draw", "internal/ingest/extract", "internal/store"}, ground...), // told the figures, and what people decided
		"internal/demo":      append([]string{"internal/draw"}, ground...),                                                                    // the type of its PDF
		"internal/synthetic": ground,                                                                                                          // a country to measure with
		"templates":          nil,
		"data":               nil,
		"docs":               nil, // the documentation of the data is served as it is kept
	}
}

// TestArrows parses the imports itself, tests left out: what a test needs is no
// arrow of the design.
func TestArrows(t *testing.T) {
	allowed := arrows()
	root := filepath.Join("..", "..")
	seen := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		if pkg == "cmd/dashboard" || strings.HasPrefix(pkg, "tests/") {
			return nil
		}
		may, known := allowed[pkg]
		if !known {
			t.Errorf("package %s has no place in the design: give it one in arrows()", pkg)
			return nil
		}
		seen[pkg] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(name, "gongkai/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s: the arrows point down only", rel, ours)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range allowed {
		if !seen[pkg] {
			t.Errorf("package %s stands in arrows() and not in the tree", pkg)
		}
	}
}
