package demo

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// The real report: the figures that 军粮城街道办事处 of 天津市东丽区 published for 2020.
// The figures are facts; the sentences around them are our own.
//
//go:embed junliangcheng.csv
var junliangchengCSV string

const (
	realDistrict = "120110"
	realUnit     = "120110008"
	realYear     = 2020
)

// junliangcheng returns the real report.
func junliangcheng() (Truth, error) {
	rows, err := csv.NewReader(strings.NewReader(junliangchengCSV)).ReadAll()
	if err != nil {
		return Truth{}, fmt.Errorf("junliangcheng.csv: %w", err)
	}
	t := Truth{Agency: realUnit, Year: realYear, Format: standard.F2019, Cells: Figures{},
		Published: report.Date{Year: 2021, Month: 1, Day: 13}, Title: "军粮城街道办事处2020年政府信息公开工作年度报告"}
	for _, row := range rows[1:] {
		n, err := report.ParseAmount(row[1])
		if err != nil {
			return Truth{}, fmt.Errorf("junliangcheng.csv: %s: %w", row[0], err)
		}
		t.Cells[standard.CellCode(row[0])] = n
	}
	return t, nil
}

// realArticle is the page of the real report. Its title names neither year nor
// agency, as the original's does not; it says of itself that its sentences are ours,
// for no words may be put into the mouth of a real office.
func realArticle(t Truth) Article {
	printed := t.Cells.print()
	printed["disclosure.procurement.amount"] += "万元"
	intro := "军粮城街道办事处依照《中华人民共和国政府信息公开条例》公布2020年度政府信息公开工作情况，数据自2020年1月1日至2020年12月31日。" +
		"本页是演示副本：各表数字取自该办事处公布的报告，文字另行编写，不是原文。"
	prose := map[int][]string{
		1: {
			"（一）主动公开。2020年主动公开政府信息19条，均可在东丽区政府网站查到。",
			"（二）依申请公开。2020年通过信函收到政府信息公开申请73件，全年共办理81件。",
		},
		5: {"公开内容的丰富程度和更新速度仍可改进，今后将按月检查栏目，及时补充。"},
		6: {"没有其他需要报告的事项。"},
	}
	return Article{Site: "天津市东丽区人民政府", Breadcrumb: []string{"首页", "政务公开", "政府信息公开", "军粮城街道", "政府信息公开年报"},
		Title: "政府信息公开工作年度报告", Source: "军粮城街道办事处", Published: t.Published,
		Parts: Body(t.Format, printed, intro, prose), Signature: "军粮城街道办事处", Signed: t.Published}
}
