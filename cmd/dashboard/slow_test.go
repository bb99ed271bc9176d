package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is a dashboard with an empty database behind a real socket.
func served(t *testing.T, p patience) (addr string, stop func() error) {
	t.Helper()
	dir := t.TempDir()
	s := defaults()
	s.DB, s.Archive = filepath.Join(dir, "gongkai.db"), filepath.Join(dir, "archive")
	a, err := openApp(t.Context(), &s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	h, err := a.handler(&s)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newHTTPServer(h, a.log, p)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	return l.Addr().String(), func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		err := server.Shutdown(ctx)
		if serve := <-ended; !errors.Is(serve, http.ErrServerClosed) {
			err = errors.Join(err, serve)
		}
		return err
	}
}

// TestSlowClients holds that who sends the head or the body of a request byte by byte, who
// never reads the answer, and who says nothing at all is let go by the server, that
// readers are answered meanwhile, and that the server stops although some hang on.
func TestSlowClients(t *testing.T) {
	addr, stop := served(t, patience{header: 5 * time.Second, body: 6 * time.Second, answer: 20 * time.Second, idle: 2 * time.Second})
	dial := func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	drip := func(c net.Conn, begin, rest string) {
		_, _ = io.WriteString(c, begin)
		for i := range rest {
			if _, err := io.WriteString(c, rest[i:i+1]); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	head := "POST /check HTTP/1.1\r\nHost: " + addr + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
	attacks := map[string]func(c net.Conn){
		"slow head":    func(c net.Conn) { drip(c, "GET / HTTP/1.1\r\n", strings.Repeat("X-A: b\r\n", 2000)) },
		"slow body":    func(c net.Conn) { drip(c, head, "--b\r\n"+strings.Repeat("x", 2000)) },
		"slow form":    func(c net.Conn) { drip(c, strings.Replace(head, "/check", "/login", 1), strings.Repeat("x", 2000)) },
		"silent":       func(net.Conn) {},
		"idle":         func(c net.Conn) { _, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") },
		"no such talk": func(c net.Conn) { _, _ = c.Write(bytes.Repeat([]byte{0x16, 0x03, 0x01}, 100)) },
		"endless head": func(c net.Conn) { _, _ = io.WriteString(c, "GET / HTTP/1.1\r\nX: "+strings.Repeat("x", 1<<20)) },
	}
	var group sync.WaitGroup
	for name, attack := range attacks {
		for range 20 {
			c := dial()
			group.Go(func() {
				go attack(c)
				_ = c.SetReadDeadline(time.Now().Add(time.Minute))
				if _, err := io.Copy(io.Discard, c); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
					t.Errorf("%s: the server waits on", name)
				}
			})
		}
	}
	for range 10 { // they never read; what they are sent must not hold anybody else
		c := dial()
		_ = c.(*net.TCPConn).SetReadBuffer(1024)
		_, _ = io.WriteString(c, strings.Repeat("GET /static/nothing HTTP/1.1\r\nHost: x\r\n\r\n", 20000))
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	for range 20 {
		var answer *http.Response
		var err error
		for range 5 { // a busy machine may be late with a whole request of ours too
			if answer, err = client.Get("http://" + addr + "/healthz"); err == nil {
				break
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("a reader meanwhile: %d, %v", answer.StatusCode, err)
		}
		answer.Body.Close()
	}
	group.Wait()
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// TestPatience holds that the server that is shipped waits for nobody without an end.
func TestPatience(t *testing.T) {
	s := newHTTPServer(nil, slog.New(slog.DiscardHandler), usualPatience())
	for name, d := range map[string]time.Duration{"header": s.ReadHeaderTimeout, "body": s.ReadTimeout, "answer": s.WriteTimeout, "idle": s.IdleTimeout} {
		if d <= 0 || d > 10*time.Minute {
			t.Errorf("patience for the %s is %s", name, d)
		}
	}
	if s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 1<<20 {
		t.Errorf("a head may have %d bytes", s.MaxHeaderBytes)
	}
}

// TestMalformed holds that what is no request, or half of one, is answered with a refusal
// or not at all, and ends nothing.
func TestMalformed(t *testing.T) {
	addr, stop := served(t, usualPatience())
	for _, text := range []string{
		"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: 2\r\n\r\nxx",
		"POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=" + strings.Repeat("b", 5000) + "\r\nContent-Length: 2\r\n\r\nxx",
		"GET /" + strings.Repeat("a/", 20000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?" + strings.Repeat("a=b&", 10000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-,0-,0-,0-\r\n\r\n",
	} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		answer, err := io.ReadAll(c)
		if isTimeout(err) {
			t.Errorf("%.40q: no end of it", text)
		}
		if first, _, _ := strings.Cut(string(answer), "\r\n"); strings.Contains(first, " 5") && !strings.Contains(first, "505") && !strings.Contains(first, "501") {
			t.Errorf("%.40q: %s", text, first)
		}
		c.Close()
	}
	if answer, err := http.Get(fmt.Sprintf("http://%s/healthz", addr)); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %v", err)
	} else {
		answer.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
}
