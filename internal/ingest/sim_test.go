package ingest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A simSite is a portal of the simulator as an operator knows it.
type simSite struct {
	Site                     int
	Family, Annual, District string
	Variant                  int
}

// region is the fictitious region of a site.
func (s simSite) region() standard.RegionCode {
	return standard.RegionCode(fmt.Sprintf("99%04d", s.Site+1))
}

// portal is the portal file that an operator would write.
func (s simSite) portal(tb testing.TB) *crawl.Portal {
	tb.Helper()
	rules := map[string][2]string{ // family, and what the entry says
		"a0": {"trs"}, "a1": {"trs"}, "a2": {"trs", `, unit: by-column, through: [{link: "ul.jz a"}]`},
		"b0": {"hanweb"}, "b1": {"hanweb-xxgk", ", unit: by-column"},
		"c0": {"gkmlpt", ", unit: by-column"}, "c1": {"gkmlpt", ", unit: by-column"},
		"e0": {"vsb"}, "e1": {"vsb", `, unit: by-column, through: [{link: "ul.bm a"}]`},
		"g0": {"asp"}, "g1": {"asp"},
		"h0": {"shaanxi", `, year: by-folder, through: [{link: "ul.m-lst36 a"}]`}, "h1": {"shaanxi", `, through: [{link: "ul.m-lst36 a"}]`},
		"j0": {"year-tree"}, "j1": {"matrix", ", unit: by-row"},
		"l0": {"files"}, "l1": {"files"},
	}[fmt.Sprint(s.Family, s.Variant)]
	p, err := crawl.ReadPortal("sim", strings.NewReader(fmt.Sprintf("id: sim-%03d\nname: %s人民政府\nregion: %q\nfamily: %s\ndemo: true\n"+
		"entries:\n  - {url: %q%s}\nnetworks: [\"127.0.0.0/8\"]\npolite: {delay: 0s, concurrency: 4}\n",
		s.Site, s.District, s.region(), rules[0], s.Annual, rules[1])))
	must(tb, err)
	return p
}

// A simReport is what the simulator says of a report.
type simReport struct {
	Site          int
	Status        string
	Unit          string `json:"unit_full"`
	Year          int
	Format        standard.Format
	URL, Reason   string
	Media         string
	Reachable     bool
	Cells         map[standard.CellCode]report.Amount
	RestZero      bool                `json:"rest_zero"`
	Deviating     []standard.CellCode `json:"deviating"`
	PublishedDate string              `json:"published"`
}

// startSim builds and runs the simulator of the shared folder, or skips the test.
func startSim(tb testing.TB, args ...string) (base string) {
	tb.Helper()
	base, _ = simProcess(tb, args...)
	return base
}

// simProcess is startSim with the number of its process.
func simProcess(tb testing.TB, args ...string) (base string, pid int) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("skipped: -short leaves out the simulator, which is built and run")
	}
	bin := filepath.Join(tb.TempDir(), "sim")
	build := exec.CommandContext(tb.Context(), "go", "build", "-o", bin, ".")
	build.Dir = sharedFolder(tb, "portals/sim")
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build the simulator: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(tb, err)
	addr := l.Addr().String()
	must(tb, l.Close())
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, append([]string{"-addr", addr, "-hosts", "ip"}, args...)...)
	must(tb, cmd.Start())
	tb.Cleanup(func() { cancel(); _ = cmd.Wait() }) // killed, so that it always fails
	for range 100 {
		if _, err := fetch("http://" + addr + "/__sites.json"); err == nil {
			return "http://" + addr, cmd.Process.Pid
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatal("the simulator did not start")
	return "", 0
}

func fetch(url string) ([]byte, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// sharedFolder is a folder of shared material, and skips the test aloud without it.
func sharedFolder(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("SHARED")
	for at, _ := os.Getwd(); dir == "" && at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "shared", name)); err == nil {
			dir = filepath.Join(at, "shared")
		}
	}
	if dir == "" {
		tb.Skip("skipped: no shared folder beside the repository; name it by SHARED")
	}
	return filepath.Join(dir, name)
}

// simulated makes a Refresher over all portals of the simulator at base.
func simulated(t *testing.T, base string) (*ingest.Refresher, []simSite) {
	t.Helper()
	var sites []simSite
	text, err := fetch(base + "/__sites.json")
	must(t, err)
	must(t, json.Unmarshal(text, &sites))
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	originals, err := archive.Open(t.Context(), t.TempDir())
	must(t, err)
	r := &ingest.Refresher{Store: db, Archive: originals, Log: slog.New(slog.DiscardHandler)}
	for _, s := range sites {
		r.Portals = append(r.Portals, s.portal(t))
	}
	return r, sites
}

// refreshSim refreshes and tells how it went.
func refreshSim(t *testing.T, r *ingest.Refresher, opts ingest.Options) store.PortalRun {
	t.Helper()
	summary, err := r.Refresh(t.Context(), opts)
	must(t, err)
	total := summary.Total()
	t.Logf("refresh in %v: %d lists, %d candidates, %d fetched, %d unchanged, %d new, %d revised, %d failed, %d blocked, rejected %v",
		summary.Took.Round(time.Millisecond), total.Lists, total.Candidates, total.Fetched, total.Unchanged, total.New,
		total.Revised, total.Failed, total.Blocked, total.Rejected)
	return total
}

// TestSimulator refreshes from portals of every family that a portal file and nothing
// else describes, and holds each report against the truth: whose it is, its year, its
// form, and every cell. Then the world changes.
func TestSimulator(t *testing.T) {
	base := startSim(t, "-districts", "17", "-units", "4", "-years", "2017-2024")
	r, sites := simulated(t, base)
	if total := refreshSim(t, r, ingest.Options{}); total.Failed+total.Blocked+total.Revised != 0 {
		t.Errorf("first refresh: %+v; want none failed, blocked or revised", total)
	}
	if failures, err := r.Store.OpenFailures(t.Context()); err != nil || len(failures) != 0 {
		t.Errorf("failures %+v, err %v; want none", failures, err)
	}
	checkSim(t, r.Store, sites, base)
	if total := refreshSim(t, r, ingest.Options{}); total.New+total.Revised != 0 {
		t.Errorf("second refresh: %d new, %d revised; want none", total.New, total.Revised)
	}
	for _, change := range []string{"revise=9", "move=5"} {
		_, err := fetch(base + "/__control?" + change)
		must(t, err)
	}
	if total := refreshSim(t, r, ingest.Options{Full: true}); total.Revised != 9 || total.New != 0 {
		t.Errorf("after nine revisions and five moves: %d revised, %d new; want 9, none", total.Revised, total.New)
	}
	checkSim(t, r.Store, sites, base)
}

// TestSimulatorFaults holds that after a few refreshes of portals with faults every
// report is there that can be had, as it is.
func TestSimulatorFaults(t *testing.T) {
	base := startSim(t, "-districts", "17", "-units", "3", "-years", "2023-2024", "-faults", "mild")
	r, sites := simulated(t, base)
	for i := 0; ; i++ {
		refreshSim(t, r, ingest.Options{})
		failures, err := r.Store.OpenFailures(t.Context())
		must(t, err)
		temporary := 0
		for _, f := range failures {
			if f.Temporary {
				temporary++
			}
		}
		if temporary == 0 {
			break
		}
		if i == 3 {
			t.Fatalf("after four refreshes still failing: %+v", failures)
		}
	}
	checkSim(t, r.Store, sites, base)
}

// checkSim holds what is stored against the truth.
func checkSim(t *testing.T, db *store.DB, sites []simSite, base string) {
	t.Helper()
	text, err := fetch(base + "/__truth.jsonl")
	must(t, err)
	stored := make(map[string]store.VersionValues)
	for _, s := range sites {
		names := make(map[report.AgencyID]string)
		agencies, err := db.Agencies(t.Context(), s.region())
		must(t, err)
		for _, a := range agencies {
			names[a.ID] = a.Name
		}
		versions, err := db.Versions(t.Context(), store.Query{Region: s.region()})
		must(t, err)
		for _, v := range versions {
			stored[fmt.Sprint(s.Site, names[v.Agency], v.Year)] = v
		}
	}
	reports, review := 0, 0
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want simReport
		must(t, json.Unmarshal(lines.Bytes(), &want))
		if want.Status != "published" || !want.Reachable {
			continue
		}
		key := fmt.Sprint(want.Site, want.Unit, want.Year)
		got, ok := stored[key]
		delete(stored, key)
		if !ok {
			t.Errorf("%s %d of site %d (%s, %s): not stored", want.Unit, want.Year, want.Site, want.Media, want.URL)
			continue
		}
		reports++
		if got.Status != report.Verified {
			review++
			t.Errorf("%s %d (%s, %s): status %s", want.Unit, want.Year, want.Media, want.URL, got.Status)
			continue
		}
		checkSimCells(t, want, got)
	}
	must(t, lines.Err())
	for key := range stored {
		t.Errorf("%s is stored and was never published", key)
	}
	t.Logf("%d reports, %d not verified", reports, review)
}

func checkSimCells(t *testing.T, want simReport, got store.VersionValues) {
	t.Helper()
	if got.Format != want.Format {
		t.Errorf("%s %d: format %s; want %s", want.Unit, want.Year, got.Format, want.Format)
		return
	}
	for i, c := range standard.FormOf(got.Format).Cells {
		amount, known := got.Values[i].Known()
		if truth, printed := want.Cells[c.Code]; known && amount != truth || !known && (printed || want.RestZero) {
			t.Errorf("%s %d: %s is %v; want %v", want.Unit, want.Year, c.Code, got.Values[i], truth)
			return
		}
	}
}
