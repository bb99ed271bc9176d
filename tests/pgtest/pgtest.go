// Package pgtest gives tests a real PostgreSQL, each an empty database.
//
// The server is the one that GONGKAI_TEST_POSTGRES names, by the address of a database
// whose user may create others; else a cluster of its own, made from the installed
// programs in a temporary folder, on loopback, and ended with the test process's last
// test. Where there is neither, tests are skipped and say so, unless
// GONGKAI_TEST_DEMAND names postgres: then they fail.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// A Server is a running PostgreSQL.
type Server struct {
	admin string // address of its database postgres
	stop  func() error
	mu    sync.Mutex
	made  int
}

// Exit ends the server that tests of a package have started, and the process:
// func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }.
func Exit(code int) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		if err := shared.server.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// shared is the server of the test process.
var shared struct {
	sync.Mutex
	server *Server
	err    error
}

// Database returns the address of a new, empty database, dropped with the test.
func Database(tb testing.TB) string {
	tb.Helper()
	shared.Lock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start()
	}
	server, err := shared.server, shared.err
	shared.Unlock()
	if err != nil {
		if strings.Contains(os.Getenv("GONGKAI_TEST_DEMAND"), "postgres") {
			tb.Fatal(err)
		}
		tb.Skip("skipped: no PostgreSQL for the test: ", err)
	}
	return server.create(tb, "")
}

// Copy returns the address of a copy of a database of Database, to which nobody may be
// connected. It costs a tenth of bringing an empty one up to the schema.
func Copy(tb testing.TB, address string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	shared.Lock()
	server := shared.server
	shared.Unlock()
	return server.create(tb, " TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

// create makes a database and drops it when the test is done. like is empty or says
// which it is a copy of.
func (s *Server) create(tb testing.TB, like string) string {
	tb.Helper()
	s.mu.Lock()
	s.made++
	name := fmt.Sprintf("gongkai_test_%d_%d", os.Getpid(), s.made)
	s.mu.Unlock()
	if err := s.exec(tb.Context(), "CREATE DATABASE "+name+like); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	u, err := url.Parse(s.admin)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func (s *Server) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.admin)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// start finds the server that the environment names, or makes one.
func start() (*Server, error) {
	if address := os.Getenv("GONGKAI_TEST_POSTGRES"); address != "" {
		return &Server{admin: address, stop: func() error { return nil }}, nil
	}
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "gongkai-postgres-")
	if err != nil {
		return nil, err
	}
	s, err := cluster(bin, folder, port)
	if err != nil {
		_ = os.RemoveAll(folder)
	}
	return s, err
}

// cluster makes a cluster in a folder and starts its server. What a crash of the machine
// would lose does not matter here, so nothing is synced.
func cluster(bin, folder string, port int) (*Server, error) {
	as, err := owner(folder)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	if err := run(as, bin, "initdb", "--pgdata", data, "--username", "gongkai", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"); err != nil {
		return nil, err
	}
	if err := run(as, bin, "pg_ctl", "start", "--pgdata", data, "--wait", "--timeout", "60", "--log", filepath.Join(folder, "log"), "--options", options(port)); err != nil {
		return nil, err
	}
	stop := func() error {
		err := run(as, bin, "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate", "--wait")
		if gone := os.RemoveAll(folder); err == nil {
			err = gone
		}
		return err
	}
	return &Server{admin: fmt.Sprintf("postgres://gongkai@127.0.0.1:%d/postgres?sslmode=disable", port), stop: stop}, nil
}

// A Cluster is a server of one test alone, which can be killed and started again.
type Cluster struct {
	Address string // of an empty database

	as          *user.User
	bin, folder string
	port        int
}

// Own starts a server for one test, until it ends. It is skipped where PostgreSQL is not
// installed.
func Own(tb testing.TB) *Cluster {
	tb.Helper()
	bin, err := programs()
	if err != nil {
		if strings.Contains(os.Getenv("GONGKAI_TEST_DEMAND"), "postgres") {
			tb.Fatal(err)
		}
		tb.Skip("skipped: no PostgreSQL for the test: ", err)
	}
	c := &Cluster{bin: bin}
	if c.port, err = freePort(); err != nil {
		tb.Fatal(err)
	}
	if c.folder, err = os.MkdirTemp("", "gongkai-postgres-"); err != nil {
		tb.Fatal(err)
	}
	s, err := cluster(bin, c.folder, c.port)
	if err != nil {
		_ = os.RemoveAll(c.folder)
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.stop(); err != nil {
			tb.Error(err)
		}
	})
	if c.as, err = owner(c.folder); err != nil {
		tb.Fatal(err)
	}
	c.Address = s.create(tb, "")
	return c
}

// Restart kills the server as a crash of it would, and starts it again after a while.
func (c *Cluster) Restart(away time.Duration) error {
	data := filepath.Join(c.folder, "data")
	if err := run(c.as, c.bin, "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate", "--wait"); err != nil {
		return err
	}
	time.Sleep(away)
	return run(c.as, c.bin, "pg_ctl", "start", "--pgdata", data, "--wait", "--timeout", "60", "--log", filepath.Join(c.folder, "log"), "--options", options(c.port))
}

// options are those of a server on a port of loopback.
func options(port int) string {
	return fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off", port)
}

// owner returns the user whom the server runs as: it refuses root, for whom the user of
// Debian's package stands in.
func owner(folder string) (*user.User, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return u, os.Chown(folder, uid, gid)
}

// run runs one of PostgreSQL's programs; its error has what the program said.
func run(as *user.User, bin, program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, program), args...)
	cmd.Dir = os.TempDir()
	if as != nil {
		if err := become(cmd, as); err != nil {
			return err
		}
	}
	said, err := os.CreateTemp("", "gongkai-postgres-said-")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	// A file, since the server keeps a pipe open after pg_ctl has ended.
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(string(text)))
	}
	return nil
}

// programs is the folder of the newest PostgreSQL that is installed.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	all, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(all) == 0 {
		return "", fmt.Errorf("initdb is not installed (%s); install Debian's package postgresql, or name a server with GONGKAI_TEST_POSTGRES", runtime.GOOS)
	}
	slices.SortFunc(all, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(all[len(all)-1]), nil
}

// version is the number in /usr/lib/postgresql/15/bin/initdb.
func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// freePort is a port of loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
