// Package demo is a portal to practise on: it serves annual reports on loopback as
// district portals do.
//
// In: a seed number. Out: a web server with two portals, their portal files, the
// register of their agencies and the truth of every report. One portal shows the
// real figures that 军粮城街道办事处 published for 2020. The other is a fictitious
// district, 示例区, marked so in every title, with twelve units and the report years
// 2015 to 2024 in all three formats. Its figures are made at start: the same seed
// gives the same ones. They reconcile within each report and from year to year,
// except in the cases that caseOf lists. The package knows nothing of crawling and
// reading, so what it serves is judged by the product as any portal is.
//
// One report is replaced by other figures: who holds its first version and asks
// whether that is still good is given the second, and so is everybody from then
// on. A portal started with Options.Revised serves the second from the start.
// Failures that pass happen once for each start of the portal.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Options are what a portal may be told.
type Options struct {
	Seed    uint64       // of the figures; 0 is a seed like any other
	Revised bool         // serve the second version of the revised report from the start
	Log     *slog.Logger // a line for each request, at debug level; none if nil
}

// A Server is a running portal.
type Server struct {
	base    string // http://127.0.0.1:40123
	truth   []Truth
	pages   map[string]*resource
	revised atomic.Bool
	log     *slog.Logger

	mu    sync.Mutex
	spent map[string]bool // faults that have happened

	http *http.Server
	done chan struct{}
	fail error // of serving, readable once done is closed
}

// Start serves on addr, a port of loopback; 127.0.0.1:0, which is also meant by
// an empty addr, takes a free port. The server runs until ctx ends or Close is
// called.
func Start(ctx context.Context, addr string, opts Options) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("demonstration portal: address %q: not on loopback; want one such as 127.0.0.1:0", addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("demonstration portal: %w", err)
	}
	s := &Server{base: "http://" + l.Addr().String(), log: opts.Log, spent: map[string]bool{}, done: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.revised.Store(opts.Revised)
	if err := s.build(opts.Seed); err != nil {
		return nil, errors.Join(fmt.Errorf("demonstration portal: %w", err), l.Close())
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.fail = err
		}
	}()
	context.AfterFunc(ctx, func() { _ = s.http.Close() })
	return s, nil
}

// Close stops the server and waits until it has stopped.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	return errors.Join(err, s.fail)
}

// URL returns the address of the portal's front page.
func (s *Server) URL() string { return s.base + "/" }

// Addr returns the address that the portal listens on: 127.0.0.1:40123. A portal
// that is started on it again has the same addresses.
func (s *Server) Addr() string { return strings.TrimPrefix(s.base, "http://") }

// Revise makes the portal serve the second version of the revised report from now
// on.
func (s *Server) Revise() { s.revised.Store(true) }

// Truth returns what every report says, those that cannot be had included.
func (s *Server) Truth() []Truth { return s.truth }

// A PortalFile is a portal file with the running portal's address in it.
type PortalFile struct {
	Name string // demo-shili.yaml
	Data []byte
}

// Portals returns the portal files of both portals.
func (s *Server) Portals() []PortalFile {
	replace := strings.NewReplacer("{base}", s.base)
	return []PortalFile{
		{"demo-dongli.yaml", []byte(replace.Replace(dongliYAML))},
		{"demo-shili.yaml", []byte(replace.Replace(shiliYAML))},
	}
}

const dongliYAML = `id: demo-dongli
name: 天津市东丽区人民政府（演示门户）
region: "120110"
family: trs
note: 本机演示门户，按军粮城街道办事处公布的真实数字重新排版
entries:
  - {url: "{base}/dongli/gongkai/zfxxgkzl/zfgbm/jlcjd/gknb/", unit: "120110008"}
networks: ["127.0.0.0/8", "::1/128"]
polite: {delay: 0s, concurrency: 4}
expect: 1
`

const shiliYAML = `id: demo-shili
name: 示例市示例区人民政府
region: "990101"
family: trs
demo: true
note: 虚构的示例门户，机关和数字均非真实
entries:
  - {url: "{base}/shili/zwgk/gknb/"}
  - {url: "{base}/shili/jz/yuanwei/gknb/", unit: "990101104", expect: 1}
networks: ["127.0.0.0/8", "::1/128"]
polite: {delay: 0s, concurrency: 4}
expect: 100
`

// Regions returns the fictitious regions, which the national roster has not,
// widest first.
func Regions() []standard.Region {
	all := []standard.Region{{Code: "99", Name: "示例省"}, {Code: "9901", Name: cityName}, {Code: districtCode, Name: districtName}}
	for _, u := range units() {
		all = append(all, standard.Region{Code: u.code, Name: u.name})
	}
	return all
}

// Agencies returns the register of both districts. Of the real district all street
// offices are in it, and only the one whose report is shown is watched, for that
// year alone: a demonstration must not say of a real office that it published
// nothing. The fictitious agencies end with the last year shown.
func Agencies() []report.Agency {
	var all []report.Agency
	for _, r := range standard.RegionsIn(realDistrict) {
		if !strings.HasSuffix(r.Name, "街道") {
			continue // development zones are no agencies of their own
		}
		a := report.Agency{ID: report.AgencyID(r.Code), Name: r.Name + "办事处", Short: r.Name, Kind: standard.Street, Region: r.Code}
		if r.Code == realUnit {
			a.Watched, a.From, a.Until = true, realYear, realYear
			a.Aliases = []string{"军粮城街"}
		}
		all = append(all, a)
	}
	all = append(all, report.Agency{ID: districtCode + "-gov", Name: districtName + "人民政府", Short: districtName, Kind: standard.Government,
		Region: districtCode, From: firstYear, Until: lastYear, Watched: true, Demo: true})
	for _, u := range units() {
		all = append(all, report.Agency{ID: report.AgencyID(u.code), Name: u.office(), Short: u.name, Kind: u.kind,
			Region: u.code, From: firstYear, Until: lastYear, Watched: true, Demo: true})
	}
	return all
}
