package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestQuiet holds that serve opens no connection that nobody has configured: while pages,
// the API, feeds, pictures and exports are asked for, its process has the socket that it
// listens on, those of its clients, and no other.
func TestQuiet(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("skipped: the sockets of a process are read from /proc")
	}
	_, s := demonstrated(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "serve", "--no-schedule", "--addr", "127.0.0.1:0", "--db", s.DB, "--archive", s.Archive)
	cmd.Args[0], cmd.Dir = "dashboard", t.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()         //nolint:errcheck // it is killed
	defer cmd.Process.Kill() //nolint:errcheck // it may be gone
	base := ""
	for lines := bufio.NewScanner(out); base == "" && lines.Scan(); {
		base = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	}
	if base == "" {
		t.Fatal("serve did not say where it answers")
	}
	port := base[strings.LastIndex(base, ":")+1:]
	listening := false
	for _, path := range []string{"/", "/en/", "/regions/990101", "/status/990101/2024", "/rollup/990101/2024", "/leads", "/changes", "/data", "/methods", "/search?q=街道", "/indicators",
		"/compare", "/papers/990101/2024", "/feeds/all.atom", "/api/v1/openapi.json", "/api/v1/reports", "/api/v1/cells?format=csv&region=990101", "/api/v1/cells?format=xlsx&region=990101&year=2024",
		"/admin/", "/metrics", "/healthz", "/readyz", "/nowhere"} {
		answer, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Error(err)
		}
		answer.Body.Close()
		for _, c := range sockets(t, cmd.Process.Pid) {
			if !strings.HasSuffix(c.local, ":"+port) {
				t.Errorf("after %s: a socket from %s to %s", path, c.local, c.remote)
			}
			listening = listening || c.state == "0A"
		}
	}
	if !listening {
		t.Error("the socket that serve listens on was not seen: the test sees nothing")
	}
}

// A socket is one line of /proc/net/tcp and its like.
type socket struct{ local, remote, state string }

// sockets are the sockets of a process that reach beyond the machine's files.
func sockets(t *testing.T, pid int) (all []socket) {
	t.Helper()
	own := make(map[string]bool)
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	fds, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		link, err := os.Readlink(filepath.Join(folder, fd.Name()))
		if inode, ok := strings.CutPrefix(link, "socket:["); err == nil && ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	for _, kind := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, kind))
		if err != nil {
			continue
		}
		for _, l := range strings.Split(string(text), "\n") {
			f := strings.Fields(l)
			if len(f) > 9 && own[f[9]] {
				all = append(all, socket{plainPort(f[1]), plainPort(f[2]), f[3]})
			}
		}
	}
	return all
}

// plainPort writes the port of an address of /proc/net as people do.
func plainPort(at string) string {
	host, hex, _ := strings.Cut(at, ":")
	var port int
	fmt.Sscanf(hex, "%x", &port)
	return fmt.Sprintf("%s:%d", host, port)
}

// mayConnect are the files that open connections, and why.
func mayConnect() map[string]string {
	return map[string]string{
		"cmd/dashboard/health.go":          "asks the address that serve itself listens on",
		"cmd/dashboard/benchrun.go":        "asks the dashboard that it has started itself",
		"internal/archive/bucket.go":       "keeps originals in the bucket that the settings name",
		"internal/notify/send.go":          "sends notices where the settings say",
		"internal/ingest/crawl/session.go": "asks portals, each within its hosts",
	}
}

// TestConnects holds that no other file of ours opens a connection: neither with the
// clients and dialers that libraries have ready, nor with one of its own.
func TestConnects(t *testing.T) {
	opens := map[string][]string{
		"net/http":   {"Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport", "Client", "Transport"},
		"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "DefaultResolver", "Resolver", "LookupHost", "LookupAddr", "LookupIP", "LookupMX", "LookupTXT", "LookupCNAME"},
		"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
		"net/smtp":   {"Dial", "SendMail"},
		"net/rpc":    {"Dial", "DialHTTP"},

		"github.com/minio/minio-go/v7": {"New"},
	}
	root, seen := filepath.Join("..", ".."), make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			!strings.HasPrefix(rel, "cmd/") && !strings.HasPrefix(rel, "internal/") || strings.HasPrefix(rel, "internal/demo/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		names := make(map[string]string)
		for _, spec := range file.Imports {
			at := strings.Trim(spec.Path.Value, `"`)
			name := at[strings.LastIndex(at, "/")+1:]
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = at
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(opens[names[x.Name]], sel.Sel.Name) {
				if seen[rel] = true; mayConnect()[rel] == "" {
					t.Errorf("%s uses %s.%s: what opens connections is a decision taken in mayConnect", rel, x.Name, sel.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range mayConnect() {
		if !seen[name] {
			t.Errorf("%s stands in mayConnect() and opens no connection", name)
		}
	}
}
