package crawl_test

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
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/ingest/crawl"
)

// A simSite is a portal of the simulator as an operator knows it.
type simSite struct {
	Site    int
	Family  string
	Variant int
	Annual  string
}

// portalFor writes the portal file that an operator would write for a site.
func (s simSite) portalFile(concurrency int) string {
	kinds := map[string]string{
		"a0": "family: trs", "a1": "family: trs", "a2": "family: trs",
		"b0": "family: hanweb", "b1": "family: hanweb-xxgk",
		"c0": "family: gkmlpt", "c1": "family: gkmlpt",
		"e0": "family: vsb", "e1": "family: vsb",
		"g0": "family: asp", "g1": "family: asp",
		"h0": "family: shaanxi", "h1": "family: shaanxi",
		"j0": "family: year-tree", "j1": "family: matrix",
		"l0": "family: files", "l1": "family: files",
	}
	entry := map[string]string{
		"a2": `, unit: by-column, through: [{link: "ul.jz a"}]`, "b1": ", unit: by-column", "c0": ", unit: by-column", "c1": ", unit: by-column",
		"e1": `, unit: by-column, through: [{link: "ul.bm a"}]`,
		"h0": `, year: by-folder, through: [{link: "ul.m-lst36 a"}]`, "h1": `, through: [{link: "ul.m-lst36 a"}]`,
		"j1": ", unit: by-row",
	}
	key := fmt.Sprintf("%s%d", s.Family, s.Variant)
	return fmt.Sprintf("id: sim-%03d\nname: 模拟\nregion: \"990101\"\n%s\nentries:\n  - {url: %q%s}\nnetworks: [\"127.0.0.0/8\"]\npolite: {delay: 0s, concurrency: %d}\n",
		s.Site, kinds[key], s.Annual, entry[key], concurrency)
}

// startSim builds and runs the simulator of the shared folder, or skips.
func startSim(t *testing.T, args ...string) (base, bin string) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short leaves out the simulator, which is built and run")
	}
	source := sharedFolder(t, "portals/sim")
	bin = filepath.Join(t.TempDir(), "sim")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".")
	build.Dir = source
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the simulator: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, append([]string{"-addr", addr, "-hosts", "ip"}, args...)...)
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	base = "http://" + addr
	for range 100 {
		if resp, err := http.Get(base + "/__sites.json"); err == nil {
			resp.Body.Close()
			return base, bin
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the simulator did not start")
	return "", ""
}

func sharedFolder(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SHARED")
	for at, _ := os.Getwd(); dir == "" && at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "shared", name)); err == nil {
			dir = filepath.Join(at, "shared")
		}
	}
	if dir == "" {
		t.Skip("skipped: no shared folder beside the repository; name it by SHARED")
	}
	return filepath.Join(dir, name)
}

func read(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A simReport is a report that a site has published.
type simReport struct {
	unit      string
	year      int
	reachable bool
}

// simTruth returns the published reports of each site by their address.
func simTruth(t *testing.T, base string) map[int]map[string]simReport {
	t.Helper()
	all := map[int]map[string]simReport{}
	for sc := bufio.NewScanner(bytes.NewReader(read(t, base+"/__truth.jsonl"))); sc.Scan(); {
		var line struct {
			Site              int
			Status, URL, Unit string
			Year              int
			Reachable         bool
		}
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Status != "published" {
			continue
		}
		if all[line.Site] == nil {
			all[line.Site] = map[string]simReport{}
		}
		all[line.Site][line.URL] = simReport{line.Unit, line.Year, line.Reachable}
	}
	return all
}

// Every family of the simulator is followed to each of its reports and to nothing
// else, by a portal file alone.
func TestSimulator(t *testing.T) {
	base, _ := startSim(t, "-districts", "24", "-units", "6")
	var sites []simSite
	if err := json.Unmarshal(read(t, base+"/__sites.json"), &sites); err != nil {
		t.Fatal(err)
	}
	truth := simTruth(t, base)
	for _, s := range sites {
		t.Run(fmt.Sprintf("%s%d/%d", s.Family, s.Variant, s.Site), func(t *testing.T) {
			c := crawl.New(crawl.Options{Backoff: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
			defer c.Close()
			p, err := crawl.ReadPortal("sim", strings.NewReader(s.portalFile(4)))
			if err != nil {
				t.Fatal(err)
			}
			look, err := c.Look(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			checkSim(t, look, truth[s.Site])
		})
	}
}

// From the address of a column alone a portal file is drafted that finds every
// report of it, whatever the family.
func TestSimulatorDraft(t *testing.T) {
	base, _ := startSim(t, "-districts", "24", "-units", "6")
	var sites []simSite
	if err := json.Unmarshal(read(t, base+"/__sites.json"), &sites); err != nil {
		t.Fatal(err)
	}
	truth := simTruth(t, base)
	for _, s := range sites {
		t.Run(fmt.Sprintf("%s%d/%d", s.Family, s.Variant, s.Site), func(t *testing.T) {
			c := crawl.New(crawl.Options{Backoff: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
			defer c.Close()
			d, err := c.Draft(t.Context(), crawl.Column{ID: "sim", Name: "模拟", Region: "990101", URL: s.Annual,
				Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Microsecond})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s by %q\n%s", d.Family, d.Sign, d.Text)
			checkSim(t, d.Look, truth[s.Site])
			p, err := crawl.ReadPortal("sim", bytes.NewReader(d.Text))
			if err != nil {
				t.Fatal(err)
			}
			if p.Expect == 0 || p.Expect > len(d.Look.Candidates) {
				t.Errorf("expect %d of %d", p.Expect, len(d.Look.Candidates))
			}
		})
	}
}

// With harsh faults the same holds after three runs at most: what was broken is
// had later, hosts that refuse us say in which way, and our manners stay good.
func TestSimulatorHarsh(t *testing.T) {
	log := filepath.Join(t.TempDir(), "requests.jsonl")
	base, bin := startSim(t, "-districts", "20", "-units", "4", "-years", "2024-2024", "-faults", "harsh", "-log", log)
	var sites []simSite
	if err := json.Unmarshal(read(t, base+"/__sites.json"), &sites); err != nil {
		t.Fatal(err)
	}
	truth := simTruth(t, base)
	var mu sync.Mutex
	states := map[crawl.LookState]int{}
	var wg sync.WaitGroup
	for _, s := range sites { // all at once: they mostly wait, as hosts ask them to
		wg.Go(func() {
			t.Run(fmt.Sprintf("%s%d/%d", s.Family, s.Variant, s.Site), func(t *testing.T) {
				state := followSim(t, s, truth[s.Site])
				mu.Lock()
				states[state]++
				mu.Unlock()
			})
		})
	}
	wg.Wait()
	if states[crawl.LookBlocked] == 0 || states[crawl.LookClosed] == 0 {
		t.Errorf("states %v; the world has hosts with a challenge and a closed one", states)
	}
	time.Sleep(300 * time.Millisecond) // the log is written five times a second
	checkManners(t, bin, log)
}

// followSim looks and fetches up to three times, as three refreshes would.
func followSim(t *testing.T, s simSite, want map[string]simReport) crawl.LookState {
	p, err := crawl.ReadPortal("sim", strings.NewReader(s.portalFile(1)))
	if err != nil {
		t.Fatal(err)
	}
	var look *crawl.Look
	had := map[string]bool{}
	memory := crawl.NewMemory()
	for range 3 {
		c := crawl.New(crawl.Options{Memory: memory, UnknownDelay: 2 * time.Second, Log: slog.New(slog.DiscardHandler)}) // no site asks for more
		if look == nil || !look.Good {
			if look, err = c.Look(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		for _, cand := range look.Candidates {
			if _, report := want[cand.URL]; !report || had[cand.URL] {
				continue
			}
			if f, err := c.Fetch(t.Context(), p, cand.URL, nil); err == nil && len(f.Body) > 0 {
				had[cand.URL] = true
			}
		}
		c.Close()
	}
	for url, r := range want {
		if r.reachable && !had[url] {
			t.Errorf("never had %s %d %s", r.unit, r.year, url)
		}
	}
	if look.State != crawl.LookBlocked && look.State != crawl.LookClosed {
		checkSim(t, look, want)
	}
	return look.State
}

// checkManners lets the simulator's analyser judge how its hosts were treated.
func checkManners(t *testing.T, bin, log string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), bin, "-analyse", log, "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var verdict struct {
		Total struct {
			Requests       int  `json:"requests"`
			MaxConcurrency int  `json:"max_concurrency"`
			RobotsFirst    bool `json:"robots_first"`
			Denied         int  `json:"robots_violations"`
			DelayBroken    int  `json:"crawl_delay_violations"`
			RetryEarly     int  `json:"retry_after_violations"`
			AfterChallenge int  `json:"requests_after_challenge"`
			Traps          int  `json:"trap_fetches"`
		} `json:"total"`
	}
	if err := json.Unmarshal(out, &verdict); err != nil {
		t.Fatal(err)
	}
	v := verdict.Total
	if v.Requests == 0 || v.MaxConcurrency > 1 || !v.RobotsFirst || v.Denied+v.DelayBroken+v.RetryEarly+v.Traps > 0 || v.AfterChallenge > 3*2 {
		t.Errorf("manners %+v", v)
	}
	t.Logf("manners %+v", v)
}

func checkSim(t *testing.T, look *crawl.Look, want map[string]simReport) {
	t.Helper()
	if !look.Good {
		t.Errorf("state %s, problems %v", look.State, look.Problems)
	}
	found := map[string]bool{}
	for _, c := range look.Candidates {
		found[c.URL] = true
		r, report := want[c.URL]
		switch {
		case !report && !c.Cut:
			t.Errorf("took %q (%s), which is no report: %s", c.Title, c.URL, c.Why)
		case !report:
		case c.Year != 0 && c.Year != r.year:
			t.Errorf("%q: year %d; want %d", c.Title, c.Year, r.year)
		case !c.Cut && !strings.Contains(c.Unit, strings.TrimSuffix(r.unit, "办事处")):
			t.Errorf("%q: unit %q; want %s", c.Title, c.Unit, r.unit)
		}
	}
	for url, r := range want {
		if !found[url] && r.reachable {
			t.Errorf("missed %s %d %s", r.unit, r.year, url)
		}
	}
}
