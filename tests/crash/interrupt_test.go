package crash

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A counter stands before the portal and counts what it gives in full.
type counter struct {
	next http.Handler
	at   int    // of how many answers the last calls then
	then func() // once

	mu    sync.Mutex
	all   int
	whole map[string]int // by path: answers with their bytes that could have been asked for conditionally
}

// noting notes the status of an answer.
type noting struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status and passes it on.
func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// Hijack lets the portal have the connection itself, which it breaks where that is its
// fault of the day.
func (n *noting) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(n.ResponseWriter).Hijack()
}

// ServeHTTP lets the portal answer.
func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := &noting{w, http.StatusOK}
	c.next.ServeHTTP(n, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n.status == http.StatusOK && (w.Header().Get("ETag") != "" || w.Header().Get("Last-Modified") != "") {
		c.whole[r.URL.RequestURI()]++
	}
	if c.all++; c.all == c.at {
		c.then()
	}
}

// TestInterrupt stops a refresh as a person does, by an interrupt, and starts it again:
// the first ends by itself and says that it was cut off, the second goes on, and what
// was kept is not asked for in full again.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out interrupted refreshes, which build the program first")
	}
	bin := build(t)
	calm := newWorld(t, bin)
	calm.settle(t)
	for _, at := range []int{45, 80} {
		w := newWorld(t, bin)
		stop := make(chan struct{})
		c := &counter{next: w.portal, at: at, then: func() { close(stop) }, whole: make(map[string]int)}
		front := httptest.NewServer(c)
		t.Cleanup(front.Close)
		base := strings.TrimSuffix(w.portal.URL(), "/")
		for _, f := range w.portal.Portals() {
			text := strings.ReplaceAll(string(f.Data), base, front.URL)
			must(t, os.WriteFile(filepath.Join(w.dir, "portals", f.Name), []byte(text), 0o644))
		}
		cmd, out := w.refresh(t.Context()), new(bytes.Buffer)
		cmd.Stdout, cmd.Stderr = out, out
		must(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-stop:
			must(t, cmd.Process.Signal(os.Interrupt))
		case err := <-ended:
			t.Fatalf("it ended before %d answers: %v\n%s", at, err, out)
		}
		var exit *exec.ExitError
		if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out.String(), "中断") {
			t.Fatalf("interrupted after %d answers: %v\n%s\nwant exit status 1 and the word that it was cut off", at, err, out)
		}
		w.sound(t)
		held := w.held(t, front.URL, c)
		if out, err := w.refresh(t.Context()).CombinedOutput(); err != nil {
			t.Fatalf("the next refresh: %v\n%s", err, out)
		}
		c.mu.Lock()
		for path := range held {
			if c.whole[path] > 1 {
				t.Errorf("interrupted after %d answers: %s was kept, and asked for in full %d times", at, path, c.whole[path])
			}
		}
		c.mu.Unlock()
		if len(held) < at/4 {
			t.Errorf("interrupted after %d answers: only %d pages were kept", at, len(held))
		}
		w.settle(t)
		want, got := calm.kept(t), w.kept(t)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], front.URL+"/", "/")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("interrupted after %d answers, kept (-undisturbed +interrupted):\n%s", at, diff)
		}
	}
}

// held returns the paths of the pages that the database knows and that were given once.
func (w *world) held(t *testing.T, front string, c *counter) map[string]bool {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	all := make(map[string]bool)
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, n := range c.whole {
		p, err := db.Page(t.Context(), front+path)
		if errors.Is(err, report.ErrNotFound) {
			continue
		}
		must(t, err)
		if n == 1 && p.Hash != "" && p.State == store.PageOK && p.Trusted {
			all[path] = true
		}
	}
	return all
}
