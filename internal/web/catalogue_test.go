package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gongkai/templates"
)

// keyInTemplate is a text of a template: t "…".
var keyInTemplate = regexp.MustCompile(`\bt ("(?:[^"\\]|\\.)*")`)

// TestCatalogueOfTemplates holds that the catalogue has every text of the templates,
// and that templates have no Chinese that does not go through it.
func TestCatalogueOfTemplates(t *testing.T) {
	comment := regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	kept := regexp.MustCompile(`(?s)<b lang="zh">.*?</b>`)
	err := fs.WalkDir(templates.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".html" {
			return err
		}
		b, err := templates.Files.ReadFile(name)
		if err != nil {
			return err
		}
		text := comment.ReplaceAllString(string(b), "")
		for _, m := range keyInTemplate.FindAllStringSubmatch(text, -1) {
			key, err := strconv.Unquote(m[1])
			if _, ok := catalogue()[key]; err != nil || !ok && strings.ContainsFunc(key, isChinese) {
				t.Errorf("%s: %q has no English; add it to templates/english", name, key)
			}
		}
		if rest := kept.ReplaceAllString(action.ReplaceAllString(text, ""), ""); strings.ContainsFunc(rest, isChinese) {
			t.Errorf("%s has Chinese outside of {{t}}: %q", name, chineseOf(rest))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func chineseOf(text string) (runs []string) {
	return strings.FieldsFunc(text, func(r rune) bool { return !isChinese(r) })
}

// TestVerbs holds that an English text has the verbs of its Chinese one.
func TestVerbs(t *testing.T) {
	for chinese, english := range catalogue() {
		letters := func(text string) string {
			var all []string
			for _, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(text, "%%", ""), -1) {
				all = append(all, m[1])
			}
			slices.Sort(all)
			return strings.Join(all, "")
		}
		if letters(chinese) != letters(english) {
			t.Errorf("%q has other verbs than %q", english, chinese)
		}
	}
}

// sources parses the Go files of a package, tests left out.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(names), err)
	}
	var all []*ast.File
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// TestCatalogueOfPages holds that the catalogue has every text that the pages and the
// charts translate.
func TestCatalogueOfPages(t *testing.T) {
	calls := map[string]bool{"t": true, "words": true, "text": true}
	for _, dir := range []string{".", "../charts"} {
		for _, f := range sources(t, dir) {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 || !calls[calledName(call)] {
					return true
				}
				key, ok := literal(call.Args[0])
				if _, has := catalogue()[key]; ok && !has && strings.ContainsFunc(key, isChinese) {
					t.Errorf("%s: %q has no English; add it to templates/english", f.Name.Name, key)
				}
				return true
			})
		}
	}
}

// TestCatalogueOfSentences holds that the catalogue has the sentences that the stages
// below keep: doubts, notes, warnings, problems, changes and reasons. A stage tells
// them by the fields and the functions that take them.
func TestCatalogueOfSentences(t *testing.T) {
	fields := map[string]bool{"Text": true, "Reason": true, "Message": true}
	calls := map[string]bool{"doubt": true, "note": true, "problem": true, "misfit": true, "unreadable": true, "notSeen": true, "end": true}
	reasons := map[string]bool{"../ingest": true, "../aggregate": true} // their functions return them
	n := 0
	for _, dir := range []string{"../ingest", "../ingest/recognise", "../ingest/extract", "../check", "../store", "../aggregate"} {
		for _, f := range sources(t, dir) {
			ast.Inspect(f, func(node ast.Node) bool {
				var said []ast.Expr
				switch node := node.(type) {
				case *ast.CompositeLit:
					if fieldNames(node)["TextEN"] {
						return false // its English stands beside it
					}
				case *ast.AssignStmt:
					for i, to := range node.Lhs {
						if sel, ok := to.(*ast.SelectorExpr); ok && fields[sel.Sel.Name] && i < len(node.Rhs) {
							said = append(said, node.Rhs[i])
						}
					}
				case *ast.KeyValueExpr:
					if id, ok := node.Key.(*ast.Ident); ok && fields[id.Name] {
						said = append(said, node.Value)
					}
				case *ast.ReturnStmt:
					if reasons[dir] && len(node.Results) == 1 {
						said = append(said, node.Results...)
					}
				case *ast.CallExpr:
					if calls[calledName(node)] {
						said = append(said, node.Args...)
					}
				}
				for _, expr := range said {
					n += checkSaid(t, dir, expr)
				}
				return true
			})
		}
	}
	if n < 60 {
		t.Errorf("only %d sentences were found", n)
	}
}

func fieldNames(lit *ast.CompositeLit) map[string]bool {
	names := make(map[string]bool)
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				names[id.Name] = true
			}
		}
	}
	return names
}

// checkSaid looks for the English of a sentence with something in place of what is
// only known when it is said.
func checkSaid(t *testing.T, dir string, expr ast.Expr) int {
	t.Helper()
	format := formatOf(expr)
	if !hasHan(verb.ReplaceAllString(format, "")) {
		return 0
	}
	sample := verb.ReplaceAllStringFunc(format, func(v string) string {
		if strings.HasSuffix(v, "d") {
			return "7"
		}
		return "X"
	})
	if told := (page{Lang: en}).retell(sample); strings.ContainsFunc(told, isChinese) {
		t.Errorf("%s says %q, which has no English; add it to templates/english/sentences.csv", dir, format)
	}
	return 1
}

// formatOf writes a text as a format: what is no literal is a verb.
func formatOf(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if text, ok := literal(e); ok {
			return text
		}
	case *ast.BinaryExpr:
		return formatOf(e.X) + formatOf(e.Y)
	case *ast.CallExpr:
		switch calledName(e) {
		case "Sprintf":
			return formatOf(e.Args[0])
		case "itoa", "Itoa":
			return "%d"
		}
	}
	return "%s"
}

func literal(expr ast.Expr) (string, bool) {
	lit, ok := expr.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// TestEveryRoute holds that the walks through the pages leave out no page of the
// router: a new page belongs in routes.
func TestEveryRoute(t *testing.T) {
	s := newFixture(t)
	noPages := []string{"/static/", "/api/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico", "/site.webmanifest", "/changes.json", "/feeds/", "/exports/", "/changes.atom", "/status", "/originals/:hash",
		"/card/", "/embed/", "/originals/:hash/picture", "/agencies/:id/sheet.zip", "/compare/sheet.zip"} // TestCards, TestFrames, TestFeeds, TestExports and TestKits walk there
	variable := regexp.MustCompile(`:[a-z]+`)
	for _, r := range s.echo.Routes() {
		if r.Method != "GET" || slices.ContainsFunc(noPages, func(p string) bool { return r.Path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(r.Path, p) }) {
			continue
		}
		path := strings.ReplaceAll(variable.ReplaceAllString(r.Path, `[^/?]+`), "*", `[^?]+`)
		pattern := regexp.MustCompile("^" + path + `(\?.*)?$`)
		if !slices.ContainsFunc(routes(), pattern.MatchString) {
			t.Errorf("no walk goes to %s; add a sample of it to routes in pages_test.go", r.Path)
		}
	}
}
