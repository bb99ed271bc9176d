package ingest_test

import (
	"context"
	"flag"
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/check"
	"gongkai/internal/demo"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// The promise of the product is that no wrong number is ever shown as verified. The
// tests named TestChain… hold it over the whole way from bytes to status: a report is
// drawn with random figures, laid out in random ways, written as a file, damaged or
// not, and read. What comes out with a status that counts must be what was drawn.

// A paper is a report before it is written to a file, with what a careful reader
// reads in it.
type paper struct {
	form   *standard.Form
	year   int
	agency string
	want   []report.Value // State and Amount by position in the form
	pieces []piece
	dress  dress // how it is written as HTML
	full   bool  // no cell is blank
}

// A piece is a paragraph, a heading or a table of a paper.
type piece struct {
	text    string
	heading bool
	raw     bool // text is markup
	sheet   *sheet
}

// A sheet is a table as rows of boxes, as HTML has them.
type sheet struct {
	table standard.Table
	rows  [][]box
}

// A box is a cell with its spans.
type box struct {
	text       string
	rows, cols int
	code       standard.CellCode // of the figure that stands there, "" for other texts
	stub       bool              // a label or a unit beside figures
	inner      string            // markup in place of the text
	attrs      string            // attributes besides the spans
}

// dice returns a number from 0 up to but not n.
type dice func(n int) int

// draws makes dice of a rapid test, so that a failure shrinks.
func draws(t *rapid.T) dice {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") }
}

// seeded makes dice that fall the same way each time.
func seeded(a, b uint64) dice { return rand.New(rand.NewPCG(a, b)).IntN }

// of picks one of several.
func of[T any](d dice, from ...T) T { return from[d(len(from))] }

// shuffled returns the numbers below n in some order.
func shuffled(d dice, n int) []int {
	order := make([]int, n)
	for i := range order {
		j := d(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}

// templates are the tables of the forms as the demonstration portal writes them, with
// the code of each figure in its place.
var templates = sync.OnceValue(func() map[standard.Format][]*sheet {
	rowForm := regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
	cellForm := regexp.MustCompile(`<td(?: rowspan="(\d+)")?(?: colspan="(\d+)")?><p>(.*?)</p></td>`)
	span := func(s string) int {
		n, _ := strconv.Atoi(s) // "" is no span
		return max(n, 1)
	}
	all := map[standard.Format][]*sheet{}
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		marks := demo.Printed{}
		for _, c := range form.Cells {
			marks[c.Code] = "@" + string(c.Code)
		}
		tables := demo.Tables(format, marks)
		for _, table := range form.Tables() {
			s := &sheet{table: table}
			for _, row := range rowForm.FindAllStringSubmatch(tables[table], -1) {
				var boxes []box
				for _, c := range cellForm.FindAllStringSubmatch(row[1], -1) {
					b := box{text: html.UnescapeString(c[3]), rows: span(c[1]), cols: span(c[2])}
					if code, ok := strings.CutPrefix(b.text, "@"); ok {
						b.text, b.code = "", standard.CellCode(code)
					}
					boxes = append(boxes, b)
				}
				if hasFigure(boxes) {
					for i := range boxes {
						boxes[i].stub = boxes[i].code == ""
					}
				}
				s.rows = append(s.rows, boxes)
			}
			all[format] = append(all[format], s)
		}
	}
	return all
})

func hasFigure(row []box) bool {
	return slices.ContainsFunc(row, func(b box) bool { return b.code != "" })
}

// clone copies a sheet with its rows.
func (s *sheet) clone() *sheet {
	out := &sheet{table: s.table, rows: make([][]box, len(s.rows))}
	for i, row := range s.rows {
		out.rows[i] = slices.Clone(row)
	}
	return out
}

// newPaper draws a report of a format with its figures. Full leaves no cell blank.
func newPaper(d dice, format standard.Format, full bool) *paper {
	p := &paper{form: standard.FormOf(format), full: full, agency: of(d, "槐荫街道办事处", "东河镇人民政府", "青石乡人民政府")}
	p.year = p.form.From + d(2)
	texts := p.figures(d)
	say := func(format string, args ...any) {
		p.pieces = append(p.pieces, piece{text: fmt.Sprintf(format, args...)})
	}
	heading := func(text string) { p.pieces = append(p.pieces, piece{text: text, heading: true}) }
	say("云东区%s%d年政府信息公开工作年度报告", p.agency, p.year)
	say("本报告由%s编制，所列数据的统计期限自%d年1月1日起至%d年12月31日止。", p.agency, p.year, p.year)
	heading("一、总体情况")
	say("本机关按照条例做好公开工作，全年召开会议%d次。", 1+d(9))
	heads := map[standard.Table]string{
		standard.Disclosure: "二、主动公开政府信息情况", standard.Requests: "三、收到和处理政府信息公开申请情况",
		standard.Appeals: "四、政府信息公开行政复议、行政诉讼情况", standard.Statistics: "附表：政府信息公开情况统计表",
	}
	for _, template := range templates()[format] {
		s := template.clone()
		s.each(func(b *box) {
			if b.code != "" {
				b.text = texts[b.code]
			}
		})
		heading(heads[s.table])
		p.pieces = append(p.pieces, piece{sheet: s})
	}
	heading("五、存在的主要问题及改进情况")
	say("部分信息更新不够及时，下一步按月核对。")
	heading("六、其他需要报告的事项")
	say("无其他需要报告的事项。")
	say("云东区%s", p.agency)
	say("%d年1月%d日", p.year+1, 8+d(20))
	return p
}

// each visits the boxes of a sheet.
func (s *sheet) each(visit func(b *box)) {
	for _, row := range s.rows {
		for i := range row {
			visit(&row[i])
		}
	}
}

// sheets returns the sheets of a paper.
func (p *paper) sheets() []*sheet {
	var all []*sheet
	for _, x := range p.pieces {
		if x.sheet != nil {
			all = append(all, x.sheet)
		}
	}
	return all
}

// figures draws what stands in each cell, and notes what it means. In half of the
// papers the totals of the requests table are the sums.
func (p *paper) figures(d dice) map[standard.CellCode]string {
	texts := map[standard.CellCode]string{}
	p.want = make([]report.Value, len(p.form.Cells))
	tidy, quiet := d(2) == 0, d(3) == 0
	var sum report.Amount
	for i, c := range p.form.Cells {
		var text string
		var v report.Value
		if quiet && d(8) > 0 {
			text, v = "0", report.Value{State: report.Printed}
		} else {
			text, v = figure(d, c)
			if text == "" && p.full {
				text, v = "0", report.Value{State: report.Printed}
			}
		}
		switch column := c.Code.Column(); {
		case c.Table == standard.Requests && column == standard.Natural:
			sum = v.Amount
		case c.Table == standard.Requests && column == standard.Total:
			if tidy {
				text, v = sum.String(), report.Value{State: report.Printed, Amount: sum}
			}
		default:
			sum += v.Amount
		}
		texts[c.Code], p.want[i] = text, v
	}
	return texts
}

// figure draws the text of a cell and its meaning: mostly zeros, some numbers of every
// size, some blanks, dashes and words.
func figure(d dice, c standard.Cell) (string, report.Value) {
	printed := func(text string, amount report.Amount) (string, report.Value) {
		return text, report.Value{State: report.Printed, Amount: amount}
	}
	n := 1 + d(300)
	switch k := d(24); {
	case k < 9:
		return printed("0", 0)
	case k == 9:
		return "", report.Value{State: report.Blank}
	case k == 10:
		return of(d, "-", "/", "—", "——", "－", "无"), report.Value{State: report.Dash}
	case c.Unit.Money() && k > 10:
		return money(d)
	case c.Signed() && k == 11:
		return of(d, "未增未减", "无变化"), report.Value{State: report.Words}
	case c.Signed() && k > 18:
		return printed(of(d, "-", "减", "减少")+strconv.Itoa(n), -report.Count(int64(n)))
	case c.Signed() && k > 16:
		return printed(of(d, "+", "增", "增加")+strconv.Itoa(n), report.Count(int64(n)))
	case k == 12:
		n = 1000 + d(90000)
	case k < 18:
		n = 1 + n%12
	}
	return printed(strconv.Itoa(n), report.Count(int64(n)))
}

// money draws an amount in one of the ways that offices print it. An Amount of 1 is a
// fen where the unit is 万元.
func money(d dice) (string, report.Value) {
	amount := report.Amount(1 + d(90_000_000))
	if d(2) == 0 {
		amount = amount/10_000*10_000 + 10_000 // as offices round it, and never 0
	}
	v := report.Value{State: report.Printed, Amount: amount}
	switch d(4) {
	case 0:
		return (amount * 10_000).String() + "元", v
	case 1:
		v.Amount = report.Count(int64(1 + d(9000)))
		return (v.Amount / 10_000).String() + "亿元", v
	case 2:
		return amount.String() + "万元", v
	}
	return amount.String(), v
}

// An outcome is what came out at the end of the chain.
type outcome struct {
	reading *report.Reading
	check.Outcome
}

// chain reads the bytes of a file to the end.
func chain(ctx context.Context, body []byte) ([]outcome, error) {
	docs, err := extract.Read(ctx, extract.Hint{}, body, extract.Limits{})
	if err != nil {
		return nil, err
	}
	var all []outcome
	for _, doc := range docs {
		all = append(all, concluded(doc)...)
	}
	return all, nil
}

// concluded reads a document to the end.
func concluded(doc *extract.Document) []outcome {
	var all []outcome
	for _, r := range recognise.Read(doc, recognise.Hint{}) {
		all = append(all, outcome{r, check.Report(r, check.Context{})})
	}
	return all
}

// wrong lists how a reading differs from what was drawn.
func (p *paper) wrong(r *report.Reading) []string {
	var out []string
	differ := func(what string, got, want any) {
		if got != want {
			out = append(out, fmt.Sprintf("%s: got %v, want %v", what, got, want))
		}
	}
	differ("format", r.Format, p.form.Format)
	differ("year", r.Year, p.year)
	differ("agency", core(r.Agency), core(p.agency))
	if r.Format != p.form.Format {
		return out
	}
	for i, c := range p.form.Cells {
		got, want := r.Values[i], p.want[i]
		differ(string(c.Code), fmt.Sprint(got.State, " ", got.Amount), fmt.Sprint(want.State, " ", want.Amount))
	}
	return out
}

// core is the distinguishing part of a name.
func core(agency string) string {
	name := agency[max(strings.LastIndex(agency, "区"), 0):]
	name = strings.TrimPrefix(name, "区")
	return strings.TrimSuffix(strings.TrimSuffix(name, "办事处"), "人民政府")
}

// A verdict is how reading a paper went.
type verdict struct {
	silent []string // what is wrong though the status counts
	doubt  string   // why the status does not count, "" where it does
}

// judge compares what came out with what was drawn.
func (p *paper) judge(all []outcome, err error) verdict {
	if err != nil {
		return verdict{doubt: err.Error()}
	}
	if len(all) != 1 {
		return several(p, all)
	}
	o := all[0]
	if o.Status.Counts() {
		return verdict{silent: p.wrong(o.reading)}
	}
	return verdict{doubt: strings.Join(o.Problems, "；")}
}

// several judges a file out of which other than one report came: none of them may
// count, or what counts must be right.
func several(p *paper, all []outcome) verdict {
	v := verdict{doubt: fmt.Sprintf("%d readings", len(all))}
	for _, o := range all {
		if o.Status.Counts() {
			v.silent = append(v.silent, p.wrong(o.reading)...)
		}
	}
	return v
}

// campaign returns how many times each part of a test is to be repeated: few in an
// ordinary run, more with -rapid.checks.
func campaign(few int) int {
	checks := 100
	if f := flag.Lookup("rapid.checks"); f != nil {
		checks, _ = strconv.Atoi(f.Value.String())
	}
	n := few * checks / 100
	if testing.Short() {
		n /= 4
	}
	return max(n, 1)
}
