package crawl

import (
	"strings"
	"testing"
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
