package crash

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
	"gongkai/tests/s3test"
)

// What the workers stand on goes away while they are at work, and comes back: their jobs
// wait and go on, nothing is lost and nothing is kept twice.

// TestPostgresRestarted kills the server of the database for some seconds.
func TestPostgresRestarted(t *testing.T) {
	t.Parallel()
	skipShort(t)
	c := pgtest.Own(t)
	f := newFleet(t, c.Address, filepath.Join(t.TempDir(), "archive"))
	f.work(t, c.Address, func() {
		must(t, c.Restart(5*time.Second))
	})
}

// TestNetworkCut closes all lines to the database, and takes no new one for some seconds:
// longer than a lease lasts.
func TestNetworkCut(t *testing.T) {
	t.Parallel()
	skipShort(t)
	address := pgtest.Database(t)
	u, err := url.Parse(address)
	must(t, err)
	w := newWire(t, u.Host)
	u.Host = w.addr
	f := newFleet(t, address, filepath.Join(t.TempDir(), "archive"))
	f.work(t, u.String(), func() {
		w.cut()
		time.Sleep(15 * time.Second)
		w.mend(t)
	})
}

// TestBucketRefusing has the store of originals refuse everything for a while.
func TestBucketRefusing(t *testing.T) {
	skipShort(t) // not parallel: the keys are in the environment
	s := s3test.New(t)
	path := filepath.Join(t.TempDir(), "gongkai.db")
	f := newFleet(t, path, s.Archive)
	refused := int64(0)
	f.work(t, path, func() {
		s.Refuse.Store(1_000_000)
		time.Sleep(5 * time.Second)
		refused = 1_000_000 - s.Refuse.Swap(0)
	})
	if refused == 0 {
		t.Error("nothing was refused: the test holds nothing")
	}
}

func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short leaves out portals that go away, which take minutes")
	}
}

// A fleet is portals, each on a host of its own, and what is to be kept of them.
type fleet struct {
	bin, dir, archive string
	db                *store.DB
	jobs              *queue.Queue
	want              int // reports
}

// newFleet makes portals, each of a street with some reports, and has a look at each wait
// in the queue of a database.
func newFleet(t *testing.T, address, archive string) *fleet {
	t.Helper()
	const hosts, reports = 6, 6
	f := &fleet{bin: build(t), dir: t.TempDir(), archive: archive, want: hosts * reports}
	must(t, os.Mkdir(filepath.Join(f.dir, "portals"), 0o755))
	var err error
	f.db, err = store.Open(t.Context(), address)
	must(t, err)
	f.jobs, err = queue.Open(t.Context(), f.db, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() {
		f.jobs.Close()
		must(t, f.db.Close())
	})
	var agencies []report.Agency
	for i := range hosts {
		h := &host{pages: make(map[string]string), asked: make(map[string]int)}
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		code, name := fmt.Sprintf("990101%03d", 1+i), fmt.Sprintf("云杉%c街道", '甲'+rune(i))
		agencies = append(agencies, report.Agency{ID: report.AgencyID(code), Region: standard.RegionCode(code), Name: name + "办事处", Short: name,
			Kind: standard.Street, Watched: true, Demo: true})
		var list strings.Builder
		for year := 2024; year > 2024-reports; year-- {
			path := fmt.Sprintf("/%d1001.html", year)
			h.pages[path] = reportPage(name, year)
			fmt.Fprintf(&list, `<li><a href="%s">%s%d年政府信息公开工作年度报告</a></li>`, path, name, year)
		}
		h.pages["/"] = `<!DOCTYPE html><meta charset="utf-8"><ul>` + list.String() + `</ul>`
		id := fmt.Sprintf("host-%d", i)
		must(t, os.WriteFile(filepath.Join(f.dir, "portals", id+".yaml"), fmt.Appendf(nil,
			"id: %s\nname: 示例市示例区人民政府\nregion: \"990101\"\nfamily: generic\ndemo: true\nentries: [{url: %q, unit: %q}]\nnetworks: [\"127.0.0.0/8\"]\npolite: {delay: 1s, concurrency: 1}\n",
			id, server.URL+"/", code), 0o644))
		_, err := f.jobs.Add(t.Context(), queue.Refresh, id, time.Time{})
		must(t, err)
	}
	must(t, f.db.PutAgencies(t.Context(), agencies))
	return f
}

// work has two workers do the jobs, has something go away when they are at it, and holds
// that all is there in the end.
func (f *fleet) work(t *testing.T, address string, away func()) {
	t.Helper()
	var all []*exec.Cmd
	var said []*bytes.Buffer
	for range 2 {
		cmd, out := exec.CommandContext(t.Context(), f.bin, "worker", "--until-empty", "--at-once", "3", "--db", address, "--archive", f.archive,
			"--portals", filepath.Join(f.dir, "portals")), new(bytes.Buffer)
		cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, out, out
		must(t, cmd.Start())
		all, said = append(all, cmd), append(said, out)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		hashes, err := f.db.Originals(t.Context())
		must(t, err)
		if len(hashes) > 6 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("nothing is kept\n%s", said)
		}
	}
	away()
	for i, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("worker %d: %v\n%s", i, err, said[i])
		}
	}
	versions, err := f.db.Versions(t.Context(), store.Query{})
	must(t, err)
	for _, v := range versions {
		r, err := f.db.Report(t.Context(), v.Agency, v.Year, 0)
		must(t, err)
		if len(r.Versions) != 1 {
			t.Errorf("%s %d has %d versions; want one", v.Agency, v.Year, len(r.Versions))
		}
	}
	if len(versions) != f.want {
		t.Errorf("%d reports kept; want %d\n%s", len(versions), f.want, said)
	}
	open, err := f.jobs.Open(t.Context(), queue.Refresh, queue.Aggregate)
	must(t, err)
	ended, err := f.jobs.GivenUp(t.Context())
	must(t, err)
	if len(open)+len(ended) > 0 {
		t.Errorf("jobs left %+v, given up %+v; want none", open, ended)
	}
}

// A wire carries lines to a server, and can be cut.
type wire struct {
	to, addr string

	mu    sync.Mutex
	l     net.Listener
	lines map[net.Conn]bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	w := &wire{to: to, addr: "127.0.0.1:0", lines: make(map[net.Conn]bool)}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

// mend takes lines.
func (w *wire) mend(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", w.addr)
	must(t, err)
	w.mu.Lock()
	w.l, w.addr = l, l.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return // it was cut
			}
			go w.carry(from)
		}
	}()
}

// carry carries one line until either end or the wire closes it.
func (w *wire) carry(from net.Conn) {
	to, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = from.Close()
		return
	}
	w.mu.Lock()
	w.lines[from], w.lines[to] = true, true
	w.mu.Unlock()
	ended := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			ended <- struct{}{}
		}()
	}
	<-ended
	_, _ = from.Close(), to.Close()
}

// cut closes all lines and takes no more.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.l.Close()
	for line := range w.lines {
		_ = line.Close()
	}
	w.lines = make(map[net.Conn]bool)
}
