package standard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// A Severity says how much a failed rule weighs: error, warning or notice. The
// same words are report.Severity.
type Severity string

// A Scope says what a rule looks at.
type Scope string

// The scopes of rules, in the order of checks.md.
const (
	ScopeReport      Scope = "report"      // the figures of one report
	ScopeCell        Scope = "cell"        // what stands in one cell
	ScopeForm        Scope = "form"        // the shape of the document
	ScopeYear        Scope = "year"        // a report against the years before
	ScopePeer        Scope = "peer"        // a report against others
	ScopeText        Scope = "text"        // the prose, alone or against the tables
	ScopeCopy        Scope = "copy"        // the prose against other reports
	ScopePublication Scope = "publication" // when and where it was published
	ScopeReading     Scope = "reading"     // how certainly it was read
	ScopeRevision    Scope = "revision"    // a version against the one before
)

// A Threshold is a number that a rule compares with. Settings may replace it, and
// every finding prints the one used.
type Threshold struct {
	Name  string
	Value float64
}

// A Rule is one entry of the catalogue of checks that the product applies. The
// code that applies it is elsewhere; here is what a reader must know of it.
type Rule struct {
	ID      string
	Version int // rises whenever the same figures could get another answer
	Formats []Format
	// Severity is the usual one. Where a rule knows several, its basis says when.
	Severity Severity
	Scope    Scope
	// Decides says that a failure touches the status of the version.
	Decides    bool
	Thresholds []Threshold
	Name       Label
	Formula    Label
	Basis      Label // where the rule comes from, and what speaks against it
	Example    Label // figures that fail
}

// For reports whether the rule belongs to a format.
func (r Rule) For(format Format) bool {
	for _, f := range r.Formats {
		if f == format {
			return true
		}
	}
	return false
}

// AcrossReports reports whether the rule needs more than a report and the years
// before it: its peers, the looks at its portal, or its other versions.
func (r Rule) AcrossReports() bool {
	switch r.Scope {
	case ScopePeer, ScopeCopy, ScopeRevision:
		return true
	case ScopePublication:
		return !r.Decides // the readers find a wrong year or unit in the document
	}
	return false
}

// Threshold returns the default of that name, and 0 where the rule has none.
func (r Rule) Threshold(name string) float64 {
	for _, t := range r.Thresholds {
		if t.Name == name {
			return t.Value
		}
	}
	return 0
}

// Rules returns the catalogue in the order of checks.md. The slice is shared and
// is not to be changed.
func Rules() []Rule { return rules().list }

// RuleOf returns the rule of that id, and false where the catalogue has none.
func RuleOf(id string) (Rule, bool) {
	all := rules()
	i, ok := all.index[id]
	if !ok {
		return Rule{}, false
	}
	return all.list[i], true
}

type catalogue struct {
	list  []Rule
	index map[string]int
}

//go:embed rules.csv
var rulesCSV string

// rules parses the embedded catalogue once. It is part of the program, so a fault
// in it is a fault of the build.
var rules = sync.OnceValue(func() catalogue {
	all, err := parseRules(rulesCSV)
	if err != nil {
		panic(fmt.Sprintf("standard: rules.csv: %v", err))
	}
	return all
})

// parseRules reads the catalogue: a header line, then one rule a line.
func parseRules(text string) (catalogue, error) {
	all := catalogue{index: make(map[string]int)}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return all, err
	}
	for _, row := range rows[1:] {
		rule, err := parseRule(row)
		if err != nil {
			return all, fmt.Errorf("rule %s: %w", row[0], err)
		}
		if _, twice := all.index[rule.ID]; twice {
			return all, fmt.Errorf("rule %s: it stands there twice; remove one", rule.ID)
		}
		all.index[rule.ID] = len(all.list)
		all.list = append(all.list, rule)
	}
	return all, nil
}

func parseRule(row []string) (Rule, error) {
	version, err := strconv.Atoi(row[1])
	if err != nil {
		return Rule{}, fmt.Errorf("version: %w", err)
	}
	rule := Rule{
		ID: row[0], Version: version, Severity: Severity(row[3]), Scope: Scope(row[4]), Decides: row[5] == "yes",
		Name:    Label{ZH: row[7], EN: row[8]},
		Formula: Label{ZH: row[9], EN: row[10]},
		Basis:   Label{ZH: row[11], EN: row[12]},
		Example: Label{ZH: row[13], EN: row[14]},
	}
	for _, f := range strings.Fields(row[2]) {
		rule.Formats = append(rule.Formats, Format(f))
	}
	for _, pair := range strings.Fields(row[6]) {
		name, value, _ := strings.Cut(pair, "=")
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return Rule{}, fmt.Errorf("threshold %s: %w", name, err)
		}
		rule.Thresholds = append(rule.Thresholds, Threshold{Name: name, Value: number})
	}
	return rule, nil
}
