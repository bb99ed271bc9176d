package browser

// A place is an address that is looked at, with texts that must be there.
type place struct {
	name, path string
	want       string // in Chinese
	en         string // in English
	link       string // pattern of an address on the page at path, which is the one that is meant
	main       bool   // gone through at both widths in each language, and in the dark
	dark       bool   // looked at in the dark too
	signed     bool   // by an administrator
}

// places are pages of every kind that the router knows.
var places = []place{
	{name: "home", path: "/", want: "示例区", en: "示例区", main: true},
	{name: "region", path: "/regions/990101", want: "示例区", en: "示例区"},
	{name: "region-past", path: "/regions/990101?as_of=1", want: "历史状态", en: "示例区"},
	{name: "region-real", path: "/regions/120110", want: "东丽区", en: "东丽区"},
	{name: "agency", path: "/agencies/990101001", want: "云杉街道", en: "云杉街道", main: true},
	{name: "agency-real", path: "/agencies/120110008", want: "军粮城街道", en: "军粮城街道"},
	{name: "agency-sheet", path: "/agencies/990101001/sheet", want: "云杉街道办事处", en: "云杉街道办事处"},
	{name: "report-seed", path: "/reports/120110008/2020", want: "5225.19", en: "5225.19", main: true},
	{name: "report-2024", path: "/reports/990101001/2024", want: "云杉街道", en: "云杉街道"},
	{name: "report-inconsistent", path: "/reports/990101002/2021", want: "勾稽不符", en: "nconsistent", main: true},
	{name: "report-f2014", path: "/reports/990101001/2016", want: "云杉街道", en: "云杉街道"},
	{name: "report-revised", path: "/reports/990101007/2023", want: "连翘街道", en: "连翘街道"},
	{name: "cell", path: "/reports/120110008/2020/cells/requests.new/natural", want: "本年新收", en: "natural"},
	{name: "cell-failed", path: "/reports/990101002/2021/cells/outcome.total/total", want: "雪松街道", en: "雪松街道"},
	{name: "requests", path: "/requests/990101001/2024", want: "申请", en: "requests"},
	{name: "requests-region", path: "/requests/990101/2024", want: "申请", en: "requests"},
	{name: "copies", path: "/copies/990101/2024", want: "示例区", en: "示例区"},
	{name: "compare", path: "/compare", want: "比较", en: "Compar", main: true},
	{name: "compare-rate", path: "/compare?units=990101001,990101002,990101&indicator=open_rate", want: "公开率", en: "Granted"},
	{name: "compare-bar", path: "/compare?chart=bar", want: "比较", en: "Compar"},
	{name: "compare-dot", path: "/compare?chart=dot&indicator=open_rate", want: "单年点", en: "dots", dark: true},
	{name: "compare-rank", path: "/compare?chart=rank&indicator=open_rate", want: "排列", en: "Ranking"},
	{name: "compare-multiples", path: "/compare?chart=multiples&units=990101001,990101002,990101003,990101004,990101", want: "小图", en: "multiples", dark: true},
	{name: "compare-asking", path: "/compare?chart=asking&units=990101001,990101", want: "申请人", en: "Applicant", dark: true},
	{name: "compare-sheet", path: "/compare/sheet?indicator=open_rate&units=990101001,990101002", want: "公开率", en: "Granted"},
	{name: "procurement", path: "/procurement/990101", want: "采购", en: "rocurement", dark: true},
	{name: "region-pinyin", path: "/regions/990101?sort=pinyin&as=share", want: "按拼音", en: "By pinyin"},
	{name: "indicator-pooled", path: "/indicators/open_rate?pool=form&sort=code", want: "各年合计", en: "summed", dark: true},
	{name: "agency-load", path: "/agencies/990101001?peers=load", want: "云杉街道", en: "云杉街道"},
	{name: "run", path: "/changes", link: `/changes\?run=\d+`, want: "次采集带来的变化", en: "What run", dark: true},
	{name: "chart-matrix", path: "/charts/regions/990101/matrix", want: "谁的表对得上", en: "reconcile", dark: true},
	{name: "chart-grounds", path: "/charts/regions/990101/grounds", want: "理由", en: "Grounds"},
	{name: "chart-movers", path: "/charts/regions/990101/movers", want: "变化最大", en: "Largest"},
	{name: "chart-ranking", path: "/charts/indicators/open_rate/ranking?region=990101", want: "排列", en: "ranking"},
	{name: "chart-spread", path: "/charts/indicators/requests_new/spread?region=990101", want: "分布", en: "distribution"},
	{name: "chart-asking", path: "/charts/requests/990101/2024/asking", want: "谁申请", en: "who asked"},
	{name: "sides", path: "/compare/reports?a=990101-gov/2024&b=990101-gov/2023", want: "两份报告并排", en: "side by side"},
	{name: "status", path: "/status/990101/2023", want: "忍冬街道", en: "忍冬街道", main: true},
	{name: "status-2024", path: "/status/990101/2024", want: "云杉街道", en: "云杉街道"},
	{name: "rollup", path: "/rollup/990101/2024", want: "汇总", en: "oll-up"},
	{name: "leads", path: "/leads", want: "关注事项", en: "look"},
	{name: "search", path: "/search?q=%E4%BA%91%E6%9D%89", want: "云杉街道", en: "云杉街道"},
	{name: "search-facets", path: "/search?q=%E7%94%B3%E8%AF%B7&year=2024", want: "申请", en: "申请"},
	{name: "search-none", path: "/search?q=zzzz", want: "没有", en: "No"},
	{name: "indicators", path: "/indicators", want: "公开率", en: "rate"},
	{name: "indicator", path: "/indicators/open_rate", want: "公开率", en: "rate"},
	{name: "methods", path: "/methods", want: "requests.balance", en: "requests.balance"},
	{name: "data", path: "/data", want: "CSV", en: "CSV"},
	{name: "guide", path: "/data/guide", want: "数据", en: "data"},
	{name: "dictionary", path: "/data/dictionary", want: "requests.new", en: "requests.new"},
	{name: "api", path: "/data/api", want: "/api/v1", en: "/api/v1"},
	{name: "changes", path: "/changes", want: "示例", en: "示例"},
	{name: "check", path: "/check", want: "草稿", en: "draft"},
	{name: "corrections", path: "/corrections", want: "更正", en: "orrections"},
	{name: "report-error", path: "/report-error?page=%2Fregions%2F990101", want: "报告错误", en: "error"},
	{name: "original", path: "/reports/120110008/2020", link: `/originals/[0-9a-f]+/view\?[^"]*row=4[^"#]*`, want: "军粮城", en: "军粮城"},
	{name: "chart", path: "/charts/regions/990101/outcomes", want: "公开", en: "Granted"},
	{name: "chart-agency", path: "/charts/agencies/990101001/open_rate", want: "公开率", en: "rate"},
	{name: "chart-curve", path: "/charts/status/990101/2024/curve", want: "示例区", en: "示例区"},
	{name: "circular", path: "/papers/circular/990101/2024", want: "通报", en: "通报"},
	{name: "sheet", path: "/papers/sheet/990101002/2021", want: "核对单", en: "核对单"},
	{name: "login", path: "/login", want: "登录", en: "Sign in"},
	{name: "not-found", path: "/agencies/nobody", want: "没有编号为“nobody”的单位", en: "nobody"},
	{name: "no-report", path: "/reports/990101001/2031", want: "没有", en: "no"},
	{name: "bad-parameter", path: "/compare?years=abc", want: "abc", en: "abc"},
	{name: "desk", path: "/admin", want: "工作台", en: "Desk", signed: true},
	{name: "queue", path: "/admin/review", want: "复核", en: "eview", signed: true},
	{name: "review", path: "/admin/review/next", want: "复核", en: "eview", signed: true},
	{name: "decisions", path: "/admin/findings/990101002/2021", want: "雪松街道", en: "雪松街道", signed: true},
	{name: "users", path: "/admin/users", want: "officer", en: "officer", signed: true},
	{name: "user", path: "/admin/users", link: `/admin/users/\d+`, want: "officer", en: "officer", signed: true},
	{name: "notices", path: "/admin/notices", want: "订阅者", en: "Subscriber", signed: true},
	{name: "jobs", path: "/admin/jobs", want: "待重试", en: "To be retried", signed: true},
	{name: "portals", path: "/admin/portals", want: "门户", en: "Portal", signed: true},
	{name: "portal", path: "/admin/portals/tj-dongli", want: "版式", en: "Layout", signed: true},
	{name: "rounds", path: "/admin/rounds", want: "草稿报送", en: "Drafts", signed: true},
	{name: "audit", path: "/admin/audit", want: "officer", en: "officer", signed: true},
	{name: "calls", path: "/admin/calls/990101/2023", want: "忍冬街道", en: "忍冬街道", signed: true, dark: true},
	{name: "errors", path: "/admin/errors", want: "报告错误", en: "rror", signed: true, dark: true},
	{name: "portals", path: "/admin/portals", want: "门户", en: "ortal", signed: true, dark: true},
	{name: "portal", path: "/admin/portals", link: `/admin/portals/[a-z0-9-]+$`, want: "门户", en: "ortal", signed: true, dark: true},
	{name: "rounds", path: "/admin/rounds", want: "草稿", en: "raft", signed: true, dark: true},
	{name: "account", path: "/account", want: "officer", en: "officer", signed: true},
}

// frames are pages for the pages of others: they have neither head nor foot of ours.
var frames = []place{
	{name: "embed", path: "/embed/regions/990101/outcomes", want: "公开", en: "Granted"},
	{name: "embed-matrix", path: "/embed/regions/990101/matrix", want: "数据表", en: "Data table"},
	{name: "embed-headline", path: "/embed/headlines/990101/requests_new", want: "新收申请", en: "requests"},
	{name: "embed-cell", path: "/embed/cells/120110008/2020/requests.new/natural", want: "本年新收", en: "atural"},
	{name: "embed-table", path: "/embed/tables/120110008/2020/requests", want: "本年新收", en: "New"},
}

// says returns the text that must be there in a language.
func (p place) says(lang string) string {
	if lang == "" {
		return p.want
	}
	return p.en
}
