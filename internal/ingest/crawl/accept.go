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
	chineseDigits = strings.NewReplacer("〇", "0", "○", "0", "Ｏ", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5",
		"六", "6", "七", "7", "八", "8", "九", "9", "０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")
	yearInAnyDigits = regexp.MustCompile(`[12１２一二][0-9０-９〇○Ｏ零一二三四五六七八九]{3}`)

	yearWithWord = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)\s*(?:年|年度)`)
	yearAlone    = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
)

// YearFromTitle returns the report year that a title names, and 0 where it names
// none. Where it names several, the first with 年 counts.
func YearFromTitle(title string) int { return yearIn(title) }

func yearIn(s string) int {
	s = foldYears(s)
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
	reportWords = regexp.MustCompile(`(本级)?(关于)?(的)?(政府|政务)?信息公开(工作)?(情况)?(的)?|(的)?(年度?)?(工作)?(报告|年报)(\(全文\)|\.\w{2,5})?|年度工作|年度`)
	yearWords   = regexp.MustCompile(`[(（\[【〔]?\s*(?:19|20)\d\d\s*(?:年度|年)?\s*[)）\]】〕]?`)
	fileName    = regexp.MustCompile(`(?i)\.(docx?|pdf|xlsx?|rtf|wps|ofd|zip|et|html?)$`)
)

// UnitFromTitle returns what is left of a title without its year and the words
// that all annual reports share: 云杉街道办事处 of 云杉街道办事处2021年政府信息公开工作
// 年度报告. It is "" where the title names nobody.
func UnitFromTitle(title string) string {
	s := fileName.ReplaceAllString(title, "")
	s = yearWords.ReplaceAllString(foldYears(s), "")
	s = reportWords.ReplaceAllString(s, "")
	return strings.Trim(squeeze(s), " -—－_·:：、,，.。()（）《》【】[]")
}
