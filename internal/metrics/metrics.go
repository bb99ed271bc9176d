// Package metrics tells Prometheus how the dashboard is.
//
// In: the database, the folders it must have room in, and every request to a page. Out:
// counters and gauges under /metrics. What the database is asked is asked once for all
// who ask within a while. Labels are few: routes and not addresses, portals and not
// pages.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// keepFor is how long an answer of the database stands for those who ask again.
const keepFor = 15 * time.Second

// Metrics counts. Make one with New.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	sizes    *prometheus.CounterVec
	active   prometheus.Gauge
}

// Sources are what is watched.
type Sources struct {
	Health  func(ctx context.Context) (store.Health, error)
	Free    map[string]func() (bytes float64, err error) // room by what needs it: database, archive
	Version string                                       // of the program
	Log     *slog.Logger
	Now     func() time.Time
}

// New returns metrics of a house.
func New(from Sources) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gongkai_http_request_duration_seconds", Help: "How long an answer took, by route, method and status.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		sizes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gongkai_http_response_bytes_total", Help: "Bytes of the answers as written, by route.",
		}, []string{"route"}),
		active: prometheus.NewGauge(prometheus.GaugeOpts{Name: "gongkai_http_requests_in_flight", Help: "Requests being answered."}),
	}
	m.registry.MustRegister(m.requests, m.sizes, m.active, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &house{Sources: from})
	return m
}

// Handler serves what is counted.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 3, Timeout: 20 * time.Second})
}

// Middleware counts a request under its route.
func (m *Metrics) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		m.active.Inc()
		defer m.active.Dec()
		err := next(c)
		if err != nil {
			c.Error(err) // so that the status is that of the answer
		}
		route := c.Path()
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(route, method(c.Request().Method), strconv.Itoa(c.Response().Status)).Observe(time.Since(began).Seconds())
		m.sizes.WithLabelValues(route).Add(float64(c.Response().Size))
		return nil
	}
}

// method is a method as a label: those that nobody knows are one.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "other"
}

// A house is the collector of what the database and the disks say.
type house struct {
	Sources
	mu    sync.Mutex
	asked time.Time
	last  store.Health
	err   error
}

// descriptions of the gauges, by name.
var (
	upDesc       = prometheus.NewDesc("gongkai_database_up", "1 where the database answers.", nil, nil)
	infoDesc     = prometheus.NewDesc("gongkai_build_info", "1, with the version of the program.", []string{"version"}, nil)
	dataDesc     = prometheus.NewDesc("gongkai_data_version", "Number of the run whose data is shown.", nil, nil)
	reportsDesc  = prometheus.NewDesc("gongkai_reports", "Current reports by status.", []string{"status"}, nil)
	failuresDesc = prometheus.NewDesc("gongkai_open_failures", "Pages that failed and are not mended or dismissed.", nil, nil)
	jobsDesc     = prometheus.NewDesc("gongkai_jobs", "Jobs of the queue by state.", []string{"state"}, nil)
	runDesc      = prometheus.NewDesc("gongkai_run_finished_timestamp_seconds", "When the last run of a kind ended in a state.", []string{"kind", "state"}, nil)
	stateDesc    = prometheus.NewDesc("gongkai_portal_state", "1 for the state of the last look at a portal.", []string{"portal", "state"}, nil)
	lookedDesc   = prometheus.NewDesc("gongkai_portal_looked_timestamp_seconds", "When the last look at a portal ended.", []string{"portal"}, nil)
	goodDesc     = prometheus.NewDesc("gongkai_portal_good_look_timestamp_seconds", "When the last good look at a portal was.", []string{"portal"}, nil)
	freeDesc     = prometheus.NewDesc("gongkai_disk_free_bytes", "Room on the disk, by what needs it.", []string{"what"}, nil)
)

// Describe implements prometheus.Collector.
func (h *house) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{upDesc, infoDesc, dataDesc, reportsDesc, failuresDesc, jobsDesc, runDesc, stateDesc, lookedDesc, goodDesc, freeDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (h *house) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(infoDesc, 1, h.Version)
	for what, free := range h.Free {
		if n, err := free(); err == nil {
			gauge(freeDesc, n, what)
		}
	}
	health, err := h.health()
	if err != nil {
		h.Log.Error("metrics", "err", err)
		gauge(upDesc, 0)
		return
	}
	gauge(upDesc, 1)
	gauge(dataDesc, float64(health.Version))
	gauge(failuresDesc, float64(health.Failures))
	for _, status := range []report.Status{report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable} {
		gauge(reportsDesc, float64(health.Reports[status]), string(status))
	}
	for _, state := range []store.JobState{store.JobWaiting, store.JobRunning, store.JobRetrying, store.JobDone, store.JobCancelled, store.JobGivenUp} {
		gauge(jobsDesc, float64(health.Jobs[state]), string(state))
	}
	for kind, states := range health.LastRun {
		for state, at := range states {
			gauge(runDesc, float64(at.Unix()), kind, string(state))
		}
	}
	for _, p := range health.Portals {
		gauge(stateDesc, 1, p.Portal, string(p.State))
		gauge(lookedDesc, float64(p.Looked.Unix()), p.Portal)
		if !p.LastGood.IsZero() {
			gauge(goodDesc, float64(p.LastGood.Unix()), p.Portal)
		}
	}
}

// health is what the database said within the last while.
func (h *house) health() (store.Health, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.Now(); h.asked.IsZero() || now.Sub(h.asked) >= keepFor {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.last, h.err = h.Health(ctx)
		h.asked = now
	}
	return h.last, h.err
}
