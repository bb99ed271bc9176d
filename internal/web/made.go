package web

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// A madePage is a page as it was answered: the bytes, compressed where they were sent so,
// and the header that goes with them.
type madePage struct {
	header http.Header
	body   []byte
}

const (
	madePages = 48 << 20 // bytes of pages that are kept
	oneMade   = 2 << 20  // bytes of one at most
)

// kept answers with a page as it was made before, while nothing that it depends on has
// changed: its ETag says so. What depends on who asks is never kept.
func (s *Server) kept(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, h := c.Request(), c.Response().Header()
		tag := h.Get("ETag")
		if r.Method != http.MethodGet || tag == "" || r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" {
			return next(c)
		}
		if mark, ok := c.Get(markKey).(int64); ok {
			s.made.begin(mark)
		}
		key := strings.Join([]string{tag, c.Scheme(), r.Host, r.Header.Get("Accept-Encoding"), r.URL.RequestURI()}, "\n")
		if p, ok := s.made.get(key); ok {
			maps.Copy(h, p.header)
			c.Response().WriteHeader(http.StatusOK)
			_, err := c.Response().Write(p.body)
			return err
		}
		before := h.Clone()
		copied := &copier{ResponseWriter: c.Response().Writer}
		c.Response().Writer = copied
		err := next(c)
		c.Response().Writer = copied.ResponseWriter
		if err == nil && copied.status == http.StatusOK && !copied.long && h.Get("ETag") == tag && h.Get("Set-Cookie") == "" {
			header := h.Clone()
			maps.DeleteFunc(header, func(name string, values []string) bool { return slices.Equal(before[name], values) })
			s.made.put(key, madePage{header, copied.body.Bytes()})
		}
		return err
	}
}

// A copier keeps a copy of what it hands on.
type copier struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	long   bool // more was written than is kept
}

// WriteHeader implements http.ResponseWriter.
func (w *copier) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *copier) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.long = w.long || w.body.Len()+len(b) > oneMade; w.long {
		w.body = bytes.Buffer{}
	} else {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what lies below.
func (w *copier) Unwrap() http.ResponseWriter { return w.ResponseWriter }
