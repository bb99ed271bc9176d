package recognise

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// seqTruth is what the corpus says of a report, or of a real one what its record
// says.
type seqTruth struct {
	ID        string // of a real report
	File      string
	Member    string
	Year      int
	Format    standard.Format
	Expect    string
	Cells     map[standard.CellCode]any
	Quirks    []string
	Narrative struct {
		Stated    map[string]json.Number
		Disagrees []string
	}
}

// seqShared returns the folder of shared test data, or skips the test.
func seqShared(t testing.TB, path ...string) string {
	t.Helper()
	roots := []string{os.Getenv("SHARED")}
	for dir, _ := filepath.Abs("."); ; dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Join(filepath.Dir(dir), "shared"))
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, root := range roots {
		name := filepath.Join(append([]string{root, "corpus"}, path...)...)
		if _, err := os.Stat(name); root != "" && err == nil {
			return name
		}
	}
	t.Skip("no shared folder beside the repository and none in SHARED: the corpus is not read")
	return ""
}

// seqTruths reads a file of truths, one a line.
func seqTruths(t testing.TB, name string) []seqTruth {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []seqTruth
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		var truth seqTruth
		if err := d.Decode(&truth); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, truth)
	}
	return all
}

// seqDocument extracts the document of a truth. ok is false where it holds several
// reports, or the file is not of a type read yet.
func seqDocument(t testing.TB, truth seqTruth) (*extract.Document, bool) {
	t.Helper()
	if truth.Expect != "parsed" || slices.Contains(truth.Quirks, "t_multi_year") {
		return nil, false
	}
	body, err := os.ReadFile(seqShared(t, "made", truth.File))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := extract.Read(context.Background(), extract.Hint{Name: truth.File}, body, extract.Limits{})
	if err != nil {
		t.Logf("%s is left out: %v", truth.File, err)
		return nil, false
	}
	for _, doc := range docs {
		if doc.Member == truth.Member {
			return doc, true
		}
	}
	return docs[0], len(docs) == 1
}

// seqWrong lists where a reading differs from a truth. A blank, a dash and a word
// are all null there.
func seqWrong(truth seqTruth, reading tableReading) []string {
	var wrong []string
	form := standard.FormOf(truth.Format)
	for i, cell := range form.Cells {
		v := reading.values[i]
		got := v.State.String()
		switch v.State {
		case report.Printed:
			got = v.Amount.String()
		case report.Blank, report.Dash, report.Words:
			got = "null"
		}
		want := "absent"
		if value, ok := truth.Cells[cell.Code]; ok {
			want = "null"
			if value != nil {
				want = fmt.Sprint(value)
			}
		}
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s: got %s from %q, want %s", cell.Code, got, v.Text, want))
		}
	}
	return wrong
}

// TestSequenceCorpus reads every document of the corpus with the sequence reader
// alone: each must be exact and leave no doubt.
func TestSequenceCorpus(t *testing.T) {
	read := 0
	for _, truth := range seqTruths(t, seqShared(t, "made", "truth.jsonl")) {
		doc, ok := seqDocument(t, truth)
		if !ok {
			continue
		}
		read++
		if got := sequenceFormat(doc.Blocks); got != truth.Format {
			t.Errorf("%s: format %q, want %s", truth.File, got, truth.Format)
		}
		reading := readSequence(doc.Blocks, truth.Format)
		if wrong := seqWrong(truth, reading); len(wrong) > 0 {
			t.Errorf("%s: %d cells differ, quirks %v\n%s", truth.File, len(wrong), truth.Quirks, wrong[0])
		}
		for _, doubt := range reading.doubts {
			t.Errorf("%s: doubt %s at %v", truth.File, doubt.Text, doubt.Place)
		}
	}
	if read == 0 {
		t.Fatal("no document of the corpus was read")
	}
	t.Logf("%d documents read", read)
}

// TestSequenceReal reads the seed and the tables of the Shanghai office.
func TestSequenceReal(t *testing.T) {
	files := map[string]string{
		"tj-dongli-junliangcheng-2020": seqShared(t, "seed", "junliangcheng-2020.txt"),
		"sh-office-2019":               seqShared(t, "real", "shanghai-office-2019.html"),
	}
	for _, truth := range seqTruths(t, seqShared(t, "real", "figures.jsonl")) {
		name, ok := files[truth.ID]
		if !ok {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := extract.Read(context.Background(), extract.Hint{Name: name}, body, extract.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		reading := readSequence(docs[0].Blocks, truth.Format)
		for _, wrong := range seqWrong(truth, reading) {
			t.Errorf("%s: %s", truth.ID, wrong)
		}
		if got := sequenceFormat(docs[0].Blocks); got != truth.Format {
			t.Errorf("%s: format %q, want %s", truth.ID, got, truth.Format)
		}
		for _, doubt := range reading.doubts {
			t.Errorf("%s: doubt %s at %v", truth.ID, doubt.Text, doubt.Place)
		}
	}
}

func BenchmarkSequence(b *testing.B) {
	body, err := os.ReadFile(seqShared(b, "real", "shanghai-office-2019.html"))
	if err != nil {
		b.Fatal(err)
	}
	docs, err := extract.Read(context.Background(), extract.Hint{}, body, extract.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		readSequence(docs[0].Blocks, standard.F2019)
	}
}
