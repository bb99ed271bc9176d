package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/papers"
	"gongkai/internal/report"
)

// servePlace serves GET /originals/:hash/picture: the place of the parameters as a
// PNG. Of a PDF it is the page itself; of any other type the table drawn again, which
// the picture says.
func (s *Server) servePlace(c echo.Context) error {
	h, err := s.hash(c)
	if err != nil {
		return err
	}
	at, err := readPlace(c)
	if err != nil {
		return err
	}
	if at.Table == 0 || at.Row == 0 || at.Column == 0 {
		return &report.ParameterError{Name: "table", Got: c.QueryParam("table"), Want: "table、row 和 column，都从 1 起"}
	}
	key := fmt.Sprintf("place %s %s %d %d %d", langOf(c), h, at.Table, at.Row, at.Column)
	body, done := s.studio.done.get(key)
	if !done {
		image, err := s.place(c, h, at)
		if err != nil {
			return err
		}
		body = image.PNG
		s.studio.done.put(key, body)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, "image/png", body)
}

// place draws a place of an original.
func (s *Server) place(c echo.Context, h report.SHA256, at report.Place) (papers.Image, error) {
	ctx := c.Request().Context()
	o, err := s.Store.Original(ctx, h)
	if err != nil {
		return papers.Image{}, s.newPage(c).unknown(err, noOriginal, string(h))
	}
	from, err := s.source(c, o)
	if err != nil {
		return papers.Image{}, err
	}
	p := s.newPage(c)
	image, ok, err := papers.PlacePicture(ctx, s.studio.tokens, from, []report.Place{at}, p.t("原址 %s，%s 归档", o.URL, moment(o.FetchedAt)), p.t)
	if err == nil && !ok {
		err = report.ErrNotFound
	}
	return image, err
}

// source is an original with what is read of it.
func (s *Server) source(c echo.Context, o report.Original) (papers.Source, error) {
	ctx := c.Request().Context()
	body, err := s.Bytes(ctx, o.Hash)
	if err != nil {
		return papers.Source{}, err
	}
	if docs, ok := s.read.get(o.Hash); ok {
		return papers.Source{Body: body, Docs: docs}, nil
	}
	docs, err := s.Reader.Documents(ctx, extract.Hint{URL: o.URL, ContentType: o.ContentType}, body)
	if err == nil {
		s.read.put(o.Hash, docs)
	}
	return papers.Source{Body: body, Docs: docs}, err
}

// placePicture is the address of the picture of a place, "" of what stands in no
// table.
func (p page) placePicture(h report.SHA256, at report.Place) string {
	if h == "" || at.Table == 0 || at.Row == 0 || at.Column == 0 {
		return ""
	}
	return p.Href(fmt.Sprintf("/originals/%s/picture?table=%d&row=%d&column=%d", h, at.Table, at.Row, at.Column))
}
