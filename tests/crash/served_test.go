package crash

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// servedDisk serves from a disk of its own in a namespace of its own, and fills the disk
// and makes room on it when it is told to.
const servedDisk = `
set -e
mount -t tmpfs -o size=96m tmpfs "$DISK"
cp -a "$DIR"/gongkai.db "$DIR"/archive "$DISK"/
cd "$DISK"
printf 'five unlike words 2026 here\n' | "$BIN" user add wang --role administrator --db gongkai.db >&2
"$BIN" serve --no-schedule --db gongkai.db --archive archive --addr 127.0.0.1:0 &
pid=$!
trap 'kill $pid; wait $pid' EXIT
while read -r what; do
	case $what in
	fill) head -c 192M /dev/zero >filler 2>/dev/null || true ;;
	free) rm filler ;;
	end) break ;;
	esac
	echo "done $what"
done
`

// A servedOn is a dashboard on a small disk.
type servedOn struct {
	t    *testing.T
	base string
	in   io.Writer
	out  *bufio.Reader
	http http.Client
	// token is that of the session's forms.
	token string
}

// TestFullDiskServed fills the disk under a dashboard that people read and write in: pages
// go on, writes say plainly that the disk is full, and when there is room again all goes
// on, with the same process and nothing lost.
func TestFullDiskServed(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("skipped: no disk of a given size can be made here: %v %s", err, out)
	}
	s := serveOnDisk(t)
	s.signIn(http.StatusSeeOther)
	paths := []string{"/", "/regions/990101", "/agencies/990101002", "/reports/990101002/2021", "/status/990101/2024", "/rollup/990101/2023", "/leads",
		"/compare", "/changes", "/methods", "/en/reports/990101003/2022", "/api/v1/reports?region=990101", "/admin/review", "/admin/audit", "/healthz"}
	read := func(when string) {
		t.Helper()
		for _, path := range paths {
			if code, body := s.get(path); code != http.StatusOK {
				t.Errorf("%s %s: %d %.300s", path, when, code, body)
			}
		}
	}
	if code, _ := s.note("有余地时写下"); code != http.StatusSeeOther {
		t.Fatalf("a note: %d", code)
	}
	s.do("fill")
	// What the log beside the database has room for is still written.
	kept, code, body := "有余地时写下", http.StatusSeeOther, ""
	for i := 0; i < 2000 && code == http.StatusSeeOther; i++ {
		text := strings.Repeat("满", 900) + strconv.Itoa(i)
		if code, body = s.note(text); code == http.StatusSeeOther {
			kept = text
		}
	}
	if code != http.StatusInsufficientStorage || !strings.Contains(body, "磁盘已满") || !strings.Contains(body, "<h1") {
		t.Errorf("a write on a full disk: %d %.600s", code, body)
	}
	read("on a full disk")
	if _, body := s.get("/admin/calls/990101/2024?show=all"); !strings.Contains(body, kept) {
		t.Error("what was said to be written is not there")
	}
	s.do("free")
	s.http.Jar, _ = cookiejar.New(nil)
	s.signIn(http.StatusSeeOther)
	if code, body := s.note("又有余地"); code != http.StatusSeeOther {
		t.Errorf("a note with room again: %d %.300s", code, body)
	}
	read("with room again")
	if _, body := s.get("/admin/calls/990101/2024?show=all"); !strings.Contains(body, "又有余地") {
		t.Error("what was written with room again is not there")
	}
	s.do("end")
}

func serveOnDisk(t *testing.T) *servedOn {
	t.Helper()
	bin := build(t)
	w := newWorld(t, bin)
	w.settle(t)
	disk := filepath.Join(w.dir, "disk")
	must(t, os.Mkdir(disk, 0o755))
	// It ends when it is told to, so that it leaves nothing behind.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "unshare", "-rm", "sh", "-c", servedDisk)
	cmd.Env = append(os.Environ(), "BIN="+bin, "DIR="+w.dir, "DISK="+disk)
	cmd.WaitDelay = 30 * time.Second
	var said strings.Builder
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil && !t.Failed() {
			t.Errorf("serve ended with %v\n%s", err, said.String())
		}
		if strings.Contains(said.String(), "panic") {
			t.Errorf("serve said %s", said.String())
		}
	})
	s := &servedOn{t: t, in: in, out: bufio.NewReader(out)}
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.http.Jar, _ = cookiejar.New(nil)
	s.base = s.until(regexp.MustCompile(`http://127\.0\.0\.1:\d+`))
	return s
}

// until reads what the dashboard prints up to what matches.
func (s *servedOn) until(want *regexp.Regexp) string {
	s.t.Helper()
	for {
		line, err := s.out.ReadString('\n')
		if m := want.FindString(line); m != "" {
			return m
		}
		if err != nil {
			s.t.Fatalf("waiting for %s: %v", want, err)
		}
	}
}

// do has the disk filled or emptied.
func (s *servedOn) do(what string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, what+"\n"); err != nil {
		s.t.Fatal(err)
	}
	if what != "end" {
		s.until(regexp.MustCompile("^done " + what))
	}
}

func (s *servedOn) get(path string) (int, string) {
	s.t.Helper()
	return s.ask(http.MethodGet, path, nil)
}

func (s *servedOn) ask(method, path string, form url.Values) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(form.Encode()))
	must(s.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w, err := s.http.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	must(s.t, err)
	return w.StatusCode, string(body)
}

// note writes something as the office does, and returns what became of it.
func (s *servedOn) note(text string) (int, string) {
	s.t.Helper()
	const path = "/admin/calls/990101/2024"
	if s.token == "" {
		_, body := s.get(path)
		token := regexp.MustCompile(`name="token" value="([^"]*)"`).FindStringSubmatch(body)
		if token == nil {
			s.t.Fatalf("no form on %s: %.300s", path, body)
		}
		s.token = token[1]
	}
	return s.ask(http.MethodPost, path, url.Values{"token": {s.token}, "agency": {"990101002"}, "text": {text}})
}

// signIn signs an administrator in.
func (s *servedOn) signIn(want int) string {
	s.t.Helper()
	code, body := s.ask(http.MethodPost, "/login", url.Values{"name": {"wang"}, "password": {"five unlike words 2026 here"}})
	if code != want {
		s.t.Errorf("sign in: %d; want %d\n%.300s", code, want, body)
	}
	s.token = ""
	return body
}
