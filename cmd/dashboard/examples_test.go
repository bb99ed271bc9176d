package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/docs"
)

// TestExamples runs the worked examples of the documentation, in both languages, against a
// live server: each must end well and print something. A tool that is not there is skipped
// aloud; Power Query runs in Excel only, so its address is asked instead.
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
	args, ok := map[string][]string{"sh": {"sh", "-c", code}, "python": {"python3", "-c", code}, "r": {"Rscript", "-e", code},
		"sql": {"duckdb", "-c", code}, "sqlite": {"sqlite3", filepath.Join(dir, "gongkai.sqlite"), code}}[kind]
	if !ok { // powerquery
		if !strings.Contains(code, "/api/v1/cells") || !strings.Contains(body(t, base+"/api/v1/cells?region=990101&year=2023&format=csv"), "agency_id,agency,region") {
			t.Error("the address of the example has no rows")
		}
		t.Skip("skipped: Power Query runs in Excel only; its address was asked")
	}
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
