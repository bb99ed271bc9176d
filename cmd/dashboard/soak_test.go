package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
)

// soakFor is for how long `make soak` lets the program work; without it the test is left
// out.
var soakFor = flag.Duration("soak", 0, "how long to soak; 0 leaves it out")

// soakReaders are readers at a time, each asking for one page after another.
const soakReaders = 4

// A sample is what the process holds at one moment between two refreshes.
type sample struct {
	at                time.Duration
	refreshes         int
	heap              uint64 // bytes in use after a collection
	goroutines, files int
}

// TestSoak lets full refreshes of the demonstration, readers and exports go on for long:
// what the process holds must not grow. The first third fills what is kept on purpose and
// is not judged; the median of the last third is held against that of the second.
func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("skipped: give -soak=30m, as make soak does")
	}
	if _, err := openFiles(); err != nil {
		t.Skipf("skipped: this system does not say which files are open: %v", err)
	}
	a, portals, s := soakApp(t)
	h, err := a.handler(s)
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
	ctx, stop := context.WithTimeout(t.Context(), *soakFor)
	defer stop()
	var readers sync.WaitGroup
	readers.Go(func() {
		for ctx.Err() == nil && !t.Failed() {
			read(t, "http://"+l.Addr().String(), soakReaders, len(loadPages()))
		}
	})
	all := soak(t, ctx, a, portals, s)
	readers.Wait()
	judgeSoak(t, all)
}

// soakApp is the program on an empty database, with the demonstration's portals.
func soakApp(t *testing.T) (*app, []*crawl.Portal, *settings) {
	t.Helper()
	dir := t.TempDir()
	s := defaults()
	s.DB, s.Archive, s.API.Requests = filepath.Join(dir, "gongkai.db"), filepath.Join(dir, "archive"), -1
	s.Exports.Folder = filepath.Join(dir, "exports")
	if err := os.Mkdir(s.Exports.Folder, 0o755); err != nil {
		t.Fatal(err)
	}
	a, err := openApp(t.Context(), &s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	far, err := demo.Start(t.Context(), "", demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
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
	return a, portals, &s
}

// soak refreshes, settles and exports until its time is over, and samples in between.
func soak(t *testing.T, ctx context.Context, a *app, portals []*crawl.Portal, s *settings) []sample {
	began := time.Now()
	var all []sample
	fmt.Println("time\trefreshes\theap MB\tgoroutines\tfiles")
	for n := 1; ctx.Err() == nil && !t.Failed(); n++ {
		_, err := a.refresher(portals, s).Refresh(ctx, ingest.Options{Full: true})
		if err == nil {
			err = aggregate.New(a.db, time.Now).Settle(ctx)
		}
		if err == nil {
			err = a.publish(ctx, s)
		}
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			t.Errorf("refresh %d: %v", n, err)
			break
		}
		one, err := takeSample(time.Since(began), n)
		if err != nil {
			t.Error(err)
			break
		}
		all = append(all, one)
		fmt.Printf("%s\t%d\t%.1f\t%d\t%d\n", one.at.Round(time.Second), n, float64(one.heap)/1e6, one.goroutines, one.files)
	}
	return all
}

func takeSample(at time.Duration, refreshes int) (sample, error) {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	runtime.GC()
	runtime.GC() // what finalizers of the first let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := openFiles()
	return sample{at, refreshes, m.HeapAlloc, runtime.NumGoroutine(), files}, err
}

// openFiles is how many files the process has open.
func openFiles() (int, error) {
	list, err := os.ReadDir("/proc/self/fd")
	return len(list), err
}

// judgeSoak fails where the last third holds more than the second: by a tenth, and by more
// than one page, connection or refresh makes a difference of.
func judgeSoak(t *testing.T, all []sample) {
	t.Helper()
	if len(all) < 6 {
		t.Fatalf("%d samples; want 6 at least: give -soak a longer time", len(all))
	}
	second, last := all[len(all)/3:2*len(all)/3], all[2*len(all)/3:]
	for _, part := range []struct {
		name  string
		of    func(sample) float64
		slack float64
	}{
		{"heap in MB", func(s sample) float64 { return float64(s.heap) / 1e6 }, 4},
		{"goroutines", func(s sample) float64 { return float64(s.goroutines) }, 8},
		{"open files", func(s sample) float64 { return float64(s.files) }, 8},
	} {
		was, is := middle(second, part.of), middle(last, part.of)
		fmt.Printf("%s: %.1f in the second third, %.1f in the last\n", part.name, was, is)
		if is > 1.1*was+part.slack {
			t.Errorf("%s grow: %.1f in the second third, %.1f in the last", part.name, was, is)
		}
	}
}

// middle is the median of what samples have.
func middle(all []sample, of func(sample) float64) float64 {
	list := make([]float64, len(all))
	for i, s := range all {
		list[i] = of(s)
	}
	slices.Sort(list)
	return list[len(list)/2]
}
