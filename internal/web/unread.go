package web

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// maxUnread is how much of a body that is refused is still taken in and thrown away: a
// browser reads no answer before it has sent all, and sees a broken line where that is cut
// off. What is longer is cut off all the same.
const maxUnread = 4 * maxDraft

// heardOut takes in what a refused request still sends, so that its sender sees why it was
// refused. How long the server waits for slow senders bounds the time.
func (s *Server) heardOut(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		body := r.Body // handlers put a bounded one in its place
		err := next(c)
		if err != nil && r.ContentLength <= maxUnread && !asksFirst(r) {
			_, _ = io.CopyN(io.Discard, body, maxUnread) // who has gone reads no answer either
		}
		return err
	}
}

// asksFirst reports whether a sender waits to be told to send.
func asksFirst(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Expect"), "100-continue")
}

// mayHold says how much a request may hold that held too much. Forms without a file are
// bounded apart.
func (p page) mayHold(large *http.MaxBytesError) string {
	if large == nil || large.Limit < 1<<20 {
		return p.t("只填文字的表单，不超过 64 KB")
	}
	return p.t("一个文件，不超过 %d MB：Word、Excel、PDF、网页或文本", large.Limit>>20)
}

// lostSession answers where a session could not be kept: once, and what the handler then
// says goes nowhere.
func (s *Server) lostSession(w http.ResponseWriter, r *http.Request, err error) {
	answer, ok := w.(*echo.Response)
	if ok && answer.Committed {
		return
	}
	w.Header().Del(echo.HeaderLocation)
	c := s.echo.NewContext(r, w)
	if strings.HasPrefix(r.RequestURI, englishRoot+"/") { // the path has lost its language by now
		c.Set(langKey, en)
	}
	s.showError(fmt.Errorf("session: %w", err), c)
	if ok {
		answer.Writer = unheard{answer.Header()}
	}
}

// unheard is a writer after the answer.
type unheard struct{ header http.Header }

func (u unheard) Header() http.Header         { return u.header }
func (u unheard) Write(p []byte) (int, error) { return len(p), nil }
func (u unheard) WriteHeader(int)             {}
