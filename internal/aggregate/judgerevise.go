package aggregate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// revisions judges reports that have several versions (checks.md §9, §10).
func (j *judge) revisions(q store.Query) error {
	history := q
	if history.FromYear > 0 {
		history.FromYear-- // a corrected year before is followed by this year's carry
	}
	seen := make(map[owedKey]bool)
	err := j.s.db.EachHistory(j.ctx, history, func(all []store.Version) error {
		row, ok := j.w.find(all[0].Agency)
		if !ok {
			return nil
		}
		year := all[0].Year
		if q.FromYear == 0 || year >= q.FromYear {
			seen[owedKey{row.Agency.ID, year}] = true
			if err := j.history(j.w.owed(row, year), all); err != nil {
				return err
			}
		}
		if q.ToYear == 0 || year < q.ToYear {
			j.restated(row, all)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, row := range j.w.agencies {
		for _, year := range j.w.asked(q) {
			if o := j.w.owed(row, year); o.Version != 0 && !seen[owedKey{row.Agency.ID, year}] {
				j.say(o, "publish.changed", "", report.Pass, "")
				j.say(o, "publish.copies_differ", "", report.Pass, "")
			}
		}
	}
	return nil
}

// history judges each version against the one before it.
func (j *judge) history(o Owed, all []store.Version) error {
	changed := false
	for i := 1; i < len(all); i++ {
		before, after := &all[i-1], &all[i]
		together, err := j.together(before, after)
		if err != nil {
			return err
		}
		cells := changedCells(before, after)
		if before.URL != after.URL && together != report.Pass {
			j.copiesDiffer(o, before, after, cells, together)
			continue
		}
		changed = true
		j.changed(o, before, after, cells)
		j.silent(o, after, cells)
		j.mended(o, before, after, cells)
	}
	if !changed {
		j.say(o, "publish.changed", "", report.Pass, "")
	}
	return nil
}

// together says whether the addresses of two versions show them at the same time:
// Fail where the older was still seen beside the newer, Pass where it was not, Open
// where nobody knows; as it was known after the run asked for.
func (j *judge) together(before, after *store.Version) (report.Result, error) {
	if before.URL == after.URL {
		return report.Pass, nil
	}
	there, known, err := j.s.db.StillThere(j.ctx, before.URL, after.FromRun, j.w.run)
	switch {
	case err != nil:
		return "", err
	case !known:
		return report.Open, nil
	case there:
		return report.Fail, nil
	}
	return report.Pass, nil
}

// changedCells returns the cells in which two versions differ.
func changedCells(before, after *store.Version) []standard.CellCode {
	form := standard.FormOf(after.Reading.Format)
	if form == nil {
		return nil
	}
	var codes []standard.CellCode
	for _, cell := range form.Cells {
		a, b := before.Reading.Value(cell.Code), after.Reading.Value(cell.Code)
		if a.State != b.State || a.Amount != b.Amount {
			codes = append(codes, cell.Code)
		}
	}
	return codes
}

func versionName(v *store.Version) string { return fmt.Sprintf("v%d", v.Number) }

// changeOperands are the changed cells as the newer version has them; more than ten
// are not listed.
func changeOperands(v *store.Version, cells []standard.CellCode) []report.Operand {
	var list []report.Operand
	for _, code := range cells[:min(len(cells), 10)] {
		list = append(list, report.Operand{Cell: code, Value: v.Reading.Value(code)})
	}
	return list
}

func (j *judge) copiesDiffer(o Owed, before, after *store.Version, cells []standard.CellCode, together report.Result) {
	const rule = "publish.copies_differ"
	switch {
	case together == report.Open:
		j.say(o, rule, versionName(after), report.Open, "不知两处是否同时可见")
	case len(cells) == 0:
		j.say(o, rule, versionName(after), report.Pass, "")
	default:
		j.fail(o, report.Finding{Rule: rule, Subject: versionName(after), Attribution: report.ByAgency,
			Operands: changeOperands(after, cells), Left: before.URL, Right: after.URL, Difference: fmt.Sprint(len(cells)),
			Text:   fmt.Sprintf("两处公布的副本有 %d 格不同：%s 与 %s。", len(cells), before.URL, after.URL),
			TextEN: fmt.Sprintf("The copies at two addresses differ in %d cells: %s and %s.", len(cells), before.URL, after.URL)})
	}
}

func (j *judge) changed(o Owed, before, after *store.Version, cells []standard.CellCode) {
	severity := report.Notice
	if len(cells) > 0 {
		severity = report.Warning
	}
	j.fail(o, report.Finding{Rule: "publish.changed", Subject: versionName(after), Attribution: report.ByAgency, Severity: severity,
		Operands: changeOperands(after, cells), Left: date(before.FoundAt), Right: date(after.FoundAt), Difference: fmt.Sprint(len(cells)),
		Text:   fmt.Sprintf("%s 查看时内容与此前不同，记为第 %d 版，%d 格改变。", date(after.FoundAt), after.Number, len(cells)),
		TextEN: fmt.Sprintf("A look on %s found other content, kept as version %d; %d cells changed.", date(after.FoundAt), after.Number, len(cells))})
}

// corrects are the words that say a version corrects the one before.
var corrects = regexp.MustCompile(`更正|勘误|修订|修正|重新发布|订正|更新说明`)

func (j *judge) silent(o Owed, after *store.Version, cells []standard.CellCode) {
	const rule = "revise.silent"
	text := after.Title
	for _, s := range after.Reading.Sections {
		for _, p := range s.Paragraphs {
			text += "\n" + p.Text
		}
	}
	switch {
	case len(cells) == 0, corrects.MatchString(text):
		j.say(o, rule, versionName(after), report.Pass, "")
	case len(after.Reading.Sections) == 0:
		j.say(o, rule, versionName(after), report.Open, "该版没有可读的文字")
	default:
		j.fail(o, report.Finding{Rule: rule, Subject: versionName(after), Attribution: report.ByAgency,
			Operands: changeOperands(after, cells), Difference: fmt.Sprint(len(cells)),
			Text:   fmt.Sprintf("第 %d 版改动 %d 格，标题和正文没有更正说明。", after.Number, len(cells)),
			TextEN: fmt.Sprintf("Version %d changes %d cells, and neither its title nor its text says that it corrects.", after.Number, len(cells))})
	}
}

// mended compares the checks of two versions.
func (j *judge) mended(o Owed, before, after *store.Version, cells []standard.CellCode) {
	if before.Status == report.NeedsReview || after.Status == report.NeedsReview {
		for _, rule := range []string{"revise.fixes", "revise.breaks"} {
			j.say(o, rule, versionName(after), report.Open, "有一版待复核")
		}
		return
	}
	old, now := violations(before), violations(after)
	j.crossed(o, "revise.fixes", after, without(old, now), cells,
		standard.Label{ZH: "前一版不符、本版相符", EN: "failed in the version before and hold in this one"})
	j.crossed(o, "revise.breaks", after, without(now, old), cells,
		standard.Label{ZH: "前一版相符、本版不符", EN: "held in the version before and fail in this one"})
}

// violations are the relations between figures that fail in a version.
func violations(v *store.Version) []string {
	var list []string
	for _, f := range v.Findings {
		rule, _ := standard.RuleOf(f.Rule)
		if rule.Scope == standard.ScopeReport || rule.Scope == standard.ScopeYear {
			list = append(list, f.Violation())
		}
	}
	return list
}

func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

func (j *judge) crossed(o Owed, rule string, after *store.Version, relations []string, cells []standard.CellCode, what standard.Label) {
	if len(relations) == 0 || len(cells) == 0 {
		j.say(o, rule, versionName(after), report.Pass, "")
		return
	}
	list := strings.Join(relations, ", ")
	j.fail(o, report.Finding{Rule: rule, Subject: versionName(after), Attribution: report.ByAgency,
		Operands: changeOperands(after, cells), Left: list, Difference: fmt.Sprint(len(relations)),
		Text:   fmt.Sprintf("第 %d 版：%d 项关系%s（%s）。", after.Number, len(relations), what.ZH, list),
		TextEN: fmt.Sprintf("Version %d: %d relations %s (%s).", after.Number, len(relations), what.EN, list)})
}

// restated compares this year's carry with both versions of a corrected year before.
func (j *judge) restated(row store.CoverageRow, before []store.Version) {
	const rule = "revise.restated"
	next := j.w.versions[owedKey{row.Agency.ID, before[0].Year + 1}]
	if next == nil {
		return
	}
	o := j.w.owed(row, next.Year)
	code, in := standard.At("requests.carried_out", standard.Total), standard.At("requests.carried_in", standard.Total)
	first, old := before[0].Reading.Value(code).Known()
	now, known := before[len(before)-1].Reading.Value(code).Known()
	carried, printed := next.cells.value(in).Known()
	switch {
	case !old || !known || first == now:
		j.say(o, rule, "", report.Pass, "")
	case !printed:
		j.say(o, rule, "", report.Open, "本年上年结转没有数字")
	case carried != now:
		j.say(o, rule, "", report.Pass, "")
	default:
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: carried.String(), Right: now.String(), Difference: (now - first).String(),
			Operands: []report.Operand{{Cell: in, Value: next.cells.value(in)}, {Cell: code + "[y-1]", Value: before[len(before)-1].Reading.Value(code)}},
			Text:     fmt.Sprintf("上年报告的结转下年度由 %v 更正为 %v，本年上年结转为 %v：与更正后相符，与更正前不符。", first, now, carried),
			TextEN:   fmt.Sprintf("The year before corrected what it carries out from %v to %v; this year carries in %v: as corrected, not as first printed.", first, now, carried)})
	}
}
