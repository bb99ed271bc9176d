package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
)

// loadReaders is how many readers `make load` sends; without it the test sends a few, and
// holds that nothing fails, not how long it takes.
var loadReaders = flag.Int("load", 0, "readers at a time; 0 for a sample without times")

// loadPages are what readers ask for, a page of each kind.
func loadPages() []string {
	return []string{"/", "/regions/990101", "/agencies/990101001", "/reports/990101001/2024", "/status/990101/2023", "/rollup/990101/2024", "/indicators/open_rate",
		"/compare", "/changes", "/methods", "/leads", "/api/v1/reports?region=990101&year=2024", "/api/v1/cells?region=990101&year=2024&format=csv", "/en/regions/990101", "/static/nothing"}
}

// TestLoad reads pages with many readers at a time, at rest and during full refreshes: no
// answer is an error, and with -load the slowest hundredth takes less than five times as
// long.
func TestLoad(t *testing.T) {
	readers, each := 12, 4
	if *loadReaders > 0 {
		readers, each = *loadReaders, 10
	}
	dir := t.TempDir()
	s := defaults()
	s.DB, s.Archive, s.API.Requests = filepath.Join(dir, "gongkai.db"), filepath.Join(dir, "archive"), -1
	a, err := openApp(t.Context(), &s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	far, err := demo.Start(t.Context(), "", demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	var portals []*crawl.Portal
	for _, f := range far.Portals() {
		p, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		portals = append(portals, p)
	}
	if err := a.db.PutAgencies(t.Context(), demo.Agencies()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.refresher(portals, &s).Refresh(t.Context(), ingest.Options{}); err != nil {
		t.Fatal(err)
	}
	h, err := a.handler(&s)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newHTTPServer(h, a.log, usualPatience())
	go func() { _ = server.Serve(l) }() // it ends with Close
	defer server.Close()
	read(t, "http://"+l.Addr().String(), 1, 1) // what is made once is made
	idle := read(t, "http://"+l.Addr().String(), readers, each)
	ctx, stop := context.WithCancel(t.Context())
	var refreshes atomic.Int32
	ended := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := a.refresher(portals, &s).Refresh(ctx, ingest.Options{Full: true}); err != nil && ctx.Err() == nil {
				ended <- err
				return
			}
			refreshes.Add(1)
		}
		ended <- nil
	}()
	busy := read(t, "http://"+l.Addr().String(), readers, each)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("refresh under load: %v", err)
	}
	at := func(all []time.Duration, part float64) time.Duration { return all[int(part*float64(len(all)-1))] }
	said := fmt.Sprintf("%d readers, %d answers: p50 %s and p99 %s at rest, p50 %s and p99 %s during %d full refreshes, p99 ratio %.2f", readers, len(idle),
		at(idle, 0.5), at(idle, 0.99), at(busy, 0.5), at(busy, 0.99), refreshes.Load(), float64(at(busy, 0.99))/float64(at(idle, 0.99)))
	if t.Log(said); *loadReaders > 0 {
		fmt.Println(said)
		if at(busy, 0.99) > 5*at(idle, 0.99) {
			t.Error("the slowest hundredth takes more than five times as long during a refresh")
		}
	}
}

// read asks for pages with so many readers at a time, and returns how long the answers
// took, the shortest first.
func read(t *testing.T, base string, readers, each int) []time.Duration {
	t.Helper()
	pages := loadPages()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers}, Timeout: 5 * time.Minute}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var group sync.WaitGroup
	for r := range readers {
		group.Go(func() {
			for i := range each {
				path := pages[(r*7+i)%len(pages)]
				began := time.Now()
				answer, err := client.Get(base + path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				if err != nil || answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests {
					t.Errorf("%s: %d, %v", path, answer.StatusCode, err)
				}
			}
		})
	}
	group.Wait()
	slices.Sort(took)
	return took
}
