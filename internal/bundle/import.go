package bundle

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Result is what an import came to.
type Result struct {
	Runs    []ingest.Summary // one for each run that was gone through
	Skipped int              // recordings that had been gone through before
}

// Import goes through every run of the bundle that was not gone through before, the first
// first. Where it is cut off, the next import goes on.
func (b *Opened) Import(ctx context.Context, r *ingest.Refresher, progress func(ingest.Progress)) (Result, error) {
	var result Result
	if err := b.complete(ctx, r); err != nil {
		return result, fmt.Errorf("import: %w; nothing was changed", err)
	}
	if err := errors.Join(b.keepOriginals(ctx, r), b.keepRegister(ctx, r.Store)); err != nil {
		return result, fmt.Errorf("import: %w", err)
	}
	for _, run := range b.Manifest.Runs {
		replay := ingest.RecordedRun{Kind: run.Kind, Year: run.Year, Full: run.Full}
		var digests []report.SHA256
		for _, name := range run.Recordings {
			digest := report.SHA256(b.Manifest.Sums[name])
			_, err := r.Store.Imported(ctx, digest)
			if err == nil {
				result.Skipped++
				continue
			}
			if !errors.Is(err, report.ErrNotFound) {
				return result, err
			}
			rec, err := b.recording(name)
			if err != nil {
				return result, err
			}
			replay.Of, digests = append(replay.Of, rec), append(digests, digest)
		}
		if len(digests) == 0 {
			continue
		}
		summary, err := r.Replay(ctx, replay, progress)
		if err != nil {
			return result, fmt.Errorf("run %d of the bundle: %w; import it again to go on", run.ID, err)
		}
		for _, digest := range digests {
			if err := r.Store.PutImported(ctx, digest, summary.Run); err != nil {
				return result, err
			}
		}
		result.Runs = append(result.Runs, summary)
	}
	return result, nil
}

// complete holds that every original which the runs need is in the bundle or here.
func (b *Opened) complete(ctx context.Context, r *ingest.Refresher) error {
	lacking := 0
	seen := make(map[report.SHA256]bool)
	for _, run := range b.Manifest.Runs {
		for _, name := range run.Recordings {
			rec, err := b.recording(name)
			if err != nil {
				return err
			}
			rec.Originals(func(hash report.SHA256, needed bool) {
				if !needed || seen[hash] || b.entries[originals+string(hash)] != nil || err != nil {
					return
				}
				seen[hash] = true
				_, _, held := r.Archive.Get(ctx, hash)
				if errors.Is(held, report.ErrNotFound) {
					lacking++
				} else {
					err = held
				}
			})
			if err != nil {
				return err
			}
		}
	}
	if lacking > 0 {
		return fmt.Errorf("it goes on from an earlier bundle, of which %d originals are not here; import that one first, or have one written with an earlier --since", lacking)
	}
	return nil
}

// keepOriginals puts the originals into the archive. Those that are there stay.
func (b *Opened) keepOriginals(ctx context.Context, r *ingest.Refresher) error {
	for name := range b.entries {
		hash, ok := strings.CutPrefix(name, originals)
		if !ok || strings.HasSuffix(hash, record) {
			continue
		}
		body, err := b.read(name, maxEntry)
		if err != nil {
			return err
		}
		text, err := b.read(name+record, maxSmall)
		if err != nil {
			return err
		}
		var meta report.Original
		if err := strictly(text, &meta); err != nil {
			return err
		}
		if _, err := r.Archive.Put(ctx, body, meta); err != nil {
			return err
		}
	}
	return nil
}

// keepRegister takes over who must report in regions of which nothing is known here. A
// register that is there is the office's own, and stays.
func (b *Opened) keepRegister(ctx context.Context, db *store.DB) error {
	regions := make(map[string]bool) // county → nobody is known there
	var lacking []report.Agency
	for _, a := range b.register.Agencies {
		county := string(a.Region)
		if len(county) > 6 {
			county = county[:6]
		}
		empty, asked := regions[county]
		if !asked {
			known, err := db.Agencies(ctx, standard.RegionCode(county))
			if err != nil {
				return err
			}
			empty = len(known) == 0
			regions[county] = empty
		}
		if empty {
			lacking = append(lacking, a)
		}
	}
	for _, region := range b.register.Regions {
		path, err := db.RegionPath(ctx, region.Code)
		if err != nil {
			return err
		}
		if len(path) == 0 || path[len(path)-1].Code != region.Code {
			if err := db.SetRegionName(ctx, region.Code, region.Name); err != nil {
				return err
			}
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return db.PutAgencies(ctx, lacking)
}
