package recognise

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

var seqUpdate = flag.Bool("update-second", false, "rewrite the answers of the sequence and narrative cases")

// seqArchive reads a case: the text before the first section says why it exists,
// and each section begins with a line -- name --.
func seqArchive(t *testing.T, path string) (why string, sections map[string]string) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sections = make(map[string]string)
	name := ""
	for line := range strings.Lines(string(body)) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(rest, " --\n") {
			name = strings.TrimSuffix(rest, " --\n")
			sections[name] = ""
			continue
		}
		if name == "" {
			why += line
		} else {
			sections[name] += line
		}
	}
	if strings.TrimSpace(why) == "" {
		t.Fatalf("%s does not say why it exists", path)
	}
	return why, sections
}

// seqCases runs every case of a folder. answer makes the sections after the input
// anew; they are compared, or with -update-second written.
func seqCases(t *testing.T, folder, input string, answers []string, answer func(in map[string]string) map[string]string) {
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d cases in testdata/%s, err %v", len(paths), folder, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			why, in := seqArchive(t, path)
			got := answer(in)
			if *seqUpdate {
				var b strings.Builder
				fmt.Fprintf(&b, "%s-- format --\n%s-- %s --\n%s", why, in["format"], input, in[input])
				for _, name := range answers {
					fmt.Fprintf(&b, "-- %s --\n%s", name, got[name])
				}
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, name := range answers {
				if diff := cmp.Diff(in[name], got[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// seqBlocks makes the blocks of a case: tabs part the cells, a line of --- ends a
// grid, a line that begins with ¶ is a paragraph, and ␤ is a line break in a cell.
func seqBlocks(stream string) []extract.Block {
	var blocks []extract.Block
	var grid *extract.Grid
	row := 0
	for line := range strings.Lines(stream) {
		line = strings.TrimSuffix(line, "\n")
		row++
		switch rest, paragraph := strings.CutPrefix(line, "¶"); {
		case paragraph:
			grid = nil
			blocks = append(blocks, extract.Block{Paragraph: &extract.Paragraph{Number: len(blocks) + 1, Text: rest}})
		case line == "---":
			grid = nil
		default:
			if grid == nil {
				grid = &extract.Grid{}
				blocks = append(blocks, extract.Block{Grid: grid})
			}
			for i, text := range strings.Split(line, "\t") {
				grid.Cells = append(grid.Cells, extract.Cell{
					Text: strings.ReplaceAll(text, "␤", "\n"), Place: report.Place{Row: row, Column: i + 1},
				})
			}
		}
	}
	return blocks
}

// TestSequence reads the cases of testdata/sequence: streams of cells, and what the
// reader alone makes of them.
func TestSequence(t *testing.T) {
	seqCases(t, "sequence", "stream", []string{"cells", "doubts", "notes"}, func(in map[string]string) map[string]string {
		format := standard.Format(strings.TrimSpace(in["format"]))
		reading := readSequence(seqBlocks(in["stream"]), format)
		var cells, doubts, notes strings.Builder
		for i, cell := range standard.FormOf(format).Cells {
			switch v := reading.values[i]; v.State {
			case report.Absent:
			case report.Printed:
				fmt.Fprintf(&cells, "%s\t%v\t%v\n", cell.Code, v.Amount, v.Place)
			default:
				fmt.Fprintf(&cells, "%s\t%v %q\t%v\n", cell.Code, v.State, v.Text, v.Place)
			}
		}
		for _, d := range reading.doubts {
			fmt.Fprintf(&doubts, "%s\t%s\t%v\t%s\n", d.Rule, d.Cell, d.Place, d.Text)
		}
		for _, n := range reading.notes {
			fmt.Fprintf(&notes, "%s\t%s\t%v\n", n.Rule, n.Subject, n.Place)
		}
		return map[string]string{"cells": cells.String(), "doubts": doubts.String(), "notes": notes.String()}
	})
}

// TestReadersShareNothing holds the two readers apart: neither uses a name that the
// other declares. What both fill, tableReading, is declared by neither.
func TestReadersShareNothing(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]map[string]bool{"geometry": {}, "sequence": {}}
	used := map[string]map[string]string{"geometry": {}, "sequence": {}}
	fset := token.NewFileSet()
	for _, name := range files {
		reader, _, _ := strings.Cut(strings.TrimSuffix(name, ".go"), "_")
		if strings.HasSuffix(name, "_test.go") || declared[reader] == nil {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			seqDeclared(decl, declared[reader])
		}
		for _, id := range file.Unresolved {
			used[reader][id.Name] = name
		}
	}
	for reader, other := range map[string]string{"geometry": "sequence", "sequence": "geometry"} {
		if len(declared[reader]) == 0 {
			t.Fatalf("no declaration found in %s*.go", reader)
		}
		for name, file := range used[reader] {
			if declared[other][name] {
				t.Errorf("%s uses %s, which the %s reader declares", file, name, other)
			}
		}
	}
	for name, file := range used["sequence"] {
		if !declared["sequence"][name] && name != "tableReading" && !seqBuiltin(name) {
			t.Errorf("%s uses %s, which other files of the package declare", file, name)
		}
	}
}

// seqDeclared adds the names that a declaration makes visible in the package.
func seqDeclared(decl ast.Decl, names map[string]bool) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names[id.Name] = true
				}
			}
		}
	}
}

// seqBuiltin reports whether a name is the language's or an imported package's.
func seqBuiltin(name string) bool {
	switch name {
	case "append", "cap", "clear", "copy", "delete", "len", "make", "max", "min", "new", "panic",
		"any", "bool", "byte", "error", "float64", "int", "int16", "int32", "int64", "rune", "string", "uint8", "uint64",
		"true", "false", "nil", "iota",
		"extract", "fmt", "math", "report", "slices", "standard", "strings", "sync", "utf8":
		return true
	}
	return false
}

// FuzzSequence reads any texts as the cells of a report. The reader must answer
// with a value for every cell, and print no amount that no text has.
func FuzzSequence(f *testing.F) {
	paths, _ := filepath.Glob("testdata/sequence/*.txtar")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, stream, _ := strings.Cut(string(body), "-- stream --\n")
		stream, _, _ = strings.Cut(stream, "-- cells --")
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		blocks := seqBlocks(stream)
		sequenceFormat(blocks)
		for _, format := range standard.Formats() {
			reading := readSequence(blocks, format)
			if got, want := len(reading.values), len(standard.FormOf(format).Cells); got != want {
				t.Fatalf("%d values, want %d", got, want)
			}
			for i, v := range reading.values {
				if v.State == report.Printed && !strings.ContainsAny(v.Text, "0123456789０１２３４５６７８９") {
					t.Errorf("%s: %v read from %q", standard.FormOf(format).Cells[i].Code, v.Amount, v.Text)
				}
				if v.State != report.Printed && v.Amount != 0 {
					t.Errorf("%s: amount %v in state %v", standard.FormOf(format).Cells[i].Code, v.Amount, v.State)
				}
			}
		}
	})
}

// TestSequenceSize reads tables that are nothing but one thing, twenty thousand
// times. A reader whose cost grows faster than the table does not come back.
func TestSequenceSize(t *testing.T) {
	for _, texts := range [][]string{
		{"申请人没有正当理由逾期不补正行政机关不再处理其政府信息公开的申请事项"},
		{"规章", "", "未知", "5"},
		{"商业企业"}, {""}, {"未知"}, {"未知", ""}, {"（注）"}, {"0"}, {"总计"}, {"其他", "总计", "0"},
	} {
		for _, before := range [][]string{nil, {"信息内容", "本年制发件数", "规章"}, {"申请人情况", "自然人", "（七）总计"}} {
			grid := &extract.Grid{}
			for _, text := range before {
				grid.Cells = append(grid.Cells, extract.Cell{Text: text})
			}
			for range 20_000 {
				for _, text := range texts {
					grid.Cells = append(grid.Cells, extract.Cell{Text: text})
				}
			}
			reading := readSequence([]extract.Block{{Grid: grid}}, standard.F2021)
			if len(reading.doubts) > 2*seqMostDoubts || len(reading.notes) > seqMostDoubts {
				t.Errorf("%q: %d doubts and %d notes", texts, len(reading.doubts), len(reading.notes))
			}
		}
	}
}
