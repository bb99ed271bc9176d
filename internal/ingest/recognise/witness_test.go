package recognise

import (
	"os"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestUnwitnessed: figures of a document whose digits cannot be had a second way are
// in doubt; labels without figures need no witness.
func TestUnwitnessed(t *testing.T) {
	for name, want := range map[string]bool{"signed_by_office": true, "all_blank": false} {
		body, err := os.ReadFile("testdata/read/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		in, _, _ := strings.Cut(string(body), "-- reading --\n")
		_, text, _ := strings.Cut(in, "-- document --\n")
		doc, hint := documentOf(t, text)
		doc.Digits = nil
		doubted := false
		for _, r := range Read(doc, hint) {
			for _, d := range r.Doubts {
				doubted = doubted || d.Rule == "read.confidence"
			}
			if got := r.Value("requests.new/total"); got.State == report.Unread {
				t.Errorf("%s: the doubt took a value", name)
			}
		}
		if doubted != want {
			t.Errorf("%s without a third witness: doubted %v, want %v", name, doubted, want)
		}
	}
}
