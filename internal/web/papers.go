package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/papers"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A paperView is a paper of the office as a page to print. The paper itself is
// Chinese; its frame is in the reader's language.
type paperView struct {
	page
	Paper  papers.Paper
	Blocks []paperBlock
	DOCX   string
	Sheets []link // check sheets of the same year
	Back   link
	Rows   string // address of the data behind it, as rows
}

// A paperBlock is a block with its picture as an address.
type paperBlock struct {
	papers.Block
	Source  string
	Columns []string // widths of a table
	Side    bool     // on a page that lies on its side
}

// HeadRows and BodyRows are a table's rows; the head is repeated on each page.
func (b paperBlock) HeadRows() [][]string { return b.Rows[:min(b.Head, len(b.Rows))] }

// BodyRows are the rows below the head.
func (b paperBlock) BodyRows() [][]string { return b.Rows[min(b.Head, len(b.Rows)):] }

// docxType is the type of a .docx.
const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// showCircular serves GET /papers/circular/:code/:year, and the same as .docx.
func (s *Server) showCircular(c echo.Context) error {
	b, file, err := s.paperBoard(c, standard.RegionCode(c.Param("code")))
	if err != nil {
		return err
	}
	sum, err := s.Figures.RollUp(c.Request().Context(), b.Region.Code, b.Year, b.AsOf)
	if err != nil {
		return err
	}
	p := s.newPage(c)
	said, err := s.Store.DecisionsIn(c.Request().Context(), b.Region.Code, b.Year, b.AsOf)
	if err != nil {
		return err
	}
	v := paperView{page: p, Paper: papers.Circular(b, sum, said, p.RunAt)}
	for _, row := range b.Rows {
		if papers.NeedsSheet(row, said[row.Agency.ID]) {
			v.Sheets = append(v.Sheets, link{Text: p.name(row.Agency.Name), Href: p.Href("/papers/sheet/" + string(row.Agency.ID) + "/" + strconv.Itoa(b.Year))})
		}
	}
	v.Title, v.Demo = p.t("%s %d 年度通报", p.name(b.Region.Name), b.Year), b.Demo
	v.Rows = p.Href("/api/v1/coverage?region=" + string(b.Region.Code) + "&year=" + strconv.Itoa(b.Year))
	v.Back = link{Text: p.t("%d 年度发布情况", b.Year), Href: p.Href("/status/" + string(b.Region.Code) + "/" + strconv.Itoa(b.Year))}
	return s.answerPaper(c, v, file)
}

// showSheet serves GET /papers/sheet/:agency/:year, and the same as .docx.
func (s *Server) showSheet(c echo.Context) error {
	ctx := c.Request().Context()
	p := s.newPage(c)
	a, err := s.Store.Agency(ctx, report.AgencyID(c.Param("agency")))
	if err != nil {
		return p.unknown(err, noAgency, c.Param("agency"))
	}
	region := a.Region
	if region.Level() == standard.StreetLevel {
		region = region.Parent()
	}
	b, file, err := s.paperBoard(c, region)
	if err != nil {
		return err
	}
	v := paperView{page: p, Back: link{Text: p.t("%d 年度发布情况", b.Year), Href: p.Href("/status/" + string(region) + "/" + strconv.Itoa(b.Year))}}
	for _, row := range b.Rows {
		if row.Agency.ID != a.ID {
			continue
		}
		if v.Paper, err = s.checkSheet(c, p, row, b); err != nil {
			return err
		}
		v.Title, v.Demo = p.t("%s %d 年度核对单", p.name(a.Name), b.Year), b.Demo
		v.Rows = p.Href("/api/v1/findings?agency=" + url.QueryEscape(string(a.ID)) + "&region=" + string(a.Region) + "&year=" + strconv.Itoa(b.Year))
		return s.answerPaper(c, v, file)
	}
	return p.unknown(report.ErrNotFound, noAgency, string(a.ID))
}

// checkSheet makes the sheet of a line of the board, with pictures of its places.
func (s *Server) checkSheet(c echo.Context, p page, row aggregate.BoardRow, b aggregate.Board) (papers.Paper, error) {
	ctx := c.Request().Context()
	sheet := papers.Sheet{Row: row, At: p.RunAt, Run: int64(b.AsOf)}
	var err error
	if sheet.Decided, err = s.Store.Decisions(ctx, row.Agency.ID, row.Year, b.AsOf); err != nil {
		return papers.Paper{}, err
	}
	if row.Version != 0 {
		version, err := s.Store.VersionAt(ctx, row.Version, b.AsOf)
		if err != nil {
			return papers.Paper{}, err
		}
		sheet.Original, sheet.Reading = version.Source, version.Reading
		sheet.Picture, err = papers.Pictures(ctx, s.studio.tokens, row.Findings, version.Reading, func(_ context.Context) (papers.Source, error) { return s.source(c, version.Source) })
		if err != nil {
			return papers.Paper{}, err
		}
	}
	return papers.CheckSheet(sheet), nil
}

// paperBoard is the board that a paper is made from; file says that the address asks
// for the .docx.
func (s *Server) paperBoard(c echo.Context, region standard.RegionCode) (b aggregate.Board, file bool, err error) {
	text, file := strings.CutSuffix(c.Param("year"), ".docx")
	year, err := parseYear("year", text)
	if err != nil {
		return b, file, err
	}
	run, err := asOf(c)
	if err != nil {
		return b, file, err
	}
	if err := s.narrow(c, region, year, inPath("/status/", "/"+strconv.Itoa(year))); err != nil {
		return b, file, err
	}
	b, err = s.Figures.Board(c.Request().Context(), region, year, run)
	if err != nil {
		return b, file, s.newPage(c).unknown(err, noRegion, string(region))
	}
	return b, file, nil
}

// answerPaper answers with the page or with the file.
func (s *Server) answerPaper(c echo.Context, v paperView, file bool) error {
	if file {
		var b bytes.Buffer
		if err := v.Paper.DOCX(&b); err != nil {
			return err
		}
		c.Response().Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="paper.docx"; filename*=UTF-8''%s`, url.PathEscape(v.Paper.File+".docx")))
		return c.Blob(http.StatusOK, docxType, b.Bytes())
	}
	if text := c.QueryParam("picture"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(v.Paper.Blocks) || len(v.Paper.Blocks[n].Image.PNG) == 0 {
			return &report.ParameterError{Name: "picture", Got: text, Want: "这份核对单中一幅图的序号"}
		}
		return c.Blob(http.StatusOK, "image/png", v.Paper.Blocks[n].Image.PNG)
	}
	v.in(v.t("发布情况"))
	v.Print = "paper-page"
	path, query, _ := strings.Cut(v.Fixed, "?")
	v.DOCX = joined(path+".docx", query, "?")
	side := false
	for i, block := range v.Paper.Blocks {
		if block.Kind == papers.AnnexHead {
			side = block.Wide
		}
		out := paperBlock{Block: block, Side: side}
		for _, share := range block.Widths {
			out.Columns = append(out.Columns, fmt.Sprintf("%.0f%%", 100*share))
		}
		if len(block.Image.PNG) > 0 {
			out.Source = joined(path, joined(query, "picture="+strconv.Itoa(i), "&"), "?")
		}
		v.Blocks = append(v.Blocks, out)
	}
	v.About = v.Title
	return s.render(c, http.StatusOK, "paper", v)
}
