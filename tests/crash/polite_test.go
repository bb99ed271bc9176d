package crash

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/demo"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }

// A host is one that several portals are on. It notes when it is asked for what.
type host struct {
	pages map[string]string

	mu    sync.Mutex
	open  int
	most  int // requests at a time
	times []time.Time
	asked map[string]int
}

// ServeHTTP answers, and takes a while over it.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.open++
	h.most = max(h.most, h.open)
	h.times = append(h.times, time.Now())
	h.asked[r.URL.Path]++
	h.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	if body, ok := h.pages[r.URL.Path]; ok {
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte(body)) // the worker may be gone
	} else {
		http.NotFound(w, r)
	}
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
}

// TestWorkersPolite lets three processes work the queue of nine portals on three hosts,
// and holds that each host is asked as if one process alone asked it: one request at a
// time, never sooner than its delay, and nothing twice. A busy machine only makes the
// gaps longer.
func TestWorkersPolite(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out three processes that keep the delays of hosts, which take a minute")
	}
	bin := build(t)
	t.Run("sqlite", func(t *testing.T) { testWorkersPolite(t, bin, filepath.Join(t.TempDir(), "gongkai.db")) })
	t.Run("postgres", func(t *testing.T) { testWorkersPolite(t, bin, pgtest.Database(t)) })
}

func testWorkersPolite(t *testing.T, bin, address string) {
	const delay, hosts, portals, reports = 300 * time.Millisecond, 3, 3, 2
	dir := t.TempDir()
	for _, folder := range []string{"portals", "archive"} {
		must(t, os.Mkdir(filepath.Join(dir, folder), 0o755))
	}
	db, err := store.Open(t.Context(), address)
	must(t, err)
	jobs, err := queue.Open(t.Context(), db, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(jobs.Close)
	var all []*host
	var agencies []report.Agency
	for i := range hosts {
		h := &host{pages: make(map[string]string), asked: make(map[string]int)}
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		all = append(all, h)
		for j := range portals {
			code := fmt.Sprintf("990101%03d", 1+i*portals+j)
			name := fmt.Sprintf("云杉%c街道", '甲'+rune(i*portals+j))
			agencies = append(agencies, report.Agency{ID: report.AgencyID(code), Region: standard.RegionCode(code), Name: name + "办事处", Short: name,
				Kind: standard.Street, Watched: true, Demo: true})
			var list strings.Builder
			for year := 2024; year > 2024-reports; year-- {
				path := fmt.Sprintf("/%d/%d1001.html", j, year)
				h.pages[path] = reportPage(name, year)
				fmt.Fprintf(&list, `<li><a href="%s">%s%d年政府信息公开工作年度报告</a></li>`, path, name, year)
			}
			h.pages[fmt.Sprintf("/%d/", j)] = `<!DOCTYPE html><meta charset="utf-8"><ul>` + list.String() + `</ul>`
			id := fmt.Sprintf("host-%d-%d", i, j)
			must(t, os.WriteFile(filepath.Join(dir, "portals", id+".yaml"), fmt.Appendf(nil,
				"id: %s\nname: 示例市示例区人民政府\nregion: \"990101\"\nfamily: generic\ndemo: true\nentries: [{url: %q, unit: %q}]\nnetworks: [\"127.0.0.0/8\"]\npolite: {delay: %s, concurrency: 1}\n",
				id, fmt.Sprintf("%s/%d/", server.URL, j), code, delay), 0o644))
			_, err := jobs.Add(t.Context(), queue.Refresh, id, time.Time{})
			must(t, err)
		}
	}
	must(t, db.PutAgencies(t.Context(), agencies))
	var workers []*exec.Cmd
	var said []*bytes.Buffer
	for range 3 {
		cmd, out := exec.CommandContext(t.Context(), bin, "worker", "--until-empty", "--db", address, "--archive", filepath.Join(dir, "archive"), "--portals", filepath.Join(dir, "portals")), new(bytes.Buffer)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
		must(t, cmd.Start())
		workers, said = append(workers, cmd), append(said, out)
	}
	for i, cmd := range workers {
		if err := cmd.Wait(); err != nil {
			t.Errorf("worker %d: %v\n%s", i, err, said[i])
		}
	}
	versions, err := db.Versions(t.Context(), store.Query{})
	must(t, err)
	if len(versions) != hosts*portals*reports {
		t.Errorf("%d reports kept; want %d\n%s", len(versions), hosts*portals*reports, said)
	}
	must(t, db.Close())
	for i, h := range all {
		if h.most > 1 {
			t.Errorf("host %d: %d requests at a time", i, h.most)
		}
		for j, at := range h.times[1:] {
			if gap := at.Sub(h.times[j]); gap < delay*95/100 {
				t.Errorf("host %d: request %d came %v after the one before it; the delay is %v", i, j+1, gap, delay)
			}
		}
		for path, n := range h.asked {
			if n > 1 && path != "/robots.txt" {
				t.Errorf("host %d: %s was asked for %d times", i, path, n)
			}
		}
	}
}

// reportPage is a report in which nothing was requested.
func reportPage(unit string, year int) string {
	format, _ := standard.FormatForYear(year)
	printed := demo.Printed{}
	for _, c := range standard.FormOf(format).Cells {
		printed[c.Code] = "0"
	}
	day := report.Date{Year: year + 1, Month: 1, Day: 20}
	return string(demo.Page(demo.Article{Site: "示例市示例区人民政府", Title: fmt.Sprintf("%s办事处%d年政府信息公开工作年度报告", unit, year),
		Source: unit + "办事处", Published: day, Signature: unit + "办事处", Signed: day, Parts: demo.Body(format, printed, "", nil)}))
}
