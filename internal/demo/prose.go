package demo

import (
	"fmt"
	"math/rand/v2"

	"gongkai/internal/standard"
)

// What the fictitious offices write. Each picks its sentences by unit and year, so
// that no two reports read alike.
var (
	duties = []string{
		"由办公室一名副主任分管公开工作，各科室各有一名联络员，遇有新文件当周办理。",
		"公开事项列成清单，按月核对，漏报的在下月第一周补齐。",
		"文件起草时即注明公开属性，不公开的写明理由，由办公室复看一遍。",
		"主要领导听取公开工作汇报两次，年初定任务，年中看进度。",
		"与居民关系密切的事项优先公开，征地、救助和养老三类信息单列栏目。",
	}
	records = []string{
		"对门户网站上的旧文件逐件核对，失效的加注标记，错链随时更正。",
		"建立发布台账，谁提供、谁审核、何时上网都有记录可查。",
		"涉及个人情况的材料先作遮盖处理再上网，全年未发现泄露。",
		"规范性文件集中列在一处，注明施行和失效的日期。",
		"每季度抽查二十条信息，核对日期、附件和文号。",
	}
	channels = []string{
		"服务大厅设查阅点一处，备有电脑和纸质目录，老年人可请工作人员代查。",
		"网站栏目合并为五类，手机上也能查看。",
		"微信公众号每周推送办事信息，重要通知在社区公告栏同时张贴。",
		"栏目页增加按年份查找，常用表格可直接下载。",
		"查阅点的目录每季度更新，社区网格员协助送达。",
	}
	oversight = []string{
		"公开工作计入科室年度工作考核；请居民代表作社会评议一次；未发生责任追究。",
		"工作考核中公开占四分，社会评议由十二名代表打分，本年无责任追究情形。",
		"全年组织业务学习，工作考核结果在会上通报，社会评议意见逐条回复，没有责任追究事项。",
	}
	problems = []string{
		"一些信息上网偏晚，个别栏目更新间隔超过一个月。",
		"对政策的说明以文字为主，图表和问答较少，居民读起来费力。",
		"新到岗的联络员对公开条例还不够熟悉，答复用语不够统一。",
		"附件格式不一，部分表格只能下载后查看。",
		"征求意见的回应写得简略，没有逐条说明采纳情况。",
		"依申请公开的登记仍用纸质表格，查找往年记录耗时较长。",
		"社区一级的公开栏内容与网站不完全一致，核对工作跟不上。",
	}
	remedies = []string{
		"下一年把更新时限写进岗位职责，逾期的由办公室提醒。",
		"准备为每份重要文件配一页问答，并请社区工作者试读。",
		"拟安排两次业务学习，用往年的答复书作案例。",
		"将统一附件格式，表格同时给出网页版和可下载的文件。",
		"改用电子台账登记申请，收件、补正、答复的日期自动提示。",
		"公开栏与网站由同一人维护，每月末核对一次。",
		"对征求到的意见列表公布，写明采纳与否和原因。",
	}
)

func pickOne(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// prose writes the text of a report of the fictitious district. What it states
// agrees with the table unless the case is Contradicted.
func prose(r *rand.Rand, t Truth, printed Figures, name string) (intro string, sections map[int][]string) {
	intro = fmt.Sprintf("%s%s按照《中华人民共和国政府信息公开条例》编写本报告。所列数据的统计期限为%d年1月1日至%d年12月31日。本报告为示例，机关与数字均为虚构。", cityName, name, t.Year, t.Year)
	two := func(from []string) string {
		i := r.IntN(len(from))
		return from[i] + from[(i+1+r.IntN(len(from)-1))%len(from)]
	}
	sections = map[int][]string{5: {two(problems), two(remedies)}}
	if t.Format == standard.F2014 {
		sections[1] = []string{pickOne(r, duties), pickOne(r, records), pickOne(r, channels)}
		sections[2] = []string{fmt.Sprintf("%d年主动公开政府信息%d条。", t.Year, printed.int("proactive.total"))}
		sections[3] = []string{fmt.Sprintf("全年收到政府信息公开申请%d件，办结%d件。", printed.int("requests.received"), printed.int("requests.closed"))}
		sections[4] = []string{fmt.Sprintf("因政府信息公开引起的行政复议%d件，行政诉讼%d件。", printed.int("review.total"), printed.int("suit.total"))}
		return intro, sections
	}
	received := printed.int("requests.new/total")
	if t.Case == Contradicted {
		received += 6
	}
	sections[1] = []string{
		"（一）主动公开。" + pickOne(r, duties),
		fmt.Sprintf("（二）依申请公开。%d年新收政府信息公开申请%d件，上年结转%d件，结转下年度继续办理%d件。", t.Year, received,
			printed.int("requests.carried_in/total"), printed.int("requests.carried_out/total")),
		"（三）政府信息管理。" + pickOne(r, records),
		"（四）平台建设。" + pickOne(r, channels),
		"（五）监督保障。" + pickOne(r, oversight),
	}
	sections[6] = []string{"本年度未发出收费通知，收取信息处理费0元。", "没有其他需要报告的事项。"}
	if printed.int("outcome.other.fee_unpaid/total") > 0 {
		sections[6] = []string{"本年度按规定发出收费通知，逾期未缴的申请不再处理，实际收取信息处理费0元。"}
	}
	return intro, sections
}
