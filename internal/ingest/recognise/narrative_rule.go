package recognise

// A narRule says what a figure means from the words around it. Each string of all
// lists words of which one must be there; one of the words of none must not. 上年 and
// 下年 stand for the numbers of those years as well.
type narRule struct {
	all      []string
	none     string
	money    bool      // the figure is an amount of money
	requests bool      // only in a paragraph about requests
	says     [3]string // cell by format, oldest first; "" where the format has none
}

const (
	narNew       = "requests.new/total"
	narCarriedIn = "requests.carried_in/total"
	narTotal     = "outcome.total/total"
	narReview    = "review.total"
	narSuits     = "suit_direct.total+suit_after_review.total"
	// narBoth stands for reviews and suits named together: only their zero is one
	// figure for each.
	narBoth = "review+suit"
	// narWay are the ways of applying: a figure of one of them is of a part.
	narWay = "当面|现场|传真|网络|网上|网站|在线|平台|信函|邮寄|信件|邮件|邮箱"
	// narElsewhere are the words of other business that is counted in the same way.
	narElsewhere = "热线|咨询|信箱|来信|工单|提案|建议|信访件|留言|舆情|投诉件|诉求|来电|培训|会议"
)

// narLater is a cell that F2019 and F2021 have.
func narLater(cell string) [3]string { return [3]string{"", cell, cell} }

// narEver is a cell that all formats have.
func narEver(cell string) [3]string { return [3]string{cell, cell, cell} }

// narSuitsOf is what all suits are in a format.
func narSuitsOf(format int) string {
	if format == 0 {
		return "suit.total"
	}
	return narSuits
}

// narRules are tried in order; the first that fits is taken.
func narRules() []narRule {
	return []narRule{
		{all: []string{"上年结转|上年度结转|上一年结转|上一年度结转|去年结转|结转上年|结转上一年|上年转|上年遗留|上年度遗留"},
			none: "下年|下一年|下年度", says: narLater(narCarriedIn)},
		{all: []string{"结转下|结转至下|结转到下|结转次年|结转至次年|转下年|转至下年|转入下|下年度继续办理|下一年度继续办理|下年继续办理|结转至次"},
			says: narLater("requests.carried_out/total")},

		{all: []string{"未经复议直接|未经行政复议直接|直接起诉|直接提起"}, says: narLater("suit_direct.total")},
		{all: []string{"复议后起诉|复议后提起|复议后又起诉"}, says: narLater("suit_after_review.total")},
		{all: []string{"复议", "诉讼|应诉"}, says: narEver(narBoth)},
		{all: []string{"复议", "维持"}, says: narEver("review.upheld")},
		{all: []string{"复议", "纠正|纠错|撤销|变更"}, says: narEver("review.corrected")},
		{all: []string{"复议", "尚未审结|未审结"}, says: narLater("review.pending")},
		{all: []string{"复议"}, none: "受理行政复议|审理|审结|办理行政复议|驳回|终止|被诉", says: narEver(narReview)},
		{all: []string{"诉讼|应诉", "维持|驳回"}, says: [3]string{"suit.upheld"}},
		{all: []string{"诉讼|应诉", "纠正|纠错|撤销|败诉"}, says: [3]string{"suit.corrected"}},
		{all: []string{"诉讼|应诉"}, none: "尚未审结|未审结|审结|调解", says: [3]string{"suit.total", narSuits, narSuits}},

		{all: []string{"行政处罚"}, none: "公示|公开|发布|信息|事项|清单|未", says: narLater("disclosure.penalty.decisions")},
		{all: []string{"行政许可"}, none: "公示|公开|发布|信息|事项|清单|未", says: narLater("disclosure.license.decisions")},
		{all: []string{"行政强制"}, none: "公示|公开|发布|信息|事项|清单|未", says: narLater("disclosure.coercion.decisions")},

		{all: []string{"政府采购|集中采购|采购项目|采购总金额|采购金额"}, money: true, says: [3]string{"", "disclosure.procurement.amount", ""}},
		{all: []string{"集中采购|政府采购"}, none: "公告|信息|公开|发布|公示", says: [3]string{"", "disclosure.procurement.projects", ""}},
		{all: []string{"行政事业性收费"}, money: true, says: [3]string{"", "", "disclosure.fee.amount"}},
		{all: []string{"信息处理费|检索费|复制费|收取费用|收取的费用|收费"}, money: true, says: [3]string{"fees.collected", "", ""}},

		{all: []string{"规范性文件", "现行有效|有效"}, says: [3]string{"", "", "disclosure.normative.in_force"}},
		{all: []string{"规范性文件", "废止"}, says: [3]string{"", "", "disclosure.normative.repealed"}},
		{all: []string{"规范性文件", "制发|制定|印发|出台|新制|制作"}, none: "公开|公布|发布|审查|备案|清理",
			says: [3]string{"proactive.normative_issued", "disclosure.normative.made", "disclosure.normative.issued"}},
		{all: []string{"规范性文件", "公开|公布"}, none: "审查|备案|清理|解读",
			says: [3]string{"proactive.normative", "disclosure.normative.published", ""}},

		{all: []string{"予以公开", "部分公开"}, none: "不予公开", says: narLater("outcome.granted/total+outcome.partial/total")},
		{all: []string{"部分公开"}, says: [3]string{"replies.partial", "outcome.partial/total", "outcome.partial/total"}},
		{all: []string{"不予公开|不同意公开"}, none: "无法提供|不予处理", says: [3]string{"replies.denied"}},
		{all: []string{"不予公开|不予处理|无法提供"}},
		{all: []string{"予以公开|同意公开|全部公开"}, none: "公开信息",
			says: [3]string{"replies.granted", "outcome.granted/total", "outcome.granted/total"}},
		{all: []string{"不掌握"}, requests: true, says: narLater("outcome.unavailable.not_held/total")},
		{all: []string{"信息不存在"}, requests: true, says: [3]string{"replies.not_exist"}},
		{all: []string{"另行制作|没有现成"}, requests: true, says: narLater("outcome.unavailable.needs_creation/total")},
		{all: []string{"补正后", "不明确"}, requests: true, says: narLater("outcome.unavailable.unclear/total")},
		{all: []string{"重复申请"}, requests: true, says: narLater("outcome.unprocessed.repeat/total")},
		{all: []string{"信访举报投诉类|信访、举报、投诉类"}, requests: true, says: narLater("outcome.unprocessed.petition/total")},
		{all: []string{"其他处理"}, requests: true, says: [3]string{"", "outcome.other/total", ""}},
		{all: []string{"不属于本机关|不属于本行政机关"}, requests: true, says: [3]string{"replies.not_this_agency"}},
		{all: []string{"撤回|撤销申请|主动撤销"}, requests: true},

		{all: []string{"延期办结|延期答复"}, requests: true, says: [3]string{"requests.closed_extended"}},
		{all: []string{"按时办结|按期办结"}, requests: true, says: [3]string{"requests.closed_on_time", narTotal, narTotal}},
		{all: []string{"办结|处理完毕"}, none: narElsewhere + "|信件", requests: true, says: [3]string{"requests.closed", narTotal, narTotal}},
		{all: []string{"当面"}, requests: true, none: narElsewhere, says: [3]string{"requests.in_person", narNew, narNew}},
		{all: []string{"传真"}, requests: true, none: narElsewhere, says: [3]string{"requests.by_fax", narNew, narNew}},
		{all: []string{"网络申请|网上申请|在线申请|网络渠道|通过网络|通过网上|申请平台"}, requests: true, none: narElsewhere + "|公开信息|主动公开", says: [3]string{"requests.online", narNew, narNew}},
		{all: []string{"信函|邮寄"}, requests: true, none: narElsewhere, says: [3]string{"requests.by_letter", narNew, narNew}},
		{all: []string{"新收|收到|受理|接收|接到|收件"}, none: narElsewhere + "|复函|回复", requests: true, says: [3]string{"requests.received", narNew, narNew}},
		{all: []string{"答复|回复"}, none: narElsewhere + "|信件|网民|主动公开", requests: true, says: [3]string{"replies.total", narTotal, narTotal}},
		{all: []string{"办理|处理", "申请"}, none: narElsewhere + "|信件", says: [3]string{"requests.closed", narTotal, narTotal}},
		{all: []string{"信息公开申请|依申请公开"}, none: narElsewhere + "|发布|栏目|制度", says: [3]string{"requests.received", narNew, narNew}},

		{all: []string{"公开|公布", "公报"}, none: "推送", says: [3]string{"proactive.via_gazette"}},
		{all: []string{"公开", "微信|公众号"}, none: "推送|发布", says: [3]string{"proactive.via_wechat"}},
		{all: []string{"公开", "微博"}, none: "推送|发布", says: [3]string{"proactive.via_weibo"}},
		{all: []string{"公开", "网站|门户网"}, none: "推送|发布|更新", says: [3]string{"proactive.via_website"}},
		{all: []string{"公开", "其他方式|其他渠道|其他途径"}, none: "推送|发布", says: [3]string{"proactive.via_other"}},
		{all: []string{"主动公开", "信息"}, none: "推送|栏目|目录|指南|类", says: [3]string{"proactive.total"}},
	}
}

// narDenials say which cells a denial such as 未收到…申请 makes 0.
func narDenials() []narRule {
	return []narRule{
		{all: []string{"申请|依申请公开"}, none: narWay + "|减免|商业企业|复议|诉讼|结转|费|办结|答复|不予|投诉|举报|引发|引起|提起", says: [3]string{"requests.received", narNew, narNew}},
		{all: []string{"上年结转|上年度结转|上一年度结转|结转上年"}, says: narLater(narCarriedIn)},
		{all: []string{"结转下|结转至下|结转到下|下年度继续办理|转下年"}, says: narLater("requests.carried_out/total")},
		{all: []string{"复议"}, none: "复议机关|复议后", says: narEver(narReview)},
		{all: []string{"诉讼|应诉"}, none: "原告", says: [3]string{"suit.total", narSuits, narSuits}},
		{all: []string{"规范性文件"}, none: "公开|解读|清理|备案", says: [3]string{"proactive.normative_issued", "disclosure.normative.made", "disclosure.normative.issued"}},
		{all: []string{"集中采购"}, none: "公告|公开", says: [3]string{"", "disclosure.procurement.projects", ""}},
		{all: []string{"行政处罚"}, none: "公示|公开|事项", says: narLater("disclosure.penalty.decisions")},
		{all: []string{"收取|收费"}, none: "行政事业性", says: [3]string{"fees.collected"}},
	}
}
