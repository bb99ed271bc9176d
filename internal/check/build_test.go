package check

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// zeros returns a reading of a complete report with a 0 in every cell.
func zeros(format standard.Format, year int) *report.Reading {
	r := &report.Reading{Agency: "示例街道办事处", Year: year, Format: format}
	r.Values = make([]report.Value, len(standard.FormOf(format).Cells))
	for i := range r.Values {
		r.Values[i] = printed("0")
	}
	return r
}

func printed(text string) report.Value {
	a, err := report.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return report.Value{State: report.Printed, Amount: a, Text: text}
}

// set writes values into cells: "requests.new/total=3", where "" is a blank, "/" a
// dash, "?" an unread mark, "-" an absent cell, and other words are words.
func set(r *report.Reading, pairs ...string) *report.Reading {
	form := standard.FormOf(r.Format)
	for _, pair := range pairs {
		code, text, _ := strings.Cut(pair, "=")
		matched := false
		for _, cell := range form.Cells {
			if ok, _ := filepath.Match(code, string(cell.Code)); !ok && string(cell.Code) != code {
				continue
			}
			matched = true
			r.Values[cell.Index] = valueOf(text)
		}
		if !matched {
			panic("no cell " + code)
		}
	}
	return r
}

func valueOf(text string) report.Value {
	switch text {
	case "":
		return report.Value{State: report.Blank}
	case "/":
		return report.Value{State: report.Dash, Text: "/"}
	case "?":
		return report.Value{State: report.Unread, Text: "O"}
	case "-":
		return report.Value{}
	}
	if a, err := report.ParseAmount(text); err == nil {
		return report.Value{State: report.Printed, Amount: a, Text: text}
	}
	return report.Value{State: report.Words, Text: text}
}

// row writes the seven columns of a row of the requests table.
func row(r *report.Reading, name, figures string) *report.Reading {
	for i, text := range strings.Fields(figures) {
		if text == "_" {
			text = ""
		}
		set(r, string(standard.At(name, standard.Columns()[i]))+"="+text)
	}
	return r
}

// resultOf returns what a rule said of a subject.
func resultOf(t *testing.T, out Outcome, rule, subject string) RuleResult {
	t.Helper()
	for _, result := range out.Results {
		if result.Rule == rule && result.Subject == subject {
			return result
		}
	}
	t.Fatalf("no result of %s/%s", rule, subject)
	return RuleResult{}
}

// findingsOf returns the findings of a rule.
func findingsOf(out Outcome, rule string) []report.Finding {
	var found []report.Finding
	for _, f := range out.Findings {
		if f.Rule == rule {
			found = append(found, f)
		}
	}
	return found
}

// shared returns a file of the shared folder beside the repository, and skips the
// test aloud where there is none.
func shared(t testing.TB, name string) string {
	t.Helper()
	roots := []string{os.Getenv("SHARED")}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Join(dir, "shared"))
	}
	for _, root := range roots {
		path := filepath.Join(root, name)
		if _, err := os.Stat(path); root != "" && err == nil {
			return path
		}
	}
	t.Skipf("%s: not beside the repository; set SHARED to the folder that has it", name)
	return ""
}

// A record is one line of the shared corpus: what a report says, and what is known
// of it.
type record struct {
	ID, File, Member, Agency, Level string
	Region                          []string
	Year                            int
	Format                          standard.Format
	Expect                          string
	Reconciles                      any
	Complete                        bool
	Cells                           map[standard.CellCode]any
	Violations                      []string
	Implausible                     []string
	AmountAsWritten                 string `json:"amount_as_written"`
	Narrative                       struct {
		Stated    map[string]json.Number
		Disagrees []string
		Numbers   map[string]string `json:"-"` // of real records: what the prose says, by name
	}
	NarrativeChecks []struct {
		Check string
		Holds bool
	} `json:"narrative_checks"`
	CrossYear []string `json:"cross_year"`
}

func records(t testing.TB, name string) []record {
	t.Helper()
	file, err := os.Open(shared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []record
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one record
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.UseNumber()
		if err := d.Decode(&one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		one.Narrative.Numbers = numbersOf(lines.Bytes())
		all = append(all, one)
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d records, err %v", name, len(all), err)
	}
	return all
}

// numbersOf returns the figures of a record's prose that are plain numbers.
func numbersOf(line []byte) map[string]string {
	var one struct{ Narrative map[string]any }
	if json.Unmarshal(line, &one) != nil {
		return nil
	}
	numbers := make(map[string]string)
	for name, value := range one.Narrative {
		if n, ok := value.(float64); ok {
			numbers[name] = strconv.FormatFloat(n, 'f', -1, 64)
		}
	}
	return numbers
}

// reading returns the reading that the cells of a record make, and nil where it
// has none. A null is a blank.
func (rec *record) reading(t testing.TB) *report.Reading {
	t.Helper()
	form := standard.FormOf(rec.Format)
	if form == nil || len(rec.Cells) == 0 {
		return nil
	}
	r := &report.Reading{Agency: rec.Agency, Year: rec.Year, Format: rec.Format, File: rec.File}
	r.Values = make([]report.Value, len(form.Cells))
	for code, value := range rec.Cells {
		cell, ok := form.Cell(code)
		if !ok {
			t.Fatalf("%s%s: no cell %s", rec.ID, rec.File, code)
		}
		text, _ := value.(string)
		if n, ok := value.(json.Number); ok {
			text = n.String()
		}
		r.Values[cell.Index] = valueOf(text)
		if cell.Unit.Money() && rec.AmountAsWritten != "" && value != nil {
			r.Values[cell.Index].Text = rec.AmountAsWritten
		}
	}
	return r
}

func (rec *record) kind() standard.Kind {
	switch rec.Level {
	case "subdistrict":
		return standard.Street
	case "town":
		return standard.Town
	case "township":
		return standard.Township
	case "department":
		return standard.Department
	}
	return standard.Government
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
