package ingest

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestGather holds that a parcel waits for others while all who read are busy, and for
// nobody else.
func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{turns: NewTurns(2), parcels: make(chan *parcel)}
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				k.parcels <- new(parcel)
			})
		}
		began := time.Now()
		if n := len(k.gather(new(parcel))); n > 2 || time.Since(began) != 0 {
			t.Errorf("%d parcels after %v though nobody waits to read; want those that are there, at once", n, time.Since(began))
		}
		k.turns.waiting.Add(1)
		if n := len(k.gather(new(parcel))); n < 5 || time.Since(began) != longest {
			t.Errorf("%d parcels after %v while readers are busy; want all that come in %v", n, time.Since(began), longest)
		}
		all.Wait()
	})
}

// TestKeeper holds that of parcels which are kept together a step which fails fails alone,
// and that its originals stay.
func TestKeeper(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	originals, err := archive.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := db.StartRun(t.Context(), "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	turns := NewTurns(2)
	turns.waiting.Add(1) // somebody waits to read
	k := startKeeper(t.Context(), &refresh{Refresher: &Refresher{Store: db, Archive: originals}, run: run, turns: turns})
	defer k.stop()
	broken := errors.New("broken")
	errs := make([]error, crowd)
	var all sync.WaitGroup
	for i := range crowd {
		all.Go(func() {
			body := []byte{byte(i)}
			hash := archive.HashOf(body)
			errs[i] = k.keep(t.Context(), []archive.New{{Hash: hash, Body: body, Meta: report.Original{Hash: hash, URL: "u"}}},
				func(ctx context.Context, wr *store.Writing) error {
					if i == 7 {
						return broken
					}
					return wr.AddFailure(ctx, run, store.Failure{Portal: "p", URL: string(body), Reason: "r"})
				})
		})
	}
	all.Wait()
	for i, err := range errs {
		if want := i == 7; errors.Is(err, broken) != want || err != nil && !want {
			t.Errorf("parcel %d: %v", i, err)
		}
	}
	kept, err := db.Originals(t.Context())
	if n, _, verified := originals.Verify(t.Context()); err != nil || verified != nil || len(kept) != crowd || n != crowd {
		t.Errorf("%d records and %d files, err %v, %v; want %d", len(kept), n, err, verified, crowd)
	}
	if open, err := db.OpenFailures(t.Context()); err != nil || len(open) != crowd-1 {
		t.Errorf("%d steps are kept, err %v; want all but one", len(open), err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := k.keep(ended, nil, func(context.Context, *store.Writing) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
