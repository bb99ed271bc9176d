package crawl

import (
	"strings"

	"gongkai/internal/standard"
)

// RuleWords says for people what the rule does that took or left a link: that of a
// Candidate's Why or of a Rejection's Rule. A rule that it does not know is
// returned as it is.
func RuleWords(rule string, taken bool) standard.Label {
	id, what, particular := strings.Cut(rule, ": ")
	if !particular && !taken {
		if l, ok := ruleKind(id); ok {
			return l
		}
	}
	if taken && id == noWords {
		return standard.Label{ZH: "标题是年度报告的标题：“" + what + "”", EN: "the title is that of an annual report: " + what}
	}
	if taken && id == "accept.url" {
		return standard.Label{ZH: "列表没有标题，地址符合 accept.url，打开后再判断", EN: "the list gives no title; its address matches accept.url, the document will tell"}
	}
	switch id {
	case "page":
		return standard.Label{ZH: "门户文件写明此页本身就是报告", EN: "the portal file says that this page is a report itself"}
	case "cut_title":
		return standard.Label{ZH: "列表只显示标题的开头，打开后再判断", EN: "the list shows only the beginning of the title; the document will tell"}
	case "matrix":
		return standard.Label{ZH: "表格的行列标题写明单位和年度", EN: "the heads of row and column say whose and of which year it is"}
	case noWords:
		return standard.Label{ZH: "标题中没有年度报告的字样", EN: "nothing in the title speaks of an annual report"}
	case "other_report":
		return standard.Label{ZH: "是“" + what + "”的年度报告，不是政府信息公开工作年度报告", EN: "an annual report of " + what + ", not of government information disclosure"}
	case "accept.url":
		return standard.Label{ZH: "地址不符合 accept.url", EN: "the address does not match accept.url"}
	case "accept.years":
		return standard.Label{ZH: what + " 年不在 accept.years 之内", EN: what + " is not within accept.years"}
	case "reject.title":
		return standard.Label{ZH: "标题含“" + what + "”，不是年度报告", EN: "the title has " + what + ": no annual report"}
	case "reject.url":
		return standard.Label{ZH: "地址含“" + what + "”", EN: "the address has " + what}
	case "hosts":
		return standard.Label{ZH: "链接指向别的主机 " + what, EN: "the link leaves the portal for " + what}
	case "bare_title.column":
		return standard.Label{ZH: "标题像栏目名，地址不是文章", EN: "the title names a column and the address is that of one"}
	case "bare_title.unit":
		return standard.Label{ZH: "标题没有写明单位，列表也没有", EN: "neither the title nor the list says whose it is"}
	}
	return standard.Label{ZH: rule, EN: rule}
}

// ruleKind says what a rule left out where no single link is meant.
func ruleKind(id string) (standard.Label, bool) {
	l, ok := map[string]standard.Label{
		"accept.years": {ZH: "年度不在 accept.years 之内", EN: "of a year that accept.years leaves out"},
		"reject.title": {ZH: "标题含通知、解读、预算等字样", EN: "the title has words of notices, budgets and the like"},
		"reject.url":   {ZH: "地址属于不采集的一类", EN: "the address is of a kind that is left out"},
		"hosts":        {ZH: "链接指向别的主机", EN: "the link leaves the portal"},
		"other_report": {ZH: "其他事项的年度报告", EN: "annual reports of other matters"},
		// These a document is rejected by, once it is read.
		"document.no_report": {ZH: "打开后不是年度报告", EN: "no annual report once it was opened"},
		"register.unknown":   {ZH: "名录中没有这个机关，或没有读出年度", EN: "of no agency of the register, or of no year that could be read"},
	}[id]
	return l, ok
}
