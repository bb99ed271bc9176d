package check

import (
	"cmp"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// reading turns every doubt of the readers into a finding (checks.md §10), and
// proposes what slip in reading could explain a failed identity.
func (s *run) reading() {
	for i := range s.r.Doubts {
		s.doubtFinding(&s.r.Doubts[i])
	}
	if s.plan == nil || len(s.r.Doubts) == 0 {
		return
	}
	for i := range s.plan.relations {
		r := &s.plan.relations[i]
		if r.violation && s.violates(r) {
			s.nearRepair(r)
		}
	}
}

// doubtFinding keeps what each reader proposes as operands, for the reviewer.
func (s *run) doubtFinding(doubt *report.Doubt) {
	rule, ok := standard.RuleOf(doubt.Rule)
	if !ok {
		rule.Severity, rule.Version = standard.Severity(report.Warning), 1
	}
	subject := string(doubt.Cell)
	if subject == "" && !doubt.Place.IsZero() {
		subject = doubt.Place.String()
	}
	f := report.Finding{
		Rule: doubt.Rule, RuleVersion: rule.Version, Subject: subject,
		Severity: report.Severity(rule.Severity), Attribution: report.ByReading,
		Formula: rule.Formula.ZH, Place: doubt.Place, Text: closed(doubt.Text, ruleName(doubt.Rule).ZH+inPlace(doubt.Place)),
		TextEN: noteEN(ruleName(doubt.Rule).EN, string(doubt.Cell), doubt.Place),
	}
	if doubt.Rule == "form.missing_table" {
		f.Severity = report.Notice // the table may stand elsewhere: nothing is missing yet
	}
	for _, v := range doubt.Proposals {
		f.Operands = append(f.Operands, report.Operand{Cell: doubt.Cell, Value: v})
	}
	if len(doubt.Proposals) > 1 && asRead(doubt.Proposals[0]) != asRead(doubt.Proposals[1]) {
		f.Left, f.Right = asRead(doubt.Proposals[0]), asRead(doubt.Proposals[1])
	}
	s.result(doubt.Rule, subject, report.Fail)
	s.out.Findings = append(s.out.Findings, f)
}

// asRead writes a value as one reader had it: its number, else what is printed there, else
// its state.
func asRead(v report.Value) string {
	if a, ok := v.Known(); ok {
		return a.String()
	}
	return cmp.Or(v.Text, v.State.String())
}

// violates reports whether an identity is among the violations.
func (s *run) violates(r *relation) bool {
	for _, name := range s.out.Violations {
		if name == r.name() {
			return true
		}
	}
	return false
}

// A repair is one change of the reading: new values for a few cells.
type repair struct {
	cells  []int32
	values []report.Value
	text   standard.Label
}

// nearRepair lists the single slips of reading after which a failed identity would
// hold. A slip counts only where a doubt concerns the cells it changes; nothing is
// applied.
func (s *run) nearRepair(r *relation) {
	operands := join(r.left, r.right)
	var texts []standard.Label
	for _, change := range s.repairs(operands) {
		if !s.anyDoubted(change.cells) || !s.holdsWith(r, change) {
			continue
		}
		texts = append(texts, change.text)
	}
	if len(texts) == 0 {
		return
	}
	subject := r.name()
	f := s.finding("read.near_repair", subject, operands)
	f.Attribution = report.ByReading
	var b sentence
	b.label(ruleName(r.rule)).add("：", ": ")
	for i, text := range texts {
		if i > 0 {
			b.add("；或", "; or ")
		}
		b.label(text)
	}
	b.add("，则等式成立", ", and the identity would hold")
	s.result(f.Rule, subject, report.Fail)
	s.say(f, &b)
}

// anyDoubted reports whether the document gives a reason to doubt any of some cells.
func (s *run) anyDoubted(cells []int32) bool {
	for i := range s.r.Doubts {
		for _, at := range cells {
			if s.doubted(&s.r.Doubts[i], at) {
				return true
			}
		}
	}
	return false
}

// holdsWith reports whether an identity holds after a change.
func (s *run) holdsWith(r *relation, change repair) bool {
	values := slices.Clone(s.values) // the reading itself is never changed
	for i, at := range change.cells {
		values[at] = change.values[i]
	}
	t := run{values: values}
	left, right := t.side(r.left), t.side(r.right)
	var result report.Result
	if r.op == opSum {
		result, _ = sum(left, right)
	} else {
		result, _ = equal(left, right)
	}
	return result == report.Pass
}

// repairs returns the slips that could have touched the operands of an identity:
// those of each cell with its right neighbour in the row, of whole rows, and of
// single digits where characters were recognised in a picture.
func (s *run) repairs(operands []int32) []repair {
	var all []repair
	for _, at := range operands {
		for _, pair := range [][2]int32{{at - 1, at}, {at, at + 1}} {
			if s.neighbours(pair[0], pair[1]) {
				all = append(all, s.pairRepairs(pair[0], pair[1])...)
			}
		}
		if s.recognised(at) {
			all = append(all, s.digitRepairs(at)...)
		}
	}
	return append(all, s.rowRepairs(operands)...)
}

// rowRepairs moves each row that the operands stand in.
func (s *run) rowRepairs(operands []int32) []repair {
	var all []repair
	var seen []int32
	for _, at := range operands {
		row := s.rowOf(at)
		if len(row) > 2 && !slices.Contains(seen, row[0]) {
			seen = append(seen, row[0])
			all = append(all, s.shifts(row)...)
		}
	}
	return all
}

// neighbours reports whether two cells stand side by side in one table row.
func (s *run) neighbours(a, b int32) bool {
	if a < 0 || int(b) >= len(s.values) {
		return false
	}
	x, y := s.plan.form.Cells[a], s.plan.form.Cells[b]
	return x.Table == y.Table && x.Block == y.Block && x.Row == y.Row
}

// pairRepairs swaps two neighbours, joins their digits, or splits the digits of
// one over both.
func (s *run) pairRepairs(a, b int32) []repair {
	x, y := s.values[a], s.values[b]
	names := standard.Label{
		ZH: "“" + s.plan.names[a].full.ZH + "”与“" + s.plan.names[b].full.ZH + "”",
		EN: s.plan.names[a].full.EN + " and " + s.plan.names[b].full.EN,
	}
	blank := report.Value{State: report.Blank}
	var all []repair
	if x.State == report.Printed && y.State == report.Printed && x.Amount != y.Amount {
		all = append(all, repair{[]int32{a, b}, []report.Value{y, x},
			standard.Label{ZH: names.ZH + "互换", EN: names.EN + " exchanged"}})
	}
	if joined, ok := joinDigits(x, y); ok {
		text := standard.Label{ZH: names.ZH + "合为 " + joined.Amount.String(), EN: names.EN + " joined to " + joined.Amount.String()}
		all = append(all, repair{[]int32{a, b}, []report.Value{joined, blank}, text},
			repair{[]int32{a, b}, []report.Value{blank, joined}, text})
	}
	if x.State == report.Printed && y.State != report.Printed {
		all = append(all, splits(a, b, x, names)...)
	}
	return all
}

// joinDigits returns the number that the digits of two cells make together.
func joinDigits(x, y report.Value) (report.Value, bool) {
	if x.State != report.Printed || y.State != report.Printed || x.Amount <= 0 || y.Amount < 0 {
		return report.Value{}, false
	}
	a, err := report.ParseAmount(x.Amount.String() + y.Amount.String())
	return report.Value{State: report.Printed, Amount: a}, err == nil
}

// splits returns the ways to spread the digits of a number over two cells.
func splits(a, b int32, x report.Value, names standard.Label) []repair {
	var all []repair
	digits := x.Amount.String()
	for cut := 1; cut < len(digits); cut++ {
		left, err1 := report.ParseAmount(digits[:cut])
		right, err2 := report.ParseAmount(digits[cut:])
		if err1 != nil || err2 != nil {
			continue
		}
		all = append(all, repair{[]int32{a, b},
			[]report.Value{{State: report.Printed, Amount: left}, {State: report.Printed, Amount: right}},
			standard.Label{ZH: names.ZH + "分为 " + left.String() + " 与 " + right.String(), EN: names.EN + " split into " + left.String() + " and " + right.String()}})
	}
	return all
}

// rowOf returns the cells that stand in one table row with a cell.
func (s *run) rowOf(at int32) []int32 {
	first, last := at, at
	for s.neighbours(first-1, first) {
		first--
	}
	for s.neighbours(last, last+1) {
		last++
	}
	var row []int32
	for i := first; i <= last; i++ {
		row = append(row, i)
	}
	return row
}

// shifts moves a row by one column to either side.
func (s *run) shifts(row []int32) []repair {
	blank := report.Value{State: report.Blank}
	left, right := make([]report.Value, len(row)), make([]report.Value, len(row))
	for i := range row {
		left[i], right[i] = blank, blank
		if i+1 < len(row) {
			left[i] = s.values[row[i+1]]
		}
		if i > 0 {
			right[i] = s.values[row[i-1]]
		}
	}
	name := s.plan.names[row[0]].row
	return []repair{
		{row, left, standard.Label{ZH: "“" + name.ZH + "”一行左移一列", EN: name.EN + " moved one column to the left"}},
		{row, right, standard.Label{ZH: "“" + name.ZH + "”一行右移一列", EN: name.EN + " moved one column to the right"}},
	}
}

// recognised reports whether a cell came from character recognition.
func (s *run) recognised(at int32) bool {
	for i := range s.r.Doubts {
		if d := &s.r.Doubts[i]; d.Rule == "read.confidence" && (d.Cell == "" || s.doubted(d, at)) {
			return true
		}
	}
	return false
}

// digitRepairs reads one digit of a number as another that looks like it.
func (s *run) digitRepairs(at int32) []repair {
	alike := map[byte]string{'0': "68", '6': "085", '8': "063", '1': "7", '7': "1", '3': "8", '5': "6"}
	v := s.values[at]
	if v.State != report.Printed {
		return nil
	}
	digits := v.Amount.String()
	var all []repair
	for i := range len(digits) {
		for _, other := range alike[digits[i]] {
			a, err := report.ParseAmount(digits[:i] + string(other) + digits[i+1:])
			if err != nil {
				continue
			}
			name := s.plan.names[at].full
			all = append(all, repair{[]int32{at}, []report.Value{{State: report.Printed, Amount: a}},
				standard.Label{ZH: "“" + name.ZH + "”读作 " + a.String(), EN: name.EN + " read as " + a.String()}})
		}
	}
	return all
}
