package web

import (
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"
)

// requestIDHeader names a request in the answer and in the log, so that the line of an
// error can be found by what its reader saw.
const requestIDHeader = "X-Request-Id"

// observed gives each request a number of its own and logs how it went: what failed here
// as an error where it failed, all else for those who ask for every request.
func (s *Server) observed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		id := rand.Text()[:12]
		c.Response().Header().Set(requestIDHeader, id)
		err := next(c)
		if err != nil {
			c.Error(err) // so that what is logged is what was answered
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelDebug, "request", slog.String("request", id),
			slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size), slog.Duration("took", time.Since(began)))
		return nil
	}
}

// requestID is the number of a request.
func requestID(c echo.Context) string { return c.Response().Header().Get(requestIDHeader) }
