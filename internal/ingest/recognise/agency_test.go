package recognise

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

func TestParseAgency(t *testing.T) {
	for text, want := range map[string]string{
		"军粮城街道办事处":         "军粮城街道办事处",
		"军粮城街道":            "军粮城街道办事处",
		"军粮城街":             "军粮城街道办事处",
		"佳荣里街":             "佳荣里街道办事处",
		"汀南区石榴坪镇":          "汀南区 石榴坪镇人民政府",
		"云川市云东区":           "云川市 云东区人民政府",
		"云川市云东区人民政府":       "云川市 云东区人民政府",
		"栖岭县柳汀乡政府":         "栖岭县 柳汀乡人民政府",
		"天津市东丽区军粮城街道办事处":   "天津市 东丽区 军粮城街道办事处",
		"沙市区胜利街道":          "沙市区 胜利街道办事处",
		"红旗路街道":            "红旗路街道办事处",
		"红旗街道办":            "红旗街道办事处",
		"城区街道":             "城区街道办事处",
		"市桥街道办事处":          "市桥街道办事处",
		"广州市越秀区北京街道办事处":    "广州市 越秀区 北京街道办事处",
		"东市镇":              "东市镇人民政府",
		"镇海区人民政府":          "镇海区人民政府",
		"兴安盟科尔沁右翼前旗哈日诺尔苏木": "兴安盟 科尔沁右翼前旗 哈日诺尔苏木人民政府",
		"云川市教育局":           "云川市 教育局",
		"上海市人民政府办公厅":       "上海市 上海市人民政府办公厅",
		"运城经济技术开发区管理委员会":   "运城经济技术开发区管理委员会",
		"一、总体情况":           "",
		"2021年1月13日":       "",
		"无":                "",
	} {
		got := ""
		if a, ok := parseAgency(text); ok {
			got = strings.TrimSpace(strings.Join(a.region, " ") + " " + a.name)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestAgencyInTitle(t *testing.T) {
	for title, want := range map[string]string{
		"2020年霁山区油坊街道政府信息公开工作年度报告_霁山区人民政府网站": "油坊街道办事处",
		"古驿镇政府信息公开工作年度报告（2019年）":             "古驿镇人民政府",
		"南薰镇人民政府2018年政府信息公开年度报告":             "南薰镇人民政府",
		"南薰镇人民政府信息公开年度报告":                    "南薰镇人民政府",
		"栖岭县竹溪口镇人民政府2021年政府信息公开工作年报":         "竹溪口镇人民政府",
		"云川市栖岭县2024年政府信息公开工作年度报告":            "栖岭县人民政府",
		"2025政府信息公开年度报告":                     "",
		"政府信息公开工作年度报告":                       "",
		"２０２０年度古驛鎮政府信息公開工作年度報告":              "古驿镇人民政府",
		"关于公布佳荣里街2021年政务信息公开工作报告":            "佳荣里街道办事处",
		"锡林郭勒盟教育局政府信息公开工作2017年度报告":           "教育局",
	} {
		a, _ := agencyInTitle(title)
		if a.name != want {
			t.Errorf("%s: got %q, want %q", title, a.name, want)
		}
	}
}

func TestYear(t *testing.T) {
	text := func(lines ...string) (out []extract.Paragraph) {
		for _, l := range lines {
			out = append(out, extract.Paragraph{Text: l})
		}
		return out
	}
	const title2020 = "某街道2020年政府信息公开工作年度报告"
	for name, c := range map[string]struct {
		titles      []string
		prose       []extract.Paragraph
		year        int
		doubt, note bool
	}{
		"title":             {[]string{title2020}, nil, 2020, false, false},
		"period":            {nil, text("数据统计期限自2019年1月1日起至2019年12月31日止。"), 2019, false, false},
		"period, lost":      {nil, text("统计期限为201911日起至20191231日止"), 2019, false, false},
		"period, one year":  {nil, text("统计期限为2019年1月1日至12月31日。"), 2019, false, false},
		"period over title": {[]string{title2020}, text("自2019年1月1日起至2019年12月31日止。"), 2019, false, true},
		"text":              {nil, text("2020年，我街共主动公开19条。", "2020年共受理73件，2021年将继续。"), 2020, false, false},
		"text over title":   {[]string{title2020}, text("2019年，我街共主动公开19条。"), 2019, false, true},
		"law named":         {nil, text("根据2019年5月15日施行的条例，2020年公开19条。"), 2020, false, false},
		"caption":           {nil, text("政府信息公开情况统计表（2017年度）"), 2017, false, false},
		"chinese digits":    {[]string{"某街道二〇二〇年政府信息公开工作年度报告"}, nil, 2020, false, false},
		"nothing":           {nil, text("我街共主动公开19条。"), 0, false, false},
		"period stale":      {[]string{title2020}, text("自2019年1月1日起至2019年12月31日止。", "2020年公开19条。", "2020年受理1件。"), 2019, true, false},
		"caption against":   {nil, text("2018年公开19条。", "政府信息公开情况统计表（2017年度）"), 2017, true, false},
	} {
		var signed report.Date
		if strings.Contains(name, "stale") {
			signed = report.Date{Year: 2021, Month: 1, Day: 12}
		}
		e := evidenceOfYear(c.titles, c.prose, signed, report.Date{})
		year, doubt, note := e.settle()
		got := []any{year, doubt != "", note != ""}
		if diff := cmp.Diff([]any{c.year, c.doubt, c.note}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2021年1月13日":       "2021-1-13",
		"2021-01-13 09:30": "2021-1-13",
		"二〇二一年一月十三日":       "2021-1-13",
		"二○二一年十二月三十一日":     "2021-12-31",
		"二零二一年十月二十日":       "2021-10-20",
		"2020-02-0220:12":  "2020-2-2",
		"2021/3/4":         "2021-3-4",
		"2021.03.04":       "2021-3-4",
		"发布时间:2020-01-14":  "2020-1-14",
		"2020年":            "",
		"第2020号":           "",
		"2021年13月1日":       "",
	} {
		got := ""
		if _, d := dateIn(text); !d.IsZero() {
			got = itoa(d.Year) + "-" + itoa(d.Month) + "-" + itoa(d.Day)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
