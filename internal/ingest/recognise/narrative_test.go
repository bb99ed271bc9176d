package recognise

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// narParagraphs makes a paragraph of each line.
func narParagraphs(text string) []extract.Paragraph {
	var out []extract.Paragraph
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			out = append(out, extract.Paragraph{Number: len(out) + 1, Text: line})
		}
	}
	return out
}

// TestNarrative reads the cases of testdata/narrative: a format and a year, prose
// made up for the case, and the figures and sections read from it.
func TestNarrative(t *testing.T) {
	seqCases(t, "narrative", "prose", []string{"statements", "sections"}, func(in map[string]string) map[string]string {
		format, year, _ := strings.Cut(strings.TrimSpace(in["format"]), " ")
		number, err := strconv.Atoi(year)
		if err != nil {
			t.Fatalf("year %q: %v", year, err)
		}
		statements, sections := readNarrative(narParagraphs(in["prose"]), standard.Format(format), number)
		var said, parts strings.Builder
		for _, s := range statements {
			says := s.Says
			if says == "" {
				says = "(no cell)"
			}
			fmt.Fprintf(&said, "%s\t%v\t%s\t§%d ¶%d\n", says, s.Value, s.Verb, s.Section, s.Paragraph)
		}
		for _, s := range sections {
			fmt.Fprintf(&parts, "%d\t%s\t%d\n", s.Number, s.Heading, len(s.Paragraphs))
		}
		return map[string]string{"statements": said.String(), "sections": parts.String()}
	})
}

// TestNarrativeCorpus holds the figures read against those that the corpus says are
// stated: none may be missing, differ, or be invented.
func TestNarrativeCorpus(t *testing.T) {
	found, stated := 0, 0
	for _, truth := range seqTruths(t, seqShared(t, "made", "truth.jsonl")) {
		doc, ok := seqDocument(t, truth)
		if !ok {
			continue
		}
		statements, _ := readNarrative(proseOf(doc.Blocks), truth.Format, truth.Year)
		said := make(map[string]string)
		for _, s := range statements {
			if s.Says == "" {
				continue
			}
			if have, ok := said[s.Says]; ok && have != s.Value.String() {
				t.Errorf("%s: %s is %s and %v", truth.File, s.Says, have, s.Value)
			}
			said[s.Says] = s.Value.String()
			if _, ok := truth.Narrative.Stated[s.Says]; !ok {
				t.Errorf("%s: %s %v is not stated: %s", truth.File, s.Says, s.Value, s.Sentence)
			}
		}
		for says, value := range truth.Narrative.Stated {
			stated++
			if said[says] == value.String() {
				found++
			} else {
				t.Errorf("%s: %s: got %q, want %s", truth.File, says, said[says], value)
			}
		}
	}
	if stated == 0 {
		t.Fatal("no document of the corpus was read")
	}
	t.Logf("%d of %d stated figures found", found, stated)
}

// TestNarrativeSeed reads the prose of the seed: 73 letters received and 81 matters
// handled, which is what its finding rests on.
func TestNarrativeSeed(t *testing.T) {
	body, err := os.ReadFile(seqShared(t, "seed", "junliangcheng-2020.txt"))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := extract.Read(t.Context(), extract.Hint{Name: "seed"}, body, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	statements, sections := readNarrative(proseOf(docs[0].Blocks), standard.F2019, 2020)
	want := map[string]report.Amount{"requests.new/total": report.Count(73), "outcome.total/total": report.Count(81)}
	for _, s := range statements {
		if s.Says == "" {
			continue
		}
		if s.Value != want[s.Says] || s.Section != 1 {
			t.Errorf("%s %v in section %d: %s", s.Says, s.Value, s.Section, s.Sentence)
		}
		delete(want, s.Says)
	}
	for says := range want {
		t.Errorf("%s is not read", says)
	}
	var numbers []int
	for _, s := range sections {
		numbers = append(numbers, s.Number)
	}
	if got := fmt.Sprint(numbers); got != "[0 1 2 3 4 5 6]" {
		t.Errorf("sections %s", got)
	}
}

// FuzzNarrative reads any text as prose. What is said must have a sentence of the
// text, and a figure of a cell must be one that the text can hold.
func FuzzNarrative(f *testing.F) {
	paths, _ := filepath.Glob("testdata/narrative/*.txtar")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, prose, _ := strings.Cut(string(body), "-- prose --\n")
		prose, _, _ = strings.Cut(prose, "-- statements --")
		f.Add(prose, 2020)
	}
	f.Fuzz(func(t *testing.T, prose string, year int) {
		for _, format := range standard.Formats() {
			statements, sections := readNarrative(narParagraphs(prose), format, year)
			for _, s := range statements {
				if !strings.Contains(prose, s.Sentence) {
					t.Errorf("sentence %q is not in the text", s.Sentence)
				}
				if s.Value < 0 {
					t.Errorf("%q says %v", s.Sentence, s.Value)
				}
				for code := range strings.SplitSeq(s.Says, "+") {
					if _, ok := standard.FormOf(format).Cell(standard.CellCode(code)); !ok && s.Says != "" {
						t.Errorf("%s says %q, which is no cell", format, s.Says)
					}
				}
			}
			for _, s := range sections {
				if s.Number < 0 || s.Number > 6 {
					t.Errorf("section %d", s.Number)
				}
			}
		}
	})
}

// TestNarrativeSize reads sentences that do not end. What they cost must grow with
// their length and no faster.
func TestNarrativeSize(t *testing.T) {
	for _, words := range []string{"收到网络申请1件，", "未", "收到申请1件其中上年结转", "2019年", "一", "1", "无行政复议，", "办理申请3件，"} {
		text := strings.Repeat(words, 60_000)
		statements, _ := readNarrative(narParagraphs(text), standard.F2021, 2021)
		if len(statements) > 120_000 {
			t.Errorf("%q: %d statements", words, len(statements))
		}
	}
}
