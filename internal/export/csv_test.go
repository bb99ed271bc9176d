package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestFormulas: no text begins as a formula, and numbers keep their sign.
func TestFormulas(t *testing.T) {
	cases := map[string]any{
		"'=1+1": "=1+1", "'+1": "+1", "'-1": "-1", "'@a": "@a", "'\ta": "\ta", "'\ra": "\ra", "'＝1": "＝1", "'＋1": "＋1",
		"-1": -1, "-12": report.Count(-12), "-0.5": report.Amount(-500_000), "-2.25": -2.25, "a=1": "a=1", "": nil, "true": true,
		"'=a b": []string{"=a", "b"}, "blank": state("blank"), "5225.19": report.Amount(5225_190_000),
	}
	for want, v := range cases {
		if got := Text(v); got != want {
			t.Errorf("Text(%#v) is %q, want %q", v, got, want)
		}
		line := string(AppendCSV(nil, Row{v, "x"}))
		if strings.ContainsAny(want, "\r") { // a reader of CSV takes a lone \r as it is only inside quotes
			if !strings.HasPrefix(line, `"'`) {
				t.Errorf("%q is written %q", want, line)
			}
			continue
		}
		record, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || record[0] != want {
			t.Errorf("%#v comes back as %q from %q, err %v", v, record, line, err)
		}
	}
}

// FuzzCSV: whatever a text holds, a reader of CSV gets it back, and it is no formula.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "a", "=1", "a,b", "a\"b", "\n", " a", "\"", "－1", "\xff", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := AppendCSV(nil, Row{"first", s, "last"})
		record, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err != nil || len(record) != 3 {
			t.Fatalf("%q is written %q: %q, %v", s, line, record, err)
		}
		want := strings.ReplaceAll(inert(s), "\r\n", "\n") // as the reader has it
		if record[1] != want || Formula(record[1]) {
			t.Errorf("%q comes back as %q", s, record[1])
		}
	})
}

// TestWriteCSVFails: a question that cannot be answered leaves nothing.
func TestWriteCSVFails(t *testing.T) {
	bad := errors.New("bad")
	var b bytes.Buffer
	err := WriteCSV(&b, true, []string{"a"}, 0, func(yield func(Row, error) bool) { yield(nil, bad) })
	if !errors.Is(err, bad) || b.Len() > 0 {
		t.Errorf("err %v, written %q", err, b.String())
	}
	b.Reset()
	must(t, WriteCSV(&b, true, []string{"a", "b"}, 1, each([]Row{{1, "x"}, {2, "y"}})))
	if b.String() != BOM+"a,b\n1,x\n" {
		t.Errorf("written %q", b.String())
	}
}
