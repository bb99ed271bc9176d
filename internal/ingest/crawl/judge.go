package crawl

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
)

// judge turns an answer that gives no document into a FetchError.
func judge(f *Fetched, now time.Time) error {
	if why := challenge(f); why != "" {
		return &FetchError{Kind: Blocked, Reason: why, Answer: f}
	}
	status := fmt.Sprintf("status %d", f.Status)
	switch f.Status {
	case http.StatusOK, http.StatusNonAuthoritativeInfo, http.StatusNotModified,
		http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return nil
	case http.StatusNotFound, http.StatusGone:
		return &FetchError{Kind: Gone, Reason: status, Answer: f}
	case http.StatusMethodNotAllowed:
		kind := Blocked // what refuses to be read at all is a firewall
		if f.RequestHeader.Get("Content-Type") != "" {
			kind = Broken // our own rule posts what is not to be posted
		}
		return &FetchError{Kind: kind, Reason: status, Answer: f}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons:
		return &FetchError{Kind: Blocked, Reason: status, Answer: f}
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &FetchError{Kind: Temporary, Reason: status, Answer: f, RetryAfter: retryAfter(f.Header, now)}
	}
	return &FetchError{Kind: Broken, Reason: status, Answer: f}
}

// retryAfter reads Retry-After in both of its forms.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now).Truncate(time.Second)+time.Second, 0)
	}
	return 0
}

// challengeCookie names cookies that only protections of this kind set.
var challengeCookie = regexp.MustCompile(`(?i)^(__jsluid_[sh]|__jsl_clearance\w*|FSSBBIl1UgzbN7N\w*|acw_sc__v[23]|waf_captcha\w*)=`)

// challengeWords are what only the scripts of such protections hold.
func challengeWords() []string {
	return []string{"__jsl_clearance", "acw_sc__v2", "FSSBBIl1UgzbN7N", "9DhefwqGPrzGxEp9hPaoag", "$_ts=window", "_cf_chl_opt", "cf-browser-verification"}
}

// wallWords are what the pages of firewalls and captchas show. Ordinary pages show some
// of them too, in a search form or a box for logging in, so that they count only on a
// page of few words and fewer links.
var wallWords = regexp.MustCompile(`滑动验证|(请|需要?)(先)?(完成|进行|通过)(下方|以下|安全|人机)*验证|安全验证|访问验证|人机验证|安全拦截|访问(已|被|请求被)*(拦截|阻断)|/captcha/|浏览器安全检查|正在检查您的浏览器|Just a moment`)

const (
	// challengeShown is the most that such a page shows, in bytes of text.
	challengeShown = 600
	// wallLinks is the most links on it: a navigation has more.
	wallLinks = 4
)

// challenge says by which sign an answer is a challenge, and "" where it is none.
// A protected site may set its cookie on good pages too, so that a cookie counts
// only with a status or a script beside it.
func challenge(f *Fetched) string {
	switch f.Status {
	case http.StatusPreconditionFailed, 512, 521:
		return fmt.Sprintf("script challenge: status %d", f.Status)
	}
	if f.Header.Get("Cf-Mitigated") == "challenge" {
		return fmt.Sprintf("script challenge: status %d with header Cf-Mitigated", f.Status)
	}
	if f.Status == http.StatusNotModified || showsMoreThan(f.Body, challengeShown) {
		return ""
	}
	for _, word := range challengeWords() {
		if bytes.Contains(f.Body, []byte(word)) {
			return "script challenge: the page holds " + word
		}
	}
	if why := wall(f); why != "" || f.Status == http.StatusOK {
		return why
	}
	for _, cookie := range f.Header.Values("Set-Cookie") {
		if m := challengeCookie.FindStringSubmatch(cookie); m != nil && (f.Status >= 400 || f.Status == http.StatusAccepted) {
			return fmt.Sprintf("script challenge: status %d with cookie %s", f.Status, m[1])
		}
	}
	return ""
}

// loginSign begins the reason of an answer that asks for a login.
const loginSign = "login: "

// passwordField is the input of a login.
var passwordField = regexp.MustCompile(`(?i)<input[^>]+type\s*=\s*["']?password`)

// wall says by which sign a page of few words stands before what was asked for: words of
// a firewall or a captcha, or the field of a password.
func wall(f *Fetched) string {
	if !isMarkup(f) || bytes.Count(f.Body, []byte("<a "))+bytes.Count(f.Body, []byte("<A ")) > wallLinks {
		return ""
	}
	markup := text(f.Body, f.Header.Get("Content-Type"), "")
	if m := wallWords.FindString(markup); m != "" {
		return "captcha or firewall: the page holds " + m
	}
	if passwordField.MatchString(markup) {
		return loginSign + "the page asks for a password and shows little else"
	}
	return ""
}

var (
	refreshContent = regexp.MustCompile(`(?i)^\s*(\d+)?[\d.]*\s*[;,]?\s*url\s*=\s*['"]?([^'"]+)`)
	scriptJump     = regexp.MustCompile(`(?i)(?:location(?:\.href)?\s*=\s*|location\.(?:replace|assign)\s*\(\s*)["']([^"']+)["']`)
	scriptThinks   = regexp.MustCompile(`\bif\b|\bfunction\b|=>|\?`)
	notFoundWords  = regexp.MustCompile(`(页面|网页|文章|内容|信息|文件|链接|栏目)(已?经?不存在|找不到|没有找到|未找到|(已经?|已?被|已经被)删除|已下线|已过期|不见了)|不存在或(者)?(已|被)|404 Not Found|(?i:page not found)`)
	loginNames     = regexp.MustCompile(`(?i)/(login|logon|signin|sign_in|passport|cas|sso|authserver|oauth2?)\b`)
	errorPageNames = regexp.MustCompile(`(?i)/(404|error|notfound|nopage)\w*(\.\w+)?$`)
)

// jump returns where an answer leads: by status, or by a page so small that it
// does nothing else. A redirect that leads nowhere gives a reason instead.
func jump(f *Fetched, at *url.URL) (to *url.URL, why string) {
	if f.Status >= 300 && f.Status < 400 && f.Status != http.StatusNotModified {
		to, err := resolve(at, f.Header.Get("Location"))
		if err != nil {
			return nil, fmt.Sprintf("status %d with Location %q", f.Status, f.Header.Get("Location"))
		}
		return to, ""
	}
	if f.Status != http.StatusOK || len(f.Body) > shellSize || !isMarkup(f) {
		return nil, ""
	}
	if low := bytes.ToLower(f.Body); !bytes.Contains(low, []byte("refresh")) && !bytes.Contains(low, []byte("location")) {
		return nil, "" // most pages need no parser to see that
	}
	ref := shellTarget(text(f.Body, f.Header.Get("Content-Type"), ""))
	if ref == "" {
		return nil, ""
	}
	to, err := resolve(at, ref)
	if err != nil || to.String() == at.String() {
		return nil, ""
	}
	return to, ""
}

const (
	quickRefresh = 10  // seconds; a page that stays longer is meant to be read
	shellText    = 60  // characters that a page that only jumps on shows at most
	shortScript  = 400 // characters of a script that does nothing but jump
)

// shellTarget returns where a small page jumps by itself: by a quick refresh, or by
// a script that does nothing else, in a page that shows next to nothing. A script
// that first thinks, for instance of telephones, is left alone.
func shellTarget(markup string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(markup))
	if err != nil {
		return ""
	}
	for _, meta := range doc.Find("meta[http-equiv]").EachIter() {
		if !strings.EqualFold(strings.TrimSpace(meta.AttrOr("http-equiv", "")), "refresh") {
			continue
		}
		m := refreshContent.FindStringSubmatch(meta.AttrOr("content", ""))
		if m == nil {
			continue
		}
		if wait, err := strconv.Atoi(m[1]); m[1] == "" || err == nil && wait <= quickRefresh {
			return strings.TrimSpace(m[2])
		}
	}
	scripts := doc.Find("script").Remove()
	doc.Find("style").Remove()
	if utf8.RuneCountInString(squeeze(doc.Text())) > shellText {
		return ""
	}
	for _, script := range scripts.EachIter() {
		code := script.Text()
		if m := scriptJump.FindStringSubmatch(code); m != nil && len(code) < shortScript && !scriptThinks.MatchString(strings.ReplaceAll(code, m[0], "")) {
			return m[1]
		}
	}
	return ""
}

func isMarkup(f *Fetched) bool {
	return bytes.Contains(f.Body[:min(len(f.Body), 1024)], []byte("<"))
}

// isLogin reports whether an address is that of a login.
func isLogin(u *url.URL) bool { return loginNames.MatchString(u.Path) }

func isErrorPage(u *url.URL) bool { return errorPageNames.MatchString(u.Path) }

// saysGone returns the words by which a page with status 200 says that it is not
// there. Only pages of little text can: a report may speak of 不存在 as well.
func saysGone(f *Fetched) string {
	if f.Status != http.StatusOK || !isMarkup(f) || showsMoreThan(f.Body, goneShown) {
		return ""
	}
	markup := text(f.Body, f.Header.Get("Content-Type"), "")
	if !maySayGone(shownIn(markup)) {
		return ""
	}
	return notFoundWords.FindString(textOf(markup))
}

// maySayGone reports whether a text has what every match of notFoundWords has. Most pages
// of little text have not, so that neither the parser nor the pattern is asked.
func maySayGone(shown string) bool {
	for _, sign := range []string{"不存在", "找不到", "没有找到", "未找到", "删除", "下线", "过期", "不见了"} {
		if strings.Contains(shown, sign) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(shown), "not found")
}

// goneShown is the most that such a page shows, in bytes of text, navigation
// included.
const goneShown = 1200
