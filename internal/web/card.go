package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"gongkai/internal/draw"
	"gongkai/internal/report"
)

// Card is the address of the picture that other sites show with a link to the page:
// "" on pages without data.
func (p page) Card() string {
	if p.Run == 0 || p.Title == "" {
		return ""
	}
	path, query, _ := strings.Cut(p.Fixed, "?")
	if path == "/" || path == "" {
		path = "/home"
	}
	return joined("/card"+path+".png", query, "?")
}

// serveCard serves GET /card/*.png: the card of a page, made of what the page itself
// says in its head, so that the two cannot differ.
func (s *Server) serveCard(c echo.Context) error {
	path, ok := strings.CutSuffix(c.Param("*"), ".png")
	if !ok || strings.HasPrefix(path, "card/") {
		return report.ErrNotFound
	}
	if path == "home" {
		path = ""
	}
	target := url.URL{Path: "/" + path, RawQuery: c.QueryString()}
	key := c.Response().Header().Get("ETag") + " " + c.Request().URL.RequestURI()
	card, done := s.studio.done.get(key)
	if !done {
		about, err := s.aboutPage(c, target)
		if err != nil {
			return err
		}
		if card, err = s.studio.tokens.PNG(about); err != nil {
			return err
		}
		s.studio.done.put(key, card)
	}
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	return c.Blob(http.StatusOK, "image/png", card)
}

// aboutPage asks for a page as a reader would and takes its head.
func (s *Server) aboutPage(c echo.Context, target url.URL) (draw.Card, error) {
	r := c.Request().Clone(c.Request().Context())
	r.URL, r.RequestURI, r.Header = &target, target.RequestURI(), http.Header{}
	r.Method = http.MethodGet
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		return draw.Card{}, report.ErrNotFound
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		return draw.Card{}, err
	}
	var card draw.Card
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "meta" {
			continue
		}
		at := make(map[string]string)
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		switch at["property"] + at["name"] {
		case "og:site_name":
			card.Brand = at["content"]
		case "og:title":
			card.Title = at["content"]
		case "og:description":
			card.Text = at["content"]
		case "gongkai:source":
			card.Foot = at["content"]
		}
	}
	return card, nil
}
