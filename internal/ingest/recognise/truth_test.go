package recognise

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A truth is a line of the corpus: what a careful reader sees in a document.
type truth struct {
	File, Member, Agency, Format, Expect string
	Region                               []string
	Year                                 int
	Cells                                map[string]any
	Attachments                          []string
	Quirks                               []string
}

// shared returns the folder of shared material beside the repository, and skips the
// test aloud where it is not.
func shared(t testing.TB) string {
	if dir := os.Getenv("SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "shared", "corpus")); err == nil {
			return filepath.Join(dir, "shared")
		}
	}
	t.Skip("SKIPPED: no shared folder beside the repository; set SHARED to test against the corpus")
	return ""
}

// jsonLines decodes a file of JSON objects, one a line.
func jsonLines[T any](t testing.TB, path string) []T {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, v)
	}
	return all
}

// wrong lists how a reading differs from the truth.
func (want *truth) wrong(got *report.Reading) []string {
	var out []string
	differ := func(what, got, want string) {
		if got != want {
			out = append(out, what+": got "+got+", want "+want)
		}
	}
	differ("format", string(got.Format), want.Format)
	differ("year", itoa(got.Year), itoa(want.Year))
	differ("agency", coreOf(got.Agency, want.Region), coreOf(want.Agency, want.Region))
	form := standard.FormOf(standard.Format(want.Format))
	if form == nil || string(got.Format) != want.Format {
		return out
	}
	for i, cell := range form.Cells {
		printed, there := want.Cells[string(cell.Code)]
		v := "absent"
		if there {
			v = figure(printed)
		}
		if g := state(got.Values[i]); g != v {
			out = append(out, string(cell.Code)+": got "+g+" ("+got.Values[i].Text+"), want "+v)
		}
	}
	return out
}

func itoa(n int) string { return strings.TrimSuffix(report.Count(int64(n)).String(), ".") }

// coreOf is the distinguishing part of a name.
func coreOf(name string, regions []string) string {
	for _, r := range regions {
		if len(name) > len(r) && name != r+"人民政府" {
			name = strings.TrimPrefix(name, r)
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, "办事处"), "人民政府")
}

func figure(printed any) string {
	var s string
	switch v := printed.(type) {
	case nil:
		return "null"
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	a, err := report.ParseAmount(s)
	if err != nil {
		return "truth " + s
	}
	return a.String()
}

func state(v report.Value) string {
	switch v.State {
	case report.Printed:
		return v.Amount.String()
	case report.Blank, report.Dash, report.Words:
		return "null"
	}
	return v.State.String()
}

// counts of one file type.
type counts struct{ docs, exact, doubted, silent int }

// A scan takes half a minute of character recognition, so that one is enough for the gate.
var scans = flag.Bool("scans", false, "read every scanned document of the corpus")

// TestTruth reads the whole corpus. No document may be read wrongly without a doubt,
// and a doubt is for what is doubtful.
func TestTruth(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus", "made")
	inputs := map[string]extract.Hint{}
	for _, in := range jsonLines[struct {
		File, URL   string
		ContentType string `json:"content_type"`
	}](t, filepath.Join(dir, "inputs.jsonl")) {
		inputs[in.File] = extract.Hint{Name: in.File, URL: in.URL, ContentType: in.ContentType}
	}
	byFile := map[string][]truth{}
	var files []string
	for _, want := range jsonLines[truth](t, filepath.Join(dir, "truth.jsonl")) {
		if byFile[want.File] == nil {
			files = append(files, want.File)
		}
		byFile[want.File] = append(byFile[want.File], want)
	}
	types, seen := map[string]*counts{}, 0
	for _, file := range files {
		body, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("/DCTDecode")) {
			if seen++; seen > 1 && !*scans {
				t.Logf("%s: a further scan is left out; make scans reads it", file)
				continue
			}
		}
		docs, err := extract.Read(t.Context(), inputs[file], body, extract.Limits{})
		if err != nil {
			t.Logf("%s: not extracted: %v", file, err)
			continue
		}
		var readings []*report.Reading
		for _, doc := range docs {
			readings = append(readings, Read(doc, Hint{})...)
		}
		kind := strings.TrimPrefix(filepath.Ext(file), ".")
		if types[kind] == nil {
			types[kind] = &counts{}
		}
		judge(t, types[kind], byFile[file], readings)
	}
	for kind, c := range types {
		t.Logf("%-6s %+v", kind, *c)
	}
}

// judge compares the readings of one file with its truths.
func judge(t *testing.T, c *counts, wants []truth, readings []*report.Reading) {
	t.Helper()
	for i := range wants {
		want := &wants[i]
		c.docs++
		var got *report.Reading
		for _, r := range readings {
			if got == nil || len(want.wrong(r)) < len(want.wrong(got)) {
				got = r
			}
		}
		if got == nil {
			t.Errorf("%s: no reading", want.File)
			continue
		}
		if want.Expect != "parsed" {
			judgeBare(t, c, want, got)
			continue
		}
		wrong := want.wrong(got)
		switch {
		case len(wrong) == 0 && len(got.Doubts) == 0:
			c.exact++
		case len(got.Doubts) > 0:
			c.doubted++
			t.Errorf("%s %d: doubted, %d wrong: %.300q; first doubt: %+v %v", want.File, want.Year, len(wrong), wrong, got.Doubts[0], want.Quirks)
		default:
			c.silent++
			t.Errorf("%s %d: %d wrong in silence: %.400q %v", want.File, want.Year, len(wrong), wrong, want.Quirks)
		}
	}
}

// judgeBare judges a document without a readable table: it must hold no figure, say
// why, and name the files that it links.
func judgeBare(t *testing.T, c *counts, want *truth, got *report.Reading) {
	t.Helper()
	var follow []string
	for _, f := range got.Follow {
		follow = append(follow, filepath.Base(f))
	}
	switch {
	case slices.ContainsFunc(got.Values, func(v report.Value) bool { return v.State == report.Printed }) || len(got.Doubts) == 0:
		c.silent++
		t.Errorf("%s: read a figure in a picture or has no doubt", want.File)
	case strings.Join(follow, " ") != strings.Join(want.Attachments, " "):
		t.Errorf("%s: follows %v, want %v", want.File, follow, want.Attachments)
	default:
		c.exact++
	}
}
