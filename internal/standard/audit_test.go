package standard

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rowsOf are the rows of the tables of a specification whose first cell is an id in
// backticks, cut into their cells.
func rowsOf(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(specification(t)), name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// TestSpecifiedRules holds each rule of the catalogue against its row of the
// specification: its severity, and the formats that it is for where the row says them.
func TestSpecifiedRules(t *testing.T) {
	severities, formats := 0, 0
	for _, row := range rowsOf(t, "checks.md") {
		rule, ok := RuleOf(strings.Trim(row[0], "`"))
		if !ok {
			continue // TestSpecified says which are lacking
		}
		for _, cell := range row[1:] {
			first, _, _ := strings.Cut(strings.NewReplacer(",", " ", ";", " ").Replace(cell), " ")
			if first == "error" || first == "warning" || first == "notice" {
				severities++
				// Where it depends on the case, the catalogue has one that is named and the
				// cases of the rule hold the rest.
				if !strings.Contains(cell, string(rule.Severity)) {
					t.Errorf("%s: severity %s, the specification says %q", rule.ID, rule.Severity, cell)
				}
				break
			}
		}
		named := row[1]
		if named != "all" && !strings.HasPrefix(named, "F20") {
			continue
		}
		formats++
		for _, format := range Formats() {
			if want := named == "all" || strings.Contains(named, string(format)); rule.For(format) != want {
				t.Errorf("%s: for %s %v, the specification says %q", rule.ID, format, rule.For(format), named)
			}
		}
	}
	if severities < 90 || formats < 40 {
		t.Errorf("%d severities and %d formats compared; the specification has more", severities, formats)
	}
}

// A specFormula evaluates a formula as the specification writes it, over figures that
// differ from cell to cell.
type specFormula struct {
	tokens []string
	format Format
	bound  map[string]string // of a family: its letter and the member
}

// figure is the figure of a cell in the audit.
func figure(code CellCode) float64 {
	h := fnv.New32a()
	fmt.Fprint(h, code)
	return float64(h.Sum32()%9973 + 1)
}

func (e *specFormula) next() string {
	if len(e.tokens) == 0 {
		return ""
	}
	return e.tokens[0]
}

func (e *specFormula) take() string { s := e.next(); e.tokens = e.tokens[1:]; return s }

func (e *specFormula) sum() (v float64, err error) {
	if v, err = e.product(); err != nil {
		return v, err
	}
	for e.next() == "+" || e.next() == "-" {
		op := e.take()
		w, err := e.product()
		if err != nil {
			return v, err
		}
		if op == "-" {
			w = -w
		}
		v += w
	}
	return v, nil
}

func (e *specFormula) product() (v float64, err error) {
	if v, err = e.atom(); err != nil {
		return v, err
	}
	for e.next() == "/" || e.next() == "×" {
		op := e.take()
		w, err := e.atom()
		if err != nil {
			return v, err
		}
		if op == "/" {
			w = 1 / w
		}
		v *= w
	}
	return v, nil
}

func (e *specFormula) atom() (float64, error) {
	switch s := e.next(); {
	case s == "":
		return 0, fmt.Errorf("ends early")
	case s == "(":
		e.take()
		v, err := e.sum()
		if err != nil || e.next() != ")" {
			return v, fmt.Errorf("a bracket is open: %w", err)
		}
		e.take()
		return v, nil
	case s == "Σ":
		e.take()
		return e.set(e.take())
	default:
		return e.name(e.take())
	}
}

// set is Σ T(SET).
func (e *specFormula) set(of string) (v float64, err error) {
	rows := map[string][]string{"T(DENIED)": Denied(), "T(UNAVAIL)": Unavailable(), "T(UNPROC)": Unprocessed(), "T(OTHER)": OtherOutcomes(e.format)}[of]
	if rows == nil {
		return 0, fmt.Errorf("no set %s", of)
	}
	for _, row := range rows {
		v += figure(At(row, Total))
	}
	return v, nil
}

// name is a number, D, T(row), C(kind) or a cell.
func (e *specFormula) name(s string) (float64, error) {
	for letter, member := range e.bound {
		s = strings.NewReplacer("("+letter+")", "("+member+")", "/"+letter, "/"+member).Replace(s)
		if rest, ok := strings.CutPrefix(s, letter+"."); ok {
			s = member + "." + rest
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n, nil
	}
	inner := func(head string) (string, bool) {
		rest, ok := strings.CutPrefix(s, head+"(")
		return strings.TrimSuffix(rest, ")"), ok
	}
	form := FormOf(e.format)
	switch row, total := inner("T"); {
	case s == "D":
		return figure(At("outcome.total", Total)), nil
	case s == "granted", s == "partial":
		return figure(At("outcome."+s, Total)), nil
	case total && !strings.Contains(row, "."):
		s = string(At("outcome.denied."+row, Total))
	case total:
		s = string(At(row, Total))
	}
	if kind, ok := inner("C"); ok {
		return figure(CellCode(kind+".upheld")) + figure(CellCode(kind+".corrected")) + figure(CellCode(kind+".other")), nil
	}
	if _, ok := form.Cell(CellCode(s)); !ok {
		return 0, fmt.Errorf("%s has no cell %q", e.format, s)
	}
	return figure(CellCode(s)), nil
}

// tokensOf cuts a formula at spaces and at brackets that are not of a name.
func tokensOf(formula string) []string {
	var tokens []string
	for _, word := range strings.Fields(strings.ReplaceAll(formula, "`", "")) {
		for strings.HasPrefix(word, "(") {
			tokens, word = append(tokens, "("), word[1:]
		}
		closing := 0
		for strings.Count(word, ")") > strings.Count(word, "(") && strings.HasSuffix(word, ")") {
			word, closing = word[:len(word)-1], closing+1
		}
		if word != "" {
			tokens = append(tokens, word)
		}
		for range closing {
			tokens = append(tokens, ")")
		}
	}
	return tokens
}

// of evaluates a formula of the catalogue over the same figures.
func (f Formula) audited(divides bool) float64 {
	side := func(terms []Term) (v float64) {
		for _, term := range terms {
			if term.Minus {
				v -= figure(term.Cell)
			} else {
				v += figure(term.Cell)
			}
		}
		return v
	}
	if !divides {
		return side(f.Numerator)
	}
	return side(f.Numerator) / side(f.Denominator)
}

// TestSpecifiedFormulas evaluates each formula of indicators.md as it is written there,
// and the catalogue's over the same figures: both come to the same.
func TestSpecifiedFormulas(t *testing.T) {
	// Said in words, not in cells; each has a test of its own in internal/aggregate.
	worded := []string{"unit_share", "concentration", "grounds_used", "dispute_load", "document_turnover", "fee_walkaway", "documents_issued",
		"coverage", "publication_day", "on_time_rate", "clean_rate", "errors_by_rule", "carry_consistency", "blank_share", "verified_share", "reuse",
		"revisions", "availability", "machine_readable", "fix_time"}
	families := map[string]struct{ letter, member string }{"organisation_mix": {"a", "business"}, "ground_share": {"g", "process"},
		"outcome_by_applicant": {"a", "legal"}, "pending_share": {"k", "suit_direct"}}
	compared := 0
	for _, row := range rowsOf(t, "indicators.md") {
		id := strings.Trim(strings.Fields(row[0])[0], "`")
		if strings.Contains(id, ".") || len(row) < 3 || slices.Contains(worded, id) || strings.HasPrefix(row[1], "F20") || len(row[0]) > 2 && strings.Contains(row[0], ".") {
			continue
		}
		ind, ok := IndicatorOf(id)
		bound := map[string]string{}
		if family, isFamily := families[id]; isFamily {
			ind, ok = IndicatorOf(id + "." + family.member)
			bound[family.letter] = family.member
		}
		if !ok || len(row[0]) > len(id)+2 && strings.Contains(row[0], "` `") {
			continue // one row of several indicators of single cells: TestSpecifiedIndicators
		}
		written, _, _ := strings.Cut(row[2], "; ")
		written, _, _ = strings.Cut(written, "` for ")
		if before, _, several := strings.Cut(written, "`, `"); several {
			written = before
		}
		if _, isRow := parseRowOf(written); !isRow {
			continue // the worked example: values, no formulas
		}
		format := F2021
		for _, f := range []Format{F2014, F2019, F2021} {
			if _, has := ind.Formulas[f]; has {
				format = f
			}
		}
		e := &specFormula{tokens: tokensOf(strings.TrimPrefix(strings.Trim(written, "`"), "100 × ")), format: format, bound: bound}
		want, err := e.sum()
		if err != nil || len(e.tokens) > 0 {
			t.Errorf("%s: %q: %v, left over %q", id, written, err, e.tokens)
			continue
		}
		compared++
		if got := ind.Formulas[format].audited(ind.Ratio()); got < want*0.999999 || got > want*1.000001 {
			t.Errorf("%s: %q comes to %v in the specification and to %v in the catalogue (%s)", id, written, want, got, ind.Formulas[format])
		}
	}
	if compared < 40 {
		t.Errorf("%d formulas compared; the specification has more", compared)
	}
}

// parseRowOf reports whether a cell of the specification is a formula over cells.
func parseRowOf(written string) (string, bool) {
	return written, strings.HasPrefix(written, "`") && !strings.Contains(written, "%") && !strings.Contains(written, " = ")
}
