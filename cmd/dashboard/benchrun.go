package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

func newBenchRun(s *settings) *cobra.Command {
	var rounds int
	cmd := &cobra.Command{
		Use:   "run [--rounds N]",
		Short: "measure start, pages and answers on a database, beside what limits them",
		Long: `Starts the dashboard on a database as a process of its own, asks it for pages of
every kind that it has never made and then again, and prints what that took beside
what is asked for and beside what limits it: a question to the database, a constant
page of the same server, and reading the same bytes.`,
		Example: example("dashboard bench run --db synthetic.db --archive synthetic-archive"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rounds < 1 {
				return fmt.Errorf("rounds %d; want 1 or more", rounds)
			}
			db, err := s.existingDB(cmd.Context())
			if err != nil {
				return err
			}
			// Answers are taken compressed and left so: to unpack them is not the server's work.
			b := measurer{db: db, s: s, rounds: rounds, out: cmd.OutOrStdout(), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers, DisableCompression: true}}}
			defer b.client.CloseIdleConnections()
			return errors.Join(b.run(cmd.Context()), db.Close())
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().IntVar(&rounds, "rounds", 40, "how often a page is asked for again")
	return cmd
}

// A measurer measures one database.
type measurer struct {
	db     *store.DB
	s      *settings
	out    io.Writer
	client *http.Client
	rounds int // how often a page is asked for again

	provinces []string // that have reports
	year      int      // the last with reports
	ping      time.Duration
}

// readers is how many readers ask when the pages a second are counted.
const readers = 8

func (b *measurer) run(ctx context.Context) error {
	pages, err := b.pages(ctx)
	if err != nil {
		return fmt.Errorf("bench run: %w", err)
	}
	if len(pages) == 0 {
		return errors.New("bench run: the database holds no reports; fill one with `dashboard bench generate`")
	}
	fmt.Fprintln(b.out, "测量\t结果\t要求\t同次所测的界限")
	if err := b.limits(ctx); err != nil {
		return fmt.Errorf("bench run: %w", err)
	}
	server, first, err := b.start(ctx)
	if err != nil {
		return fmt.Errorf("bench run: %w", err)
	}
	b.tell("启动至第一次应答", took(first), "2 s", "")
	b.tell("此时常驻内存", server.memory(), "300 MB", "")
	return errors.Join(b.measure(ctx, server, pages), server.stop())
}

// pages returns addresses of every kind of page, of regions and agencies spread over the
// database.
func (b *measurer) pages(ctx context.Context) ([]string, error) {
	counties, err := b.db.Counties(ctx)
	if err != nil || len(counties) == 0 {
		return nil, err
	}
	for _, county := range counties {
		if n := len(b.provinces); n == 0 || b.provinces[n-1] != string(county[:2]) {
			b.provinces = append(b.provinces, string(county[:2]))
		}
	}
	var pages []string
	for i := range min(12, len(counties)) {
		county := counties[i*len(counties)/min(12, len(counties))]
		agencies, err := b.db.Agencies(ctx, county)
		if err != nil {
			return nil, err
		}
		if len(agencies) == 0 {
			continue
		}
		a := agencies[i*7%len(agencies)].ID
		years, err := b.db.Versions(ctx, store.Query{Agencies: []report.AgencyID{a}})
		if err != nil {
			return nil, err
		}
		if len(years) == 0 {
			continue
		}
		year := years[len(years)-1].Year
		b.year = max(b.year, year)
		pages = append(pages, fmt.Sprintf("/regions/%s", county), fmt.Sprintf("/agencies/%s", a), fmt.Sprintf("/reports/%s/%d", a, year),
			fmt.Sprintf("/status/%s/%d", county, year), fmt.Sprintf("/rollup/%s/%d", county, year), fmt.Sprintf("/compare?units=%s&indicator=open_rate", a),
			fmt.Sprintf("/requests/%s/%d", county, year), fmt.Sprintf("/procurement/%s", county), fmt.Sprintf("/leads?region=%s&year=%d", county, year))
	}
	return append(pages, b.widePages()...), nil
}

// widePages are the pages of regions above counties, and those of no region.
func (b *measurer) widePages() []string {
	pages := []string{"/compare", "/leads", "/changes", "/corrections", "/data", "/search", "/indicators", "/methods", "/indicators/requests_new", "/en/"}
	for i, p := range b.provinces {
		if i%max(1, len(b.provinces)/6) == 0 {
			pages = append(pages, "/regions/"+p, fmt.Sprintf("/status/%s/%d", p, b.year), fmt.Sprintf("/rollup/%s/%d", p, b.year),
				fmt.Sprintf("/requests/%s/%d", p, b.year), "/changes?region="+p, "/indicators/open_rate?region="+p)
		}
	}
	return append(pages, fmt.Sprintf("/status/0/%d", b.year), fmt.Sprintf("/rollup/0/%d", b.year))
}

// limits measures what nothing can be faster than: a question to the database, and a page
// that is always the same.
func (b *measurer) limits(ctx context.Context) error {
	asked, err := times(b.rounds, func() error { return b.db.Ping(ctx) })
	if err != nil {
		return err
	}
	b.ping = rank(asked, 50)
	b.tell("SELECT 1", "", "", took(b.ping))
	sizes, err := b.db.Sizes(ctx)
	if err != nil {
		return err
	}
	b.tell("数据库大小", fmt.Sprintf("%d MB", sizes.All>>20), "", "")
	if store.OnServer(b.s.DB) {
		return nil
	}
	began := time.Now()
	f, err := os.Open(b.s.DB)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, bufio.NewReaderSize(f, 1<<20))
	b.tell("顺序读取数据库", "", "", took(time.Since(began)))
	return errors.Join(err, f.Close())
}

// measure asks for pages and answers.
func (b *measurer) measure(ctx context.Context, server *running, pages []string) error {
	var cold []time.Duration
	for _, page := range pages {
		one, err := b.ask(ctx, server.base+page)
		if err != nil {
			return err
		}
		cold = append(cold, one)
	}
	b.tell(fmt.Sprintf("%d 个页面，首次，p95", len(pages)), took(rank(cold, 95)), "150 ms", "SELECT 1 "+took(b.ping)+"；最慢 "+took(rank(cold, 100))+" "+pages[slowest(cold)])
	b.tell("首次，中位", took(rank(cold, 50)), "", "")
	if err := b.answers(ctx, server); err != nil {
		return err
	}
	var warm []time.Duration
	for range b.rounds {
		for _, page := range pages[:min(12, len(pages))] {
			one, err := b.ask(ctx, server.base+page)
			if err != nil {
				return err
			}
			warm = append(warm, one)
		}
	}
	constant, most, err := b.constant(ctx)
	if err != nil {
		return err
	}
	b.tell("再次，p99", took(rank(warm, 99)), "15 ms", "不变的页面 "+took(rank(constant, 99)))
	pace, err := b.pace(ctx, server.base, pages[:min(12, len(pages))])
	if err != nil {
		return err
	}
	b.tell("每秒页面（再次）", fmt.Sprintf("%.0f", pace), "3000", fmt.Sprintf("不变的页面 %.0f", most))
	b.tell("之后常驻内存", server.memory(), "", "")
	return nil
}

// answers asks for the answers of the API over the country, each the first time.
func (b *measurer) answers(ctx context.Context, server *running) error {
	for _, one := range []struct{ path, want string }{
		{"/", "150 ms"},
		{"/api/v1/series?units=" + strings.Join(b.provinces, ",") + "&indicator=requests_new", "200 ms"},
		{"/api/v1/series?units=0&indicator=open_rate", "200 ms"},
		{fmt.Sprintf("/api/v1/rankings?region=0&indicator=requests_new&year=%d", b.year), "200 ms"},
		{fmt.Sprintf("/api/v1/rankings?region=%s&indicator=open_rate&year=%d", b.provinces[0], b.year), "200 ms"},
	} {
		took1, err := b.ask(ctx, server.base+one.path)
		if err != nil {
			return err
		}
		b.tell("首次 "+one.path, took(took1), one.want, "SELECT 1 "+took(b.ping))
	}
	return nil
}

// slowest is the place of the longest time.
func slowest(all []time.Duration) int {
	at := 0
	for i, d := range all {
		if d > all[at] {
			at = i
		}
	}
	return at
}

// constant asks the same server for a page that is always the same, one after another and
// by several readers.
func (b *measurer) constant(ctx context.Context) ([]time.Duration, float64, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	page := strings.Repeat("公开", 8<<10)
	e.GET("/", func(c echo.Context) error { return c.HTML(http.StatusOK, page) })
	l, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	e.Listener = l
	ended := make(chan error, 1)
	go func() { ended <- e.Start("") }()
	all, err := times(10*b.rounds, func() error { _, err := b.ask(ctx, "http://"+l.Addr().String()); return err })
	most, fault := b.pace(ctx, "http://"+l.Addr().String(), []string{"/"})
	err = errors.Join(err, fault, e.Close())
	if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return all, most, err
}

// pace counts the pages a second that several readers get, for as long as a round of one
// page takes 75 ms: half a second says more of how readers begin than of how they go on.
func (b *measurer) pace(ctx context.Context, base string, pages []string) (float64, error) {
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	var answers atomic.Int64
	for range readers {
		group.Go(func() error {
			for i := 0; time.Since(began) < time.Duration(b.rounds)*75*time.Millisecond; i++ {
				if _, err := b.ask(ctx, base+pages[i%len(pages)]); err != nil {
					return err
				}
				answers.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return float64(answers.Load()) / time.Since(began).Seconds(), err
}

// ask asks for a page and reads all of it.
func (b *measurer) ask(ctx context.Context, url string) (time.Duration, error) {
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	answer, err := b.client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return time.Since(began), nil
}

// running is a dashboard that runs as a process of its own.
type running struct {
	base string
	cmd  *exec.Cmd
	out  io.ReadCloser
}

// start starts a dashboard and returns how long it took to answer.
func (b *measurer) start(ctx context.Context) (*running, time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, self, "serve", "--no-schedule", "--addr", "127.0.0.1:0", "--db", b.s.DB, "--archive", b.s.Archive)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	server := &running{cmd: cmd, out: out}
	lines := bufio.NewScanner(out)
	for server.base == "" && lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "http://"); ok {
			server.base = "http://" + strings.TrimSpace(at)
		}
	}
	if server.base == "" {
		return nil, 0, errors.Join(errors.New("the dashboard did not start"), server.stop())
	}
	_, err = b.ask(ctx, server.base+"/healthz")
	if err != nil {
		err = errors.Join(err, server.stop())
	}
	return server, time.Since(began), err
}

// stop ends the dashboard.
func (s *running) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, s.out) // until it closes
	var ended *exec.ExitError
	if err := s.cmd.Wait(); !errors.As(err, &ended) {
		return err
	}
	return nil // what it was told to do
}

// memory returns what a process holds, "" where the system does not say.
func (s *running) memory() string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.Atoi(kb)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d MB", n>>10)
}

// times measures something n times.
func times(n int, do func() error) ([]time.Duration, error) {
	all := make([]time.Duration, n)
	for i := range all {
		began := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		all[i] = time.Since(began)
	}
	return all, nil
}

// rank returns the time that so many of a hundred do not exceed.
func rank(all []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// took is a time as the table prints it.
func took(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d.Nanoseconds())/1e6)
}

// tell prints a row of the table.
func (b *measurer) tell(what, measured, want, limit string) {
	fmt.Fprintf(b.out, "%s\t%s\t%s\t%s\n", what, measured, want, limit)
}
