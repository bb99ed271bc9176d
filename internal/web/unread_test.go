package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
)

// TestTooLarge holds that who sends too much and reads only afterwards, as browsers do,
// sees the page that says so and what is allowed, over a real line.
func TestTooLarge(t *testing.T) {
	c := newCrowd(t, Access{})
	server := httptest.NewServer(c.Server)
	defer server.Close()
	large := maxDraft + 2<<20
	for _, tc := range []struct {
		path, who string
		chunked   bool
		size      int
		code      int
		says      string
	}{
		{"/check", "", false, large, http.StatusRequestEntityTooLarge, "不超过 50 MB"},
		{"/en/check", "", true, large, http.StatusRequestEntityTooLarge, "at most 50 MB"},
		{"/admin/rounds/1/hand-in", "u-local", false, large, http.StatusRequestEntityTooLarge, "不超过 50 MB"},
		{"/admin/portals/demo/hand-in", "u-administrator", false, large, http.StatusRequestEntityTooLarge, "不超过 50 MB"},
		{"/admin/rounds/1/hand-in", "", false, large, http.StatusSeeOther, ""},
		{"/report-error", "", false, 12 << 20, http.StatusRequestEntityTooLarge, "不超过 64 KB"},
	} {
		code, page := sendAll(t, server.Listener.Addr().String(), tc.path, c.cookies[tc.who], tc.size, tc.chunked)
		if code != tc.code || !strings.Contains(page, tc.says) {
			t.Errorf("%s of %d bytes as %q, chunked %t: %d without %q: %.300s", tc.path, tc.size, tc.who, tc.chunked, code, tc.says, page)
		}
	}
}

// sendAll sends a file of a size and only then reads the answer.
func sendAll(t *testing.T, addr, path, cookie string, size int, chunked bool) (int, string) {
	t.Helper()
	line, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	_ = line.SetDeadline(time.Now().Add(time.Minute))
	const open = "--x\r\nContent-Disposition: form-data; name=\"draft\"; filename=\"a.html\"\r\n\r\n"
	length := fmt.Sprintf("Content-Length: %d", len(open)+size)
	if chunked {
		length = "Transfer-Encoding: chunked"
	}
	fmt.Fprintf(line, "POST %s HTTP/1.1\r\nHost: here\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\nContent-Type: multipart/form-data; boundary=x\r\n%s\r\n\r\n", path, cookie, length)
	part := func(b []byte) error {
		if chunked {
			b = fmt.Appendf(nil, "%x\r\n%s\r\n", len(b), b)
		}
		_, err := line.Write(b)
		return err
	}
	err = part([]byte(open))
	for zeros, left := make([]byte, 1<<20), size; left > 0 && err == nil; left -= len(zeros) {
		err = part(zeros)
	}
	if err == nil && chunked {
		_, err = io.WriteString(line, "0\r\n\r\n")
	}
	if err != nil {
		t.Errorf("%s: the line broke while it was sent: %v", path, err)
		return 0, ""
	}
	w, err := http.ReadResponse(bufio.NewReader(line), nil)
	if err != nil {
		t.Errorf("%s: no answer: %v", path, err)
		return 0, ""
	}
	defer w.Body.Close()
	page, err := io.ReadAll(w.Body)
	if err != nil {
		t.Errorf("%s: the answer broke: %v", path, err)
	}
	return w.StatusCode, string(page)
}

// fullSessions keeps no session, for the disk is full.
type fullSessions struct{}

func (fullSessions) Find(string) ([]byte, bool, error)      { return nil, false, nil }
func (fullSessions) Commit(string, []byte, time.Time) error { return report.ErrFull }
func (fullSessions) Delete(string) error                    { return report.ErrFull }

// TestLostSession holds that where a session cannot be kept one page says so, whether the
// handler had a page to show, a way to lead to or an error of its own.
func TestLostSession(t *testing.T) {
	c := newCrowd(t, Access{})
	c.sessions.Store = fullSessions{}
	for path, says := range map[string]string{"/login": "磁盘已满", "/en/login": "The disk is full"} {
		for _, password := range []string{crowdPassword, "wrong"} {
			w := send(c.Server, http.MethodPost, path, url.Values{"name": {"u-viewer"}, "password": {password}}.Encode(), "", true)
			if n := strings.Count(w.Body.String(), "</html>"); n != 1 {
				t.Errorf("%s: %d pages in one answer", path, n)
			}
			if full := password == crowdPassword; full && (w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), says) || w.Header().Get("Location") != "") {
				t.Errorf("%s: %d, %v, without %q", path, w.Code, w.Header(), says)
			}
		}
	}
	failing := c.withSession(func(ec echo.Context) error {
		c.sessions.Put(ec.Request().Context(), "touched", true)
		return report.ErrFull
	})
	w := httptest.NewRecorder()
	ec := c.echo.NewContext(httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, "/login", nil), w)
	if err := failing(ec); err != nil {
		c.showError(err, ec)
	}
	if n := strings.Count(w.Body.String(), "</html>"); n != 1 || w.Code != http.StatusInsufficientStorage {
		t.Errorf("%d, %d pages in one answer", w.Code, n)
	}
}
