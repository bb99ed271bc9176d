package extract

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/standard"
)

// A labelKind says what part of a statutory table a label belongs to.
type labelKind uint8

const (
	noLabel    labelKind = iota
	titleLabel           // 第二十条第（一）项: a row of its own above a block
	headLabel            // names a column
	rowLabel             // names a row
)

// headLabels are column labels beyond those of the forms' cells.
var headLabels = []string{
	"信息内容", "申请人情况", "自然人", "法人或其他组织", "商业企业", "科研机构", "社会公益组织", "社会公益性组织", "法律服务机构", "其他", "其它", "总计",
	"行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉", "结果维持", "结果纠正", "其他结果", "尚未审结",
	"本年新", "本年增减", "本年增", "采购项目数量", "采购总金额", "指标名称", "单位", "统计数", "指标", "统计指标", "数量",
}

// rowLabels are row labels beyond those of the forms' cells: groups of rows and
// spellings that offices use.
var rowLabels = []string{
	"三本年度办理结果", "三本年办理结果", "本年度办理结果", "三不予公开", "四无法提供", "五不予处理", "六其他处理", "一本年新收申请数量",
	"二上年度结转政府信息公开申请数量", "二上年结转申请数量", "二上年结转政府信息公开数量", "其它对外管理服务事项", "政府集中采购项目", "规章制度", "其他主动公开文件",
	"1逾期不补正", "2逾期不缴费", "四结转下年度继续办理",
	"一主动公开情况", "二通过不同渠道和方式公开政府信息的情况", "二回应解读情况", "二通过不同渠道和方式回应解读的情况", "三依申请公开情况",
	"八机构建设和保障经费情况", "九政府信息公开会议和培训情况",
}

// labels returns the labels of all statutory tables by their keys.
var labels = sync.OnceValue(func() map[string]labelKind {
	all := make(map[string]labelKind)
	add := func(text string, kind labelKind) {
		if k := labelKey(text); len(k) >= len("规章") {
			all[k] = kind
		}
	}
	for _, format := range standard.Formats() {
		for _, c := range standard.FormOf(format).Cells {
			for part := range strings.SplitSeq(c.RowLabel.ZH, "/") {
				if !strings.HasPrefix(c.RowLabel.ZH, "行政复议") && !strings.HasPrefix(c.RowLabel.ZH, "行政诉讼") {
					add(part, rowLabel)
				}
			}
			add(c.ColumnLabel.ZH, headLabel)
		}
	}
	for _, text := range rowLabels {
		add(text, rowLabel)
	}
	for _, text := range headLabels {
		add(text, headLabel)
	}
	return all
})

// labelOf says what label a text is. Spaces, punctuation, width and the notes in
// brackets behind a label do not matter; neither do traditional characters.
func labelOf(text string) labelKind {
	if len(text) > 600 {
		return noLabel
	}
	key := labelKey(text)
	switch {
	case strings.HasPrefix(key, "第二十条第") && len(key) < len("第二十条第十项第款项项"):
		return titleLabel
	case strings.Contains(key, "勾稽关系"), strings.Contains(key, "本列数据"):
		return headLabel
	}
	if kind := labels()[key]; kind != noLabel {
		return kind
	}
	if cut := withoutNote(text); len(cut) < len(text) {
		return labels()[labelKey(cut)]
	}
	return noLabel
}

// withoutNote cuts a label before the bracket that explains it. A bracket that the
// label begins with is its number.
func withoutNote(text string) string {
	skip := 0
	if strings.HasPrefix(text, "(") || strings.HasPrefix(text, "（") {
		if skip = strings.IndexAny(text, ")）"); skip < 0 {
			return text
		}
	}
	i := strings.IndexAny(text[skip:], "(（")
	if i <= 0 || labelKey(text[strings.LastIndexAny(text, ")）")+1:]) != "" && !openBracket(text) {
		return text // no bracket, or one that more follows
	}
	return text[:skip+i]
}

// openBracket reports whether a label breaks off inside a bracket.
func openBracket(text string) bool {
	return strings.LastIndexAny(text, "(（") > strings.LastIndexAny(text, ")）")
}

// labelKey keeps the letters and digits of a label: full width folded to ASCII,
// traditional characters of the forms to simplified ones.
func labelKey(text string) string {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= 0xFEE0
		}
		if r > 0x7F {
			if s, ok := simplified()[r]; ok {
				r = s
			}
		}
		if unicode.IsLetter(r) || r >= '0' && r <= '9' {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// simplified maps the traditional characters that the forms' labels have.
var simplified = sync.OnceValue(func() map[rune]rune {
	const pairs = "規规條条項项內内數数對对總总許许務务處处罰罚強强結结轉转請请會会組组織织機机構构業业計计開开屬属國国經经濟济穩稳護护權权" +
		"類类過过執执檔档詢询沒没現现製制補补複复復复覆复訪访舉举報报訴诉無无當当認认獲获購购採采費费單单萬万額额維维糾纠審审決决減减廢废" +
		"發发關关應应體体議议訟讼後后領领導导聞闻網网線线談谈讀读與与書书傳传電电郵邮設设於于號号個个確确據据況况員员職职專专門门預预點点" +
		"見见訓训還还動动標标稱称統统題题辦办為为餘余實实際际間间"
	m := make(map[rune]rune)
	all := []rune(pairs)
	for i := 0; i+1 < len(all); i += 2 {
		m[all[i]] = all[i+1]
	}
	return m
})

// anchors counts the different statutory labels among texts, as far as enough.
func anchors(texts func(yield func(string) bool), enough int) int {
	seen := make(map[string]bool, enough)
	for t := range texts {
		if len(t) <= 240 && labelOf(t) != noLabel {
			seen[labelKey(t)] = true
			if len(seen) >= enough {
				break
			}
		}
	}
	return len(seen)
}

// hasStatutoryGrid reports whether a document shows a statutory table, or a part of
// one, as a grid.
func hasStatutoryGrid(d *Document) bool {
	const enough = 4 // 信息内容 and 总计 may stand in any table
	for _, b := range d.Blocks {
		if b.Grid == nil {
			continue
		}
		n := anchors(func(yield func(string) bool) {
			for i := range b.Grid.Cells {
				if t := b.Grid.Cells[i].Text; len(t) > 1 && !yield(t) {
					return
				}
			}
		}, enough)
		if n >= enough {
			return true
		}
	}
	return false
}

// wordValues are the words that stand in place of a figure, and the units that stand in
// a column beside it.
var wordValues = map[string]bool{
	"无": true, "零": true, "持平": true, "未增未减": true, "未增减": true, "不变": true,
	"无变化": true, "无增减": true, "无增无减": true, "未变化": true, "没有变化": true, "不涉及": true,
	"条": true, "件": true, "项": true, "次": true, "篇": true, "个": true, "人": true, "人次": true, "份": true, "万元": true, "元": true,
}

// isValue reports whether a text stands where a figure belongs: a number with sign,
// separators or unit, a dash, 无, 减8 or 未增未减; or the unit of a figure.
func isValue(text string) bool {
	if len(text) > 60 || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "．") {
		return false // a number with a point behind it numbers a label
	}
	digits, words := false, false
	for _, r := range text {
		switch {
		case isDigit(r):
			digits = true
		case unicode.IsSpace(r), strings.ContainsRune(".,，．+-－＋—–―－/／\\%％~∶", r):
		case strings.ContainsRune("件条次篇个人项万亿元余宗份增加减少", r):
			words = true
		default:
			return wordValues[text]
		}
	}
	return text != "" && (digits || !words || wordValues[text])
}
