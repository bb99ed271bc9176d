package demo

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"gongkai/internal/draw"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A resource is what the portal serves at one address.
type resource struct {
	body     []byte
	kind     string // content type
	modified time.Time
	etag     string
	fault    string    // overload or reset: what the first request meets
	blocked  bool      // a challenge, always
	second   *resource // the version after the revision
}

const (
	htmlType = "text/html; charset=utf-8"
	wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	pdfType  = "application/pdf"

	dongliColumn  = "/dongli/gongkai/zfxxgkzl/zfgbm/jlcjd/gknb/"
	shiliColumn   = "/shili/zwgk/gknb/"
	blockedColumn = "/shili/jz/yuanwei/gknb/"

	perPage    = 20
	overloaded = 2 // the page of the list that first answers 503
)

// build makes every page.
func (s *Server) build(seed uint64) error {
	s.pages = map[string]*resource{}
	s.put("/robots.txt", "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /search/\nDisallow: /admin/\n"), report.Date{Year: 2019, Month: 5, Day: 15})
	s.put("/", htmlType, []byte("<!DOCTYPE html><meta charset=\"utf-8\"><title>演示门户</title><h1>演示门户</h1><p>仅供本机演示。</p><ul><li><a href=\""+dongliColumn+"\">天津市东丽区：军粮城街道办事处（真实数字）</a></li><li><a href=\""+shiliColumn+"\">示例市示例区（虚构）</a></li></ul>"), report.Date{Year: 2019, Month: 5, Day: 15})
	seedReport, err := junliangcheng()
	if err != nil {
		return err
	}
	at := articlePath(dongliColumn, seedReport.Published, 5331218)
	seedReport.URL = s.base + at
	s.put(at, htmlType, Page(realArticle(seedReport)), seedReport.Published)
	s.truth = append(s.truth, seedReport)
	s.lists(dongliColumn, "天津市东丽区人民政府", []entry{{seedReport.Title, at, seedReport.Published}})

	var linked, hidden []entry
	for i, t := range district(seed) {
		if t.Case != Missing {
			column := shiliColumn
			if t.Case == Blocked {
				column = blockedColumn
			}
			at := articlePath(column, t.Published, 1000100+i)
			t.URL = s.base + at
			if err := s.publish(t, at, seed, i); err != nil {
				return err
			}
			e := entry{t.Title, at, t.Published}
			if t.Case == Blocked {
				hidden = append(hidden, e)
			} else {
				linked = append(linked, e)
			}
		}
		s.truth = append(s.truth, t)
	}
	linked = append(linked, s.decoys()...)
	s.lists(shiliColumn, cityName+districtName+"人民政府", linked)
	s.lists(blockedColumn, cityName+districtName+"人民政府", hidden)
	for path, r := range s.pages {
		r.blocked = strings.HasPrefix(path, blockedColumn)
	}
	s.pages[fmt.Sprintf("%sindex_%d.html", shiliColumn, overloaded-1)].fault = "overload"
	return nil
}

// articlePath is the address of an article: the folder is the month, the file name
// has the day.
func articlePath(column string, d report.Date, id int) string {
	return fmt.Sprintf("%s%04d%02d/t%04d%02d%02d_%d.html", column, d.Year, d.Month, d.Year, d.Month, d.Day, id)
}

func (s *Server) put(path, kind string, body []byte, d report.Date) *resource {
	r := newResource(kind, body, d)
	s.pages[path] = r
	return r
}

func newResource(kind string, body []byte, d report.Date) *resource {
	h := fnv.New64a()
	_, _ = h.Write(body) // a hash does not fail
	return &resource{body: body, kind: kind, etag: fmt.Sprintf(`"%x-%x"`, len(body), h.Sum64()),
		modified: time.Date(d.Year, time.Month(d.Month), d.Day, 9, 30, 0, 0, standard.China())}
}

// publish makes the page of a report, and the file beside it where there is one.
func (s *Server) publish(t Truth, at string, seed uint64, i int) error {
	a := shiliArticle(t, t.Cells, seed, i)
	if err := s.attach(t, at, &a, i); err != nil {
		return err
	}
	r := s.put(at, htmlType, Page(a), t.Published)
	if t.Case == Reset {
		r.fault = "reset"
	}
	if t.Revised != nil {
		later := t.Published
		later.Month++
		r.second = newResource(htmlType, Page(shiliArticle(t, t.Revised, seed, i)), later)
	}
	return nil
}

// attach puts the report into a file beside its page, which then only links it, where
// the case asks for that.
func (s *Server) attach(t Truth, at string, a *Article, i int) (err error) {
	var file []byte
	kind, ending := wordType, ".docx"
	switch t.Case {
	case Attachment:
		file, err = Word(*a)
	case PDFFile:
		kind, ending = pdfType, ".pdf"
		var typeface []byte
		if typeface, err = draw.Typeface(); err == nil {
			file, err = PDF(*a, typeface)
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	name := fmt.Sprintf("P0%04d%02d%02d%012d%s", t.Published.Year, t.Published.Month, t.Published.Day, 318204500000+i, ending)
	s.put(at[:strings.LastIndexByte(at, '/')+1]+name, kind, file, t.Published)
	a.Parts = []Part{{Text: "报告全文见附件。"}}
	a.File, a.FileName = "./"+name, t.Title+ending
	return nil
}

// shiliArticle is the page of a report of the fictitious district.
func shiliArticle(t Truth, f Figures, seed uint64, i int) Article {
	name := agencyName(t.Agency)
	r := rand.New(rand.NewPCG(seed, uint64(1_000_000+i)))
	intro, text := prose(r, t, f, name)
	return Article{Site: cityName + districtName + "人民政府", Breadcrumb: []string{"首页", "政务公开", "政府信息公开年报"},
		Title: t.Title, Source: name, Published: t.Published, Parts: Body(t.Format, f.print(), intro, text), Signature: name, Signed: t.Published}
}

// agencyName returns an agency's name as it signs, with the district.
func agencyName(id report.AgencyID) string {
	for _, u := range units() {
		if report.AgencyID(u.code) == id {
			return districtName + u.office()
		}
	}
	return districtName + "人民政府"
}

// An entry is a line of a list.
type entry struct {
	title, path string
	day         report.Date
}

// decoys are what stands in the same list and is no report.
func (s *Server) decoys() []entry {
	var all []entry
	for year := firstYear; year <= lastYear; year++ {
		for k, title := range []string{
			"关于做好%d年政府信息公开工作年度报告编制和发布工作的通知（示例）",
			"示例区%d年法治政府建设年度报告",
			"示例区%d年部门预算公开说明",
			"一图读懂示例区%d年政府信息公开工作年度报告",
		} {
			e := entry{title: fmt.Sprintf(title, year), day: report.Date{Year: year + 1, Month: 1 + k%3, Day: 5 + k}}
			e.path = articlePath(shiliColumn, e.day, 2000000+year*10+k)
			page := Page(Article{Site: cityName + districtName + "人民政府", Title: e.title, Source: districtName + "人民政府办公室", Published: e.day,
				Breadcrumb: []string{"首页", "政务公开"}, Parts: []Part{{Text: "本页为示例，不是政府信息公开工作年度报告。"}}})
			s.put(e.path, htmlType, page, e.day)
			all = append(all, e)
		}
	}
	return all
}

// lists makes the pages of a column, newest first.
func (s *Server) lists(column, site string, all []entry) {
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(isoDay(b.day), isoDay(a.day)) })
	pages := max(1, (len(all)+perPage-1)/perPage)
	for n := range pages {
		part := all[n*perPage : min(len(all), (n+1)*perPage)]
		newest := report.Date{Year: 2019, Month: 5, Day: 15}
		if len(part) > 0 {
			newest = part[0].day
		}
		name := "index.html"
		if n > 0 {
			name = fmt.Sprintf("index_%d.html", n)
		}
		s.put(column+name, htmlType, listPage(column, site, part, n, pages), newest)
	}
	s.pages[column] = s.pages[column+"index.html"]
}

func listPage(column, site string, part []entry, n, pages int) []byte {
	var b bytes.Buffer
	e := html.EscapeString
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>政府信息公开年报_%s</title>\n<meta name=\"SiteName\" content=\"%s\">\n<meta name=\"ColumnName\" content=\"政府信息公开年报\">\n</head>\n<body>\n", e(site), e(site))
	b.WriteString("<ul class=\"nav\"><li><a href=\"/\">首页</a></li><li><a href=\"./\">政府信息公开年报</a></li><li><a href=\"/search/index.html\">高级检索</a></li></ul>\n<div class=\"list\"><ul>\n")
	for _, it := range part {
		shown := []rune(it.title)
		text := it.title
		if len(shown) > 24 {
			text = string(shown[:23]) + "…"
		}
		fmt.Fprintf(&b, "<li><a href=\"./%s\" title=\"%s\">%s</a><span>%s</span></li>\n", strings.TrimPrefix(it.path, column), e(it.title), e(text), isoDay(it.day))
	}
	fmt.Fprintf(&b, "</ul></div>\n<div class=\"page\"><script>createPageHTML(%d, %d, \"index\", \"html\");</script></div>\n<div class=\"foot\"><p>主办单位：%s办公室</p></div>\n</body>\n</html>\n", pages, n, e(site))
	return b.Bytes()
}

// ServeHTTP serves a page with the faults that belong to it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	res := s.pages[r.URL.Path]
	s.log.Debug("demonstration portal", "method", r.Method, "path", r.URL.Path)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "只接受 GET 和 HEAD", http.StatusMethodNotAllowed)
		return
	case res == nil:
		w.Header().Set("Content-Type", htmlType)
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<!DOCTYPE html><meta charset=\"utf-8\"><title>页面不存在</title><p>您访问的页面不存在。</p>")) // the client may be gone
		return
	case res.blocked:
		challenge(w)
		return
	case res.fault != "" && s.once(r.URL.Path):
		if res.fault == "reset" {
			reset(w)
			return
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "服务器繁忙，请稍后访问", http.StatusServiceUnavailable)
		return
	}
	if res.second != nil && s.shows(res, r) {
		res = res.second
	}
	w.Header().Set("Content-Type", res.kind)
	w.Header().Set("ETag", res.etag)
	http.ServeContent(w, r, "", res.modified, bytes.NewReader(res.body))
}

// shows reports whether the second version of a report is shown: from Revise on,
// and from the first time that somebody who holds the first asks whether it is
// still good.
func (s *Server) shows(first *resource, r *http.Request) bool {
	held := strings.Contains(r.Header.Get("If-None-Match"), first.etag)
	if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && r.Header.Get("If-None-Match") == "" {
		held = !since.Before(first.modified)
	}
	if held || strings.Contains(r.Header.Get("If-None-Match"), first.second.etag) {
		s.Revise()
	}
	return s.revised.Load()
}

// once reports whether the fault of an address is still to happen, and marks it.
func (s *Server) once(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent[path] {
		return false
	}
	s.spent[path] = true
	return true
}

// challenge answers as portals do that want a script run first.
func challenge(w http.ResponseWriter) {
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusPreconditionFailed)
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><script>document.cookie='示例'</script></head><body></body></html>")) // the client may be gone
}

// reset cuts the connection without an answer.
func reset(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // makes the close a reset
	}
	_ = conn.Close() // that is the fault
}
