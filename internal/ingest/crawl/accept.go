package crawl

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Accepts judges a link by its title and address, and names the rule that decided.
// A title that the list has cut is judged by what is left of it.
func (p *Portal) Accepts(title string, address string) (ok bool, rule string) {
	r := p.rules
	if m := find(r.reject, title); m != "" {
		return false, "reject.title: " + m
	}
	if m := find(r.rejectURL, address); m != "" {
		return false, "reject.url: " + m
	}
	if u, err := url.Parse(address); err == nil && !p.allows(u.Host) {
		return false, "hosts: " + u.Host
	}
	if r.acceptURL != nil && !r.acceptURL.MatchString(address) {
		return false, "accept.url"
	}
	m := find(r.accept, title)
	if r.accept != nil && m == "" {
		return false, "accept.title"
	}
	if bareReport.MatchString(m) && !strings.Contains(title, "公开") {
		if unit := UnitFromTitle(title); unit != "" && !agencyEnding.MatchString(unit) {
			return false, "other_report: " + unit
		}
	}
	if year := YearFromTitle(title); year != 0 && (year < r.from || year > r.to) {
		return false, fmt.Sprintf("accept.years: %d", year)
	}
	return true, "accept.title: " + m
}

// acceptsAddress judges a link without a title, such as a line of a sitemap, by its
// address alone; the document then tells what it is.
func (p *Portal) acceptsAddress(address string) (ok bool, rule string) {
	r := p.rules
	if m := find(r.rejectURL, address); m != "" {
		return false, "reject.url: " + m
	}
	if u, err := url.Parse(address); err == nil && !p.allows(u.Host) {
		return false, "hosts: " + u.Host
	}
	m := find(r.acceptURL, address)
	if m == "" {
		return false, "accept.url"
	}
	return true, "accept.url: " + m
}

func find(re *regexp.Regexp, s string) string {
	if re == nil {
		return ""
	}
	return re.FindString(s)
}

// digitsInName matches the address of an article: columns have names, articles
// have numbers, of 24 or 32 hex digits on some.
var digitsInName = regexp.MustCompile(`\d{4,}[^/]*$|/[0-9a-f]{24,}\.\w+$|\.(docx?|pdf|xlsx?|rtf|wps|ofd|zip|et)$`)

var (
	chineseDigits = strings.NewReplacer("〇", "0", "○", "0", "◯", "0", "Ｏ", "0", "O", "0", "o", "0", "О", "0", "Ο", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5",
		"六", "6", "七", "7", "八", "8", "九", "9", "０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")
	yearInAnyDigits = regexp.MustCompile(`[12１２一二][0-9０-９〇○◯ＯOoОΟ零一二三四五六七八九]{3}`)

	yearWithWord = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)\s*(?:年|年度)`)
	yearAlone    = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
)

// bareReport are words that are an annual report's of any kind. Without 信息公开 beside
// them they are one of ours only where nothing but an agency's name stands there too:
// 行政复议年度报告 is another report.
var (
	bareReport   = regexp.MustCompile(`^(年度(工作)?报告|年报)$`)
	agencyEnding = regexp.MustCompile(`(政府|街道|街|镇|乡|苏木|区|县|市|旗|盟|州|省|厅|局|委|办|处|部|院|署|室|会|队|所|站|社|馆|中心|总站|支队)(本级)?$`)
	// dayWords are days of publication, whose year is not the one reported on.
	dayWords = regexp.MustCompile(`[（(]?20\d\d(年\d{1,2}月(\d{1,2}日)?|[-/.]\d{1,2}[-/.]\d{1,2})((发布|公布|印发|更新)的?)?[)）]?`)
)

// YearFromTitle returns the report year that a title names, and 0 where it names
// none. Where it names several, the first with 年 counts; a day is no report year.
func YearFromTitle(title string) int { return yearIn(title) }

func yearIn(s string) int {
	s = dayWords.ReplaceAllString(foldYears(s), " ")
	for _, re := range []*regexp.Regexp{yearWithWord, yearAlone} {
		if m := re.FindStringSubmatch(s); m != nil {
			if y, err := strconv.Atoi(m[1]); err == nil && y >= firstYear-8 && y <= lastYear {
				return y
			}
		}
	}
	return 0
}

// foldYears writes years in ASCII digits: 二〇二〇年, ２０２０年.
func foldYears(s string) string {
	return yearInAnyDigits.ReplaceAllStringFunc(s, chineseDigits.Replace)
}

var (
	reportWords = regexp.MustCompile(`(本级)?(关于)?(的)?((政府|政务)?信息|政务)公开(工作)?(情况)?(的)?|(的)?(年度?)?(工作)?(报告|年报)(\(全文\)|\.\w{2,5})?|年度工作|年度`)
	yearWords   = regexp.MustCompile(`[(（\[【〔]?\s*(?:19|20)\d\d\s*(?:年度|年)?\s*[)）\]】〕]?`)
	// markWords are what editors put before or behind a title.
	markWords    = regexp.MustCompile(`^\s*附件\d*[:：、.]|【[^】]{1,4}】|[（(\[](修订|更正|修改|补充|定稿|公开|图片|文字|全文)(版|稿|件)?[)）\]]`)
	chineseSpace = regexp.MustCompile(`([\p{Han}])[\s\x{3000}]+`)
	fileName     = regexp.MustCompile(`(?i)\.(docx?|pdf|xlsx?|rtf|wps|ofd|zip|et|html?)$`)
)

// UnitFromTitle returns what is left of a title without its year and the words
// that all annual reports share: 云杉街道办事处 of 云杉街道办事处2021年政府信息公开工作
// 年度报告. It is "" where the title names nobody.
func UnitFromTitle(title string) string {
	s := fileName.ReplaceAllString(title, "")
	s = chineseSpace.ReplaceAllString(s, "$1") // once for every other gap, again for the rest
	s = chineseSpace.ReplaceAllString(s, "$1")
	s = markWords.ReplaceAllString(s, "")
	s = dayWords.ReplaceAllString(foldYears(s), "")
	s = yearWords.ReplaceAllString(s, "")
	// 人民政府信息公开 is 人民政府 and 信息公开, where no second 政府 follows.
	s = strings.ReplaceAll(s, "人民政府", "\x01")
	s = strings.ReplaceAll(reportWords.ReplaceAllString(s, ""), "\x01", "人民政府")
	return strings.Trim(squeeze(s), " -—－_·:：、,，.。()（）《》【】[]")
}
