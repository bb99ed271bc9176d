package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
)

// iconSVG is the icon of the house: an open door.
const iconSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#14201c" d="M0 0h32v32H0z"/><path fill="#fff" d="M17 3h12v26H17z"/></svg>`

// serveIcon serves GET /favicon.ico to those who ask for it by its customary name.
// A browser takes the type from the head, not from the name.
func serveIcon(c echo.Context) error {
	if known(c, []byte(iconSVG)) {
		return c.NoContent(http.StatusNotModified)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, "image/svg+xml", []byte(iconSVG))
}

// A manifest is what a phone needs to keep the dashboard among its applications.
type manifest struct {
	Name       string `json:"name"`
	Short      string `json:"short_name"`
	Lang       string `json:"lang"`
	Start      string `json:"start_url"`
	Scope      string `json:"scope"`
	Display    string `json:"display"`
	Background string `json:"background_color"`
	Theme      string `json:"theme_color"`
	Icons      []icon `json:"icons"`
}

type icon struct {
	Source string `json:"src"`
	Sizes  string `json:"sizes"`
	Type   string `json:"type"`
}

// serveManifest serves GET /site.webmanifest in both languages.
func (s *Server) serveManifest(c echo.Context) error {
	l := langOf(c)
	body, err := json.Marshal(manifest{Name: l.text("政府信息公开工作年度报告：归档、核验、比较"), Short: l.text("公开 Gongkai"), Lang: l.HTML(),
		Start: l.href("/"), Scope: "/", Display: "minimal-ui", Background: "#f4f6f4", Theme: "#14201c",
		Icons: []icon{{Source: "/favicon.ico", Sizes: "any", Type: "image/svg+xml"}}})
	if err != nil {
		return err
	}
	if known(c, body) {
		return c.NoContent(http.StatusNotModified)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, "application/manifest+json; charset=utf-8", body)
}

// known gives an answer an ETag of its content and reports whether the reader has it.
func known(c echo.Context, body []byte) bool {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
	c.Response().Header().Set("ETag", tag)
	return matches(c.Request().Header.Get("If-None-Match"), tag)
}
