package crawl

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func portal(t testing.TB, more string) *Portal {
	t.Helper()
	p, err := ReadPortal("test", strings.NewReader(smallest+more))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAccepts(t *testing.T) {
	p := portal(t, "")
	for _, c := range []struct {
		title string
		ok    bool
		year  int
		unit  string
	}{
		{"军粮城街道办事处2020年政府信息公开工作年度报告", true, 2020, "军粮城街道办事处"},
		{"2020年云杉街道政府信息公开工作年度报告", true, 2020, "云杉街道"},
		{"云杉街道办事处2019年度政府信息公开年度报告", true, 2019, "云杉街道办事处"},
		{"云杉街道关于2021年政府信息公开工作的年度报告", true, 2021, "云杉街道"},
		{"芦苇镇人民政府二〇二〇年政府信息公开年报", true, 2020, "芦苇镇人民政府"},
		{"芦苇镇２０２２年政府信息公开工作年度报告", true, 2022, "芦苇镇"},
		{"芦苇镇政府信息公开工作2017年度报告", true, 2017, "芦苇镇"},
		{"云杉区城市管理综合行政执法局2021年政府信息公开工作年度报告", true, 2021, "云杉区城市管理综合行政执法局"},
		{"云杉区卫生和计划生育委员会2016年政府信息公开工作年度报告", true, 2016, "云杉区卫生和计划生育委员会"},
		{"云杉街道政府信息公开工作年度报告（2022年）", true, 2022, "云杉街道"},
		{"云杉街道政府信息公开工作年度报告(2022).docx", true, 2022, "云杉街道"},
		{"云杉街道2020年政务公开工作年度报告", true, 2020, ""},
		{"云杉街道2023年信息公开工作报告", true, 2023, "云杉街道"},

		{"关于做好2020年政府信息公开工作年度报告编制和发布工作的通知", false, 2020, ""},
		{"关于2020年政府信息公开工作年度报告编制情况的通报", false, 2020, ""},
		{"云杉区2020年法治政府建设年度报告", false, 2020, ""},
		{"云杉区2020年法治政府建设情况报告", false, 2020, ""},
		{"云杉区2020年政府网站工作年度报表", false, 2020, ""},
		{"云杉街道2020年行政执法工作年度报告", false, 2020, ""},
		{"云杉街道2020年部门决算公开", false, 2020, ""},
		{"2021年云杉街道政务公开工作要点", false, 2021, ""},
		{"云杉街道政府信息公开指南（2021年版）", false, 2021, ""},
		{"一图读懂云杉街道2020年政府信息公开工作年度报告", false, 2020, ""},
		{"云杉街道2020年政府信息公开工作年度报告解读", false, 2020, ""},
		{"云杉街道开展春季义务植树活动", false, 0, ""},
		{"云杉街道2006年政府信息公开工作年度报告", false, 2006, ""},

		{"云杉街道2023年度政府信息公开年报", true, 2023, "云杉街道"},
		{"云杉街道办事处关于2014年度政府信息公开工作情况的报告", true, 2014, "云杉街道办事处"},
		{"云杉街道2023年度报告", true, 2023, "云杉街道"},
		{"粮食局2023年年度报告", true, 2023, "粮食局"},
		{"【年报】云杉街道2023", true, 2023, "云杉街道"},
		{"【更正】云杉街道2023年政府信息公开工作年度报告", true, 2023, "云杉街道"},
		{"云杉街道2023年政府信息公开工作年度报告（修订版）", true, 2023, "云杉街道"},
		{"附件2：云杉街道2023年度政府信息公开年报.docx", true, 2023, "云杉街道"},
		{"云杉街道 2023年 政府信息公开 工作 年度 报告", true, 2023, "云杉街道"},
		{"2023年度政府信息公开工作年度报告 云杉街道", true, 2023, "云杉街道"},
		{"云杉街道二O二三年政府信息公开工作年度报告", true, 2023, "云杉街道"},
		{"二零二三年云杉街道信息公开年报", true, 2023, "云杉街道"},
		{"2024年1月发布的云杉街道2023年政府信息公开工作年度报告", true, 2023, "云杉街道"},
		{"2023年政府信息公开工作年度报告（2024年1月20日公布）", true, 2023, ""},
		{"云杉街道政府信息公开工作年度报告（2024-01-20）", true, 0, "云杉街道"},
		{"中共云杉区委机构编制委员会办公室2023年政府信息公开工作年度报告", true, 2023, "中共云杉区委机构编制委员会办公室"},
		{"云杉区绩效考核办公室2023年政府信息公开工作年度报告", true, 2023, "云杉区绩效考核办公室"},
		{"2023年度云杉街道政务公开年度报告", true, 2023, "云杉街道"},

		{"2023年法治政府建设年度报告", false, 2023, ""},
		{"关于报送2023年政府信息公开年报的通知", false, 2023, ""},
		{"关于做好年报报送", false, 0, ""},
		{"云杉区政府信息公开工作年度报告汇编（2023年）", false, 2023, ""},
		{"云杉区2023年政府信息公开工作年度报告更正公告", false, 2023, ""},
		{"2023年政府信息公开工作年度报告编制情况", false, 2023, ""},
		{"政府信息公开工作年度报告模板（2023年）", false, 2023, ""},
		{"2023年行政复议年度报告", false, 2023, ""},
		{"区司法局2023年行政执法年报", false, 2023, ""},
		{"云杉街道2023年社会保险基金年度报告", false, 2023, ""},
		{"云杉街道2023年安全生产年度工作报告", false, 2023, ""},
		{"2023年规范性文件清理年度报告", false, 2023, ""},
		{"事业单位法人年度报告", false, 0, ""},
		{"企业年报", false, 0, ""},
		{"云杉区公共企事业单位2023年信息公开年报", false, 2023, ""},
		{"云杉学校信息公开年度报告（2022-2023学年）", false, 2022, ""},
		{"云杉医院2023年院务公开年度报告", false, 2023, ""},
		{"云杉街道2023年上半年政府信息公开工作报告", false, 2023, ""},
		{"云杉街道2023年政府信息依申请公开情况年度报告", false, 2023, ""},
		{"云杉区2023年度政务公开第三方评估报告", false, 2023, ""},
		{"历年年报", false, 0, ""},
	} {
		ok, rule := p.Accepts(c.title, "http://a.test/202101/t20210121_5331218.html")
		if ok != c.ok {
			t.Errorf("%s: accepted %v by %q; want %v", c.title, ok, rule, c.ok)
		}
		if got := YearFromTitle(c.title); got != c.year {
			t.Errorf("%s: year %d; want %d", c.title, got, c.year)
		}
		if got := UnitFromTitle(c.title); c.unit != "" && got != c.unit {
			t.Errorf("%s: unit %q; want %q", c.title, got, c.unit)
		}
	}
}

// Whatever way a title is put together, the report, its year and its unit are found; what
// is put beside it makes it another document.
func TestAcceptsComposed(t *testing.T) {
	p := portal(t, "")
	rapid.Check(t, func(t *rapid.T) {
		pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
		unit := pick("unit", "云杉街道办事处", "云杉街道", "芦苇镇人民政府", "白杨乡", "云杉区财政局", "云杉区发展和改革委员会", "云杉区人民政府", "云杉区行政审批局")
		year := rapid.IntRange(2008, 2029).Draw(t, "year")
		digits := fmt.Sprint(year)
		digits = pick("digits", digits, strings.NewReplacer("0", "〇", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(digits),
			strings.Map(func(r rune) rune { return r - '0' + '０' }, digits))
		words := pick("words", "政府信息公开工作年度报告", "政府信息公开年度报告", "政府信息公开年报", "信息公开工作年度报告", "政府信息公开工作报告", "政府信息公开工作情况报告")
		title := map[string]string{
			"unit first": unit + digits + pick("of", "年", "年度") + words,
			"year first": digits + pick("of", "年", "年度") + unit + words,
			"year last":  unit + words + "（" + digits + "年）",
			"about":      unit + "关于" + digits + "年" + words,
			"unit last":  digits + "年" + words + "（" + unit + "）",
		}[pick("order", "unit first", "year first", "year last", "about", "unit last")]
		title += pick("ending", "", "", ".pdf", ".docx", "(全文)")
		ok, rule := p.Accepts(title, "http://a.test/t20210121_5331218.html")
		if !ok || YearFromTitle(title) != year || UnitFromTitle(title) != unit {
			t.Fatalf("%s: %v by %q, year %d, unit %q", title, ok, rule, YearFromTitle(title), UnitFromTitle(title))
		}
		other := pick("before", "关于印发", "关于做好", "图解：", "一图读懂", "") + title
		if other == title {
			other = title + pick("behind", "编制工作通知", "的通报", "解读", "编制说明", "公示", "汇编")
		} else {
			other += "的通知"
		}
		if ok, rule := p.Accepts(other, "http://a.test/t20210121_5331218.html"); ok {
			t.Fatalf("%s: taken by %q", other, rule)
		}
	})
}

// A link that leaves the portal is no report of it, whatever its title says.
func TestAcceptsHosts(t *testing.T) {
	p := portal(t, "hosts: [files.a.test]\n")
	for address, want := range map[string]bool{
		"http://a.test/t1.html": true, "https://www.a.test/t1.html": true, "http://files.a.test/t1.html": true,
		"http://b.test/t1.html": false, "http://a.test.b.test/t1.html": false, "http://a.test:8080/t1.html": false,
	} {
		if ok, rule := p.Accepts("云杉街道2020年政府信息公开工作年度报告", address); ok != want {
			t.Errorf("%s: %v by %q; want %v", address, ok, rule, want)
		}
	}
}

// A bare title names a column as well as a report.
func TestBareTitle(t *testing.T) {
	p := portal(t, "")
	at := func(s string) item {
		u, err := resolve(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		return item{url: u, title: "政府信息公开工作年度报告"}
	}
	for _, c := range []struct {
		url   string
		entry Entry
		want  bool
	}{
		{"http://a.test/gknb/", Entry{Unit: "120110008"}, false},
		{"http://a.test/gknb/index.html", Entry{Unit: ByColumn}, false},
		{"http://a.test/gknb/202101/t20210113_5331218.html", Entry{Unit: "120110008"}, true},
		{"http://a.test/gknb/202101/t20210113_5331218.html", Entry{Unit: ByColumn}, true},
		{"http://a.test/gknb/202101/t20210113_5331218.html", Entry{}, false},
		{"http://a.test/gknb/report.docx", Entry{Unit: "120110008"}, true},
	} {
		if ok, rule := p.judge(at(c.url), &c.entry, ""); ok != c.want {
			t.Errorf("%s in a list of %q: %v by %q; want %v", c.url, c.entry.Unit, ok, rule, c.want)
		}
	}
}

func TestExpand(t *testing.T) {
	v := values{"n": "3", "pages": "5", "stem": "http://a.test/8141", "ext": "htm", "have": "45", "size": "15"}
	for template, want := range map[string]string{
		"{stem}/{pages-n+1}.{ext}":              "http://a.test/8141/3.htm",
		"index_{n-1}.html":                      "index_2.html",
		"{n*45-44}":                             "91",
		"start={have+1}&end={have + size * 3}":  "start=46&end=90",
		"plain":                                 "plain",
		`{"page":{n},"of":{},"by":{"size":15}}`: `{"page":3,"of":{},"by":{"size":15}}`,
	} {
		if got, err := expand(template, v); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", template, got, err, want)
		}
	}
	for _, bad := range []string{"{unknown}", "{n+}", "{stem+1}", "{n/2}"} {
		if got, err := expand(bad, v); err == nil {
			t.Errorf("%s: %q; want an error", bad, got)
		}
	}
}

func TestExpandBody(t *testing.T) {
	v := values{"state": "a+b/c=", "n": "2", "tag": `"栏目"`}
	for template, want := range map[string]string{
		"__VIEWSTATE={state}&page={n}": "__VIEWSTATE=a%2Bb%2Fc%3D&page=2",
		`{"tag":"{tag}","page":{n}}`:   `{"tag":"\"栏目\"","page":2}`,
	} {
		if got, err := expandBody(template, v); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", template, got, err, want)
		}
	}
}

func TestResolve(t *testing.T) {
	base, err := resolve(nil, "http://A.test:80/zwgk/list.html#top")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"./202101/t1.html":          "http://a.test/zwgk/202101/t1.html",
		"/x.html;jsessionid=AB12?a": "http://a.test/x.html?a",
		"//a.test/y.html":           "http://a.test/y.html",
		`..\info\1.htm`:             "http://a.test/info/1.htm",
		"a b.html":                  "http://a.test/zwgk/a%20b.html",
		"年报.html":                   "http://a.test/zwgk/%E5%B9%B4%E6%8A%A5.html",
		"x?q=年":                     "http://a.test/zwgk/x?q=%E5%B9%B4",
		"https://a.test:443":        "https://a.test/",
	} {
		if u, err := resolve(base, ref); err != nil || u.String() != want {
			t.Errorf("%s: %v, %v; want %s", ref, u, err, want)
		}
	}
	for _, ref := range []string{"", "#a", "javascript:void(0)", "mailto:a@a.test", "http://"} {
		if u, err := resolve(base, ref); err == nil {
			t.Errorf("%q: %s; want an error", ref, u)
		}
	}
}
