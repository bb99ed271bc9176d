package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A checkView is the check of a draft: the form, and after an upload what the rules
// say. Nothing of the draft is stored.
type checkView struct {
	page
	Name    string // of the file, "" before one was given
	Problem string // why it could not be read
	Result  *reportView
	Heading string
	More    string // further reports in the same file
}

// maxDraft is how many bytes a draft may have.
const maxDraft = 50 << 20

// showCheck serves GET /check.
func (s *Server) showCheck(c echo.Context) error {
	return s.render(c, http.StatusOK, "check", s.newCheckView(c))
}

func (s *Server) newCheckView(c echo.Context) checkView {
	v := checkView{page: s.newPage(c)}
	v.in(v.t("草稿核对"))
	v.Title = v.t("草稿核对：发布之前看看表格对不对得上")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("草稿核对")}}
	return v
}

// checkDraft serves POST /check: it reads the file in memory, says what does not
// hold, and forgets it.
func (s *Server) checkDraft(c echo.Context) error {
	v := s.newCheckView(c)
	c.Response().Header().Set("Cache-Control", "no-store")
	if !s.draftPace.allow(c.RealIP(), s.Now()) {
		c.Response().Header().Set("Retry-After", "60")
		return echo.NewHTTPError(http.StatusTooManyRequests, "too many drafts from this address; try again in a minute")
	}
	name, body, err := uploaded(c)
	if err != nil {
		return err
	}
	v.Name = v.name(name)
	results, err := s.readDraft(c, name, body)
	switch {
	case errors.Is(err, report.ErrUnreadable):
		v.Problem = v.why(err)
	case err != nil:
		return err
	case len(results) == 0:
		v.Problem = v.t("文件里没有找到报告。")
	default:
		v.show(results)
	}
	return s.render(c, http.StatusOK, "check", v)
}

// readDraft reads a draft when it is its turn: after the file has come, so that a slow
// sender keeps nobody from one.
func (s *Server) readDraft(c echo.Context, name string, body []byte) ([]ingest.Result, error) {
	waiting, stop := context.WithTimeout(c.Request().Context(), longestTurn)
	defer stop()
	done, err := s.drafts.Take(waiting, body)
	if err != nil {
		c.Response().Header().Set("Retry-After", "60")
		return nil, echo.NewHTTPError(http.StatusTooManyRequests, "other drafts are being read; try again in a minute")
	}
	defer done()
	return s.Reader.Read(c.Request().Context(), extract.Hint{Name: name}, body)
}

// draftsAtATime is how many drafts are taken and read at a time: a small machine has
// two cores and little memory, and its pages go on meanwhile.
const draftsAtATime = 2

// longestTurn is how long a draft waits for its turn.
const longestTurn = 20 * time.Second

// uploaded returns the file of the form.
func uploaded(c echo.Context) (name string, body []byte, err error) {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxDraft)
	wrong := &report.ParameterError{Name: "draft", Got: "", Want: "一个文件，不超过 50 MB：Word、Excel、PDF、网页或文本"}
	if c.Request().ContentLength > maxDraft {
		return "", nil, &http.MaxBytesError{Limit: maxDraft} // said before it is sent
	}
	header, err := c.FormFile("draft")
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return "", nil, large
	}
	if err != nil {
		return "", nil, wrong
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, wrong
	}
	defer f.Close()
	if body, err = io.ReadAll(f); err != nil {
		return "", nil, wrong
	}
	return header.Filename, body, nil
}

// show makes the view of the first report of a draft and names the others.
func (v *checkView) show(results []ingest.Result) {
	first := results[0]
	shown := store.Version{Findings: first.Outcome.Findings, Problems: first.Outcome.Problems, Reading: *first.Reading}
	shown.Format, shown.Status, shown.Year = first.Reading.Format, first.Outcome.Status, first.Reading.Year
	r := &reportView{page: v.page, Status: v.statusLook(shown.Status)}
	r.readFindings(shown)
	r.layOut(shown)
	r.prose(shown)
	r.Flow = v.flow(shown.Reading)
	r.Verdict = v.verdict(shown, r.Passed, len(r.Findings))
	v.Result = r
	v.Heading = joined(v.name(first.Reading.Agency), v.t("%d 年度", first.Reading.Year), " ")
	if first.Reading.Year == 0 {
		v.Heading = joined(v.name(first.Reading.Agency), v.t("没有读出年度"), v.t("，"))
	}
	var years []string
	for _, other := range results[1:] {
		years = append(years, strconv.Itoa(other.Reading.Year))
	}
	v.More = strings.Join(years, v.t("、"))
}
