package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An errorReportView is the form by which a reader says that something is wrong, and
// what became of it.
type errorReportView struct {
	page
	About  string
	Fields []keptField // what it is about, as the form sends it back
	Fault  string      // what is missing from what was sent
	Said   string
	Number int64 // of the entry, once it is kept
	Back   string
}

// What an error report may hold.
const (
	longestError   = 2000
	longestContact = 200
)

// wrongHref is where an error is reported, with what it is about.
func (p page) wrongHref(about url.Values) string {
	if about.Get("page") == "" {
		about.Set("page", p.Path)
	}
	return p.Href("/report-error?" + about.Encode())
}

// Wrong is where an error on this page is reported.
func (p page) Wrong() string { return p.wrongHref(url.Values{}) }

// showErrorForm serves GET /report-error.
func (s *Server) showErrorForm(c echo.Context) error {
	e, err := readErrorReport(c)
	if err != nil {
		return err
	}
	v, err := s.errorReportView(c, e)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "error-report", v)
}

// takeErrorReport serves POST /report-error: no account is needed, and what is said is
// kept for the operator, who answers it.
func (s *Server) takeErrorReport(c echo.Context) error {
	if err := sameOrigin(c.Request()); err != nil {
		return err
	}
	e, err := readErrorReport(c)
	if err != nil {
		return err
	}
	v, err := s.errorReportView(c, e)
	if err != nil {
		return err
	}
	e.At, e.Text, e.Contact = s.Now(), strings.TrimSpace(c.FormValue("text")), strings.TrimSpace(c.FormValue("contact"))
	v.Said = e.Text
	switch {
	case len([]rune(e.Text)) < 4:
		v.Fault = v.t("请写明哪里不对，至少 4 个字。")
	case len([]rune(e.Text)) > longestError || len([]rune(e.Contact)) > longestContact:
		v.Fault = v.t("写得太长：说明至多 2000 字，联系方式至多 200 字。")
	case !s.errorPace.allow(c.RealIP(), s.Now()):
		v.Fault = v.t("这一地址刚才已提交多次，请过十分钟再提交。所写内容还在下面。")
		return s.render(c, http.StatusTooManyRequests, "error-report", v)
	}
	if v.Fault != "" {
		return s.render(c, http.StatusBadRequest, "error-report", v)
	}
	if v.Number, err = s.Store.AddErrorReport(c.Request().Context(), e); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "error-report", v)
}

// readErrorReport reads what an error is about, from the address or from the form.
func readErrorReport(c echo.Context) (e store.ErrorReport, err error) {
	e.Page, e.Agency, e.Cell = c.FormValue("page"), report.AgencyID(c.FormValue("agency")), standard.CellCode(c.FormValue("cell"))
	if e.Page != "" && (!strings.HasPrefix(e.Page, "/") || strings.HasPrefix(e.Page, "//") || len(e.Page) > 500) {
		return e, &report.ParameterError{Name: "page", Got: e.Page, Want: "本站的一个地址，以 / 开头"}
	}
	if text := c.FormValue("year"); text != "" {
		if e.Year, err = parseYear("year", text); err != nil {
			return e, err
		}
	}
	if text := c.FormValue("version"); text != "" {
		if e.Version, err = strconv.Atoi(text); err != nil || e.Version < 0 {
			return e, &report.ParameterError{Name: "version", Got: text, Want: "版本序号，正整数"}
		}
	}
	return e, nil
}

// errorReportView says in words what an error report is about. What it names must be
// there: the operator shall not have to guess.
func (s *Server) errorReportView(c echo.Context, e store.ErrorReport) (errorReportView, error) {
	v := errorReportView{page: s.newPage(c), Back: e.Page}
	v.Path = "/report-error"
	v.in("")
	v.Title = v.t("报告错误")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("报告错误")}}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	for _, f := range []keptField{{"page", e.Page}, {"agency", string(e.Agency)}, {"year", number(e.Year)}, {"cell", string(e.Cell)}, {"version", number(e.Version)}} {
		if f.Value != "" {
			v.Fields = append(v.Fields, f)
		}
	}
	v.About = v.t("本站的一页：%s", e.Page)
	if e.Agency == "" {
		return v, nil
	}
	a, err := s.Store.Agency(c.Request().Context(), e.Agency)
	if err != nil {
		return v, v.unknown(err, noAgency, string(e.Agency))
	}
	if !covered(ctxOf(c), a.Region) {
		return v, people.ErrForbidden
	}
	v.About, v.Demo = v.name(a.Name), a.Demo
	if e.Year != 0 {
		v.About = v.t("%s %d 年度报告", v.name(a.Name), e.Year)
	}
	if e.Cell != "" {
		v.About += v.t("，") + v.anyCell(e.Cell)
	}
	return v, nil
}

// anyCell names a cell of whichever format has it last.
func (p page) anyCell(code standard.CellCode) string {
	formats := standard.Formats()
	for i := len(formats) - 1; i >= 0; i-- {
		if cell, ok := standard.FormOf(formats[i]).Cell(code); ok {
			return p.cellName(cell)
		}
	}
	return string(code)
}

// sameOrigin refuses what another site makes a browser send. Browsers name the page
// that sends a form; without a session there is nothing else to tell by.
func sameOrigin(r *http.Request) error {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		if site == "same-origin" {
			return nil
		}
		return echo.NewHTTPError(http.StatusForbidden, "the form was sent by another site")
	}
	for _, name := range []string{"Origin", "Referer"} {
		if from, err := url.Parse(r.Header.Get(name)); err == nil && from.Host != "" {
			if from.Host == r.Host {
				return nil
			}
			break
		}
	}
	return echo.NewHTTPError(http.StatusForbidden, "the form was sent by another site")
}

// A pace lets each client do something a few times and then slowly. It forgets all
// clients once they are many, so that it stays small.
type pace struct {
	mu      sync.Mutex
	every   time.Duration
	burst   int
	clients map[string]*rate.Limiter
}

const mostClients = 10_000

func newPace(every time.Duration, burst int) *pace {
	return &pace{every: every, burst: burst, clients: make(map[string]*rate.Limiter)}
}

// allow reports whether a client may now.
func (p *pace) allow(client string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiter, ok := p.clients[client]
	if !ok {
		if len(p.clients) >= mostClients {
			clear(p.clients)
		}
		limiter = rate.NewLimiter(rate.Every(p.every), p.burst)
		p.clients[client] = limiter
	}
	return limiter.AllowN(now, 1)
}
