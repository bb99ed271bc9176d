package aggregate

import (
	"fmt"
	"strconv"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// copied are sections that stand in another report for the most part, and templates
// that districts share, each told once.
func (f *leadFinder) copied() error {
	copies, err := f.s.Copies(f.ctx, f.w.region.Code, f.year, f.w.run)
	if err != nil {
		return err
	}
	best := make(map[report.AgencyID]CopyPair)
	for _, p := range copies.Pairs {
		if p.Share > best[p.Agency].Share {
			best[p.Agency] = p
		}
	}
	for _, row := range f.w.agencies {
		p, ok := best[row.Agency.ID]
		if !ok {
			continue
		}
		f.add(LeadCopied, row, Lead{
			Text: say("%s第 %d 部分有 %.0f%% 的文字片段与%s %d 年报告相同。", "%[1]s: %.0[3]f%% of the text fragments of section %[2]d stand in the report of %[4]s for %[5]d.",
				row.Agency.Short, p.Section, 100*p.Share, p.OtherName, p.OtherYear),
			Weight: 100 * p.Share, Reason: say("相同片段的占比", "share of common fragments"),
			Caveats: []standard.Label{say("统一的模板可以解释一部分相同；名称与数字不计", "A shared template explains some matches; names and numbers are left out")}})
	}
	for _, t := range copies.Templates {
		f.all = append(f.all, Lead{Kind: LeadCopied, Region: t.Region, Year: f.year, Name: regionName(t.Region),
			Text:   say("%s %d 个单位中 %d 个单位的第 %d 部分含有同一段文字。", "%s: of %d units, %d have the same passage in section %d.", regionName(t.Region), t.Of, t.Units, t.Section),
			Weight: 100 * float64(t.Units) / float64(t.Of), Reason: say("含有该段的单位占比", "share of units that have it"),
			Caveats: []standard.Label{say("按区域只列一次", "Listed once for the district")}})
	}
	return nil
}

// regionName is a region's name, or its code where the roster does not know it.
func regionName(code standard.RegionCode) string {
	if r, ok := standard.RegionOf(code); ok {
		return r.Name
	}
	return string(code)
}

// judged are findings across reports that are leads: figures changed without a note,
// and procurement far from its peers.
func (f *leadFinder) judged() error {
	j := &judge{ctx: f.ctx, s: f.s, w: f.w}
	q := store.Query{Region: f.w.region.Code, FromYear: f.year, ToYear: f.year, AsOf: f.w.run}
	if err := j.revisions(q); err != nil {
		return err
	}
	for _, group := range j.groups(f.year) {
		j.outliers(f.year, group)
	}
	for _, one := range j.list {
		row, ok := f.w.find(one.Agency.ID)
		if !ok || one.Result != report.Fail || one.Year != f.year {
			continue
		}
		switch {
		case one.Rule == "revise.silent":
			f.silent(row, one)
		case one.Rule == "peer.outlier" && one.Subject == "disclosure.procurement.amount":
			f.procurement(row, one)
		}
	}
	return nil
}

func (f *leadFinder) silent(row store.CoverageRow, one Judged) {
	changed, _ := strconv.Atoi(one.Finding.Difference)
	l := Lead{Weight: float64(changed), Reason: say("改动的格数", "cells changed"),
		Text:    standard.Label{ZH: row.Agency.Short + "：" + one.Finding.Text, EN: row.Agency.Short + ": " + one.Finding.TextEN},
		Caveats: []standard.Label{say("只在标题和正文中找更正说明", "A note of correction is looked for in title and text only")}}
	for _, o := range one.Finding.Operands {
		l.Cells = append(l.Cells, LeadCell{Agency: row.Agency.ID, Year: f.year, Cell: o.Cell, Value: o.Value})
	}
	f.add(LeadSilent, row, l)
}

func (f *leadFinder) procurement(row store.CoverageRow, one Judged) {
	cell := f.cell(row, f.year, standard.CellCode(one.Subject))
	median, _ := strconv.ParseFloat(one.Finding.Right, 64)
	amount := cell.Value.Amount
	l := Lead{Weight: amount.Float(), Reason: say("采购金额（万元）", "amount in 万元"),
		Text: say("%s政府集中采购金额 %v 万元，同类单位的中位数为 %s 万元。", "%s: centralised procurement of %v 万元, against a median of %s 万元 of its peers.",
			row.Agency.Short, amount, fmt.Sprintf("%.1f", median)),
		Caveats: []standard.Label{say("仅 2019、2020 年格式有此项；先核对单位是元还是万元", "Only the form of 2019 and 2020 has it; check first whether it is in 元 or 万元")},
		Cells:   []LeadCell{cell, f.cell(row, f.year, "disclosure.procurement.projects")}}
	f.add(LeadProcurement, row, l)
}
