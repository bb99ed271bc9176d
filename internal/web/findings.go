package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// layOut lays out the tables with every figure linked to where it stands and to
// the findings that speak of it.
func (v *reportView) layOut(shown store.Version) {
	form := standard.FormOf(shown.Format)
	if form == nil || len(shown.Reading.Values) != len(form.Cells) {
		return
	}
	l := formLayout{page: v.page, form: form, refs: make(map[standard.CellCode]*cellRef, len(form.Cells))}
	v.refs = l.refs
	for _, cell := range form.Cells {
		l.refs[cell.Code] = v.ref(cell, shown)
	}
	for i, f := range shown.Findings {
		v.markCells(l.refs, f, v.Findings[i])
	}
	for _, d := range shown.Reading.Doubts {
		if ref := l.refs[d.Cell]; ref != nil {
			ref.Doubted = true
			ref.More = joined(ref.More, v.retell(d.Text), "\n")
		}
	}
	for _, t := range form.Tables() {
		v.Forms = append(v.Forms, l.table(t))
	}
}

// ref describes one figure.
func (v *reportView) ref(cell standard.Cell, shown store.Version) *cellRef {
	value := shown.Reading.Values[cell.Index]
	ref := &cellRef{
		ID: "cell-" + string(cell.Code), Code: string(cell.Code), State: value.State.String(), StateWord: v.stateWord(value),
		Label: v.cellName(cell), Raw: value.Text, Place: v.place(value.Place), Shown: v.printed(value),
		Href: v.placeHref(shown.Original, value.Place),
	}
	if shown.Agency != "" {
		ref.Self = v.cellHref(shown.Agency, shown.Year, cell.Code)
		if v.Old != "" {
			ref.Self += sep(ref.Self) + "version=" + strconv.Itoa(shown.Number)
		}
	}
	if ref.Href == "" {
		ref.Href = "#" + ref.ID
	}
	if value.State == report.Absent && value.Place.IsZero() {
		ref.Place = v.t("原文没有这一栏")
	}
	if a, ok := value.Known(); ok && strings.TrimSpace(value.Text) != a.String() {
		ref.More = v.t("读作 %s %s", a, v.t(string(cell.Unit)))
	}
	if cell.Table == standard.Requests {
		column := cell.Code.Column()
		ref.Sum = column == standard.Total
		ref.Applicant = column != standard.Natural && column != standard.Total
	}
	return ref
}

// printed is what stands in a cell, as it is printed.
func (p page) printed(v report.Value) string {
	switch v.State {
	case report.Printed:
		if text := strings.TrimSpace(v.Text); text != "" {
			return p.name(text)
		}
		return v.Amount.String()
	case report.Blank:
		return p.t("空白")
	case report.Absent:
		return p.t("缺项")
	case report.Unread:
		return p.t("待复核")
	}
	return p.name(v.Text)
}

// placeHref is the address that shows a place of an original highlighted.
func (p page) placeHref(hash report.SHA256, at report.Place) string {
	if hash == "" {
		return "" // a draft has no archived original
	}
	q := url.Values{}
	for name, n := range map[string]int{"table": at.Table, "row": at.Row, "column": at.Column, "paragraph": at.Paragraph,
		"line": at.Line, "page": at.Page} {
		if n > 0 {
			q.Set(name, strconv.Itoa(n))
		}
	}
	href := p.Href("/originals/" + string(hash) + "/view")
	if len(q) == 0 {
		return href
	}
	sep := "?"
	if strings.Contains(href, "?") {
		sep = "&"
	}
	return href + sep + q.Encode() + "#hit"
}

// markCells marks the operands of a finding. The last operand of a sum is its
// total, which is where the page shows the failure.
func (v *reportView) markCells(refs map[standard.CellCode]*cellRef, f report.Finding, view findingView) {
	for i, op := range f.Operands {
		ref := refs[op.Cell]
		if ref == nil {
			continue
		}
		switch f.Severity {
		case report.Error:
			ref.Involved = true
			ref.Fails = ref.Fails || i == len(f.Operands)-1
		default:
			ref.Noted = true
		}
		ref.Findings = append(ref.Findings, view.ID)
		ref.More = joined(ref.More, v.finds(f), "\n")
	}
}

// readFindings turns findings, doubts and notes into views, and counts the sums of
// the form that hold.
func (v *reportView) readFindings(shown store.Version) {
	form := standard.FormOf(shown.Format)
	for i, id := range anchors(shown.Findings) {
		v.Findings = append(v.Findings, v.finding(id, shown.Findings[i], form, shown.Original))
	}
	for _, d := range shown.Reading.Doubts {
		v.Doubts = append(v.Doubts, v.doubt(d, form))
	}
	for _, n := range shown.Reading.Notes {
		v.Notes = append(v.Notes, v.retell(n.Text))
	}
	failed := make(map[string]bool)
	for _, f := range shown.Findings {
		failed[f.Violation()] = true
	}
	for _, sum := range standard.Sums(shown.Format) {
		if !failed[sum.Rule+"/"+sum.Subject] && allPrinted(shown.Reading, sum) {
			v.Passed++
		}
	}
}

func allPrinted(r report.Reading, sum standard.Sum) bool {
	for _, code := range append(slices.Clone(sum.Parts), sum.Total) {
		if r.Value(code).State != report.Printed {
			return false
		}
	}
	return true
}

// severities are the class and symbol of each severity.
var severities = map[report.Severity][2]string{
	report.Error: {"error", "≠"}, report.Warning: {"warning", "!"}, report.Notice: {"notice", "i"},
}

// anchor names a finding on the page of its report: what it is about, which stays when
// others come and go.
func anchor(f report.Finding) string {
	return "finding-" + strings.ReplaceAll(f.Violation(), "/", "-")
}

// anchors names findings of one page; of those about the same, the second has a number.
func anchors(findings []report.Finding) []string {
	ids := make([]string, len(findings))
	seen := make(map[string]int)
	for i, f := range findings {
		ids[i] = anchor(f)
		if seen[ids[i]]++; seen[ids[i]] > 1 {
			ids[i] += "-" + strconv.Itoa(seen[ids[i]])
		}
	}
	return ids
}

func (p page) finding(id string, f report.Finding, form *standard.Form, hash report.SHA256) findingView {
	look := severities[f.Severity]
	v := findingView{ID: id, Class: look[0], Symbol: look[1], Rule: f.Rule, Name: f.Rule,
		RuleHref: p.Href("/methods#" + f.Rule), Text: p.finds(f), Formula: p.formula(f), Right: p.retell(f.Right), Diff: f.Difference}
	if rule, ok := standard.RuleOf(f.Rule); ok {
		v.Name = p.label(rule.Name)
	}
	v.Sum = p.retell(f.Left)
	if terms := operandSum(f); terms != "" {
		v.Sum = terms + " = " + f.Left
	}
	for _, op := range named(f) {
		if form == nil {
			break
		}
		if cell, ok := form.Cell(op.Cell); ok {
			v.Cells = append(v.Cells, link{Text: p.shortCell(cell), Href: "#cell-" + string(op.Cell)})
		}
	}
	if !f.Place.IsZero() && len(f.Operands) == 0 || f.Place.Paragraph > 0 {
		v.Place = &link{Text: p.place(f.Place), Href: p.placeHref(hash, f.Place)}
	}
	for _, op := range f.Operands {
		if v.Picture = p.placePicture(hash, op.Value.Place); v.Picture != "" {
			v.PictureOf = p.placeHref(hash, op.Value.Place)
			break
		}
	}
	return v
}

// named are the operands that a finding names on the page: all of a few, and of a
// long sum the total, whose row or column the table marks anyway.
func named(f report.Finding) []report.Operand {
	if n := len(f.Operands); n > 4 {
		return f.Operands[n-1:]
	}
	return f.Operands
}

// operandSum writes the parts of a sum as they are printed: 20 + 10 + 3.
func operandSum(f report.Finding) string {
	if len(f.Operands) < 3 || !strings.HasSuffix(f.Rule, "_sum") && f.Rule != "appeals.sum" {
		return ""
	}
	var parts []string
	for _, op := range f.Operands[:len(f.Operands)-1] {
		text := op.Value.Text
		if a, ok := op.Value.Known(); ok {
			text = a.String()
		}
		if text == "" {
			text = "□"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " + ")
}

// shortCell names a cell in a list of many: its column in the requests table, its
// row and column elsewhere.
func (p page) shortCell(c standard.Cell) string {
	row := p.label(c.RowLabel)
	if i := strings.LastIndex(row, "/"); i >= 0 {
		row = row[i+1:]
	}
	if c.Table == standard.Statistics {
		return row
	}
	return row + "·" + p.label(c.ColumnLabel)
}

func (p page) doubt(d report.Doubt, form *standard.Form) doubtView {
	v := doubtView{Text: p.retell(d.Text), Rule: d.Rule}
	for _, value := range d.Proposals {
		v.Proposals = append(v.Proposals, p.shown(value))
	}
	if form != nil {
		if cell, ok := form.Cell(d.Cell); ok {
			v.Cell = &link{Text: p.cellName(cell), Href: "#cell-" + string(d.Cell)}
		}
	}
	return v
}

// finds is the sentence of a finding. Those kept before the sentences had English
// say it by the name of their rule.
func (p page) finds(f report.Finding) string {
	if p.Lang != en {
		return f.Text
	}
	if f.TextEN == "" {
		return p.retell(f.Text)
	}
	return p.Lang.quoting(singular(f.TextEN))
}

// formula is the formula of a finding as its rule has it.
func (p page) formula(f report.Finding) string {
	text := f.Formula
	if rule, ok := standard.RuleOf(f.Rule); ok && p.Lang == en && text != "" {
		text = p.label(rule.Formula)
	}
	if text == "" || f.Threshold == standard.Thresholds(nil).Used(f.Rule) || f.Threshold == "" {
		return text
	}
	return p.t("%s（式中是规则自带的门槛，这里按 %s 核验）", text, f.Threshold) // those of the settings
}
