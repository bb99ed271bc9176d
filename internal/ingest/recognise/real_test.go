package recognise

import (
	"os"
	"path/filepath"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// TestReal reads the two real documents that are known whole: tables whose header and
// data spans contradict each other, and a text with one cell on each line.
func TestReal(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus")
	type figures struct {
		ID string
		truth
	}
	records := map[string]*truth{}
	for _, f := range jsonLines[figures](t, filepath.Join(dir, "real", "figures.jsonl")) {
		records[f.ID] = &f.truth
	}
	for id, file := range map[string]string{
		"sh-office-2019":               "real/shanghai-office-2019.html",
		"tj-dongli-junliangcheng-2020": "seed/junliangcheng-2020.txt",
	} {
		t.Run(id, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			docs, err := extract.Read(t.Context(), extract.Hint{Name: file}, body, extract.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var readings []*report.Reading
			for _, doc := range docs {
				readings = append(readings, Read(doc, Hint{})...)
			}
			if len(readings) != 1 {
				t.Fatalf("%d readings, want 1", len(readings))
			}
			if wrong := records[id].wrong(readings[0]); len(wrong) > 0 {
				t.Errorf("differs from the record: %q", wrong)
			}
			if d := readings[0].Doubts; len(d) > 0 {
				t.Errorf("doubts: %+v", d)
			}
			t.Logf("%s %v", readings[0].Agency, readings[0].Region)
		})
	}
}
