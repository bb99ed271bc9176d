package ingest

import (
	"context"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/store"
)

// recallPaces tells a run which hosts the run before it left only just now, also where
// that was another process.
func recallPaces(ctx context.Context, db *store.DB, memory *crawl.Memory) error {
	known, err := db.Paces(ctx, time.Now())
	if err != nil {
		return err
	}
	paces := make(map[string]crawl.Pace, len(known))
	for _, p := range known {
		paces[p.Host] = crawl.Pace{Delay: p.Delay, Next: p.Next}
	}
	memory.Tell(paces)
	return nil
}

// keepPaces keeps which hosts are not to be asked yet.
func keepPaces(ctx context.Context, db *store.DB, memory *crawl.Memory) error {
	now := time.Now()
	var paces []store.Pace
	for name, p := range memory.Paces(now) {
		paces = append(paces, store.Pace{Host: name, Delay: p.Delay, Next: p.Next})
	}
	return db.PutPaces(ctx, now, paces)
}
