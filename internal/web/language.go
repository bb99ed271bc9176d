package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// englishRoot is what the addresses of the English pages begin with.
const englishRoot = "/en"

// langKey is under what a request keeps its language.
const langKey = "lang"

// onlyOnce are the addresses that answer alike in every language and therefore
// stand outside them: data and static files.
var onlyOnce = []string{"/api/", "/static/", "/card/", "/favicon.ico"}

// byAddress takes the language off the front of an address before the routes see
// it, so that every route answers in every language and is written once. What
// stands outside the languages is not found below one.
func byAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		rest, below := strings.CutPrefix(u.Path, englishRoot)
		if !below || rest != "" && rest[0] != '/' || outside(rest) {
			return next(c)
		}
		c.Set(langKey, en)
		u.Path = "/" + strings.TrimPrefix(rest, "/")
		if raw, ok := strings.CutPrefix(u.RawPath, englishRoot); ok {
			u.RawPath = "/" + strings.TrimPrefix(raw, "/")
		}
		return next(c)
	}
}

func outside(path string) bool {
	return slices.ContainsFunc(onlyOnce, func(root string) bool { return strings.HasPrefix(path, root) })
}

// langOf is the language that a request asks for.
func langOf(c echo.Context) lang {
	if l, ok := c.Get(langKey).(lang); ok {
		return l
	}
	return zh
}

// other is the language that a page offers beside its own.
func (l lang) other() lang {
	if l == en {
		return zh
	}
	return en
}

// href is a path of ours in a language.
func (l lang) href(path string) string {
	if l != en || outside(path) {
		return path
	}
	return englishRoot + path
}

// Path is href for templates, which call what is exported.
func (l lang) Path(path string) string { return l.href(path) }

// Name is what a language is called in itself.
func (l lang) Name() string {
	if l == en {
		return "English"
	}
	return "中文"
}

// An alternate is the page in a language.
type alternate struct {
	Lang lang
	Href string
}

// alternates are the addresses of this page in every language, as of the run that
// the reader looks at.
func alternates(u *url.URL) []alternate {
	var list []alternate
	for _, l := range []lang{zh, en} {
		list = append(list, alternate{l, l.href(u.RequestURI())})
	}
	return list
}

// newest is the address of a page, without its language, as the data stand now.
func newest(u *url.URL) string {
	v := *u
	q := v.Query()
	q.Del("as_of")
	v.RawQuery = q.Encode()
	return v.RequestURI()
}
