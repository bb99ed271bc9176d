package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/docs"
)

// TestExamples runs the worked examples of the documentation, in both languages, against a
// live server: each must end well and print something. A tool that is not there is skipped
// aloud; Power Query runs in Excel only, so what it would ask is asked.
func TestExamples(t *testing.T) {
	dir, s := demonstrated(t)
	a, err := openApp(t.Context(), s, quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	a.ready.Store(true)
	h, err := a.handler(s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for format, name := range map[string]string{"sqlite": "gongkai.sqlite", "parquet": "parquet"} {
		if out, status := s.dashboard(t, "export", "--format", format, "-o", filepath.Join(dir, name)); status != 0 {
			t.Fatalf("export %s: %s", format, out)
		}
	}
	for _, lang := range []string{"zh", "en"} {
		text, err := docs.Data.ReadFile("data." + lang + ".md")
		if err != nil {
			t.Fatal(err)
		}
		examples := fenced(string(text))
		for _, kind := range []string{"sh", "python", "r", "sql", "sqlite", "powerquery"} {
			t.Run(lang+"/"+kind, func(t *testing.T) {
				if examples[kind] == "" {
					t.Fatal("the document has no such example")
				}
				runExample(t, dir, server.URL, kind, examples[kind])
			})
		}
	}
}

// fenced are the blocks of code of a document by their language, the last of each.
func fenced(text string) map[string]string {
	blocks := make(map[string]string)
	for part := range strings.SplitSeq(text, "\n```") {
		lang, code, ok := strings.Cut(part, "\n")
		if ok && lang != "" {
			blocks[lang] = code + "\n"
		}
	}
	return blocks
}

// runExample runs one example with the tool that it is for.
func runExample(t *testing.T, dir, base, kind, code string) {
	t.Helper()
	if kind == "powerquery" {
		askAsExcel(t, base, code)
		return
	}
	args := map[string][]string{"sh": {"sh", "-c", code}, "python": {"python3", "-c", code}, "r": {"Rscript", "-e", code},
		"sql": duckDB(t, code), "sqlite": {"sqlite3", filepath.Join(dir, "gongkai.sqlite"), code}}[kind]
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("skipped: %s is not there", args[0])
	}
	if kind == "sh" && exec.Command("curl", "--version").Run() != nil {
		t.Skip("skipped: curl is not there")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env, cmd.Dir = append(os.Environ(), "BASE="+base, "LC_ALL=C.UTF-8"), filepath.Join(dir, "parquet")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil || len(bytes.TrimSpace(out.Bytes())) < 5 || strings.Contains(out.String(), "about:blank") {
		t.Errorf("%s: %v\n%s%s", args[0], err, out.String(), stderr.String())
	}
}

// duckDB is the command that runs SQL in DuckDB: its shell, or its library for Node where
// tests/readers.sh installed that.
func duckDB(t *testing.T, code string) []string {
	t.Helper()
	const script = `require('@duckdb/node-api').DuckDBInstance.create(':memory:').then(async db => {
		const rows = await (await (await db.connect()).runAndReadAll(process.argv[1])).getRowObjectsJson()
		for (const r of rows) console.log(JSON.stringify(r))
	}).catch(e => { console.error(e); process.exit(1) })`
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NODE_PATH", os.Getenv("NODE_PATH")+string(os.PathListSeparator)+filepath.Join(home, ".cache", "gongkai-readers", "node_modules"))
	if exec.Command("node", "-e", "require('@duckdb/node-api')").Run() == nil {
		return []string{"node", "-e", script, code}
	}
	return []string{"duckdb", "-c", code}
}

// askAsExcel asks for what a query of Power Query asks, and holds the columns that it names
// against those of the answer.
func askAsExcel(t *testing.T, base, code string) {
	t.Helper()
	address := regexp.MustCompile(`Web\.Contents\("http://[^/"]+(/[^"]+)", \[Query = \[([^\]]+)\]\]\)`).FindStringSubmatch(code)
	if address == nil {
		t.Fatalf("the example asks for no address:\n%s", code)
	}
	query := url.Values{}
	for _, pair := range regexp.MustCompile(`(\w+) = "([^"]*)"`).FindAllStringSubmatch(address[2], -1) {
		query.Set(pair[1], pair[2])
	}
	lines := strings.Split(body(t, base+address[1]+"?"+query.Encode()), "\n")
	if len(lines) < 100 {
		t.Errorf("%s?%s has %d lines", address[1], query.Encode(), len(lines))
	}
	columns := regexp.MustCompile(`\{"(\w+)", (?:type number|Int64\.Type)\}`).FindAllStringSubmatch(code, -1)
	for _, c := range columns {
		if !slices.Contains(strings.Split(lines[0], ","), c[1]) {
			t.Errorf("the example types the column %s; there are %s", c[1], lines[0])
		}
	}
	if len(columns) == 0 || strings.Count(code, "(") != strings.Count(code, ")") || strings.Count(code, "{") != strings.Count(code, "}") || strings.Count(code, "[") != strings.Count(code, "]") {
		t.Errorf("the example types %d columns, or its brackets do not match", len(columns))
	}
}
