package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"gongkai/internal/standard"
)

// A Severity says how much a finding weighs.
type Severity string

// The severities (checks.md §1).
const (
	Error   Severity = "error"   // the printed figures cannot all be true
	Warning Severity = "warning" // very likely a mistake or a breach of a duty
	Notice  Severity = "notice"  // worth knowing, often innocent
)

// An Attribution says whose a finding is.
type Attribution string

// The attributions (checks.md §1). The reading is doubted before the agency.
const (
	ByReading Attribution = "reading"
	ByAgency  Attribution = "agency"
	ByUnknown Attribution = "unknown"
)

// A Result is what a rule says of a version.
type Result string

// The results (checks.md §1).
const (
	Pass          Result = "pass"
	Fail          Result = "fail" // the relation cannot hold, whatever the blanks contain
	Open          Result = "open" // it would hold for some filling of the blanks
	NotApplicable Result = "n/a"
)

// An Operand is a cell that a rule looked at, with what stood there.
type Operand struct {
	Cell  standard.CellCode
	Value Value
}

// A Finding is a rule that failed on a version.
type Finding struct {
	Rule        string // id of checks.md
	RuleVersion int
	Subject     string `json:",omitempty"` // applicant, row or kind; "" where the rule has none
	Severity    Severity
	Attribution Attribution
	Operands    []Operand
	Left        string `json:",omitempty"` // both sides as numbers or words
	Right       string `json:",omitempty"` // what the rule expects
	Difference  string `json:",omitempty"`
	Threshold   string `json:",omitempty"` // "" where the rule has none
	Formula     string // as a person writes it: 新收 + 上年结转 = 总计 + 结转下年度
	Text        string // one sentence in plain Chinese
	TextEN      string // the same in English
	Place       Place  `json:",omitzero"` // for findings about text
}

// Violation returns the finding's name in violations: rule/subject, or the rule
// alone without a subject.
func (f Finding) Violation() string {
	if f.Subject == "" {
		return f.Rule
	}
	return f.Rule + "/" + f.Subject
}

// Key is stable over runs: rule, agency, year and subject.
func (f Finding) Key(agency AgencyID, year int) string {
	return f.Violation() + "@" + string(agency) + "/" + itoa(year)
}

// Digest is a hash of what the rule looked at: the operands with their states, and
// both sides. A person's decision on a finding of the same Key holds while the Digest
// stays; a finding with another Digest has an operand that changed, and is to be
// decided again. What is not of the report leaves it as it is: the version of the
// rule, its threshold, its sentences, and where in the document the cells stand.
func (f Finding) Digest() string {
	h := sha256.New()
	for _, o := range f.Operands {
		fmt.Fprintf(h, "%s %s %d", o.Cell, o.Value.State, o.Value.Amount)
		if o.Value.State == Words || o.Value.State == Unread {
			fmt.Fprintf(h, " %q", o.Value.Text) // there the text is all that there is
		}
		fmt.Fprintln(h)
	}
	left, right := f.Left, f.Right
	switch f.Rule {
	case "publish.missing": // the last look without it, which every refresh makes later
		left = ""
	case "publish.removed", "peer.outlier": // the last look; the median of others
		right = ""
	}
	fmt.Fprintf(h, "%q %q\n", left, right)
	return hex.EncodeToString(h.Sum(nil)[:8])
}
