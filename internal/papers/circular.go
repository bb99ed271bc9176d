package papers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Circular is the 通报 of a region and year: who published, who was late, whose
// figures do not reconcile, and how the sum stands to the region's own report. It
// names for each figure the report, the cell and the rule, and judges nobody. What a
// person made of a finding is said with it, and what was dismissed is not counted as
// the unit's.
func Circular(b aggregate.Board, sum aggregate.RollUp, said Decisions, at time.Time) Paper {
	c := circular{board: b, sum: sum, decided: said, at: at}
	name := b.Region.Name + demo(b.Demo)
	p := Paper{Title: fmt.Sprintf("关于%s%d年度政府信息公开工作年度报告发布与核验情况的通报", name, b.Year), Kind: "circular", Year: b.Year, Region: b.Region.Code,
		File: fmt.Sprintf("通报-%s-%d", b.Region.Name, b.Year)}
	p.Blocks = append(p.Blocks, field(Number, "", "〔　　　　〕　　号"), say(Title, p.Title), field(To, "", "主送机关："))
	p.Blocks = append(p.Blocks, say(Body, fmt.Sprintf("现将%s%d年度政府信息公开工作年度报告的发布与核验情况通报如下。数据截至第%d次采集（%s），数字均读自各单位公布的报告，未作更改；每处注明报告、统计项编号和规则编号。",
		name, b.Year, b.AsOf, chineseDay(at))))
	p.Blocks = append(p.Blocks, c.published()...)
	p.Blocks = append(p.Blocks, c.checked()...)
	p.Blocks = append(p.Blocks, c.summed()...)
	p.Blocks = append(p.Blocks, say(Annex, "附件：1. 各单位年度报告发布与核验情况表"), say(Annex, "　　　2. 勾稽不符明细表"), say(Annex, "　　　3. 各单位合计与本级报告对照表"))
	p.Blocks = append(p.Blocks, field(Sign, "", "（发文机关署名）"), field(Sign, "", "　　　　年　月　日"))
	return Paper{Title: p.Title, File: p.File, Kind: p.Kind, Year: p.Year, Region: p.Region, Blocks: append(p.Blocks, c.annexes()...)}
}

func demo(is bool) string {
	if is {
		return "（示例）"
	}
	return ""
}

func chineseDay(t time.Time) string {
	t = t.In(standard.China())
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

type circular struct {
	board   aggregate.Board
	sum     aggregate.RollUp
	decided Decisions
	at      time.Time
}

// rows are the agencies that owe the report and are watched, of one kind.
func (c circular) rows(is func(r aggregate.BoardRow) bool) []aggregate.BoardRow {
	var list []aggregate.BoardRow
	for _, r := range c.board.Rows {
		if is(r) {
			list = append(list, r)
		}
	}
	return list
}

func withState(state report.Publication) func(aggregate.BoardRow) bool {
	return func(r aggregate.BoardRow) bool { return r.Publication == state }
}

func withStatus(status report.Status) func(aggregate.BoardRow) bool {
	return func(r aggregate.BoardRow) bool { return r.Publication == report.Published && r.Status == status }
}

func isLate(r aggregate.BoardRow) bool { return r.Late || r.LateByDate }

// names joins the names of agencies with what is said of each.
func names(rows []aggregate.BoardRow, say func(r aggregate.BoardRow) string) string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.Agency.Name + say(r)
	}
	return strings.Join(list, "、")
}

// published is section 一.
func (c circular) published() []Block {
	published, missing := c.rows(withState(report.Published)), c.rows(withState(report.Missing))
	late, unknown := c.rows(isLate), c.rows(withState(report.Unknown))
	due := len(published) + len(missing) + len(unknown)
	blocks := []Block{say(Heading, "一、发布情况"), say(Body, fmt.Sprintf("期限已到且纳入查看的应报单位%d个，已发布%d个，其中逾期%d个；未发布%d个；未能查看%d个。", due, len(published), len(late), len(missing), len(unknown)))}
	if n := len(c.rows(withState(report.NotDue))); n > 0 {
		blocks = append(blocks, say(Body, fmt.Sprintf("期限未到的单位%d个，不在上述数内。", n)))
	}
	if n := len(c.rows(withState(report.NotWatched))); n > 0 {
		blocks = append(blocks, say(Body, fmt.Sprintf("未纳入查看的单位%d个，不在上述数内，不表示未发布。", n)))
	}
	part := numbered()
	if len(missing) > 0 {
		blocks = append(blocks, say(Subheading, part("未发布")), say(Body, names(missing, func(r aggregate.BoardRow) string {
			return fmt.Sprintf("（期限%s，%s查看未见）", chineseDay(r.Deadline.Day), chineseDay(r.LastLook))
		})+"。"))
	}
	if len(late) > 0 {
		blocks = append(blocks, say(Subheading, part("逾期发布")), say(Body, names(late, lateWords)+"。"))
	}
	if len(unknown) > 0 {
		blocks = append(blocks, say(Subheading, part("未能查看")), say(Body, names(unknown, func(r aggregate.BoardRow) string { return around(r.Reason) })+"。未能查看不表示未发布。"))
	}
	return blocks
}

// numbered numbers the parts of a section that have something to say.
func numbered() func(string) string {
	n := 0
	return func(name string) string {
		n++
		return "（" + chineseNumber(n) + "）" + name
	}
}

func chineseNumber(n int) string {
	digits := []rune("零一二三四五六七八九十")
	switch {
	case n <= 10:
		return string(digits[n])
	case n < 20:
		return "十" + string(digits[n-10])
	}
	return strconv.Itoa(n)
}

// lateWords say what the lateness rests on.
func lateWords(r aggregate.BoardRow) string {
	day := "未印发布日期"
	if !r.PublishedOn.IsZero() {
		day = fmt.Sprintf("印发日期%d年%d月%d日", r.PublishedOn.Year, r.PublishedOn.Month, r.PublishedOn.Day)
	}
	words := fmt.Sprintf("（期限%s，%s", chineseDay(r.Deadline.Day), day)
	if r.Late && !r.After.IsZero() {
		return words + "，" + chineseDay(r.After) + "查看未见）"
	}
	return words + "，仅按印出的日期）"
}

func around(text string) string {
	if text == "" {
		return ""
	}
	return "（" + text + "）"
}

// checked is section 二.
func (c circular) checked() []Block {
	off, doubtful, unreadable := c.rows(withStatus(report.Inconsistent)), c.rows(withStatus(report.NeedsReview)), c.rows(withStatus(report.Unreadable))
	blocks := []Block{say(Heading, "二、表格核验情况"), say(Body, fmt.Sprintf("已发布的%d份报告中，法定表格合计关系全部成立的%d份，勾稽不符的%d份，读数待复核的%d份，没有读到法定表格的%d份。",
		len(c.rows(withState(report.Published))), len(c.rows(withStatus(report.Verified))), len(off), len(doubtful), len(unreadable)))}
	part := numbered()
	stand, settled := c.standings()
	if len(stand) > 0 {
		blocks = append(blocks, say(Subheading, part("勾稽不符")))
		for i, s := range stand {
			blocks = append(blocks, say(Body, fmt.Sprintf("%d. %s：%s。", i+1, s.row.Agency.Name, c.told(s.row, s.stand))))
		}
	}
	blocks = append(blocks, c.dismissed(part, append(stand, settled...))...)
	if len(doubtful) > 0 {
		blocks = append(blocks, say(Subheading, part("待复核")), say(Body, names(doubtful, func(aggregate.BoardRow) string { return "" })+"。这些报告的读数未能确认，不计入任何合计，不作不符论。"))
	}
	if len(unreadable) > 0 {
		blocks = append(blocks, say(Subheading, part("没有读到法定表格")), say(Body, names(unreadable, func(aggregate.BoardRow) string { return "" })+"。"))
	}
	return blocks
}

// dismissed names what a person has looked at and dismissed, with the reason: it is not
// put down to the units.
func (c circular) dismissed(part func(string) string, all []standing) []Block {
	var blocks []Block
	for _, s := range all {
		if len(s.dismissed) > 0 {
			blocks = append(blocks, say(Body, fmt.Sprintf("%d. %s：%s。", len(blocks)+1, s.row.Agency.Name, c.told(s.row, s.dismissed))))
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return append([]Block{say(Subheading, part("经人工复核不采纳")), say(Body, "下列各处经人工复核不采纳，不作单位的不符论。")}, blocks...)
}

// sides are both sides of a rule as figures.
func sides(f report.Finding) string {
	if f.Left == "" || f.Right == "" {
		return ""
	}
	return "，" + f.Left + "≠" + f.Right
}

// summed is section 三.
func (c circular) summed() []Block {
	blocks := []Block{say(Heading, "三、各单位合计与本级报告")}
	if c.sum.Own == nil || c.sum.Own.Version == 0 {
		return append(blocks, say(Body, fmt.Sprintf("各单位合计计入%d份报告。没有可对照的本级人民政府报告。", c.sum.Basis.Usable)))
	}
	same, differ, open := 0, 0, 0
	for _, cell := range c.sum.Cells {
		switch cell.Result {
		case report.Pass:
			same++
		case report.Fail:
			differ++
		case report.Open:
			open++
		}
	}
	own := fmt.Sprintf("各单位合计计入%d份报告，应计入%d份，与%s的报告逐项对照", c.sum.Basis.Usable, c.sum.Basis.Due, c.sum.Own.Agency.Name)
	if same+differ+open == 0 {
		return append(blocks, say(Body, own+"。本级报告没有写明汇总各单位，两者并列于附件3，不作是否相符的判断。"))
	}
	return append(blocks, say(Body, fmt.Sprintf("%s：相等%d项，不等%d项，因有单位无数而不能判断%d项。", own, same, differ, open)))
}
