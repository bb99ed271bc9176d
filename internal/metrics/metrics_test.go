package metrics

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// scrape is what Prometheus would read.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func sources(health func(context.Context) (store.Health, error)) Sources {
	return Sources{Health: health, Version: "v1", Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Free: map[string]func() (float64, error){
			"archive":  func() (float64, error) { return 1024, nil },
			"database": func() (float64, error) { return 0, errors.New("no such folder") },
		}}
}

// TestHouse holds that what the database says is told, and asked once within a while.
func TestHouse(t *testing.T) {
	asked := 0
	m := New(sources(func(context.Context) (store.Health, error) {
		asked++
		return store.Health{Version: 7, Failures: 2, Reports: map[report.Status]int{report.Verified: 5},
			Portals: []store.PortalHealth{{Portal: "p", State: store.PortalBlocked, Looked: time.Unix(9, 0)}},
			LastRun: map[string]map[store.RunState]time.Time{"refresh": {store.RunOK: time.Unix(8, 0)}}}, nil
	}))
	text := scrape(t, m)
	scrape(t, m)
	if asked != 1 {
		t.Errorf("the database was asked %d times; want once", asked)
	}
	for _, want := range []string{
		`gongkai_database_up 1`, `gongkai_build_info{version="v1"} 1`, `gongkai_data_version 7`, `gongkai_open_failures 2`,
		`gongkai_reports{status="verified"} 5`, `gongkai_reports{status="needs_review"} 0`,
		`gongkai_portal_state{portal="p",state="blocked"} 1`, `gongkai_portal_looked_timestamp_seconds{portal="p"} 9`,
		`gongkai_run_finished_timestamp_seconds{kind="refresh",state="ok"} 8`, `gongkai_disk_free_bytes{what="archive"} 1024`,
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	for _, not := range []string{`gongkai_portal_good_look_timestamp_seconds{`, `what="database"`} {
		if strings.Contains(text, not) {
			t.Errorf("there is %s, which nobody knows", not)
		}
	}
}

// TestDown holds that a database that does not answer is told, and all else still is.
func TestDown(t *testing.T) {
	text := scrape(t, New(sources(func(context.Context) (store.Health, error) { return store.Health{}, errors.New("gone") })))
	if !strings.Contains(text, "\ngongkai_database_up 0\n") || strings.Contains(text, "gongkai_reports{") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("a database that is gone is told as:\n%s", text)
	}
}

// TestMiddleware holds that requests are counted under their route, whatever the address
// and the method say.
func TestMiddleware(t *testing.T) {
	m := New(sources(func(context.Context) (store.Health, error) { return store.Health{}, nil }))
	e := echo.New()
	e.Use(m.Middleware)
	e.GET("/agencies/:id", func(c echo.Context) error { return c.String(http.StatusOK, "four") })
	e.GET("/bad", func(c echo.Context) error { return echo.NewHTTPError(http.StatusTeapot) })
	server := httptest.NewServer(e)
	defer server.Close()
	for _, r := range [][2]string{{"GET", "/agencies/1"}, {"GET", "/agencies/2"}, {"GET", "/bad"}, {"BREW", "/agencies/1"}, {"GET", "/x" + strings.Repeat("y", 50)}} {
		req, err := http.NewRequestWithContext(t.Context(), r[0], server.URL+r[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	text := scrape(t, m)
	for _, want := range []string{
		`gongkai_http_request_duration_seconds_count{method="GET",route="/agencies/:id",status="200"} 2`,
		`gongkai_http_request_duration_seconds_count{method="GET",route="/bad",status="418"} 1`,
		`gongkai_http_request_duration_seconds_count{method="other",route="/agencies/:id",status="405"} 1`,
		`gongkai_http_response_bytes_total{route="/agencies/:id"}`,
		`gongkai_http_requests_in_flight 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %s in\n%s", want, text[strings.Index(text, "gongkai_http"):])
		}
	}
	if strings.Contains(text, "yyyy") {
		t.Error("an address that nobody serves became a label")
	}
}
