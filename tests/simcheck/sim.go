package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/standard"
)

// buildSim builds the simulator from its source.
func buildSim(ctx context.Context, source, bin string) error {
	if _, err := os.Stat(source); err != nil {
		return fmt.Errorf("simulator: %w; name the folder that holds portals/sim by SHARED", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, ".")
	cmd.Dir, cmd.Env = source, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the simulator: %w\n%s", err, out)
	}
	return nil
}

// A sim is a running simulator.
type sim struct {
	base string // address of the bench
	log  string // file of the requests
	stop func() error
}

// startSim starts a simulator on a free port of loopback.
func startSim(ctx context.Context, bin, dir string, args []string) (*sim, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	s := &sim{base: "http://" + addr, log: filepath.Join(dir, "requests.jsonl")}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, bin, append([]string{"-addr", addr, "-hosts", "ip", "-log", s.log}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that its log is whole
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	s.stop = func() error { cancel(); _ = cmd.Wait(); return nil } // it was told to end, which Wait calls a failure
	for range 100 {
		if _, err := s.get(ctx, "/__sites.json"); err == nil {
			return s, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, fmt.Errorf("the simulator does not answer on %s", addr)
}

// get returns what a path of the bench answers.
func (s *sim) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// A site is a portal as an operator knows it.
type site struct {
	Site                     int
	Family, Annual, District string
	Variant                  int
	Validators, Special      string
	Units                    []struct{ Name, Full, Kind string }
}

// sites returns the portals.
func (s *sim) sites(ctx context.Context) (all []site, err error) {
	text, err := s.get(ctx, "/__sites.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	return all, err
}

// honest reports whether what a host offers to ask conditionally by can be relied on.
func (s site) honest() bool {
	return s.Validators == "both" || s.Validators == "lm" || s.Validators == "etag"
}

// region is the fictitious region of a site.
func (s site) region() standard.RegionCode {
	return standard.RegionCode(fmt.Sprintf("99%04d", s.Site+1))
}

func (s site) id() string { return fmt.Sprintf("sim-%03d", s.Site) }

// pace is how much time lies between two requests to a host: so much that waiting, and
// not reading, makes a refresh what it is.
const pace = 200 * time.Millisecond

// portal is the portal file that an operator would write: the family's preset, the
// address, and what the entry lists where that is not a column of all units.
func (s site) portal() (string, error) {
	rules, ok := map[string][2]string{ // family, and what the entry says
		"a0": {"trs"}, "a1": {"trs"}, "a2": {"trs", `, unit: by-column, through: [{link: "ul.jz a"}]`},
		"b0": {"hanweb"}, "b1": {"hanweb-xxgk", ", unit: by-column"},
		"c0": {"gkmlpt", ", unit: by-column"}, "c1": {"gkmlpt", ", unit: by-column"},
		"e0": {"vsb"}, "e1": {"vsb", `, unit: by-column, through: [{link: "ul.bm a"}]`},
		"g0": {"asp"}, "g1": {"asp"},
		"h0": {"shaanxi", `, year: by-folder, through: [{link: "ul.m-lst36 a"}]`}, "h1": {"shaanxi", `, through: [{link: "ul.m-lst36 a"}]`},
		"j0": {"year-tree"}, "j1": {"matrix", ", unit: by-row"},
		"l0": {"files"}, "l1": {"files"},
	}[fmt.Sprint(s.Family, s.Variant)]
	if !ok {
		return "", fmt.Errorf("site %d: no preset for family %s variant %d", s.Site, s.Family, s.Variant)
	}
	return fmt.Sprintf("id: %s\nname: %s人民政府\nregion: %q\nfamily: %s\ndemo: true\nentries:\n  - {url: %q%s}\n"+
		"networks: [\"127.0.0.0/8\"]\npolite: {delay: %s, concurrency: 1}\n",
		s.id(), s.District, s.region(), rules[0], s.Annual, rules[1], pace), nil
}

// writePortals writes the portal files into a folder.
func writePortals(dir string, sites []site) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, s := range sites {
		text, err := s.portal()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, s.id()+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// uncovered names the variants of which every site is blocked or closed: a world in
// which they are not looked at proves nothing about them.
func uncovered(sites []site) []string {
	open, all := make(map[string]bool), []string{}
	for _, s := range sites {
		key := fmt.Sprint(s.Family, s.Variant)
		if _, known := open[key]; !known {
			all = append(all, key)
		}
		open[key] = open[key] || s.Special == ""
	}
	var missing []string
	for _, key := range all {
		if !open[key] {
			missing = append(missing, key)
		}
	}
	if len(all) < 17 {
		missing = append(missing, fmt.Sprintf("%d variants only, %s", len(all), strings.Join(all, " ")))
	}
	return missing
}

// A changed is a report that the world was told to change.
type changed struct {
	Site int
	Unit string
	Year int
	Old  string `json:"old_url"`
	URL  string
}

// change changes so many reports of the world.
func (s *sim) change(ctx context.Context, what string, n int) ([]changed, error) {
	text, err := s.get(ctx, fmt.Sprintf("/__control?%s=%d", what, n))
	if err != nil {
		return nil, err
	}
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("simulator: %s: %w", what, err)
	}
	var all []changed
	if err := json.Unmarshal(answer[what], &all); err != nil {
		return nil, fmt.Errorf("simulator: %s: %w", what, err)
	}
	return all, nil
}
