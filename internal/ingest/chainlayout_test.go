package ingest_test

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A layout is one way in which offices lay out a report, so that a careful reader
// still reads the same.
type layout struct {
	name string
	// kind names what a layout changes; of those of one kind a paper has one.
	kind  string
	apply func(d dice, p *paper)
}

// layouts are in the order in which they can be applied.
func layouts() []layout {
	return slices.Concat(rowLayouts(), textLayouts(), pageLayouts(), hiddenLayouts())
}

// TestChainLayouts lays reports out in each way: none is wrong in silence, and at
// most one in a hundred is in doubt.
func TestChainLayouts(t *testing.T) {
	for n, l := range layouts() {
		t.Run(l.name, func(t *testing.T) {
			var c tally
			for _, format := range standard.Formats() {
				d := seeded(uint64(n), 21)
				for range campaign(8) {
					p := newPaper(d, format, false)
					l.apply(d, p)
					all, err := chain(t.Context(), p.page())
					c.count(t, string(format), p.judge(all, err))
				}
			}
			c.judge(t, false)
		})
	}
}

// TestChainTogether lays reports out in several ways at once: none is wrong in
// silence.
func TestChainTogether(t *testing.T) {
	all := layouts()
	papers, doubted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := draws(t)
		p := newPaper(d, of(d, standard.Formats()...), false)
		used := map[string]bool{}
		var names []string
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 2, 4, rapid.ID).Draw(t, "layouts")
		slices.Sort(chosen)
		for _, i := range chosen {
			l := all[i]
			if l.kind != "" && used[l.kind] {
				continue
			}
			used[l.kind] = true
			l.apply(d, p)
			names = append(names, l.name)
		}
		outcomes, err := chain(t.Context(), p.page())
		v := p.judge(outcomes, err)
		papers++
		if v.doubt != "" {
			doubted++
			t.Logf("%q: in doubt: %.300s", names, v.doubt)
		}
		if len(v.silent) > 0 {
			t.Fatalf("%q: %d wrong in silence: %.400q", names, len(v.silent), v.silent)
		}
	})
	t.Logf("%d of %d in doubt", doubted, papers)
}

// rowLayouts change rows, columns and spans.
func rowLayouts() []layout {
	return []layout{
		{name: "plain", apply: func(dice, *paper) {}},
		{name: "total first", kind: "columns", apply: func(d dice, p *paper) {
			p.on(standard.Requests, func(s *sheet) { s.permute([]int{6, 0, 1, 2, 3, 4, 5}) })
		}},
		{name: "organisations in another order", kind: "columns", apply: func(d dice, p *paper) {
			order := []int{0}
			for _, i := range shuffled(d, 5) {
				order = append(order, 1+i)
			}
			p.on(standard.Requests, func(s *sheet) { s.permute(append(order, 6)) })
		}},
		{name: "columns of blocks in another order", apply: func(d dice, p *paper) {
			p.on(standard.Disclosure, func(s *sheet) { s.turnBlocks() })
		}},
		{name: "extra rows", apply: extraRows},
		{name: "row spans missing", kind: "spans", apply: func(d dice, p *paper) {
			p.groups(func(b *box, _ int) { b.rows = 1 })
		}},
		{name: "row spans wrong", kind: "spans", apply: func(d dice, p *paper) {
			p.groups(func(b *box, _ int) { b.rows = max(1, b.rows+d(5)-2) })
		}},
		{name: "row spans as repeats", kind: "spans", apply: func(d dice, p *paper) { p.unmerge(true) }},
		{name: "row spans as blanks", kind: "spans", apply: func(d dice, p *paper) { p.unmerge(false) }},
		{name: "column spans of labels lost", kind: "widths", apply: func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.each(func(b *box) {
					if b.stub {
						b.cols = 1
					}
				})
			}
		}},
		{name: "header repeated", kind: "parts", apply: func(d dice, p *paper) {
			p.on(standard.Requests, func(s *sheet) { s.repeatHeader(5 + d(len(s.rows)-8)) })
		}},
		{name: "split", kind: "parts", apply: func(d dice, p *paper) { p.split(d, false) }},
		{name: "split with header", kind: "parts", apply: func(d dice, p *paper) { p.split(d, true) }},
		{name: "blocks as tables", kind: "parts", apply: func(d dice, p *paper) { p.blocksApart() }},
		{name: "blank rows", apply: func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.rows = append(s.rows, []box{{rows: 1, cols: 1}, {rows: 1, cols: 3}})
			}
		}},
		{name: "serial numbers", kind: "columns", apply: func(d dice, p *paper) {
			p.on(standard.Statistics, func(s *sheet) {
				for i := range s.rows {
					text := "序号"
					if i > 0 {
						text = strconv.Itoa(i)
					}
					s.rows[i] = slices.Insert(s.rows[i], 0, box{text: text, rows: 1, cols: 1})
				}
			})
		}},
		{name: "no units", kind: "columns", apply: func(d dice, p *paper) {
			p.on(standard.Statistics, func(s *sheet) {
				for i := range s.rows {
					s.rows[i] = slices.Delete(s.rows[i], 1, 2)
				}
			})
		}},
		{name: "remarks", kind: "widths", apply: func(d dice, p *paper) {
			p.on(standard.Statistics, func(s *sheet) {
				for i := range s.rows {
					text := "备注"
					if i > 0 {
						text = ""
					}
					s.rows[i] = append(s.rows[i], box{text: text, rows: 1, cols: 1})
				}
			})
		}},
		{name: "one table", kind: "parts", apply: func(d dice, p *paper) { p.oneTable() }},
	}
}

// textLayouts change what stands in cells.
func textLayouts() []layout {
	figures := func(change func(d dice, text string) string) func(dice, *paper) {
		return func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.each(func(b *box) {
					if b.code != "" && b.text != "" {
						b.text = change(d, b.text)
					}
				})
			}
		}
	}
	labels := func(change func(d dice, text string) string) func(dice, *paper) {
		return func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.each(func(b *box) {
					if b.code == "" {
						b.text = change(d, b.text)
					}
				})
			}
		}
	}
	return []layout{
		{name: "full-width figures", kind: "digits", apply: figures(func(_ dice, text string) string {
			return strings.Map(func(r rune) rune {
				if r >= '!' && r <= '~' && r != '\\' {
					return r + 0xfee0
				}
				return r
			}, text)
		})},
		{name: "thousands", kind: "digits", apply: figures(func(d dice, text string) string {
			if n, err := strconv.Atoi(text); err == nil && n > 999 {
				return fmt.Sprintf("%d%s%03d", n/1000, of(d, ",", "，"), n%1000)
			}
			return text
		})},
		{name: "units behind figures", apply: func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.each(func(b *box) {
					if c, ok := p.form.Cell(b.code); ok && !c.Unit.Money() && b.text != "" && d(2) == 0 && strings.Trim(b.text, "0123456789") == "" {
						b.text += of(d, "件", "项", " 件")
					}
				})
			}
		}},
		{name: "figures padded", apply: figures(func(d dice, text string) string {
			return of(d, " ", "\u00a0", "　", "") + text + of(d, " ", "\u2003", "")
		})},
		{name: "marks without width", apply: figures(func(d dice, text string) string {
			return of(d, "\u200b", "\ufeff", "") + text + of(d, "\u200b", "\u200e", "")
		})},
		{name: "notes in labels", apply: labels(func(d dice, text string) string {
			if len(text) > 12 && d(4) == 0 && !strings.Contains(text, "勾稽") && !strings.Contains(text, "第二十条") {
				return text + of(d, "（含2020年第3季度12项）", "（不含同一申请人重复申请）", "(注1)")
			}
			return text
		})},
		{name: "labels broken", apply: labels(func(d dice, text string) string {
			rs := []rune(text)
			if len(rs) < 4 {
				return text
			}
			at := 1 + d(len(rs)-2)
			return string(rs[:at]) + of(d, "\n", " ", "　") + string(rs[at:])
		})},
		{name: "labels in traditional characters", apply: labels(func(_ dice, text string) string { return traditional.Replace(text) })},
		{name: "brackets and numbers in other forms", apply: labels(func(d dice, text string) string {
			text = strings.NewReplacer("（", "(", "）", ")", "“", "\"", "”", "\"").Replace(text)
			for n := '1'; n <= '9'; n++ {
				text = strings.Replace(text, string(n)+".", string(n)+of(d, "、", "．", " "), 1)
			}
			return text
		})},
		{name: "amounts in 元", apply: func(d dice, p *paper) {
			p.amounts(func(v report.Value) string { return (v.Amount * 10_000).String() + "元" })
		}},
		{name: "unit line over the tables", apply: func(d dice, p *paper) {
			p.pieces = insertBeforeSheets(p.pieces, piece{text: "单位：件、项、万元"})
		}},
	}
}

var traditional = strings.NewReplacer("数", "數", "关", "關", "开", "開", "个", "個", "条", "條", "项", "項", "规", "規", "请", "請", "结", "結", "应", "應",
	"发", "發", "办", "辦", "处", "處", "总", "總", "计", "計", "构", "構", "业", "業", "组织", "組織", "务", "務", "减", "減", "额", "額", "费", "費", "设", "設", "员", "員")

// insertBeforeSheets puts a piece before each sheet.
func insertBeforeSheets(pieces []piece, x piece) []piece {
	var out []piece
	for _, p := range pieces {
		if p.sheet != nil {
			out = append(out, x)
		}
		out = append(out, p)
	}
	return out
}

// pageLayouts change how the page is written.
func pageLayouts() []layout {
	dressed := func(dress func(d dice, w *dress)) func(dice, *paper) {
		return func(d dice, p *paper) { dress(d, &p.dress) }
	}
	cell := func(markup func(d dice, text string) string) func(dice, *paper) {
		return dressed(func(d dice, w *dress) {
			w.cell = func(text string) string { return markup(d, html.EscapeString(text)) }
		})
	}
	return []layout{
		{name: "bare cells", kind: "cell", apply: cell(func(_ dice, text string) string { return strings.ReplaceAll(text, "\n", "<br>") })},
		{name: "spans around characters", kind: "cell", apply: cell(func(_ dice, text string) string {
			var b strings.Builder
			for _, r := range html.UnescapeString(text) {
				b.WriteString("<span lang=EN-US style='font-size:10.5pt'>" + html.EscapeString(string(r)) + "<o:p></o:p></span>")
			}
			return "<p class=MsoNormal>" + b.String() + "</p>"
		})},
		{name: "breaks and blanks around texts", kind: "cell", apply: cell(func(d dice, text string) string {
			return of(d, "<br>", "&nbsp;", "<p>&nbsp;</p>", "") + "<font>" + text + "</font>" + of(d, "<br/>", "&nbsp;", "<!-- 7 -->", "")
		})},
		{name: "lines as divs", kind: "cell", apply: cell(func(_ dice, text string) string {
			return "<div>" + strings.ReplaceAll(text, "\n", "</div><div>") + "</div>"
		})},
		{name: "digits as references", kind: "cell", apply: cell(func(d dice, text string) string {
			var b strings.Builder
			for _, r := range html.UnescapeString(text) {
				if r >= '0' && r <= '9' {
					fmt.Fprintf(&b, of(d, "&#%d;", "&#x%x;"), r)
				} else {
					b.WriteString(html.EscapeString(string(r)))
				}
			}
			return b.String()
		})},
		{name: "rows and cells unclosed", kind: "tags", apply: dressed(func(_ dice, w *dress) { w.unclosed = true })},
		{name: "thead and th", kind: "tags", apply: dressed(func(_ dice, w *dress) { w.headTags = true })},
		{name: "layout tables around", apply: dressed(func(d dice, w *dress) {
			for range 1 + d(3) {
				w.open += `<table width="98%"><tr><td><table><tr><td height="5"></td></tr></table>`
				w.close += "</td></tr></table>"
			}
		})},
		{name: "unrelated tables", apply: func(d dice, p *paper) {
			other := &sheet{rows: [][]box{
				{{text: "序号", rows: 1, cols: 1}, {text: "信息名称", rows: 1, cols: 1}, {text: "浏览量", rows: 1, cols: 1}},
				{{text: "1", rows: 1, cols: 1}, {text: "行政处罚公示", rows: 1, cols: 1}, {text: "286", rows: 1, cols: 1}},
				{{text: "2", rows: 1, cols: 1}, {text: "政府集中采购公告", rows: 1, cols: 1}, {text: "847", rows: 1, cols: 1}},
			}}
			p.pieces = slices.Insert(p.pieces, 4, piece{sheet: other})
			p.pieces = append(p.pieces, piece{sheet: other})
		}},
		{name: "chrome with figures", apply: dressed(func(d dice, w *dress) {
			w.before = fmt.Sprintf(`<div class="nav"><a href="/">首页</a> 今日访问 %d 人次</div><div class="date">2024年5月6日 星期一</div>`, d(90000))
			w.after = `<div class="footer"><p>网站标识码3101150001　沪ICP备05012345号</p><p>联系电话：021-58880000</p></div><div class="related"><ul><li><a href="a.html">2017年部门预算</a></li></ul></div>`
		})},
		{name: "utf-8, declared", kind: "charset", apply: dressed(func(_ dice, w *dress) { w.charset = "utf-8" })},
		{name: "gbk, declared", kind: "charset", apply: dressed(func(_ dice, w *dress) { w.charset, w.gbk = "gb2312", true })},
		{name: "gbk, not declared", kind: "charset", apply: dressed(func(_ dice, w *dress) { w.gbk = true })},
		{name: "gbk, declared as utf-8", kind: "charset", apply: dressed(func(_ dice, w *dress) { w.charset, w.gbk = "utf-8", true })},
		{name: "utf-8, declared as gbk", kind: "charset", apply: dressed(func(_ dice, w *dress) { w.charset = "gbk" })},
		{name: "no year in the title", apply: func(_ dice, p *paper) {
			p.pieces[0].text = strings.Replace(p.pieces[0].text, strconv.Itoa(p.year)+"年", "", 1)
		}},
		{name: "no period", apply: func(_ dice, p *paper) { p.pieces[1].text = "本报告按照条例编制，电子版可以下载。" }},
	}
}
