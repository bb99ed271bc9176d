package aggregate

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// peers judges reports against those of the same kind, parent and year.
func (j *judge) peers(q store.Query) error {
	for _, year := range j.w.asked(q) {
		j.sameNumbers(year)
		for _, group := range j.groups(year) {
			j.outliers(year, group)
		}
	}
	return nil
}

// groups are the counted reports of a year by kind and parent, and by format, since
// cells of other formats are other cells.
func (j *judge) groups(year int) [][]*version {
	type key struct {
		parent standard.RegionCode
		local  bool
		format standard.Format
	}
	var order []key
	groups := make(map[key][]*version)
	for _, row := range j.w.members() {
		v := j.w.counted(j.w.owed(row, year))
		if v == nil || v.cells.form == nil {
			continue
		}
		k := key{peerRegion(row.Agency), local(row.Agency.Kind), v.Format}
		if len(groups[k]) == 0 {
			order = append(order, k)
		}
		groups[k] = append(groups[k], v)
	}
	list := make([][]*version, len(order))
	for i, k := range order {
		list[i] = groups[k]
	}
	return list
}

// outliers compares the totals of each report with the median of its group, on a
// logarithmic scale.
func (j *judge) outliers(year int, group []*version) {
	const rule = "peer.outlier"
	least, factor := int(j.threshold(rule, "group")), j.threshold(rule, "mad")
	far := make(map[*version]bool)
	for _, cell := range group[0].cells.form.Cells {
		if column := cell.Code.Column(); cell.Signed() || column != "" && column != standard.Total {
			continue
		}
		var of []*version
		var logs []float64
		for _, v := range group {
			if a, ok, _ := v.cells.amount(cell.Code); ok && a >= 0 {
				of, logs = append(of, v), append(logs, math.Log1p(a.Float()))
			}
		}
		median, spread := medianSpread(logs)
		if len(of) < least || spread == 0 {
			continue
		}
		for i, v := range of {
			if math.Abs(logs[i]-median) > factor*spread {
				far[v] = true
				j.outlier(v, cell, len(of), math.Expm1(median))
			}
		}
	}
	for _, v := range group {
		o := j.ofVersion(v)
		switch {
		case len(group) < least:
			j.say(o, rule, "", report.NotApplicable, fmt.Sprintf("同类单位只有 %d 个", len(group)))
		case !far[v]:
			j.say(o, rule, "", report.Pass, "")
		}
	}
}

// medianSpread returns the median and the median absolute deviation.
func medianSpread(values []float64) (median, spread float64) {
	if len(values) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(values))
	median = quantile(sorted, 0.5)
	for i, v := range sorted {
		sorted[i] = math.Abs(v - median)
	}
	slices.Sort(sorted)
	return median, quantile(sorted, 0.5)
}

func (j *judge) ofVersion(v *version) Owed {
	row, _ := j.w.find(v.Agency)
	return j.w.owed(row, v.Year)
}

func (j *judge) outlier(v *version, cell standard.Cell, n int, median float64) {
	value := v.cells.value(cell.Code)
	j.fail(j.ofVersion(v), report.Finding{Rule: "peer.outlier", Subject: string(cell.Code), Attribution: report.ByAgency,
		Operands: []report.Operand{{Cell: cell.Code, Value: value}},
		Left:     value.Amount.String(), Right: fmt.Sprintf("%.1f", median),
		Text:   fmt.Sprintf("%s为 %v，%d 个同类单位的中位数为 %.1f。", cell.RowLabel.ZH, value.Amount, n, median),
		TextEN: fmt.Sprintf("%s: %v, against a median of %.1f over %d units of its kind.", cell.RowLabel.EN, value.Amount, median, n)})
}

// sameNumbers finds reports of a year whose cells are all alike. A hash sorts them,
// and the cells themselves decide.
func (j *judge) sameNumbers(year int) {
	const rule = "peer.same_numbers"
	least := int(j.threshold(rule, "cells"))
	alike := make(map[uint64][]*version)
	for _, row := range j.w.agencies {
		o := j.w.owed(row, year)
		v := j.w.versions[owedKey{row.Agency.ID, year}]
		if v == nil || v.cells.form == nil {
			continue
		}
		if nonZero(v) < least {
			j.say(o, rule, "", report.NotApplicable, fmt.Sprintf("非零格不足 %d 个", least))
			continue
		}
		h := figuresHash(v)
		for _, other := range alike[h] {
			if sameFigures(v, other) {
				j.sameFinding(o, v, other)
				j.sameFinding(j.ofVersion(other), other, v)
			}
		}
		if len(alike[h]) == 0 {
			j.say(o, rule, "", report.Pass, "")
		}
		alike[h] = append(alike[h], v)
	}
	failed := make(map[report.AgencyID]bool)
	for _, one := range j.list {
		if one.Rule == rule && one.Year == year && one.Result == report.Fail {
			failed[one.Agency.ID] = true
		}
	}
	j.list = slices.DeleteFunc(j.list, func(one Judged) bool { // passed before its like was met
		return one.Rule == rule && one.Year == year && one.Result == report.Pass && failed[one.Agency.ID]
	})
}

func nonZero(v *version) (n int) {
	for state, amount := range v.cells.values.All() {
		if state == report.Printed && amount != 0 {
			n++
		}
	}
	return n
}

func figuresHash(v *version) uint64 {
	h := fnv.New64a()
	var b [9]byte
	for cell := range v.cells.values.Len() {
		state, amount := v.cells.values.At(cell)
		b[0] = byte(state)
		for i := range 8 {
			b[1+i] = byte(amount >> (8 * i))
		}
		h.Write(b[:])
	}
	return h.Sum64()
}

func sameFigures(a, b *version) bool {
	if a.Format != b.Format || a.cells.values.Len() != b.cells.values.Len() {
		return false
	}
	for i := range a.cells.values.Len() {
		if a.cells.values.Value(i) != b.cells.values.Value(i) {
			return false
		}
	}
	return true
}

func (j *judge) sameFinding(o Owed, v, other *version) {
	row, _ := j.w.find(other.Agency)
	j.fail(o, report.Finding{Rule: "peer.same_numbers", Subject: string(other.Agency), Left: fmt.Sprint(nonZero(v)),
		Text:   fmt.Sprintf("%d 个非零格与%s的报告全部相同。", nonZero(v), row.Agency.Name),
		TextEN: fmt.Sprintf("All %d cells above 0 equal those of the report of %s.", nonZero(v), row.Agency.Name)})
}
