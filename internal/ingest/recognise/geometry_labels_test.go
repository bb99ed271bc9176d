package recognise

import (
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestLabelsAsFound reads labels as real reports have them.
func TestLabelsAsFound(t *testing.T) {
	x := theForms()
	cols := map[uint8]string{}
	for _, format := range standard.Formats() {
		for _, c := range standard.FormOf(format).TableCells(standard.Disclosure) {
			row, col := splitCode(c)
			for r := range x.rows {
				if x.rows[r].key == row {
					for k := range x.slots[r] {
						if x.slots[r][k][formNumber(format)] == int16(c.Index)+1 {
							cols[uint8(k)] = col
						}
					}
				}
			}
		}
	}
	for text, want := range map[string]string{
		"本年新\n制作数量": "made",
		"本年新 製作數量":  "made",
		"本年/新公开数量":  "published",
		"对外公开/总数量":  "public_total",
		"规 章":       "disclosure.rules",
		"规章(制度)":    "disclosure.rules",
		"规章(设区的市、自治州人民政府制定)": "disclosure.rules",
		"規範性檔案": "disclosure.normative",
		"规范性文件": "disclosure.normative",
		"上一年项目数量 (指2019年事项数)": "prior_items",
		"本年增/":   "change",
		"本年增\\减": "change",
		"本年增／减 (指2020年数,减用负值表示,如 -8)": "change",
		"处理决定数量 (指2020年办 件量)":         "decisions",
		"本年处理绝对数量":                    "decisions",
		"采购总金额(万元)":                   "amount",
		"本年发件":                        "issued",
		"现行有效件":                       "in_force",
		"本年收费金额单位:万元":                 "amount",
		"數(shù)量":                     "",
		"其他主动公开文件":                    "",
		"其中：简易程序":                     "",
		"行政处罚公示":                      "",
		"政府集中采购公告":                    "",
		"行政检查":                        "",
		"第二十条第":                       "",
	} {
		key := plain(nil, text).key
		means := x.lookup(key)
		if means == nil {
			means = x.near(key, func(tb standard.Table) bool { return tb == standard.Disclosure })
		}
		got := ""
		for _, m := range means {
			switch {
			case m.table != standard.Disclosure || got != "":
			case m.row != 0:
				got = x.rows[m.row].key
			case m.col != 0:
				got = cols[m.col]
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestCutNumber takes the numbers of lists off labels.
func TestCutNumber(t *testing.T) {
	for text, want := range map[string]struct {
		rest   string
		number int
	}{
		"1.属于国家秘密":   {"属于国家秘密", 1},
		"１．属于国家秘密":   {"属于国家秘密", 1},
		"1、属于国家秘密":   {"属于国家秘密", 1},
		"3）其他":       {"其他", 3},
		"3其他":        {"其他", 3},
		"（七）总计":      {"总计", 7},
		"( 三 ) 不予公开": {" 不予公开", 3},
		"十二、其他":      {"其他", 12},
		"②其他":        {"其他", 2},
		"一般事项":       {"一般事项", 0},
		"2020年":      {"2020年", 0},
		"12":         {"12", 0},
		"（注）":        {"（注）", 0},
	} {
		if rest, number := cutNumber(text); rest != want.rest || number != want.number {
			t.Errorf("%s: got %q and %d, want %q and %d", text, rest, number, want.rest, want.number)
		}
	}
}

// TestReadFigure reads what stands in cells.
func TestReadFigure(t *testing.T) {
	f2019 := standard.FormOf(standard.F2019)
	cell := func(code standard.CellCode) standard.Cell {
		c, ok := f2019.Cell(code)
		if !ok {
			t.Fatal(code)
		}
		return c
	}
	count, change, money := cell("requests.new/natural"), cell("disclosure.license.change"), cell("disclosure.procurement.amount")
	for _, c := range []struct {
		text   string
		cell   standard.Cell
		unit   moneyUnit
		state  report.State
		amount string
	}{
		{"0", count, noUnit, report.Printed, "0"},
		{" ０ ", count, noUnit, report.Printed, "0"},
		{"3 1", count, noUnit, report.Printed, "31"},
		{"1,234", count, noUnit, report.Printed, "1234"},
		{"8，032", count, noUnit, report.Printed, "8032"},
		{"12件", count, noUnit, report.Printed, "12"},
		{"-8", count, noUnit, report.Printed, "-8"},
		{"3.5", count, noUnit, report.Printed, "3.5"},
		{"", count, noUnit, report.Blank, "0"},
		{"\u00a0\u3000\n", count, noUnit, report.Blank, "0"},
		{"——", count, noUnit, report.Dash, "0"},
		{"／", count, noUnit, report.Dash, "0"},
		{"无", count, noUnit, report.Dash, "0"},
		{"未增未减", change, noUnit, report.Words, "0"},
		{"不涉及", count, noUnit, report.Words, "0"},
		{"O", count, noUnit, report.Unread, "0"},
		{"1O", count, noUnit, report.Unread, "0"},
		{"l", count, noUnit, report.Unread, "0"},
		{"〇", count, noUnit, report.Unread, "0"},
		{"三", count, noUnit, report.Unread, "0"},
		{"000", count, noUnit, report.Unread, "0"},
		{"12,34", count, noUnit, report.Unread, "0"},
		{"1\n2", count, noUnit, report.Unread, "0"},
		{"273余", count, noUnit, report.Unread, "0"},
		{"3件（其中1件）", count, noUnit, report.Unread, "0"},
		{"减8", count, noUnit, report.Unread, "0"},
		{"减8", change, noUnit, report.Printed, "-8"},
		{"減少 8 项", change, noUnit, report.Printed, "-8"},
		{"增5", change, noUnit, report.Printed, "5"},
		{"＋5", change, noUnit, report.Printed, "5"},
		{"−1", change, noUnit, report.Printed, "-1"},
		{"(8)", change, noUnit, report.Unread, "0"},
		{"251000元", money, noUnit, report.Printed, "25.1"},
		{"251000", money, yuan, report.Printed, "25.1"},
		{"79000.1元", money, wanYuan, report.Printed, "7.90001"},
		{"1.2亿元", money, noUnit, report.Printed, "12000"},
		{"5225.19万元", money, yuan, report.Printed, "5225.19"},
		{"0.01元", money, noUnit, report.Printed, "0.000001"},
		{"0.001元", money, noUnit, report.Unread, "0"},
		{"约20万元", money, noUnit, report.Unread, "0"},
		{"20万美元", money, noUnit, report.Unread, "0"},
		{"99999999999999999999", count, noUnit, report.Unread, "0"},
	} {
		state, amount := readFigure(c.text, c.cell, c.unit)
		if state != c.state || amount.String() != c.amount {
			t.Errorf("%q in %s: got %v %v, want %v %s", c.text, c.cell.Code, state, amount, c.state, c.amount)
		}
	}
}
