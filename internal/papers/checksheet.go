package papers

import (
	"fmt"
	"strings"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Sheet is what the check sheet of a unit is made from: its line of the board, and
// pictures of the places where its findings' figures stand.
type Sheet struct {
	Row      aggregate.BoardRow
	Original report.Original  // zero where nothing was published
	Picture  map[string]Image // by Violation of the finding; where one could be made
	Reading  report.Reading
	Decided  map[string]store.Decision // what people made of its findings, by their keys
	At       time.Time
	Run      int64
}

// NeedsSheet reports whether there is anything to put to a unit: a report that is
// missing or late, a rule that fails and that nobody has dismissed, a reading in doubt.
func NeedsSheet(r aggregate.BoardRow, said map[string]store.Decision) bool {
	put, _ := serious(r, said)
	return r.Publication == report.Missing || isLate(r) || r.Publication == report.Published && (len(put) > 0 || len(r.Doubts) > 0 || r.Status == report.Unreadable)
}

// serious are the findings that are put to a unit, errors and warnings, and apart from
// them those that a person has dismissed.
func serious(r aggregate.BoardRow, said map[string]store.Decision) (put, not []report.Finding) {
	for _, f := range r.Findings {
		switch {
		case f.Severity == report.Notice:
		case dismissed(r, said, f):
			not = append(not, f)
		default:
			put = append(put, f)
		}
	}
	return put, not
}

// CheckSheet is the 核对单 of a unit: for each point the rule, the figures as
// printed, where they stand, and room for the answer.
func CheckSheet(s Sheet) Paper {
	r := s.Row
	p := Paper{Title: "政府信息公开工作年度报告核对单", Kind: "checksheet", Year: r.Year, Region: r.Agency.Region,
		File: fmt.Sprintf("核对单-%s-%d", r.Agency.Name, r.Year)}
	p.Blocks = append(p.Blocks, say(Title, p.Title), s.facts())
	p.Blocks = append(p.Blocks, say(Small, "下列各处请对照原件核对。数字照报告印出的列出，未作更改；所列不是结论。"))
	points := s.points()
	if len(points) == 0 {
		points = []Block{say(Body, "没有需要核对的地方。")}
	}
	p.Blocks = append(p.Blocks, points...)
	p.Blocks = append(p.Blocks, field(Field, "核对人：", "（姓名）"), field(Field, "联系电话：", "（电话）"), field(Field, "核对日期：", "　　　　年　月　日"))
	return p
}

// facts say which report and which bytes the sheet is about.
func (s Sheet) facts() Block {
	r := s.Row
	b := Block{Kind: Table, Widths: []float64{.22, .78}, Rows: [][]string{
		{"单位", r.Agency.Name + demo(r.Agency.Demo) + "（" + string(r.Agency.ID) + "）"},
		{"报告年度", fmt.Sprint(r.Year)},
		{"期限", chineseDay(r.Deadline.Day)},
		{"发布", strings.ReplaceAll(publicationWord(r), "\n", "，") + "，印出的发布日期 " + date(r.PublishedOn)},
		{"核验", statusWord(r)},
	}}
	if s.Original.Hash != "" {
		b.Rows = append(b.Rows, []string{"原址", s.Original.URL}, []string{"归档原件", "SHA-256 " + string(s.Original.Hash) + "，" + chineseDay(s.Original.FetchedAt) + "归档"})
	}
	b.Rows = append(b.Rows, []string{"数据", fmt.Sprintf("截至第%d次采集（%s）", s.Run, chineseDay(s.At))})
	return b
}

// points are what is put to the unit, numbered.
func (s Sheet) points() []Block {
	var blocks []Block
	n := 0
	add := func(title string) {
		n++
		blocks = append(blocks, say(Heading, chineseNumber(n)+"、"+title))
	}
	r := s.Row
	switch {
	case r.Publication == report.Missing:
		add("没有看到年度报告")
		blocks = append(blocks, say(Body, fmt.Sprintf("期限%s，%s查看未见。如已发布，请写明网址。", chineseDay(r.Deadline.Day), chineseDay(r.LastLook))))
		blocks = append(blocks, field(Field, "网址：", "（报告的网址）"))
	case isLate(r):
		add("发布日期")
		blocks = append(blocks, say(Body, r.Agency.Name+lateWords(r)+"。"), answer())
	}
	put, not := serious(r, s.Decided)
	for _, f := range put {
		add(orText(f.Formula, "关系不成立"))
		blocks = append(blocks, say(Body, f.Text), s.operands(f))
		if words := decisionWords(r, s.Decided, f); words != "" {
			blocks = append(blocks, say(Body, words+"。"))
		}
		if image, ok := s.Picture[f.Violation()]; ok {
			blocks = append(blocks, Block{Kind: Picture, Image: image})
		}
		blocks = append(blocks, answer())
	}
	for _, d := range r.Doubts {
		add("读数未能确认")
		blocks = append(blocks, say(Body, d.Text+around(d.Rule)), field(Field, "原文的数字：", "（照原件填写）"))
	}
	for _, f := range not {
		blocks = append(blocks, say(Small, fmt.Sprintf("不必核对：%s（规则%s），%s。", strings.TrimRight(f.Text, "。"), f.Violation(), decisionWords(r, s.Decided, f))))
	}
	return blocks
}

// operands are the cells of a finding: what the form calls them, what is printed,
// where it stands.
func (s Sheet) operands(f report.Finding) Block {
	b := Block{Kind: Table, Head: 1, Widths: []float64{.56, .14, .3}, Rows: [][]string{{"统计项", "印出的数字", "在原件中的位置"}}}
	zeros := 0
	for _, o := range f.Operands {
		if a, known := o.Value.Known(); known && a == 0 {
			zeros++
			continue
		}
		b.Rows = append(b.Rows, []string{Label(s.Row.Format, o.Cell) + " " + string(o.Cell), Shown(o.Value), PlaceWords(placeOf(o, s.Reading))})
	}
	if zeros > 0 {
		b.Rows = append(b.Rows, []string{fmt.Sprintf("另有%d项印作 0", zeros), "0", "见下图"})
	}
	left := f.Left
	if f.Right != "" {
		left += "≠" + f.Right
	}
	b.Rows = append(b.Rows, []string{"规则 " + f.Violation(), left, orText(f.Difference, "—")})
	if f.Difference != "" {
		b.Rows[len(b.Rows)-1][2] = "相差 " + f.Difference
	}
	return b
}

func answer() Block {
	return field(Field, "核对结果：□ 原文无误　□ 已更正并重新发布　□ 其他：", "（请填写）")
}

// PlaceWords say where a figure stands.
func PlaceWords(p report.Place) string {
	var parts []string
	for _, part := range []struct {
		n    int
		text string
	}{{p.Page, "第%d页"}, {p.Table, "第%d个表格"}, {p.Row, "第%d行"}, {p.Column, "第%d列"}, {p.Paragraph, "第%d段"}, {p.Line, "第%d行文字"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf(part.text, part.n))
		}
	}
	if p.Sheet != "" {
		parts = append(parts, "工作表"+p.Sheet, p.Address)
	}
	return orText(strings.Join(parts, ""), "—")
}
